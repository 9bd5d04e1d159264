"""Ways in which version 0.1.0 gave hidden counts away, tried on a release of a sample authority.

Inverting forecasts is tried in test_released_only.py, switching rules of suppression off in
test_release_rules.py, month after month in test_editions.py, a table of one's own in
tests/unit/release/test_own_table.py, a damaged store in tests/unit/test_store.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.table import Table
from cfanalysis.indicators import catalogue
from cfanalysis.release.evidence import NOT_SHOWN_TOGETHER


@pytest.fixture(scope="module")
def book(sample_release: Path) -> cf.Book:
    return cf.open(sample_release)


def crossed(book: cf.Book) -> Iterator[tuple[str, str]]:
    """Every indicator that is there with each dimension that it is offered by."""
    held = book.workbook
    for name, indicator in catalogue().items():
        if held.has(name):
            yield from ((name, dimension) for dimension in indicator.breakdowns)


def by_now(book: cf.Book) -> Iterator[tuple[str, str, Table]]:
    for name, dimension in crossed(book):
        table = book.workbook.by_now(name, dimension)
        if len(table.frame):
            yield name, dimension, table


def test_the_order_of_rows_says_nothing_of_what_is_hidden(book: cf.Book) -> None:
    """0.1.0 sorted by the true value: a hidden row between 7 and 4 was 4 to 7."""
    tried = 0
    for name, dimension, table in by_now(book):
        rows = table.frame[~table.frame["category"].isin(table.margins.values())]
        hidden = rows["now"].isna().to_numpy()
        assert not hidden[: len(hidden) - hidden.sum()].any(), f"{name} by {dimension}: what is hidden stands last"
        names = rows.loc[hidden, "category"].str.replace(r" \(.*\)$", "", regex=True)
        kinds = catalogue()[name].breakdowns
        assert list(names) == sorted(names), f"{name} by {dimension} ({kinds}): by name, not by size"
        tried += hidden.sum() > 1
    assert tried >= 3, "hidden rows stood side by side"


def test_a_percentage_over_a_year_is_that_of_its_counts_and_hides_with_them(book: cf.Book) -> None:
    """0.1.0 added the percentages of twelve months up, and took the sum for a count."""
    shown = hidden = 0
    for name, dimension, table in by_now(book):
        if catalogue()[name].kind != "percent":
            continue
        frame = table.frame
        known = frame[["numerator_now", "denominator_now"]].notna().all(axis=1) & (frame["denominator_now"] > 0)
        share = 100 * frame["numerator_now"] / frame["denominator_now"]
        np.testing.assert_allclose(frame.loc[known, "now"], share[known], err_msg=f"{name} by {dimension}")
        assert frame.loc[~known, "now"].isna().all(), f"{name} by {dimension}: nothing is made of a hidden count"
        assert frame["now"].dropna().between(0, 100).all()
        shown, hidden = shown + known.sum(), hidden + (~known).sum()
    assert shown >= 20
    assert hidden >= 5


def test_a_year_of_a_category_is_the_sum_of_released_cells(book: cf.Book) -> None:
    """Every figure of a year is the sum of cells of the release file; with one hidden there is no sum."""
    tried = 0
    for name, dimension, table in by_now(book):
        cells = book.workbook.evidence.periods(name, dimension)
        held = {key: (value, flag) for *key, value, flag in cells.itertuples(index=False, name=None) for key in [tuple(key)]}
        for column, addresses in table.addresses.items():
            for address, value in zip(addresses, table.frame[column], strict=True):
                if address is None:
                    continue
                _, breakdown, periods, part = address
                of = [held.get((breakdown, period, part), (np.nan, "x"))[0] for period in periods]
                assert (np.isnan(value) and (not of or np.isnan(of).any())) or value == sum(of), (name, dimension, address)
                tried += 1
    assert tried > 100


def test_causes_name_categories_that_the_release_shows_and_no_other(book: cf.Book) -> None:
    """0.1.0 said "more than half came from Schools" where no page showed Schools."""
    named, held = 0, book.workbook
    for name, indicator in catalogue().items():
        if not held.has(name) or not indicator.breakdowns:
            continue
        judged = held.unusual(name)
        causes = held.explain(name, judged[judged["severity"] != "none"])
        rows = held.evidence.series
        shown = set(
            rows.loc[(rows["indicator"] == name) & rows["value"].notna(), ["breakdown", "month"]].itertuples(index=False, name=None)
        )
        for row in causes[causes["cause"].isin(indicator.breakdowns) & causes["detail"].ne("")].itertuples():
            if row.detail != NOT_SHOWN_TOGETHER:
                assert (f"{row.cause}: {row.detail}", row.month) in shown, f"{name}, {row.month}: {row.detail} is named and not shown"
                named += 1
    assert named > 5, "causes named categories"


def test_nothing_stands_beside_a_hidden_month(book: cf.Book) -> None:
    """0.1.0 wrote "usual 1 to 30" beside a month that it hid, from a model that had seen it."""
    tried = 0
    held = book.workbook
    for name in catalogue():
        if not held.has(name):
            continue
        subject = held.subject(name)
        hidden = pd.PeriodIndex(subject.rows.loc[subject.rows["flag"] == "c", "month"], freq="M")
        if hidden.empty:
            continue
        judged = held.unusual(name)
        beside = judged[judged["month"].isin(hidden)]
        assert (beside["severity"].fillna("") == "").all() or beside["expected"].isna().all(), name
        assert beside["observed"].isna().all(), name
        tried += len(beside)
    assert tried, "months were hidden"


def test_a_book_gives_the_same_whatever_else_is_open(sample_release: Path, sample_params: Path) -> None:
    """0.1.0 kept what was shown in the module: of two workbooks in one kernel one gave away what the other hid."""
    alone = cf.open(sample_release)
    before = [table.frame for _, _, table in by_now(alone)]
    desk = cf.open(sample_params, policy="internal")
    assert [table.frame for _, _, table in by_now(desk)]
    again = cf.open(sample_release)
    after = [table.frame for _, _, table in by_now(again)]
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert (
        alone.measure("referrals")
        .by("source", over="year")
        .released.frame.equals(again.measure("referrals").by("source", over="year").released.frame)
    )
