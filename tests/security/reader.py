"""A careful reader of released tables, written apart from the code that hides: what he may see, and what he could work out.

The checks here are what the tests of disclosure control assert; ``test_mutations`` switches suppression off in one place at a time and
sees that they notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from tests.pages_made import exported, shown

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import Table

MONTHS = pd.period_range("2022-04", periods=24, freq="M")
COUNTS = np.array([41, 37, 44, 52, 39, 48, 36, 43, 51, 47, 38, 46, 45, 4, 42, 53, 49, 35, 40, 50, 54, 34, 55, 33], dtype=float)
"""One month of the series is small."""


def monthly() -> Table:
    """A series with what the month before makes expected."""
    frame = pd.DataFrame({"month": MONTHS, "observed": COUNTS, "expected": np.concatenate([[np.nan], COUNTS[:-1]])})
    return Table(frame, "Referrals", counts=("observed",), derived={"expected": ("observed",)})


def by_team() -> Table:
    """Months by team with their total: small in one team now and then."""
    teams = {"North": [30, 31, 28, 33], "South": [3, 12, 15, 4], "East": [22, 8, 21, 19]}
    rows = [(month, name, float(count)) for name, counts in teams.items() for month, count in zip(MONTHS, counts, strict=False)]
    rows += [(month, "All", float(sum(counts[place] for counts in teams.values()))) for place, month in enumerate(MONTHS[:4])]
    frame = pd.DataFrame(rows, columns=["month", "category", "observed"])
    frame["share"] = frame["observed"] * 2.0
    return Table(frame, "By team", counts=("observed",), derived={"share": ("observed",)}, margins={"category": "All"})


def percentages() -> Table:
    frame = pd.DataFrame({"team": ["N", "S", "E"], "numerator": [12.0, 3.0, 40.0], "denominator": [61.0, 57.0, 83.0]})
    frame["percent"] = 100 * frame["numerator"] / frame["denominator"]
    return Table(frame, "Shares", counts=("numerator", "denominator"), derived={"percent": ("numerator", "denominator")})


# checks: each raises AssertionError where something is given away


def every_small_count_is_hidden() -> None:
    for table, name in ((by_team(), "observed"), (percentages(), "numerator")):
        released = cf.release(table, "dfe")
        small = table.frame[name].between(1, 5).to_numpy()
        assert released.frame[name].isna().to_numpy()[small].all()
        assert (released.marks[name].to_numpy()[small] == "c").all()


def no_hidden_count_follows_from_the_totals() -> None:
    """By a linear programme of the reader's own: each hidden count of a month could be anything from 1 to 5 at least."""
    table, frame = by_team(), cf.release(by_team(), "dfe").frame
    for month in MONTHS[:4]:
        cells = table.frame["month"] == month
        values, shown_ = frame.loc[cells, "observed"].to_numpy(), table.frame.loc[cells, "observed"].to_numpy()
        weights = np.where(table.frame.loc[cells, "category"] == "All", -1.0, 1.0)
        limits = [(0, None) if np.isnan(value) else (value, value) for value in values]
        for place in np.flatnonzero((shown_ > 0) & (shown_ < 6)):
            low, high = (_extreme(sign, place, weights, limits) for sign in (1.0, -1.0))
            assert low <= 1, f"{month}: at least {low}"
            assert high >= 5, f"{month}: at most {high}"


def _extreme(sign: float, place: int, weights: np.ndarray, limits: Sequence[tuple[float, float | None]]) -> float:
    aim = np.zeros(len(weights))
    aim[place] = sign
    found = linprog(aim, A_eq=weights[None, :], b_eq=[0.0], bounds=limits)
    return float(found.x[place]) if found.status == 0 else np.inf


def what_is_computed_falls_with_its_count() -> None:
    released = cf.release(percentages(), "dfe")
    hidden = released.frame["numerator"].isna() | released.frame["denominator"].isna()
    assert hidden.any()
    assert released.frame["percent"].isna()[hidden].all()
    frame = cf.release(monthly(), "dfe").frame
    assert frame["expected"].isna().all(), "what was expected in another month would give the hidden one away"


def strict_shows_multiples_of_five() -> None:
    for table, names in ((by_team(), ["observed"]), (percentages(), ["numerator", "denominator"])):
        frame = cf.release(table, "strict").frame
        assert (frame[names].fillna(0.0) % 5 == 0).all(axis=None)
    shares = cf.release(percentages(), "strict").frame
    assert np.allclose(shares["percent"], 100 * shares["numerator"] / shares["denominator"], atol=0.06, equal_nan=True)


def numbers_among_facts_fall() -> None:
    table = Table(pd.DataFrame({"n": [3.0]}), "T", counts=("n",), facts={"total": 3, "name": "T"})
    assert cf.release(table, "dfe").facts["total"] is None


def downloads_and_pages_hold_no_hidden_count(folder: Path) -> None:
    """A hidden guard has a value no other cell has; it is nowhere on the page, in its data, in its download, nor in its table."""
    frame = pd.DataFrame({"team": ["N", "S", "E", "All"], "children": [3.0, 7919.0, 8009.0, 15931.0]})
    released = cf.release(Table(frame, "Open by team", counts=("children",), margins={"team": "All"}), "dfe")
    hidden = frame.loc[(released.marks["children"] == "c").to_numpy() & (frame["children"] > 5), "children"]
    assert len(hidden)
    page = exported(folder, [shown(figures.show(released))], interactive=True)
    text = page.read_text(encoding="utf-8")
    cells = [cell for row in figures.show(released).payload()["table"]["rows"] for cell in row]
    for value in hidden:
        assert f"{value:.0f}" not in text
        assert f"{value:,.0f}" not in text
        assert f"{value:,.0f}" not in cells
    assert cells.count("[c]") == len(hidden) + 1


def a_looser_figure_is_refused(folder: Path) -> None:
    loose = figures.show(cf.release(by_team(), "internal"))
    try:
        exported(folder, [shown(loose)])
    except ReleaseError:
        return
    raise AssertionError("a figure with nothing hidden went onto a released page")


Check = Callable[..., None]
