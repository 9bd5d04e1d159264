"""Monthly CSVs: what is taken as it is, what is worked out, what is missing and why."""

# ruff: noqa: E501  rows read as tables

import pandas as pd
import pytest

from cfanalysis.foundation.errors import SourceError
from cfanalysis.foundation.table import validate
from cfanalysis.sources import read_monthly

KINDS = {"audits_good": "percent", "audits_completed": "count", "caseload_average": "measure", "agency_rate": "rate"}


def one(monthly):
    assert len(monthly.series) == 1
    return monthly.series.iloc[0]


def test_a_share_is_worked_out_from_its_parts(annex, tmp_path) -> None:
    row = one(read_monthly(annex.monthly(tmp_path, ["2024-01", "audits_good", "all", 12, 20, "", ""]), authority="Anyshire", kinds=KINDS))
    assert (row["authority"], row["month"], row["numerator"], row["denominator"], row["value"], row["flag"]) == (
        "Anyshire",
        pd.Period("2024-01"),
        12,
        20,
        60,
        "",
    )


@pytest.mark.parametrize(("indicator", "numerator", "denominator", "value"), [("caseload_average", 300, 20, 15.0), ("agency_rate", 3, 1000, 30.0), ("audits_completed", 7, "", 7.0)])  # fmt: skip
def test_the_scale_is_that_of_the_kind(annex, tmp_path, indicator, numerator, denominator, value) -> None:
    row = one(read_monthly(annex.monthly(tmp_path, ["2024-01", indicator, "", numerator, denominator, "", ""]), authority="X", kinds=KINDS))
    assert row["value"] == value
    assert row["breakdown"] == "all"


def test_a_mean_given_with_its_parts_is_known_without_a_catalogue(annex, tmp_path) -> None:
    monthly = read_monthly(annex.monthly(tmp_path, ["2024-01", "caseload_average", "all", 300, 20, 15.0, ""]), authority="X")
    assert one(monthly)["value"] == 15.0
    assert monthly.problems == ()


def test_a_rounded_value_agrees_with_its_parts(annex, tmp_path) -> None:
    monthly = read_monthly(annex.monthly(tmp_path, ["2024-01", "audits_good", "all", 1, 3, 33.3, ""]), authority="X", kinds=KINDS)
    assert monthly.problems == ()


@pytest.mark.parametrize("flag", ["c", "x", "z", "u", ":", "low", "k"])
def test_every_reason_for_missing_is_kept(annex, tmp_path, flag) -> None:
    rows = [["2024-01", "audits_completed", "all", "", "", "", flag], ["2024-02", "audits_completed", "all", "", "", flag, ""], ["2024-03", "audits_completed", "all", "", "", f"[{flag}]", ""]]  # fmt: skip
    series = read_monthly(annex.monthly(tmp_path, *rows), authority="X", kinds=KINDS).series
    assert series["flag"].tolist() == [flag] * 3
    assert series["value"].isna().all()


def test_nought_is_nought_and_blank_is_missing(annex, tmp_path) -> None:
    rows = [["2024-01", "audits_completed", "all", "", "", 0, ""], ["2024-02", "audits_completed", "all", "", "", "", ""]]
    series = read_monthly(annex.monthly(tmp_path, *rows), authority="X", kinds=KINDS).series
    assert series["value"].iloc[0] == 0
    assert pd.isna(series["value"].iloc[1])
    assert series["flag"].tolist() == ["", "x"]


def test_nothing_out_of_nothing_is_missing_not_nought(annex, tmp_path) -> None:
    row = one(read_monthly(annex.monthly(tmp_path, ["2024-01", "audits_good", "all", 0, 0, "", ""]), authority="X", kinds=KINDS))
    assert pd.isna(row["value"])
    assert row["flag"] != ""


def test_targets_may_lie_ahead(annex, tmp_path) -> None:
    row = one(read_monthly(annex.monthly(tmp_path, ["2090-01", "audits_good", "Target", "", "", 80, ""]), authority="X", kinds=KINDS))
    assert (row["breakdown"], row["value"]) == ("target", 80)


def test_only_the_authoritys_own_rows(annex, tmp_path) -> None:
    path = annex.monthly(
        tmp_path,
        ["2024-01", "audits_completed", 3, "Anyshire"],
        ["2024-01", "audits_completed", 4, "Othershire"],
        header=["month", "indicator", "value", "authority"],
    )
    monthly = read_monthly(path, authority="anyshire", kinds=KINDS)
    assert one(monthly)["value"] == 3
    assert [(p.rule, p.count) for p in monthly.problems] == [("other_authority", 1)]


def test_a_title_above_and_columns_in_another_order(annex, tmp_path) -> None:
    path = annex.text(
        tmp_path, [["Figures of Anyshire"], [], ["Value", "Indicator", "Month"], [5, "Audits completed", "2024-01"]], "monthly.csv"
    )
    row = one(read_monthly(path, authority="X", kinds=KINDS))
    assert (row["indicator"], row["value"]) == ("audits_completed", 5)


def test_a_folder_is_read_as_one_and_a_month_in_two_files_is_caught(annex, tmp_path) -> None:
    annex.monthly(tmp_path, ["2024-01", "audits_completed", "all", "", "", 3, ""], name="a.csv")
    annex.monthly(tmp_path, ["2024-02", "audits_completed", "all", "", "", 4, ""], name="b.csv")
    monthly = read_monthly(tmp_path, authority="X", kinds=KINDS)
    validate(monthly.series, "series")
    assert monthly.series["value"].tolist() == [3, 4]
    assert monthly.rows == {"a.csv": 1, "b.csv": 1}
    annex.monthly(tmp_path, ["2024-02", "audits_completed", "all", "", "", 5, ""], name="c.csv")
    with pytest.raises(SourceError, match=r"2024-02 with two different figures, want one figure a month"):
        read_monthly(tmp_path, authority="X", kinds=KINDS)


@pytest.mark.parametrize("written", ["2024-03", "2024-3", "03/2024", "Mar-24", "March 2024", "2024-03-01", "31/03/2024", "202403"])
def test_every_way_of_writing_a_month(annex, tmp_path, written) -> None:
    row = one(read_monthly(annex.monthly(tmp_path, [written, "audits_completed", "all", "", "", 3, ""]), authority="X", kinds=KINDS))
    assert row["month"] == pd.Period("2024-03")
