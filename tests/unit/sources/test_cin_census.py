"""Census files read: what each element gives, shapes met in real files, several years and authorities, hostile files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import events
from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources import Extract, check, read_cin_census
from cfanalysis.sources.cin_census import read_tables

HEADER = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year><ReferenceDate>{year}-03-31</ReferenceDate>"
    "</CollectionDetails><Source><LEA>{lea}</LEA><SerialNo>{serial}</SerialNo><DateTime>2024-0{serial}-01T09:00:00</DateTime>"
    "</Source></Header>"
)
IDENTIFIED = "<ChildIdentifiers><LAchildID>{id}</LAchildID><PersonBirthDate>2015-06-01</PersonBirthDate></ChildIdentifiers>"
EPISODE = """
<CINdetails>
  <CINreferralDate>2023-05-10</CINreferralDate><ReferralSource>6</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
  <Assessments><AssessmentActualStartDate>2023-05-11</AssessmentActualStartDate>
    <AssessmentAuthorisationDate>2023-06-20</AssessmentAuthorisationDate>
    <FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors><AssessmentFactors>16a</AssessmentFactors>
    </FactorsIdentifiedAtAssessment></Assessments>
  <CINPlanDates><CINPlanStartDate>2023-06-21</CINPlanStartDate><CINPlanEndDate>2023-07-01</CINPlanEndDate></CINPlanDates>
  <Section47><S47ActualStartDate>2023-07-01</S47ActualStartDate><DateOfInitialCPC>2023-07-12</DateOfInitialCPC>
    <ICPCnotRequired>FALSE</ICPCnotRequired></Section47>
  <ReferralNFA>0</ReferralNFA>
  <ChildProtectionPlans><CPPstartDate>2023-07-12</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
    <LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>
    <Reviews><CPPreviewDate>2023-10-01</CPPreviewDate><CPPreviewDate>2024-02-01</CPPreviewDate></Reviews></ChildProtectionPlans>
</CINdetails>
"""
NFA = "<CINdetails><CINreferralDate>{day}</CINreferralDate><ReferralSource>2A</ReferralSource><ReferralNFA>{nfa}</ReferralNFA></CINdetails>"


def message(*children: str, year: int = 2024, lea: str = "201", serial: int = 1) -> str:
    body = "".join(f"<Child>{child}</Child>\n" for child in children)
    return f"<Message>{HEADER.format(year=year, lea=lea, serial=serial)}<Children>\n{body}</Children></Message>"


def child(name: str, *episodes: str) -> str:
    return IDENTIFIED.format(id=name) + "".join(episodes)


def nfa(day: str, said: str = "true") -> str:
    return NFA.format(day=day, nfa=said)


@pytest.fixture
def write(tmp_path: Path):
    def make(text: str, name: str = "census.xml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return make


def told(path: Path, event: str) -> list[tuple]:
    (extract,) = read_cin_census(path)
    return told_of(extract, event)


def told_of(extract: Extract, event: str) -> list[tuple]:
    rows = extract.events[extract.events["event"] == event]
    day = [None if pd.isna(end) else end.date().isoformat() for end in rows["end_date"]]
    dates = rows["date"].dt.strftime("%Y-%m-%d")
    return list(zip(rows["child_id"], dates, day, rows["source"], rows["outcome"], rows["category"], strict=True))


def test_every_element_gives_its_event(write) -> None:
    path = write(message(child("A", EPISODE), child("B", nfa("2023-09-01"))))
    assert told(path, "referral") == [
        ("A", "2023-05-10", None, "6", "not_nfa", ""),
        ("B", "2023-09-01", None, "2A", "nfa", ""),
    ]
    assert told(path, "cin_episode") == [("A", "2023-05-10", None, "", "", "N1")]
    assert told(path, "assessment") == [("A", "2023-05-11", "2023-06-20", "", "", "")]
    assert told(path, "factors") == [("A", "2023-05-11", "2023-06-20", "", "", "3B 16A")]
    assert told(path, "cin_plan") == [("A", "2023-06-21", "2023-07-01", "", "", "")]
    assert told(path, "s47") == [("A", "2023-07-01", "2023-07-12", "", "icpc", "")]
    assert told(path, "icpc") == [("A", "2023-07-12", None, "", "", "")]
    assert told(path, "cp_plan") == [("A", "2023-07-12", None, "", "first", "EMO")]
    assert [row[1] for row in told(path, "cp_review")] == ["2023-10-01", "2024-02-01"]
    (extract,) = read_cin_census(path)
    assert set(extract.windows.values()) == {(date(2023, 4, 1), date(2024, 3, 31))}
    assert "contact" not in extract.windows
    assert "pre_proceedings" not in extract.windows


def test_a_census_is_named_as_one_and_is_no_copy_of_another(write) -> None:
    """What is kept of an extract is found by its content: two censuses must not have the same."""
    (extract,) = read_cin_census(write(message(child("A", EPISODE))))
    assert (extract.format, extract.content) == ("cin_census", "")


def test_pre_proceedings_of_2026_27(write) -> None:
    block = (
        "<PreProceedingsandFGDM><PPStartDate>2026-05-01</PPStartDate><LBPSentDate>2026-05-08</LBPSentDate><FGDMMeetingOffer>1"
        "</FGDMMeetingOffer><FGDMMeetingFac>false</FGDMMeetingFac><InitialPPMeetingDate>2026-05-20</InitialPPMeetingDate>"
        "<StepDecisionDate>2026-09-01</StepDecisionDate><CourtAppDate>2026-09-10</CourtAppDate></PreProceedingsandFGDM>"
    )
    episode = nfa("2026-04-10", "false").replace("</CINdetails>", f"{block}</CINdetails>")
    path = write(message(IDENTIFIED.replace("</Chi", "<Sex>F</Sex></Chi").format(id="A") + episode, year=2027))
    assert told(path, "pre_proceedings") == [("A", "2026-05-01", "2026-09-01", "", "offered", "not_held")]
    (extract,) = read_cin_census(path)
    days = {row.event: (row.date - row.clock_start).days for row in extract.events.itertuples() if row.event.startswith("pp_")}
    assert days == {"pp_letter": 7, "pp_meeting": 12, "pp_court": 9}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Message>", '<Message xmlns="urn:dfe:cin">'),
        ("<CINdetails>", "<CINdetails><!-- late --><CINclosureDate/><ReasonForClosure></ReasonForClosure>"),
        ("<ReferralNFA>0</ReferralNFA>", "<ReferralNFA> FALSE </ReferralNFA>"),
        ("<Child>", "<Child>PersonBirthDate "),
        ("CINdetails", "CINDetails"),
        ("<ReferralSource>6</ReferralSource>", "<NewThing>1</NewThing><ReferralSource>6</ReferralSource>"),
        ("2023-05-10</CINr", "2023-05-10T00:00:00</CINr"),
        ("<CINPlanDates>", "<CINplanDates>"),
    ],
)
def test_shapes_met_in_real_files_change_nothing(write, old: str, new: str) -> None:
    text = message(child("A", EPISODE))
    spelt = text.replace(old, new)
    spelt = spelt.replace("</CINPlanDates>", "</CINplanDates>") if "CINplanDates" in new else spelt
    ((plain,), (odd,)) = (read_cin_census(path) for path in (write(text), write(spelt, "odd.xml")))
    for event in ("referral", "cin_episode", "assessment", "cin_plan", "s47", "cp_plan", "cp_review"):
        assert told_of(odd, event) == told_of(plain, event)


def test_the_order_of_elements_does_not_matter(write) -> None:
    turned = f"<Child>{EPISODE}{IDENTIFIED.format(id='A')}</Child>"
    path = write(message(child("A", EPISODE)).replace(f"<Child>{child('A', EPISODE)}</Child>", turned))
    assert told(path, "cp_plan")[0][0] == "A"


def test_a_later_year_is_right_about_its_own(write, tmp_path: Path) -> None:
    """The case open in March closes in April; a referral of the year before that only the later file holds is not taken."""
    before = nfa("2023-02-01", "false")
    after = before.replace(
        "<ReferralNFA>", "<CINclosureDate>2023-04-20</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure><ReferralNFA>"
    )
    write(message(child("A", before), year=2023), "cin/2022-23.xml")
    write(message(child("A", after, nfa("2023-03-30", "false")), child("C", nfa("2023-08-01"))), "cin/2023-24.xml")
    log = events.merge_extracts(read_cin_census(tmp_path / "cin"))
    first = log.of("cin_episode").iloc[0]
    assert (first["date"].date(), first["end_date"].date()) == (date(2023, 2, 1), date(2023, 4, 20))
    assert log.of("referral")["date"].dt.strftime("%Y-%m-%d").tolist() == ["2023-02-01", "2023-08-01"]
    assert log.coverage.set_index("event").loc["referral", "start"] == pd.Timestamp("2022-04-01")


def test_a_year_sent_twice_is_taken_once(write, tmp_path: Path) -> None:
    write(message(child("A", nfa("2023-05-01")), serial=2), "cin/a_newer.xml")
    write(message(child("A", nfa("2023-05-01")), child("B", nfa("2023-05-01"))), "cin/b_older.xml")
    (extract,) = read_cin_census(tmp_path / "cin")
    assert set(extract.events["child_id"]) == {"A"}
    assert "year_sent_twice" in {problem.rule for problem in extract.problems}


def test_one_authority_of_several(write, tmp_path: Path) -> None:
    write(message(child("A", nfa("2023-05-01")), lea="201"), "cin/a.xml")
    write(message(child("B", nfa("2023-05-01")), lea="202"), "cin/b.xml")
    (extract,) = read_cin_census(tmp_path / "cin", authority="Camden")
    assert set(extract.events["child_id"]) == {"B"}
    with pytest.raises(SourceError, match=r"several LEA numbers: 201 \(a.xml\), 202 \(b.xml\)"):
        read_cin_census(tmp_path / "cin")
    with pytest.raises(SourceError, match="want LEA 919 of Hertfordshire"):
        read_cin_census(tmp_path / "cin", authority="Hertfordshire")


WRONG = {
    "entities": ('<!DOCTYPE m [<!ENTITY a "b">]>' + message(child("A", nfa("2023-05-01"))), "document type declaration"),
    "entity bomb": ('<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Message>&b;</Message>', "document type declaration"),
    "external": ('<!DOCTYPE m SYSTEM "file:///etc/passwd"><Message/>', "document type declaration"),
    "deep": ("<Message>" + "<Children>" * 500 + "</Children>" * 500 + "</Message>", "nested more than 40 deep"),
    "long value": (message(child("A" * 5000, nfa("2023-05-01"))), "more than 2,000 characters in LAchildID"),
    "many names": ("<Message>" + "".join(f"<a{n}/>" for n in range(2000)) + "</Message>", "more than 1,000 names"),
    "cut off": (message(child("A", EPISODE))[:-200], "line 14: found XML that cannot be read"),
    "not a census": ("<html><body/></html>", "found the element 'html' at the top"),
    "not XML": ("LAchildID,CINreferralDate\n", "XML that cannot be read"),
    "empty": ("", "no element found"),
    "encoding": ('<?xml version="1.0" encoding="klingon"?><Message/>', "an encoding that is not known"),
    "two years": (message(child("A", nfa("2023-05-01"))).replace("<Year>2024", "<Year>2023"), "want both of one year"),
    "no year": ("<Message><Children/></Message>", "want a ReferenceDate like 2024-03-31"),
    "no child": (message(), "found no child with an episode"),
    "another year": (message(child("A", nfa("2031-05-01")), child("B", nfa("2031-05-01"))), "is the year in the header right"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_refused_in_words(write, name: str) -> None:
    text, said = WRONG[name]
    checked = check(write(text))
    assert said in checked.error
    assert checked.error.startswith("census.xml")
    assert "report this" not in checked.error


def test_a_wrong_value_is_told_by_line_and_element(write) -> None:
    text = message(child("A", EPISODE), *(child(f"C{n}", nfa("2023-05-01")) for n in range(6)))
    path = write(text.replace("2023-06-20", "2023-02-31").replace("<ReferralSource>6<", "<ReferralSource>66<"))
    lines = "\n".join(problem.sentence() for problem in read_cin_census(path)[0].problems)
    assert "census.xml, line 5: element AssessmentAuthorisationDate: found '2023-02-31', want a date like 28/02/2024" in lines
    assert "census.xml, line 3: element ReferralSource: found '66', want one of 1A" in lines


def test_small_public_files_are_parsed(shared_data: Path) -> None:
    census = read_tables(shared_data / "samples" / "CIN2rows.xml")
    assert {name: len(table) for name, table in census.tables.items() if len(table)} == {
        "Child": 1, "ChildIdentifiers": 1, "ChildCharacteristics": 1, "CINdetails": 1, "Assessments": 1, "CINPlanDates": 1, "Section47": 1,
        "ChildProtectionPlans": 2, "Disability": 2, "CPPreviewDate": 2,
    }  # fmt: skip
    assert census.odd == {("stray", "ChildIdentifiers"): (1, 24)}
    assert not check(shared_data / "samples" / "CIN2rows.xml").ok  # its header gives two years
