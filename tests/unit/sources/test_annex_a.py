"""Annex A as it comes: every way of naming sheets, writing dates and codes gives the same events."""

# ruff: noqa: E501  hand-made rows read as tables

from datetime import date, datetime

import pandas as pd
import pytest

from cfanalysis.foundation.errors import SourceError
from cfanalysis.foundation.table import validate
from cfanalysis.sources import read_annex_a, source_groups, summary
from cfanalysis.sources.codes import code_set, read_code
from cfanalysis.sources.headers import list_from_name, list_specs, match_header

AS_AT = date(2024, 3, 31)


def only(extract, event):
    rows = extract.events[extract.events["event"] == event]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("sheet", ["List 3", "List_3 Referrals", "list3", "AnnexA List 3", "3 Referrals", "3", "Referrals", "Annex A - Referrals", "LIST 3 - Referrals"])  # fmt: skip
def test_every_way_of_naming_a_sheet(annex, tmp_path, sheet) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, annex.referrals(), sheet))
    assert extract.rows == {"List 3 (Referrals)": 4}
    assert extract.events["event"].tolist() == ["referral"] * 4


@pytest.mark.parametrize("number", range(1, 10))
def test_every_official_header_is_known(annex, number) -> None:
    unknown = [title for title in annex.HEADERS[number] if match_header(title, number) is None]
    assert unknown == []
    assert all(match_header(column.title, number) == (column.key, False) for column in list_specs()[number - 1].columns.values())


@pytest.mark.parametrize("name", ["Notes", "Summary", "Guidance 2024", "Sheet1", "2024-03-31"])
def test_other_sheets_are_no_list(name) -> None:
    assert list_from_name(name) is None


@pytest.mark.parametrize("written", ["05/02/2024", "5/2/2024", "05-02-2024", "05.02.2024", "2024-02-05", "2024-02-05T00:00:00", "2024-02-05 10:30:00", "05/02/2024 10:30", "5 February 2024", "05-Feb-2024", "20240205", "45327", 45327, 45327.0, datetime(2024, 2, 5), datetime(2024, 2, 5, 23, 59), date(2024, 2, 5)])  # fmt: skip
def test_every_way_of_writing_a_date(annex, tmp_path, written) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, [annex.referral(date=written)]))
    assert only(extract, "referral")["date"] == pd.Timestamp("2024-02-05")
    assert [problem.rule for problem in extract.problems] == ["as_at_from_name"]


@pytest.mark.parametrize(
    ("written", "code"),
    [("q) 6: Police", "6"), ("6", "6"), (6, "6"), (6.0, "6"), ("6: Police", "6"), ("Police", "6"), ("POLICE ", "6"), ("q)", "6"),
     ("a) 1A: Individual", "1A"), ("1a", "1A"), ("1A - Individual", "1A"), ("p1) 5D: LA services", "5D"), ("LA services – early help", "5D"),
     ("k) 3E: Health services", "3E"), ("Health services - A&E (accident and emergency department)", "3E"), ("A&E", "3E"), ("Health services", "3"),
     ("u) 10: Unknown", "10"), ("Unknown", "10"), ("", ""), (None, ""), ("e) Schools", "2A")],
)  # fmt: skip
def test_every_way_of_writing_a_source(written, code) -> None:
    assert read_code(written, code_set("source")) == code


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [("yes_no", "a) Yes", "yes"), ("yes_no", "Y", "yes"), ("yes_no", 1, "yes"), ("yes_no", True, "yes"), ("yes_no", "b) No", "no"), ("yes_no", 0, "no"),
     ("yes_no", "FALSE", "no"), ("yes_no", "c) Unknown", "unknown"), ("need", "N1 - Abuse or neglect", "N1"), ("need", "n1", "N1"), ("need", "Low income", "N7"),
     ("closure", "RC7 - Services ceased for any other reason, including child no longer in need", "RC7"), ("closure", "RC8", "RC8"),
     ("abuse", "a) Neglect", "NEG"), ("abuse", "NEG", "NEG"), ("abuse", "e) Multiple/not recommended", "MUL"), ("abuse", "c)", "SAB"),
     ("provider", "e) PR4: Private provision", "PR4"), ("provider", "PR1", "PR1"), ("care_ended", "e) E4A: Returned home to live with parents or relatives - part of planning", "E4A"),
     ("in_touch", "f) Rhom", "rhom"), ("in_touch", "a) Yes", "yes"), ("suitability", "b) Unsuitable", "unsuitable"), ("activity", "F2", "F2"), ("need", "N77", None)],
)  # fmt: skip
def test_the_other_codes(name, written, code) -> None:
    assert read_code(written, code_set(name)) == code


def test_every_source_code_has_a_group_of_dfe() -> None:
    groups = {"Individual", "Schools", "Education services", "Health services", "Housing", "LA services", "Police", "Other legal agency", "Other", "Anonymous", "Unknown"}  # fmt: skip
    assert set(source_groups().values()) == groups
    assert source_groups()["5D"] == "LA services"


def test_titles_blank_rows_and_offsets_above_and_beside_the_header(annex, tmp_path) -> None:
    rows = [["Annex A of Anyshire", "", ""], [], ["", "", "as at 31 March 2024"], [], ["", *annex.HEADERS[3]], [], ["", *annex.referral("C1")], [], ["", *annex.referral("C2", "31/02/2024")]]  # fmt: skip
    extract = read_annex_a(annex.book(tmp_path, {"List 3": rows}))
    assert extract.events["child_id"].tolist() == ["C1"]
    assert [(p.row, p.rule) for p in extract.problems if p.action == "dropped"] == [(9, "impossible_date")]


def test_sex_or_gender_order_and_spelling_of_headers_do_not_matter(annex, tmp_path) -> None:
    header = ["DATE OF REFERRAL", "child unique  id", "Sex", "referral nfa", "Referral source (code)", "Locality", "dob"]
    rows = [header, ["05/02/2024", "C1", "F", "Y", "6", "East", "01/05/2012"]]
    row = only(read_annex_a(annex.book(tmp_path, {"Referrals": rows})), "referral")
    assert (row["source"], row["outcome"], row["area"], row["birth_date"]) == ("6", "nfa", "East", pd.Timestamp("2012-05-01"))


def test_a_child_id_is_the_same_as_number_and_as_text(annex, tmp_path) -> None:
    extract = read_annex_a(
        annex.one(
            tmp_path, 3, [annex.referral(1234, "05/02/2024"), annex.referral("1234", "06/02/2024"), annex.referral(" 1234 ", "07/02/2024")]
        )
    )
    assert set(extract.events["child_id"]) == {"1234"}


def test_a_workbook_a_folder_and_single_files_say_the_same(annex, tmp_path) -> None:
    rows = {1: [annex.contact("C1")], 3: [annex.referral("C1")], 6: [annex.cin("C1")]}
    whole = read_annex_a(annex.book(tmp_path, {f"List {n}": [annex.HEADERS[n], *r] for n, r in rows.items()}))
    folder = tmp_path / "2024-03-31"
    paths = [annex.text(folder, [annex.HEADERS[n], *r], f"list_{n}.csv") for n, r in rows.items()]
    parts = [read_annex_a(folder), *(read_annex_a(path) for path in paths)]
    plain = whole.events.drop(columns="extract")
    pd.testing.assert_frame_equal(parts[0].events.drop(columns="extract"), plain)
    pd.testing.assert_frame_equal(pd.concat([part.events for part in parts[1:]], ignore_index=True).drop(columns="extract"), plain)
    assert {part.as_at for part in (whole, *parts)} == {AS_AT}


def test_an_assessment(annex, tmp_path) -> None:
    row = [*annex.referral("C1")[:5], "b) No", "05/02/2024", "a) Yes", "20/03/2024", "b) No", "North", "W1"]
    got = only(read_annex_a(annex.one(tmp_path, 4, [row])), "assessment")
    assert (got["end_date"], got["clock_start"]) == (pd.Timestamp("2024-03-20"), pd.Timestamp("2024-02-05"))
    assert (got["outcome"], got["category"], got["team"], got["worker"]) == ("no_support", "seen", "North", "W1")


def test_an_enquiry_gives_itself_and_its_conference(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 5, [annex.enquiry(icpc="20/02/2024", result="a) Yes")]))
    s47, icpc = only(extract, "s47"), only(extract, "icpc")
    assert (s47["date"], s47["end_date"], s47["outcome"]) == (pd.Timestamp("2024-02-05"), pd.Timestamp("2024-02-20"), "icpc")
    assert (icpc["date"], icpc["clock_start"], icpc["outcome"]) == (pd.Timestamp("2024-02-20"), pd.Timestamp("2024-02-05"), "plan")


def test_a_conference_transferred_in_has_no_clock(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 5, [annex.enquiry(start="", icpc="20/02/2024", result="N")]))
    assert extract.events["event"].tolist() == ["icpc"]
    assert pd.isna(extract.events["clock_start"].iloc[0])
    assert extract.events["outcome"].tolist() == ["no_plan"]


@pytest.mark.parametrize(("unnecessary", "icpc", "outcome"), [("a) Yes", "", "icpc_not_needed"), ("b) No", "", "icpc"), ("", "", ""), ("a) Yes", "20/02/2024", "icpc")])  # fmt: skip
def test_what_an_enquiry_came_to(annex, tmp_path, unnecessary, icpc, outcome) -> None:
    extract = read_annex_a(annex.one(tmp_path, 5, [annex.enquiry(unnecessary=unnecessary, icpc=icpc)]))
    assert only(extract, "s47")["outcome"] == outcome


@pytest.mark.parametrize(("previous", "outcome"), [(0, "first"), (1, "subsequent"), ("2", "subsequent"), ("", "")])
def test_first_and_later_plans(annex, tmp_path, previous, outcome) -> None:
    assert only(read_annex_a(annex.one(tmp_path, 7, [annex.plan(previous=previous)])), "cp_plan")["outcome"] == outcome


def test_a_plan_takes_its_first_category_where_the_latest_is_blank(annex, tmp_path) -> None:
    rows = [annex.plan("C1"), annex.plan("C2", latest="")]
    assert read_annex_a(annex.one(tmp_path, 7, rows)).events["category"].tolist() == ["NEG", "PHY"]


def test_episodes_care_and_care_leavers(annex, tmp_path) -> None:
    head = annex.referral("C1")[:5]
    care = [*head, "b) No", "05/02/2023", "N1", "01/03/2024", "E4A", "U6", "e) PR4: Private provision", "North", "W1"]
    left = [*head[:3], "01/05/2004", 19, "b) No", "North", "W1", "b) Former relevant child", "a) Yes", "K", "a) Suitable", "F2"]
    sheets = {"List 6": [annex.HEADERS[6], annex.cin(closed="20/03/2024", reason="RC8")], "List 8": [annex.HEADERS[8], care], "List 9": [annex.HEADERS[9], left]}  # fmt: skip
    extract = read_annex_a(annex.book(tmp_path, sheets))
    validate(extract.events, "events")
    cin, cla, leaver = (only(extract, event) for event in ("cin_episode", "cla_period", "care_leaver"))
    assert (cin["end_date"], cin["outcome"], cin["category"]) == (pd.Timestamp("2024-03-20"), "RC8", "N1")
    assert (cla["source"], cla["outcome"], cla["category"], cla["end_date"]) == ("PR4", "E4A", "N1", pd.Timestamp("2024-03-01"))
    assert (leaver["date"], leaver["source"], leaver["outcome"], leaver["category"]) == (pd.Timestamp(AS_AT), "F2", "yes", "suitable")
    assert extract.windows["care_leaver"] == (AS_AT, AS_AT)


def test_six_months_to_the_date_in_the_name(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, annex.referrals()))
    assert (extract.as_at, extract.windows) == (AS_AT, {"referral": (date(2023, 10, 1), AS_AT)})


def test_what_is_given_wins_over_what_is_found(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, annex.referrals()), as_at=date(2024, 2, 29), window_months=12, edition="spring")
    assert extract.windows == {"referral": (date(2023, 3, 1), date(2024, 2, 29))}
    assert extract.name == "spring (as at 2024-02-29)"
    assert [problem for problem in extract.problems if problem.rule.startswith(("as_at", "longer"))] == []


def test_the_latest_date_where_the_name_has_none_a_stray_left_out(annex, tmp_path) -> None:
    rows = [annex.referral(f"C{i}", f"{i % 28 + 1:02d}/{i % 3 + 1:02d}/2024") for i in range(300)]
    extract = read_annex_a(annex.one(tmp_path, 3, [*rows, annex.referral("X", "05/09/2024")], name="annex_a.xlsx"))
    assert extract.as_at == date(2024, 3, 28)
    assert [p.rule for p in extract.problems if p.action == "dropped"] == ["future_date"]


def test_a_list_that_runs_on_without_a_break_speaks_for_all_of_it(annex, tmp_path) -> None:
    months = pd.period_range("2021-04", "2024-03", freq="M")
    rows = [annex.referral(f"C{m}-{i}", f"{i % 28 + 1:02d}/{m.month:02d}/{m.year}") for m in months for i in range(30)]
    extract = read_annex_a(annex.book(tmp_path, {"List 3": [annex.HEADERS[3], *rows], "List 6": [annex.HEADERS[6], annex.cin()]}))
    assert extract.windows == {"referral": (date(2021, 4, 1), AS_AT), "cin_episode": (date(2021, 4, 1), AS_AT)}
    assert "longer_window" in [problem.rule for problem in extract.problems]


def test_a_gap_ends_how_far_back_a_list_speaks(annex, tmp_path) -> None:
    months = [m for m in pd.period_range("2021-04", "2024-03", freq="M") if str(m) != "2022-07"]
    rows = [annex.referral(f"C{m}-{i}", f"{i % 28 + 1:02d}/{m.month:02d}/{m.year}") for m in months for i in range(30)]
    assert read_annex_a(annex.one(tmp_path, 3, rows)).windows == {"referral": (date(2022, 8, 1), AS_AT)}


def test_an_empty_list_speaks_for_nothing(annex, tmp_path) -> None:
    extract = read_annex_a(annex.book(tmp_path, {"List 3": [annex.HEADERS[3], *annex.referrals()], "List 1": [annex.HEADERS[1]]}))
    assert set(extract.windows) == {"referral"}


def test_all_that_stops_the_reading_is_told_at_once(annex, tmp_path) -> None:
    bad = [[c if c != "Date of referral" else "x" for c in annex.HEADERS[3]], *annex.referrals()]
    worse = [[c if c != "Date of Contact" else "x" for c in annex.HEADERS[1]], annex.contact()]
    with pytest.raises(SourceError) as told:
        read_annex_a(annex.book(tmp_path, {"List 3": bad, "List 1": worse}))
    assert ["sheet List 3" in str(told.value), "sheet List 1" in str(told.value)] == [True, True]


def test_what_goes_on_a_page_holds_no_value_of_a_child(annex, tmp_path) -> None:
    extract = read_annex_a(
        annex.one(tmp_path, 3, [*annex.referrals(), annex.referral("SECRET", "31/02/2024"), annex.referral("SECRET2", "32/02/2024")])
    )
    told = summary(extract.problems)
    assert told.columns.tolist() == ["list", "column", "rule", "action", "count"]
    row = told[told["rule"] == "impossible_date"].iloc[0]
    assert (row["list"], row["column"], row["action"], row["count"]) == ("List 3 (Referrals)", "Date of referral", "dropped", 2)
    assert "2024" not in told.to_csv()
    assert "SECRET" not in told.to_csv()


def test_unborn_children_keep_their_expected_date(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, [annex.referral(born="01/07/2024")]))
    assert extract.events["birth_date"].tolist() == [pd.Timestamp("2024-07-01")]


def many(annex, first, last, **cells):
    return [annex.referral(f"C{i}", day.strftime("%d/%m/%Y"), **cells) for i, day in enumerate(pd.date_range(first, last, freq="D"))]


def test_a_name_later_than_the_data_is_not_believed(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, many(annex, "2023-07-01", "2023-12-31")))
    assert (extract.as_at, extract.windows["referral"]) == (date(2023, 12, 31), (date(2023, 7, 1), date(2023, 12, 31)))
    assert "as_at_too_late" in [problem.rule for problem in extract.problems]


def test_a_list_that_stops_early_speaks_only_up_to_there(annex, tmp_path) -> None:
    contacts = [
        annex.contact(f"C{i}", day.strftime("%d/%m/%Y")) for i, day in enumerate(pd.date_range("2023-10-01", "2024-03-31", freq="D"))
    ]
    path = annex.book(
        tmp_path, {"List 1": [annex.HEADERS[1], *contacts], "List 3": [annex.HEADERS[3], *many(annex, "2023-10-01", "2024-01-31")]}
    )
    extract = read_annex_a(path)
    assert extract.windows == {"contact": (date(2023, 10, 1), AS_AT), "referral": (date(2023, 10, 1), date(2024, 1, 31))}
    assert [p.rule for p in extract.problems] == ["as_at_from_name", "stops_early"]


def test_a_given_date_is_believed_but_not_for_a_list_that_stops(annex, tmp_path) -> None:
    extract = read_annex_a(annex.one(tmp_path, 3, many(annex, "2023-10-01", "2024-01-31")), as_at=AS_AT, window_months=6)
    assert (extract.as_at, extract.windows["referral"]) == (AS_AT, (date(2023, 10, 1), date(2024, 1, 31)))


def test_a_folder_with_one_workbook_is_that_workbook(annex, tmp_path) -> None:
    annex.one(tmp_path, 3, [annex.referral("C1", "=TODAY()")])
    with pytest.raises(SourceError, match="formulas that were never worked out"):
        read_annex_a(tmp_path)
