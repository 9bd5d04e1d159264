"""Random event logs: every cell of every series equals what the slow reference works out, edges and gaps of coverage included."""

from __future__ import annotations

from datetime import date, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis import indicators
from cfanalysis.foundation.table import EVENT_COLUMNS, EVENT_KINDS, validate
from cfanalysis.indicators import RereferralEdges, catalogue
from cfanalysis.indicators.measures import MEASURES
from cfanalysis.reference import bank_holidays

FIRST, LAST = (2023, 1), (2024, 7)  # holds a 29 February
MONTHS = {"first": pd.Period(f"{FIRST[0]}-{FIRST[1]:02d}"), "last": pd.Period(f"{LAST[0]}-{LAST[1]:02d}")}
EDGES = st.builds(RereferralEdges, st.sampled_from(["12 months", "365 days"]), st.booleans(), st.sampled_from(["all", "not_nfa"]))
# Days where something turns: ends and starts of months, anniversaries, and around them.
TURNS = [date(y, m, d) for y in (2020, 2021, 2022, 2023, 2024) for m, d in ((1, 31), (2, 28), (3, 1), (3, 31), (4, 1), (5, 20))]
TURNS += [date(2020, 2, 29), date(2024, 2, 29)]
DAYS = st.one_of(st.sampled_from(TURNS), st.dates(date(2022, 1, 1), date(2024, 7, 31)))
WORDS = {
    "source": ["", "6", "1A", "1C", "10", "PR1", "PR4", "F2", "P5", "G4", "odd"],
    "outcome": ["", "nfa", "not_nfa", "RC1", "RC2", "E2", "subsequent", "first", "yes", "no", "died", "offered", "not_offered"],
    "category": [
        "",
        "N1",
        "N2",
        "NEG",
        "PHY",
        "seen",
        "not_seen",
        "suitable",
        "held",
        "not_held",
        "21",
        "3B 16A",
        "4A 11A 2B 1C",
        "17A 3B",
        "absent",
    ],
    "worker": ["", "Ann", "Ben", "Cem", "Dee"],
    "team": ["", "East", "West"],
    "area": ["", "North"],
}


# Lengths, in days, at which something turns: 45 working days are 61 to 69 days, 15 are 19 to 25.
LENGTHS = {
    "assessment": st.integers(60, 70),
    "cp_plan": st.integers(728, 732),
    "cp_review": st.integers(180, 186),
    "icpc": st.integers(18, 26),
}
ANY_LENGTH = st.sampled_from([0, 1, 14, 15, 30, 31, 364, 365, 366])
BIRTHS = [
    date(2020, 2, 29),
    date(2007, 3, 31),
    date(2013, 7, 31),
    date(2018, 5, 1),
    date(2022, 12, 31),
    date(2004, 3, 31),
    date(2024, 4, 30),
]


@st.composite
def events(draw: st.DrawFn, kind: str, days: st.SearchStrategy[date]) -> dict[str, Any]:
    length = LENGTHS.get(kind, ANY_LENGTH)
    start = draw(days)
    end = draw(
        st.one_of(
            st.none(),
            length.map(lambda days: start + timedelta(days=days)),
            st.integers(0, 900).map(lambda days: start + timedelta(days=days)),
        )
    )
    clock = draw(
        st.one_of(st.none(), st.integers(-3, 3), length, length).map(lambda days: days if days is None else start - timedelta(days=days))
    )
    born = draw(st.one_of(st.none(), st.sampled_from(BIRTHS), st.sampled_from(BIRTHS), st.dates(date(1999, 1, 1), date(2024, 8, 1))))
    words = {column: draw(st.sampled_from(values)) for column, values in WORDS.items()}
    return {
        "child_id": draw(st.sampled_from("AAAB")),
        "event": kind,
        "date": start,
        "end_date": end,
        "clock_start": clock,
        "birth_date": born,
        **words,
    }


def near(rows: list[dict[str, Any]]) -> st.SearchStrategy[date]:
    """Days at a turning distance from something that happened already: the same day, a day around a window's edge, an anniversary."""
    known = [day for row in rows for day in (row["date"], row["end_date"]) if day]
    apart = [0, 0, 1, -1, 14, 15, 30, 31, 90, 92, 182, 184, 364, 365, 366, 367, -365, -366]
    return st.tuples(st.sampled_from(known), st.sampled_from(apart)).map(lambda pair: pair[0] + timedelta(days=pair[1]))


@st.composite
def logs(draw: st.DrawFn, kinds: tuple[str, ...]) -> tuple[list[dict[str, Any]], dict[str, list[tuple[date, date]]]]:
    rows: list[dict[str, Any]] = []
    for place in range(draw(st.sampled_from([0, 2, 2, 4, 12, 16]))):
        days = near(rows) if rows and draw(st.sampled_from([True, True, False])) else DAYS
        rows.append({**draw(events(draw(st.sampled_from(kinds)), days)), "place": place})
    return rows, {kind: draw(st.one_of(st.just([(date(2019, 1, 1), date(2026, 12, 31))]), windows())) for kind in kinds}


@st.composite
def windows(draw: st.DrawFn) -> list[tuple[date, date]]:
    """None to three stretches of days that overlap, touch, or leave a day or more between them."""
    found: list[tuple[date, date]] = []
    start = draw(st.sampled_from([date(2022, 1, 2), date(2022, 5, 15), date(2022, 12, 1), date(2021, 1, 1)]))
    for _ in range(draw(st.integers(0, 3))):
        later = [day for day in WINDOW_ENDS if day > start]
        if not later:
            break
        end = draw(st.sampled_from(later))
        found.append((start, end))
        start = end + timedelta(days=draw(st.sampled_from([-40, 0, 1, 1, 2])))
    return draw(st.permutations(found))


WINDOW_ENDS = [date(2023, m, d) for m, d in ((2, 28), (3, 14), (5, 31), (6, 30), (10, 30))] + [
    date(2024, 1, 31),
    date(2024, 7, 14),
    date(2025, 8, 31),
]


def as_log(rows: list[dict[str, Any]], windows: dict[str, list[tuple[date, date]]]) -> SimpleNamespace:
    frame = pd.DataFrame(rows, columns=[column for column in EVENT_COLUMNS if column != "extract"]).assign(extract="e")
    for column in ("date", "end_date", "birth_date", "clock_start"):
        frame[column] = pd.to_datetime(frame[column])
    spans = [(kind, pd.Timestamp(start), pd.Timestamp(end)) for kind, pairs in windows.items() for start, end in pairs]
    return SimpleNamespace(events=validate(frame, "events"), coverage=pd.DataFrame(spans, columns=["event", "start", "end"]))


def groups() -> list[tuple[str, ...]]:
    """Indicators that need the same lists are tried on the same logs, so that those logs are dense in what they need."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in MEASURES:
        found.setdefault(catalogue()[name].lists, []).append(name)
    return [tuple(names) for names in found.values()]


@pytest.mark.parametrize("names", groups(), ids=lambda names: names[0])
def test_every_cell_equals_the_reference(names: tuple[str, ...], reference: ModuleType) -> None:
    kinds = catalogue()[names[0]].lists
    assert set(kinds) <= set(EVENT_KINDS)
    holidays = set(bank_holidays().tolist())
    people = st.dictionaries(st.integers(2019, 2024), st.sampled_from([10_000.0, 52_345.0]), max_size=4)

    @settings(max_examples=20)
    @given(log=logs(kinds), edges=EDGES, population=people)
    def check(
        log: tuple[list[dict[str, Any]], dict[str, list[tuple[date, date]]]], edges: RereferralEdges, population: dict[int, float]
    ) -> None:
        rows, windows = log
        children = pd.Series(population, dtype=float)
        frame = indicators.compute(as_log(rows, windows), authority="X", names=names, edges=edges, population=children, **MONTHS)
        slow = reference.Reference(rows, windows, edges, population, holidays)
        compare(frame, slow, reference)
        every_category_is_there(frame, slow, list(reference.months_from(FIRST, LAST)), reference)

    check()


PAIRS = {
    "rereferrals": ("referral", "referral"), "rereferrals_after_closure": ("cin_episode", "referral"),
    "contacts_to_referral": ("contact", "referral"), "referrals_to_assessment": ("referral", "assessment"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_of_events_at_the_edges_of_a_window(name: str, reference: ModuleType) -> None:
    """One pair a child, a turning distance apart, everything covered: where an edge is off by a day, it shows."""
    first, second = PAIRS[name]
    whole = {kind: [(date(2019, 1, 1), date(2026, 12, 31))] for kind in (first, second)}
    begun = st.one_of(
        st.sampled_from([date(2022, 2, 28), date(2023, 2, 28), date(2024, 2, 29)]), st.dates(date(2022, 3, 1), date(2024, 1, 31))
    )
    pairs = st.lists(st.tuples(begun, st.sampled_from([-1, 0, 1, 14, 15, 30, 31, 364, 365, 366, 367])), min_size=4, max_size=8)

    @settings(max_examples=20)
    @given(pairs=pairs, edges=EDGES)
    def check(pairs: list[tuple[date, int]], edges: RereferralEdges) -> None:
        blank = {**dict.fromkeys(WORDS, ""), "clock_start": None, "birth_date": None}
        rows = [
            {**blank, "child_id": f"C{number}", "event": kind, "date": day, "end_date": day if kind == "cin_episode" else None}
            for number, (start, gap) in enumerate(pairs)
            for kind, day in ((first, start), (second, start + timedelta(days=gap)))
        ]
        rows = [{**row, "place": place} for place, row in enumerate(rows)]
        frame = indicators.compute(as_log(rows, whole), authority="X", names=[name], breakdowns=False, edges=edges, **MONTHS)
        compare(frame, reference.Reference(rows, whole, edges, {}, set()), reference)

    check()


@settings(max_examples=30)
@given(referrals=windows(), contacts=windows())
def test_months_at_the_edges_of_coverage(
    reference: ModuleType, referrals: list[tuple[date, date]], contacts: list[tuple[date, date]]
) -> None:
    """Nothing happens at all, so that every cell is 0, ``z`` or ``x`` by coverage alone."""
    spans = {"referral": referrals, "contact": contacts, "cin_episode": [(date(2019, 1, 1), date(2026, 12, 31))]}
    names = ["contacts", "rereferrals", "rereferrals_after_closure", "contacts_to_referral"]
    frame = indicators.compute(as_log([], spans), authority="X", names=names, breakdowns=False, **MONTHS)
    compare(frame, reference.Reference([], spans, RereferralEdges(), {}, set()), reference)


def compare(frame: pd.DataFrame, slow: Any, reference: ModuleType) -> None:
    months = list(reference.months_from(FIRST, LAST))
    for (name, breakdown), part in frame.groupby(["indicator", "breakdown"], sort=False):
        dimension, category = (None, "") if breakdown == "all" else breakdown.split(": ", 1)
        assert len(part) == len(months)
        for row in part.itertuples():
            month = (row.month.year, row.month.month)
            wanted = slow.result(name, month, dimension, category)
            found = tuple(None if pd.isna(value) else value for value in (row.numerator, row.denominator, row.value))
            assert (*found, row.flag) == (*(pytest.approx(value) if value is not None else None for value in wanted[:3]), wanted[3]), (
                name,
                breakdown,
                month,
            )


def every_category_is_there(frame: pd.DataFrame, slow: Any, months: list[tuple[int, int]], reference: ModuleType) -> None:
    """The categories of the rows that count, no more and no fewer, unless the files do not hold the dimension at all."""
    for name in frame["indicator"].unique():
        shown = set(frame.loc[frame["indicator"] == name, "breakdown"]) - {"all"}
        ages = reference.LEAVER_BANDS if name.startswith("care_leavers") else reference.BANDS
        counted = [row for month in months for row in slow.measured(name, month)[1][0]]
        wanted = {f"{dimension}: {reference.label(row, dimension, ages)}" for dimension in catalogue()[name].breakdowns for row in counted}
        nothing = {"age: Not recorded", "team: Not recorded", "area: Not recorded", "source: Unknown", "source: No referral",
                   "category: Not recorded",
                   "reason: Not recorded", "provider: Not recorded"}  # fmt: skip
        assert shown <= wanted
        assert wanted - shown <= nothing
