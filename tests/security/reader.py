"""A careful reader of released tables, written apart from the code that hides: what he may see, and what he could work out.

The checks here are what the tests of disclosure control assert; ``test_mutations`` switches suppression off in one place at a time and
sees that they notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from tests.pages_made import exported, shown

import cfanalysis as cf
from cfanalysis import figures, findings, words
from cfanalysis.errors import ReleaseError
from cfanalysis.indicators import catalogue
from cfanalysis.page.workbook_file import read_tables
from cfanalysis.release import ReleasedTable, begin_publication, policy
from cfanalysis.release.ground import Ground
from cfanalysis.release.memory import Memory
from cfanalysis.release.publication import audit_records
from cfanalysis.release.record import record
from cfanalysis.tables import Span, Table
from cfanalysis.views import outlook
from cfanalysis.views.subject import Subject

MONTHS = pd.period_range("2022-04", periods=24, freq="M")
SMALL_MONTH = 13
"""One month of the series is small; one lies in the newest year."""

COUNTS = np.array([41, 37, 44, 52, 39, 48, 36, 43, 51, 47, 38, 46, 45, 4, 42, 53, 49, 35, 40, 50, 54, 34, 55, 33], dtype=float)


def series(counts: np.ndarray = COUNTS) -> Subject:
    rows = pd.DataFrame({
        "authority": "X", "indicator": "referrals", "breakdown": "all", "month": MONTHS, "numerator": np.nan, "denominator": np.nan,
        "value": counts, "flag": "",
    })  # fmt: skip
    return Subject(catalogue()["referrals"], "X", rows)


def ground(subject: Subject) -> Ground:
    long = pd.DataFrame({"name": subject.name, "what": "figure", "month": MONTHS, "value": subject.figures.to_numpy()})
    return Ground.of(long, whole=[subject.name])


def monthly(subject: Subject) -> Table:
    return outlook.outlook(subject, judged(subject), None)


def judged(subject: Subject) -> pd.DataFrame:
    values = subject.figures.to_numpy()
    before = np.concatenate([[np.nan], values[:-1]])
    return pd.DataFrame({
        "month": MONTHS, "observed": values, "expected": before, "low": before - 9, "high": before + 9, "z": values - before, "p": 0.5,
        "severity": "usual", "reason": "",
    })  # fmt: skip


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


def no_hidden_count_follows_from_another_table() -> None:
    """A total in one table and its parts in another; and the same count twice."""
    parts = Table(
        pd.DataFrame({"month": [*MONTHS, *MONTHS], "series": ["A"] * 24 + ["B"] * 24, "observed": [*(COUNTS - 2), *[2.0] * 24]}),
        "Parts", counts=("observed",),
    )  # fmt: skip
    subject = series()
    begin_publication()
    whole, told = cf.release(monthly(subject), "dfe").frame, cf.release(parts, "dfe").frame
    large = told.loc[told["series"] == "A", "observed"].to_numpy()
    assert not (~np.isnan(whole["observed"].to_numpy()) & ~np.isnan(large)).any()


def no_hidden_month_follows_from_a_sum_of_twelve() -> None:
    subject = series()
    begin_publication(ground(subject))
    year = Table(
        pd.DataFrame({"name": ["Newest year"], "count": [COUNTS[12:].sum()]}), "Year", counts=("count",),
        spans={"count": (Span(subject.name, MONTHS[12], MONTHS[23]),)},
    )  # fmt: skip
    total = cf.release(year, "dfe").frame["count"].iloc[0]
    months = cf.release(monthly(subject), "dfe").frame["observed"].to_numpy()[12:]
    assert np.isnan(months[SMALL_MONTH - 12])
    assert np.isnan(total) or np.isnan(months).sum() > 1


def no_mean_is_taken_over_a_hidden_month() -> None:
    subject = series()
    begin_publication(ground(subject))
    found = Table(
        pd.DataFrame({"month": MONTHS, "observed": COUNTS, "mean": COUNTS.mean()}), "Process chart", counts=("observed",),
        facts={"name": subject.name}, leans={"mean": (subject.behind(MONTHS[0], MONTHS[-1]),) * 24},
    )  # fmt: skip
    assert cf.release(found, "dfe").frame["mean"].isna().all()


def what_is_computed_falls_with_its_count() -> None:
    released = cf.release(percentages(), "dfe")
    hidden = released.frame["numerator"].isna() | released.frame["denominator"].isna()
    assert hidden.any()
    assert released.frame["percent"].isna()[hidden].all()
    frame = cf.release(monthly(series()), "dfe").frame
    assert frame.loc[SMALL_MONTH : SMALL_MONTH + 1, ["expected", "low", "high"]].isna().all(axis=None), "nor what was expected next"


def strict_shows_multiples_of_five() -> None:
    for table, names in ((by_team(), ["observed"]), (percentages(), ["numerator", "denominator"])):
        frame = cf.release(table, "strict").frame
        assert (frame[names].fillna(0.0) % 5 == 0).all(axis=None)
    shares = cf.release(percentages(), "strict").frame
    assert np.allclose(shares["percent"], 100 * shares["numerator"] / shares["denominator"], atol=0.06, equal_nan=True)


def sentences_quote_nothing_hidden() -> None:
    """The newest month is small: neither it nor anything made of it is said."""
    counts = COUNTS.copy()
    counts[-1], counts[-2] = 3, 777
    subject = series(counts)
    begin_publication(ground(subject))
    found = findings.of_series(subject, judged(subject), pd.DataFrame({"onset": [], "before": [], "after": [], "z": []}), None)
    said = " ".join(words.details(cf.release(findings.to_release(found, [subject]), "dfe")))
    newest = said.split("the twelve months", maxsplit=1)[0]
    assert "not shown, to protect small numbers" in newest
    assert not re.search(r"\b3\b|777|\b768\b|\b786\b", newest), newest


def numbers_among_facts_fall() -> None:
    table = Table(pd.DataFrame({"n": [3.0]}), "T", counts=("n",), facts={"total": 3, "name": "T"})
    assert cf.release(table, "dfe").facts["total"] is None


def downloads_and_pages_hold_no_hidden_count(folder: Path) -> None:
    """A hidden guard has a value no other cell has; it is nowhere on the page, in its data, in its download, nor in its tables."""
    frame = pd.DataFrame({"team": ["N", "S", "E", "All"], "children": [3.0, 7919.0, 8009.0, 15931.0]})
    released = cf.release(Table(frame, "Open by team", counts=("children",), margins={"team": "All"}), "dfe")
    hidden = frame.loc[(released.marks["children"] == "c").to_numpy() & (frame["children"] > 5), "children"]
    assert len(hidden)
    page = exported(folder, [shown(figures.show(released))], interactive=True)
    text = page.read_text(encoding="utf-8")
    cells = [cell for table in read_tables(page) for row in table.rows for cell in row]
    for value in hidden:
        assert f"{value:.0f}" not in text
        assert f"{value:,.0f}" not in text
        assert f"{value:,.0f}" not in cells
    assert cells.count("[c]") == len(hidden) + 1


def an_unsafe_page_is_refused() -> None:
    """Released one by one, without a publication, two tables give a count away together: the audit says so."""
    frame = pd.DataFrame({"team": ["N", "S", "All"], "n": [3.0, 40.0, 43.0]})
    released = cf.release(Table(frame, "A", counts=("n",), margins={"team": "All"}), "dfe")
    written = record(released)
    written["counts"]["n"]["values"] = [None, 40.0, 43.0]
    written["counts"]["n"]["hidden"] = [True, False, False]
    try:
        audit_records([written], policy("dfe"))
    except ReleaseError:
        return
    raise AssertionError("a page that gives a hidden count away was let through")


def a_looser_figure_is_refused(folder: Path) -> None:
    loose = figures.show(cf.release(by_team(), "internal"))
    try:
        exported(folder, [shown(loose)])
    except ReleaseError:
        return
    raise AssertionError("a figure with nothing hidden went onto a released page")


def an_earlier_edition_gives_nothing_away() -> None:
    """Last month one team was small; now it has grown by a late record, and the others are as they were."""

    def teams(south: float) -> Table:
        frame = pd.DataFrame({"team": ["N", "S", "E", "All"], "n": [30.0, south, 22.0, 52.0 + south]})
        names = [f"Open (team: {name})" if name != "All" else "Open" for name in frame["team"]]
        return Table(
            frame,
            "Open by team",
            counts=("n",),
            margins={"team": "All"},
            spans={"n": tuple(Span(name, MONTHS[0], MONTHS[0]) for name in names)},
        )

    first = _published(teams(4.0), Memory())
    second = _published(teams(9.0), Memory.of([first[1]]))
    kept = first[0].frame["n"].isna().to_numpy()
    now = second[0].frame["n"].to_numpy()
    unchanged = np.array([True, False, True, False])
    assert kept.sum() > 1
    assert np.isnan(now[kept & unchanged]).all(), "what was hidden and has not changed stays hidden"


def _published(table: Table, before: Memory) -> tuple[ReleasedTable, str]:
    from cfanalysis.release import control

    begin_publication(None, lambda name: before)
    released = cf.release(table, "dfe")
    return released, control._OPEN[0].remembered


Check = Callable[..., None]
