"""What lies under the tables: sums over months, means, stocks and their flows, one series under several names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.release import begin_publication, release_together
from cfanalysis.release.ground import Ground
from cfanalysis.tables import Span, Table

MONTHS = pd.period_range("2022-04", periods=24, freq="M")
RNG = np.random.default_rng(8)
LARGE = RNG.integers(20, 60, 24).astype(float)


def long(**series: np.ndarray) -> pd.DataFrame:
    frames = [pd.DataFrame({"name": name, "what": "figure", "month": MONTHS[: len(held)], "value": held}) for name, held in series.items()]
    return pd.concat(frames, ignore_index=True)


def monthly(name: str, values: np.ndarray) -> Table:
    frame = pd.DataFrame({"month": MONTHS[: len(values)], "observed": values})
    return Table(frame, name, counts=("observed",), facts={"name": name})


def year(name: str, values: np.ndarray, *, mean: bool = False) -> Table:
    frame = pd.DataFrame({"of": [name], "count": [values[12:].mean() if mean else values[12:].sum()]})
    return Table(frame, "A year", counts=("count",), spans={"count": (Span(name, MONTHS[12], MONTHS[23], mean=mean),)})


def with_one_small() -> np.ndarray:
    values = LARGE.copy()
    values[15] = 3
    return values


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("sum_first", [False, True])
def test_one_hidden_month_does_not_follow_from_the_year(mean: bool, sum_first: bool) -> None:
    values = with_one_small()
    tables = [monthly("A", values), year("A", values, mean=mean)]
    begin_publication(Ground.of(long(A=values)))
    released = [cf.release(table, "dfe").frame for table in (reversed(tables) if sum_first else tables)]
    months, total = (released[1], released[0]) if sum_first else (released[0], released[1])
    hidden = months["observed"].iloc[12:].isna()
    assert hidden.iloc[3]
    assert total["count"].isna().iloc[0] or hidden.sum() > 1


def test_a_month_that_no_table_shows_is_protected_too() -> None:
    """Eleven months are on the page, the twelfth is not: the year less the eleven is the twelfth."""
    values = with_one_small()
    shown = monthly("A", values)
    eleven = replace(shown, frame=shown.frame.drop(index=15).reset_index(drop=True))
    begin_publication(Ground.of(long(A=values)))
    cf.release(eleven, "dfe")
    assert cf.release(year("A", values), "dfe").frame["count"].isna().all()


def test_without_a_ground_a_sum_is_tied_to_the_months_that_are_there() -> None:
    values = with_one_small()
    months, total = (table.frame for table in release_together([monthly("A", values), year("A", values)], "dfe"))
    assert total["count"].isna().iloc[0] or months["observed"].iloc[12:].isna().sum() > 1


def flows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    starts, ends = RNG.integers(8, 20, 24).astype(float), RNG.integers(8, 20, 24).astype(float)
    ends[9] = 2
    return 400 + np.cumsum(starts - ends), starts, ends


def test_an_end_that_is_hidden_does_not_follow_from_the_stock_and_the_starts() -> None:
    stock, starts, ends = flows()
    begin_publication(Ground.of(long(Open=stock, Started=starts, Ended=ends), [("Open", "Started", "Ended")]))
    told = {name: cf.release(monthly(name, held), "dfe").frame["observed"].to_numpy() for name, held in
            {"Open": stock, "Started": starts, "Ended": ends}.items()}  # fmt: skip
    assert np.isnan(told["Ended"][9])
    assert np.isnan([told["Open"][9], told["Open"][8], told["Started"][9]]).any()


def test_a_stock_that_does_not_add_up_ties_nothing() -> None:
    stock, starts, ends = flows()
    assert not Ground.of(long(Open=stock + RNG.integers(1, 9, 24), Started=starts, Ended=ends), [("Open", "Started", "Ended")]).stocks


def test_one_series_under_two_names_is_one() -> None:
    values = with_one_small()
    ground = Ground.of(long(A=values, B=values[:18], C=LARGE))
    spans = [Span(name, MONTHS[15], MONTHS[15]) for name in ("A", "B", "C")]
    assert ground.address(spans[0]) == ground.address(spans[1]) != ground.address(spans[2])


def test_what_leans_on_a_hidden_month_falls() -> None:
    values = with_one_small()
    spans = tuple((Span("A", month, month),) for month in MONTHS)
    table = Table(pd.DataFrame({"month": MONTHS, "said": "so", "level": 1.5}), "T", leans={"said": spans, "level": spans})
    begin_publication(Ground.of(long(A=values)))
    frame = cf.release(table, "dfe").frame
    assert (frame["said"] == "").tolist() == frame["level"].isna().tolist() == (values == 3).tolist()
    assert cf.release(table, "internal").frame["level"].notna().all()


def test_every_page_decides_alike_about_what_all_of_them_show() -> None:
    """The order in which pages release their tables makes no difference to the months they share."""
    stock, starts, ends = flows()
    names = {"Open": stock, "Started": starts, "Ended": ends}
    ground = Ground.of(long(**names), [("Open", "Started", "Ended")], whole=names)
    found = []
    for order in (["Open", "Started", "Ended"], ["Ended", "Open", "Started"]):
        begin_publication(ground)
        told = {name: cf.release(monthly(name, names[name]), "dfe").marks["observed"].tolist() for name in order}
        found.append({name: told[name] for name in names})
    assert found[0] == found[1]


def test_the_publication_is_not_disturbed_by_an_internal_look() -> None:
    values = with_one_small()
    begin_publication(Ground.of(long(A=values)))
    first = cf.release(monthly("A", values), "dfe").marks
    cf.release(monthly("A", values), "internal")
    assert cf.release(monthly("A", values), "dfe").marks.equals(first)
