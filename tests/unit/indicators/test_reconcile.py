"""Sums that should agree: DfE's identities, our own, and ours against the published."""

from __future__ import annotations

import pandas as pd
import pytest

from cfanalysis import indicators
from cfanalysis.foundation import table as tables

STARTS = "Published: referrals - no further action - assessed not in need = episodes started"
OPEN = "Published: open at any point - ended = open at 31 March"
# England in the year to March 2024 (tables C1 and B1), rounded to 10 as published
ENGLAND = {
    "referrals": 621_880, "referrals_nfa": 38_920, "assessed_not_in_need": 188_300, "cin_started": 394_660,
    "cin_any_point": 756_150, "cin_ended": 356_690, "cin_open": 399_460,
}  # fmt: skip


def yearly(figures: dict[str, float], authority: str = "Testshire", level: str = "authority", year: int = 2024) -> pd.DataFrame:
    rows = [
        {"authority": authority, "level": level, "indicator": name, "breakdown": "all", "year": year, "numerator": float(number),
         "denominator": float("nan"), "value": float(number), "flag": "", "source_table": "2025 edition"}
        for name, number in figures.items()
    ]  # fmt: skip
    return tables.validate(pd.DataFrame(rows), "yearly") if rows else tables.empty("yearly")


def of(frame: pd.DataFrame, identity: str) -> pd.DataFrame:
    found = frame[frame["identity"] == identity].set_index("year")
    assert len(found), f"{identity!r} is not among {frame['identity'].unique().tolist()}"
    return found


@pytest.fixture
def series(log):
    """Two financial years of a small authority whose sums can be done in the head."""
    lines = [f"C{n} referral 20{22 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d}-10 outcome=not_nfa" for n in range(24)]
    lines += [f"C{n} cin_episode 20{22 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d}-10" for n in range(3, 24)]
    lines += ["C0 cin_episode 2022-04-10 2023-06-01 outcome=RC7", "C1 cin_episode 2022-05-10 2022-06-20 outcome=RC8"]
    lines += ["C2 cin_episode 2022-06-10 2023-05-20 outcome=RC9", "D referral 2023-05-05 outcome=nfa", "P cp_plan 2021-03-01"]
    months = {"first": pd.Period("2022-03"), "last": pd.Period("2024-03")}
    return indicators.compute(log("\n".join(lines)), authority="Testshire", **months)


def test_the_published_identities_hold_for_england() -> None:
    frame = indicators.reconcile(tables.empty("series"), yearly(ENGLAND, "England", "national"), "England")
    assert of(frame, STARTS).loc[2024, ["left", "right", "difference"]].tolist() == [394_660, 394_660, 0]
    assert of(frame, OPEN).loc[2024, "left"] == 399_460
    assert set(frame["note"]) == {"Agrees."}


def test_rounding_is_allowed_for_in_england_and_not_in_an_authority() -> None:
    figures = ENGLAND | {"cin_started": 394_680}
    note = {
        level: of(indicators.reconcile(tables.empty("series"), yearly(figures, level=level), "Testshire"), STARTS).loc[2024, "note"]
        for level in ("national", "authority")
    }
    assert note == {"national": "Agrees to rounding.", "authority": "Lower by 20 (0.0%)."}


def test_our_own_sums(series: pd.DataFrame) -> None:
    frame = indicators.reconcile(series, tables.empty("yearly"), "Testshire")
    stocks = of(frame, "Ours: Children in need: open a year before + started - ended = open at 31 March")
    assert stocks.loc[2023, ["left", "right", "note"]].tolist() == [11, 11, "Agrees."]  # none + 12 - C1
    assert stocks.loc[2024, ["left", "right", "note"]].tolist() == [21, 21, "Agrees."]  # + 12 - C0 - C2
    starts = of(frame, next(name for name in frame["identity"] if name.startswith("Ours: referrals")))
    assert starts.loc[2023, ["left", "right"]].tolist() == [11, 11]  # 12 referrals - C1, 12 started - C1
    assert starts.loc[2024, ["left", "right"]].tolist() == [11, 11]  # 13 - D's - C2, 12 - C2


def test_our_sums_against_the_published(series: pd.DataFrame) -> None:
    published = {"referrals": 13, "referrals_nfa": 2, "cin_started": 11, "cin_ended": 1, "cin_open": 20, "cp_two_years": 1, "cla_rate": 60}
    frame = indicators.reconcile(series, yearly(published), "Testshire")
    ours = frame[frame["identity"].str.endswith(" = published")].set_index("identity")
    assert ours.loc["Referrals: our months added up = published", ["left", "right", "note"]].tolist() == [13, 13, "Agrees."]
    assert ours.loc["Referrals with no further action (the number): our months added up = published", "note"] == "Lower by 1 (50.0%)."
    assert ours.loc["Episodes of need started: our months added up = published", ["left", "right"]].tolist() == [
        11,
        11,
    ]  # less C2
    assert ours.loc["Episodes of need ended: our months added up = published", ["left", "right"]].tolist() == [1, 1]
    assert ours.loc["Children in need at month end: our March = published", "note"] == "Higher by 1 (5.0%)."
    assert ours.loc["Plans open for two years or more (the number): our March = published", "left"] == 1
    assert not ours.index.str.contains("10,000").any()


def test_a_missing_month_is_said_and_not_summed(series: pd.DataFrame) -> None:
    gap = (series["indicator"] == "referrals") & (series["month"] == pd.Period("2023-07"))
    holed = series.assign(numerator=series["numerator"].mask(gap), value=series["value"].mask(gap), flag=series["flag"].mask(gap, "x"))
    row = of(indicators.reconcile(holed, yearly({"referrals": 13}), "Testshire"), "Referrals: our months added up = published").loc[2024]
    assert pd.isna(row["left"])
    assert row["note"] == "Cannot tell: a month is missing."
    hidden = holed.assign(flag=holed["flag"].mask(gap, "c"))
    row = of(indicators.reconcile(hidden, yearly({"referrals": 13}), "Testshire"), "Referrals: our months added up = published").loc[2024]
    assert row["note"] == "Cannot tell: not all of our months are shown, to protect small numbers."


def test_nothing_to_compare_gives_an_empty_table_with_its_columns() -> None:
    frame = indicators.reconcile(tables.empty("series"), tables.empty("yearly"), "Testshire")
    assert frame.empty
    assert list(frame) == ["year", "identity", "left", "right", "difference", "note"]


def test_only_the_authority_asked_for_is_compared(series: pd.DataFrame) -> None:
    assert indicators.reconcile(series, yearly({"referrals": 13}, "Elsewhere"), "Elsewhere").empty


@pytest.fixture(scope="module")
def published(shared_data, tmp_path_factory):
    """DfE's referrals, referrals by month and children in need."""
    from cfanalysis import sources

    folder = tmp_path_factory.mktemp("published")
    for pattern in ("c1_*_2013_to_2025.csv", "c6_*.csv", "b1_*_2013_to_2025.csv"):
        for path in (shared_data / "published").glob(pattern):
            (folder / path.name).symlink_to(path)
    return sources.read_published(folder)


@pytest.mark.parametrize("authority", ["Southampton", "Surrey", "Camden"])
def test_published_months_add_up_to_the_published_years(published, authority: str) -> None:
    frame = indicators.reconcile(published.series, published.yearly, authority)
    assert len(of(frame, STARTS)) == len(of(frame, OPEN)) == 13
    assert not frame["note"].str.startswith(("Higher", "Lower")).any()
    assert (of(frame, "Referrals: our months added up = published")["note"] == "Agrees.").sum() >= 9


def test_england_agrees_as_far_as_it_is_said_to(published) -> None:
    frame = indicators.reconcile(published.series, published.yearly, "England")
    starts = of(frame, STARTS)["difference"]
    assert starts.loc[[2023, 2024, 2025]].tolist() == [0, 0, 0]
    assert starts.loc[2019:2022].abs().max() == 130
    months = of(frame, "Referrals: our months added up = published")["note"]
    assert months.isin(["Agrees.", "Agrees to rounding."]).all()
