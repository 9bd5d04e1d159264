"""The private store of editions, what has changed, and how months settle."""

from __future__ import annotations

import gzip
import hashlib
import stat
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import ContractError, RunError
from cfanalysis.foundation.table import validate
from cfanalysis.indicators.settling import OPEN_CASES, learn_settling, settle, settling_table, successive
from cfanalysis.sources import Extract
from cfanalysis.store.editions import EditionStore, newest, what_changed


def frame(values: dict[str, float], indicator: str = "referrals") -> pd.DataFrame:
    months = pd.PeriodIndex(list(values), freq="M")
    numbers = np.array(list(values.values()), dtype=float)
    return pd.DataFrame(
        {
            "authority": "Exampleshire", "indicator": indicator, "breakdown": "all", "month": months, "numerator": numbers,
            "denominator": np.nan, "value": numbers, "flag": np.where(np.isnan(numbers), "x", ""),
        }
    )  # fmt: skip


EARLIER = frame({"2024-01": 100.0, "2024-02": 90.0, "2024-03": np.nan})
LATER = frame({"2024-01": 100.0, "2024-02": 97.0, "2024-03": 80.0, "2024-04": 70.0})


def test_an_edition_comes_back_as_it_was_kept(tmp_path):
    store = EditionStore(tmp_path / "editions")
    kept = store.keep(EARLIER, authority="Exampleshire", as_at="2024-03")
    pd.testing.assert_frame_equal(kept.read(), EARLIER.sort_values("month").reset_index(drop=True), check_dtype=False)
    assert [(edition.number, str(edition.as_at)) for edition in store.editions("Exampleshire")] == [(1, "2024-03")]
    assert store.editions("Elsewhere") == ()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _no_gzip(path: Path) -> None:
    path.write_bytes(b"authority,month\nX,2024-01\n")


def _other_figures(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"90.0", b"91.0")))


def _of_another_version(path: Path) -> None:
    text = b"name,when\nreferrals,2024-01\n"
    other = path.with_name(f"2024-03__0002__{hashlib.sha256(text).hexdigest()[:12]}.csv.gz")
    path.unlink()
    other.write_bytes(gzip.compress(text))


@pytest.mark.parametrize("harm", [_cut, _no_gzip, _other_figures, _of_another_version])
def test_a_damaged_edition_is_named_set_aside_and_costs_nothing(tmp_path, harm, caplog):
    store = EditionStore(tmp_path / "editions")
    first = store.keep(EARLIER, authority="Exampleshire", as_at="2024-02")
    harm(store.keep(EARLIER, authority="Exampleshire", as_at="2024-03").path)
    damaged = store.editions("Exampleshire")[-1]
    assert store.last_before("Exampleshire", "2024-04") == first
    assert damaged.path.name in caplog.text
    assert [edition for edition, _ in newest(store.editions("Exampleshire"))] == [pd.Period("2024-02", "M")]
    assert [path.name for path in tmp_path.rglob("*.damaged-1")] == [f"{damaged.path.name}.damaged-1"]


def test_a_damaged_edition_is_kept_anew_by_the_same_run(tmp_path):
    store = EditionStore(tmp_path / "editions")
    _cut(store.keep(EARLIER, authority="Exampleshire", as_at="2024-03").path)
    again = store.keep(EARLIER, authority="Exampleshire", as_at="2024-03")
    pd.testing.assert_frame_equal(again.read(), EARLIER.sort_values("month").reset_index(drop=True), check_dtype=False)


def test_the_same_edition_is_kept_once_and_another_beside_it(tmp_path):
    store = EditionStore(tmp_path / "editions")
    first = store.keep(EARLIER, authority="Exampleshire", as_at="2024-03")
    again = store.keep(EARLIER.iloc[::-1], authority="Exampleshire", as_at="2024-03")
    second = store.keep(LATER, authority="Exampleshire", as_at="2024-04")
    assert (again.path, second.number) == (first.path, 2)
    assert len(store.editions("Exampleshire")) == 2
    assert store.last_before("Exampleshire", "2024-04").number == 1
    assert store.last_before("Exampleshire", "2024-03") is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are Unix's")
def test_the_store_is_readable_by_its_owner_only(tmp_path):
    kept = EditionStore(tmp_path / "editions").keep(EARLIER, authority="Exampleshire", as_at="2024-03")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert (tmp_path / "editions" / ".gitignore").read_text(encoding="utf-8") == "*\n"


@pytest.mark.parametrize(("store", "outputs"), [("out/editions", "out"), ("out", "out"), ("private", "private/out")])
def test_the_store_is_never_among_the_outputs(tmp_path, store, outputs):
    with pytest.raises(RunError, match="want it outside the outputs"):
        EditionStore(tmp_path / store, outputs=tmp_path / outputs)
    EditionStore(tmp_path / "private", outputs=tmp_path / "out")


def test_no_path_is_made_of_a_name(tmp_path):
    store = EditionStore(tmp_path / "editions")
    kept = store.keep(EARLIER, authority="../../St. Mary's", as_at="2024-03")
    assert kept.path.parent == tmp_path / "editions" / "st-mary-s"
    with pytest.raises(RunError):
        store.keep(EARLIER, authority="../..", as_at="2024-03")
    with pytest.raises(ContractError):
        store.keep(EARLIER.drop(columns="flag"), authority="Exampleshire", as_at="2024-03")


def test_what_has_changed_since_the_last_edition():
    changes = what_changed(EARLIER, LATER)
    assert changes[["kind", "change"]].fillna(0).to_numpy().tolist() == [["revised", 7.0], ["new", 0.0]]
    assert [str(month) for month in changes["month"]] == ["2024-02", "2024-03"]
    gone = what_changed(LATER, EARLIER)
    assert gone["kind"].tolist() == ["revised", "gone", "gone"]
    assert what_changed(LATER, LATER).empty


def editions_that_settle(late: float = 0.9) -> list[tuple[pd.Period, pd.DataFrame]]:
    """The newest month holds a share of what it comes to, the one before it the rest but 2 %; older ones are whole."""
    full = pd.Series(200.0, index=pd.period_range("2021-01", "2024-12", freq="M"))
    editions = []
    for as_at in pd.period_range("2023-01", "2024-12", freq="M"):
        seen = full[:as_at].copy()
        seen.iloc[-1] *= late
        seen.iloc[-2] *= 0.98
        editions.append((as_at, frame({str(month): value for month, value in seen.items()})))
    return editions


def test_how_months_settle_is_learnt_from_editions():
    settling = learn_settling(editions_that_settle(), "referrals")
    assert settling.source == "editions"
    assert settling.ratios.set_index("age")["middle"].round(4).to_dict()[0] == round(1 / 0.9, 4)
    assert settling.provisional == 2
    recorded = frame({"2024-11": 98.0, "2024-12": 90.0}).set_index("month")["value"]
    settled = settle(recorded, settling).set_index("month")["settled"]
    assert settled.round(6).tolist()[-2:] == [100.0, 100.0]


def test_without_editions_the_stated_default_or_nothing():
    stated = learn_settling([], "cin_open", default=OPEN_CASES)
    assert (stated.source, stated.provisional) == ("stated default", 11)
    assert tuple(stated.ratios.loc[0, ["low", "middle", "high"]].round(3)) == OPEN_CASES
    assert stated.ratios["middle"].is_monotonic_increasing  # the correction shrinks over the year
    assert stated.ratios["middle"].iloc[-1] > 0.98
    unknown = learn_settling(editions_that_settle()[:3], "referrals")
    assert (unknown.source, unknown.provisional) == ("not known", 0)
    assert settle(frame({"2024-12": 90.0}).set_index("month")["value"], unknown).empty


def test_the_last_edition_of_each_date_counts(tmp_path):
    store = EditionStore(tmp_path / "editions")
    store.keep(EARLIER, authority="Exampleshire", as_at="2024-03")
    store.keep(EARLIER.assign(value=EARLIER["value"] + 1), authority="Exampleshire", as_at="2024-03")
    store.keep(LATER, authority="Exampleshire", as_at="2024-04")
    read = newest(store.editions("Exampleshire"))
    assert [str(as_at) for as_at, _ in read] == ["2024-03", "2024-04"]
    assert read[0][1]["value"].iloc[0] == 101.0


def test_the_stated_default_is_what_the_published_tables_say(shared_data):
    table = pd.read_csv(shared_data / "published" / "b1_children_in_need_2013_to_2025.csv", dtype=str)
    table = table[table["geographic_level"] == "Local authority"].assign(year=lambda rows: rows["time_period"].astype(int))
    names = ["At31_episodes", "Anypoint_episodes", "Started_episodes"]
    number = table[names].apply(pd.to_numeric, errors="coerce").set_index([table["la_name"], table["year"]])
    number = number[~number.index.duplicated()]
    later = number["Anypoint_episodes"] - number["Started_episodes"]
    later.index = pd.MultiIndex.from_arrays([later.index.get_level_values(0), later.index.get_level_values(1) - 1])
    ratio = (later / number["At31_episodes"]).dropna()
    ratio = ratio[ratio < float("inf")]
    assert len(ratio) == 1804
    assert tuple(ratio.quantile([0.1, 0.5, 0.9]).round(3)) == OPEN_CASES


def made(as_at: str, referred: list[str]) -> Extract:
    """An extract of referrals, one child each, that covers the half year before it."""
    day = pd.Timestamp(as_at)
    start = (day - pd.DateOffset(months=6) + pd.DateOffset(days=1)).date()
    dates = pd.to_datetime(referred)
    blank = dict.fromkeys(("source", "outcome", "category", "team", "area", "worker"), "")
    rows = pd.DataFrame({"child_id": [f"c{date:%Y%m%d}" for date in dates], "event": "referral", "date": dates, **blank, "extract": as_at})
    empty_dates = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    rows = rows.assign(end_date=empty_dates, birth_date=empty_dates, clock_start=empty_dates)
    return Extract(
        as_at, f"{as_at}.xlsx", day.date(), {"referral": (start, day.date())}, validate(rows, "events"), (), {"referrals": len(rows)}
    )


def test_successive_extracts_are_editions_of_the_series():
    quarter = ["2024-01-10", "2024-02-10", "2024-03-10", "2024-03-20"]
    early, late = made("2024-03-31", quarter[:-1]), made("2024-06-15", [*quarter, "2024-04-10", "2024-05-10"])
    editions = successive([late, early], authority="Exampleshire", first=pd.Period("2024-01", "M"), names=["referrals"])
    assert [str(as_at) for as_at, _ in editions] == ["2024-03", "2024-05"]  # of June only half is known
    march = [frame.set_index("month")["value"][pd.Period("2024-03", "M")] for _, frame in editions]
    assert march == [1.0, 2.0]
    assert what_changed(editions[0][1], editions[1][1])["change"].tolist() == [1.0]


def test_settling_as_a_table_says_where_it_comes_from():
    recorded = frame({"2024-11": 98.0, "2024-12": 90.0}).set_index("month")["value"]
    table = settling_table(settle(recorded, learn_settling([], "cin_open", default=OPEN_CASES)), "Children in need")
    assert (table.counts, table.derived["settled"]) == (("recorded",), ("recorded",))
    assert table.note == "How months settle: a stated default (as in the rest of England), not learnt from these files."
    assert settling_table(settle(recorded, learn_settling([], "referrals")), "Referrals").note.endswith("not known.")
