"""Every small input that was once read wrongly gives what is right for it; those that were read rightly still are.

The inputs lie beside the project (``../shared/cases``) and are skipped where they are not at hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tests.conftest import shared_folder

import cfanalysis as cf
from cfanalysis import events, indicators, sources
from cfanalysis.foundation.errors import SourceError

KINDS = {name: each.kind for name, each in indicators.catalogue().items()}


@pytest.fixture(scope="session")
def cases() -> Path:
    folder = shared_folder() / "cases"
    if not folder.is_dir():
        pytest.skip("the small cases (CFANALYSIS_SHARED/cases) are not at hand")
    return folder


def series(folder: Path, first: str, last: str, *names: str) -> pd.DataFrame:
    """Indicators x months of every extract in a folder, merged."""
    extracts = [sources.read_annex_a(path) for path in sorted(folder.iterdir()) if path.name != "README.md" and path.suffix != ".yml"]
    log = events.merge_extracts(extracts)
    months = {"first": pd.Period(first, "M"), "last": pd.Period(last, "M")}
    rows = indicators.compute(log, authority="X", names=names, breakdowns=False, **months)
    return rows.pivot(index="indicator", columns="month", values="value").rename(columns=str)


def by_month(extract: sources.Extract, event: str) -> dict[str, int]:
    own = extract.events[extract.events["event"] == event]
    return {str(month): int(count) for month, count in own["date"].dt.to_period("M").value_counts().sort_index().items()}


def rules(problems: tuple[sources.Problem, ...]) -> set[str]:
    return {problem.rule for problem in problems}


def the_one(folder: Path) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.name != "README.md")


def test_c04_a_title_line_full_of_semicolons(cases: Path) -> None:
    assert by_month(sources.read_annex_a(the_one(cases / "C04")), "referral") == {"2024-01": 12}


def test_d01_dates_that_an_american_excel_has_opened(cases: Path) -> None:
    read = sources.read_annex_a(cases / "D01" / "annex_a_2023-12-31.xlsx")
    assert list(by_month(read, "referral").values()) == [12, 12, 62, *[12] * 9]
    assert "opened_american" in rules(read.problems)
    assert list(by_month(sources.read_annex_a(cases / "D01" / "annex_a_2024-06-30.xlsx"), "referral").values()) == [28] * 6


def test_e01_days_counted_from_1904(cases: Path) -> None:
    read = sources.read_annex_a(cases / "E01" / "annex_a_2024-06-30_general.xlsx")
    assert by_month(read, "referral") == {f"2024-0{month}": 28 for month in range(1, 7)}


def test_g01_a_start_put_right(cases: Path) -> None:
    found = series(cases / "G01", "2023-09", "2023-10", "cin_open", "cin_started", "cin_ended")
    assert (found.loc["cin_open", "2023-09"], found.loc["cin_started", "2023-09"], found.loc["cin_ended", "2023-10"]) == (10, 1, 0)


def test_g02_rows_that_differ_only_in_worker_team_or_need(cases: Path) -> None:
    found = series(cases / "G02", "2023-06", "2023-06", "cin_open", "cin_started", "referrals", "caseload")
    assert (found["2023-06"] == 9).all()


def test_g07_all_ids_changed(cases: Path) -> None:
    found = series(cases / "G07", "2023-06", "2024-03", "cin_open", "cin_started", "cin_ended")
    assert (found.loc["cin_open"] == 10).all()
    assert (found.loc["cin_started"].sum(), found.loc["cin_ended"].sum()) == (10, 0)


def test_g10_a_list_of_open_cases_only(cases: Path) -> None:
    assert series(cases / "G10", "2023-09", "2023-09", "cin_open").loc["cin_open", "2023-09"] == 10
    folders = sorted(path for path in (cases / "G10").iterdir() if path.is_dir())
    assert "list_cut_down" in rules(events.merge_extracts([sources.read_annex_a(path) for path in folders]).problems)


def test_i01_ids_that_excel_has_rounded(cases: Path) -> None:
    with pytest.raises(SourceError, match="rounded"):
        sources.read_annex_a(the_one(cases / "I01"))


def test_i02_ids_with_point_nought(cases: Path) -> None:
    extract = sources.read_annex_a(the_one(cases / "I02"))
    own = {event: set(rows["child_id"]) for event, rows in extract.events.groupby("event")}
    assert len(own["contact"]) == 12
    assert own["contact"] == own["referral"]
    found = series(cases / "I02", "2024-01", "2024-01", "contacts_to_referral")
    assert found.loc["contacts_to_referral", "2024-01"] == 100


def test_i03_errors_and_noughts_for_ids(cases: Path) -> None:
    extract = sources.read_annex_a(the_one(cases / "I03"))
    assert sorted(extract.events["child_id"]) == ["A1", "A2", "A3", "A4"]
    assert sum(problem.count for problem in extract.problems if problem.rule.endswith("child_id")) == 8


@pytest.mark.parametrize("file", ["p_with.yml", "p_without.yml"])
def test_l02_one_source_does_not_silence_another(cases: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(cases / "L02", tmp_path / "L02")
    book = cf.open(tmp_path / "L02" / file)
    assert book.subject("referrals").known == (90 if file == "p_with.yml" else 84)
    assert book.forecast("referrals") is not None
    assert [joint.month for joint in book.inputs.joints] == ([pd.Period("2024-04", "M")] if file == "p_with.yml" else [])


def test_m01_percentages_as_excel_holds_them(cases: Path) -> None:
    read = sources.read_monthly(cases / "M01" / "monthly.csv", authority="", kinds=KINDS)
    assert read.series["value"].tolist() == pytest.approx([18, 19, 17.5, 20, 21, 100])
    assert "fraction" in rules(read.problems)


def test_m08_a_stock_with_a_denominator(cases: Path) -> None:
    read = sources.read_monthly(cases / "M08" / "monthly.csv", authority="", kinds=KINDS)
    assert read.series.loc[read.series["indicator"] == "cin_open", "value"].tolist() == [850, 850, 850]


def test_n01_codes_as_pandas_writes_them(cases: Path) -> None:
    rows = sources.read_annex_a(the_one(cases / "N01")).events
    assert rows["source"].iloc[:3].tolist() == ["6", "6", "6"]
    assert rows["outcome"].iloc[:2].tolist() == ["nfa", "not_nfa"]
    assert rows.loc[rows["child_id"] == "A8", "source"].item() != "10"


def test_p01_a_table_split_by_sex(cases: Path) -> None:
    yearly = sources.read_published(the_one(cases / "P01")).yearly.set_index("indicator")["value"]
    assert (yearly["referrals"], yearly["rereferrals"]) == (1250, 21.6)


def test_p08_a_corrected_download_beside_the_first(cases: Path) -> None:
    with pytest.raises(SourceError, match="100 and 160"):
        sources.read_published(cases / "P08")


def test_p09_population_by_sex(cases: Path) -> None:
    read = sources.read_published(cases / "P09")
    assert read.population["value"].tolist() == [60_000]
    assert read.yearly.set_index("indicator").loc["referral_rate", "value"] == 500


@pytest.mark.parametrize("file", ["p_BristolCityCouncil.yml", "p_BRISTOLCITYOF.yml", "p_Bristol.yml", "p_BristolCityof.yml"])
def test_p14_an_authority_is_found_by_its_code(cases: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(cases / "P14", tmp_path / "P14")
    book = cf.open(tmp_path / "P14" / file)
    assert book.inputs.others.region == "South West"
    assert book.subject("referral_rate").known == 12
    assert (book.inputs.yearly["authority"] == book.authority).sum() == 18


@pytest.mark.parametrize("case", ["R01", "R01e"])
def test_r01_most_rows_cannot_be_used(cases: Path, case: str) -> None:
    path = the_one(cases / case) if case == "R01" else cases / case / "annex_a_2024-03-31"
    with pytest.raises(SourceError, match="rows that cannot be used"):
        sources.read_annex_a(path)


def test_r02_a_note_right_of_the_table(cases: Path) -> None:
    read = [sources.read_annex_a(path) for path in sorted((cases / "R02").iterdir()) if path.suffix in (".csv", ".xlsx")]
    assert [by_month(each, "referral") for each in read] == [{"2024-01": 12}] * 2


# What the inputs of ok/ give: events read, or None where they are refused with a good message.
OK_EVENTS = {
    "C01": 12, "C02": 12, "C03": 12, "C05": None, "C06": 15, "C07": 12, "C08": 12, "C09": 12, "D02": 60, "E03": None, "G03": 5,
    "H01": 12, "H02": 12, "H03": None, "H04": 12, "H05": None, "H06": 12, "H07": None, "H07b": 12, "H07c": None, "R01c": None,
    "X02": 8, "X03": None,
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(OK_EVENTS))
def test_what_was_read_rightly_still_is(cases: Path, case: str) -> None:
    checked = sources.check(the_one(cases / "ok" / case), kinds=KINDS)
    wanted = OK_EVENTS[case]
    if wanted is None:
        assert "want" in checked.error, checked.error
    else:
        assert len(sources.read_annex_a(the_one(cases / "ok" / case)).events) == wanted


@pytest.mark.parametrize("case", ["M01b", "M02", "M03", "M04", "M05", "M06", "M07", "P03", "P04", "P05", "P07", "P11", "P12"])
def test_tables_that_were_read_rightly_still_are(cases: Path, case: str) -> None:
    checked = sources.check(the_one(cases / "ok" / case), kinds=KINDS)
    assert checked.ok or "want" in checked.error, checked.error


def test_both_halves_of_extracts_that_repeat_each_other(cases: Path) -> None:
    counted: Callable[[Path], int] = lambda path: len(sources.read_annex_a(path).events)  # noqa: E731
    assert [counted(path) for path in sorted((cases / "ok" / "G09").iterdir())] == [9, 12]
