"""The rules scorecard: breaches planted one by one, and the public files beside what the published validator finds in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cfanalysis.errors import SourceError
from cfanalysis.sources import check
from cfanalysis.sources.cin_census import read_tables, write_queue
from cfanalysis.sources.cin_census.rules import RULES, queue, scorecard

GOOD = """<Message><Header><CollectionDetails><Year>2024</Year><ReferenceDate>2024-03-31</ReferenceDate></CollectionDetails></Header>
<Children><Child>
<ChildIdentifiers><LAchildID>A1</LAchildID><PersonBirthDate>2015-06-01</PersonBirthDate></ChildIdentifiers>
<CINdetails><CINreferralDate>2023-05-10</CINreferralDate><PrimaryNeedCode>N1</PrimaryNeedCode>
<CINclosureDate>2024-03-01</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>
<Assessments><AssessmentActualStartDate>2023-05-11</AssessmentActualStartDate>
<AssessmentAuthorisationDate>2023-06-20</AssessmentAuthorisationDate></Assessments>
<CINPlanDates><CINPlanStartDate>2023-06-21</CINPlanStartDate><CINPlanEndDate>2023-07-01</CINPlanEndDate></CINPlanDates>
<Section47><S47ActualStartDate>2023-07-03</S47ActualStartDate><DateOfInitialCPC>2023-07-12</DateOfInitialCPC>
<ICPCnotRequired>false</ICPCnotRequired></Section47>
<ChildProtectionPlans><CPPstartDate>2023-07-12</CPPstartDate><CPPendDate>2024-02-01</CPPendDate>
<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse>
<NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>
<ReferralNFA>0</ReferralNFA></CINdetails></Child></Children></Message>"""

PLANTED = {
    "8500": (">A1<", "><"),
    "8520": ("2015-06-01", "2024-04-01"),
    "8525Q": ("2015-06-01", ""),
    "8600": ("<CINreferralDate>2023-05-10", "<CINreferralDate>"),
    "8606": ("2015-06-01", "2024-02-16"),
    "8610": (">N1<", "><"),
    "8620": ("2024-03-01", "2024-04-01"),
    "8630": ("2024-03-01", "2023-05-09"),
    "8640": ("RC7", "RC10"),
    "8650": (">N1<", ">N11<"),
    "8805": ("RC7", ""),
    "8810": ("2024-03-01", ""),
    "8568": ("<ReferralNFA>0", "<ReferralNFA>maybe"),
    "1103": ("2023-05-11", "2023-05-09"),
    "8608": ("2023-06-20", "2023-05-10"),
    "8696": ("2023-06-20", "2024-04-01"),
    "2889": ("2023-07-03", "2023-05-09"),
    "8615": ("2023-07-03", "2023-07-13"),
    "8875": ("<DateOfInitialCPC>2023-07-12", "<DateOfInitialCPC>2023-07-15"),
    "4000": ("<ReferralNFA>0", "<ReferralNFA>TRUE"),
    "4011": ("<CINPlanEndDate>2023-07-01", "<CINPlanEndDate>2023-06-20"),
    "4012Q": ("<CINPlanEndDate>2023-07-01", "<CINPlanEndDate>2023-06-21"),
    "4013": ("<CINPlanEndDate>2023-07-01", "<CINPlanEndDate>2024-04-01"),
    "8720": ("<CPPstartDate>2023-07-12", "<CPPstartDate>"),
    "8730": ("<NumberOfPreviousCPP>0", "<NumberOfPreviousCPP>-1"),
    "8840": ("<CPPendDate>2024-02-01", "<CPPendDate>2023-07-12"),
    "8905": ("NEG", "BAD"),
    "8910": ("EMO", ""),
    "8925": ("<CPPendDate>2024-02-01", "<CPPendDate>2023-07-11"),
}


def broken(text: str, folder: Path) -> dict[str, int]:
    path = folder / "census.xml"
    path.write_text(text, encoding="utf-8")
    card = scorecard(read_tables(path))
    return {row.code: row.rows for row in card.itertuples() if row.rows}


def test_a_good_file_breaks_no_rule(tmp_path: Path) -> None:
    assert broken(GOOD, tmp_path) == {}


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_breach_is_found(code: str, tmp_path: Path) -> None:
    old, new = PLANTED[code]
    assert broken(GOOD.replace(old, new), tmp_path)[code] == 1


def test_a_repeated_identifier_marks_every_child(tmp_path: Path) -> None:
    child = GOOD[GOOD.index("<Child>") : GOOD.index("</Children>")]
    assert broken(GOOD.replace(child, child + child), tmp_path) == {"8510": 2}


def test_the_card_counts_and_the_queue_names(tmp_path: Path) -> None:
    path = tmp_path / "census.xml"
    path.write_text(GOOD.replace("NEG", "BAD"), encoding="utf-8")
    census = read_tables(path)
    card = scorecard(census).set_index("code")
    assert len(card) == len(RULES)
    assert tuple(card.loc["8905", ["rows", "of", "share"]]) == (1, 1, 100.0)
    assert queue(census).to_dict("records") == [{"code": "8905", "child_id": "A1", "line": 11}]


# What csc-validator-be-cin 0.1.13 finds in rows of the rule's own element, of the rules that are here.
PUBLISHED = {
    "cin-2022.xml": (2022, {"1103": 1, "1104": 1, "1105": 1, "2889": 1, "4013": 1, "8525Q": 1, "8545Q": 1, "8620": 1, "8696": 1,
                            "8715": 1, "8930": 1}),
    "CIN2rows.xml": (2024, {"1104": 1, "1105": 2, "2889": 1, "4013": 1, "8620": 1, "8715": 1, "8736": 1, "8930": 2}),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_public_files_are_scored_as_the_published_validator_scores_them(name: str, shared_data: Path) -> None:
    year, wanted = PUBLISHED[name]
    card = scorecard(read_tables(shared_data / "samples" / name), as_at=date(year, 3, 31))
    assert {row.code: row.rows for row in card.itertuples() if row.rows} == wanted


def test_the_queue_is_written_for_its_owner_only(tmp_path: Path) -> None:
    source, target = tmp_path / "census.xml", tmp_path / "private" / "queue.csv"
    source.write_text(GOOD.replace("NEG", "BAD"), encoding="utf-8")
    assert write_queue([source], target) == 1
    assert target.read_text(encoding="utf-8") == "code,child_id,line,file\n8905,A1,11,census.xml\n"
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(SourceError, match="found no census file"):
        write_queue([tmp_path / "list_3.csv"], target)


def test_check_tells_which_rules_a_file_breaks(tmp_path: Path) -> None:
    path = tmp_path / "census.xml"
    path.write_text(GOOD.replace("RC7", "RC10"), encoding="utf-8")
    checked = check(path)
    assert checked.ok
    assert any("1 of 1 CINdetails: a reason for closure that is no code, want none (rule 8640)" in line for line in checked.lines())
