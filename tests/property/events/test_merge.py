"""Merging random extracts against a slow, obvious reference, and what must hold whatever they say."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.events import UNKNOWN, merge_extracts
from cfanalysis.foundation.table import COLUMNS
from cfanalysis.sources import Extract

DAY_ONE = date(2023, 1, 1)
EXAMPLES = 40
PERIODS = ("cin_episode", "cp_plan", "cla_period")


def day(number):
    return DAY_ONE + timedelta(days=number)


@st.composite
def extracts(draw):
    """One to four extracts of one kind of list, with windows that overlap, touch or leave gaps, rows in and (a few) before the window."""
    kind = draw(st.sampled_from(["referral", "cin_episode"]))
    made = []
    for number in range(draw(st.integers(1, 4))):
        first = draw(st.integers(20, 150))
        last = first + draw(st.integers(5, 60))
        rows = draw(
            st.lists(
                st.tuples(st.sampled_from("ABC"), st.integers(0, 70), st.integers(-1, 60), st.sampled_from(["", "nfa"])),
                max_size=6,
                unique_by=lambda r: r[:2],
            )
        )
        made.append(_extract(f"x{number}", kind, first, last, rows))
    return kind, made


def _extract(name, kind, first, last, drawn):
    rows = []
    for child, back, length, outcome in drawn:
        start = last - back
        end = start + length if length >= 0 and kind in PERIODS else None
        if kind in PERIODS and end is not None and not first <= end <= last:
            end = None
        rows.append(
            {
                "child_id": child,
                "event": kind,
                "date": pd.Timestamp(day(start)),
                "end_date": pd.Timestamp(day(end)) if end is not None else pd.NaT,
                "outcome": outcome,
                "extract": name,
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS["events"]))
    for column in ("date", "end_date", "birth_date", "clock_start"):
        table[column] = pd.to_datetime(table[column])
    words = ["child_id", "event", "source", "outcome", "category", "team", "area", "worker", "extract"]
    table = table.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, "")).astype(dict.fromkeys(words, str))
    for column in ("date", "end_date", "birth_date", "clock_start"):
        table[column] = table[column].astype("datetime64[us]")
    return Extract(name, name, day(last), {kind: (day(first), day(last))}, table, (), {})


def reference(kind, made):
    """One row at a time: who says what about which day."""
    kept = []
    ordered = sorted(made, key=lambda e: (e.as_at, e.windows[kind][0], e.name))
    for later in ordered:
        first, last = later.windows[kind]
        said = [
            (row.child_id, row.date.date(), None if pd.isna(row.end_date) else row.end_date.date(), row.outcome, later)
            for row in later.events.itertuples()
        ]
        keys = {(child, start) for child, start, *_ in said}
        left = []
        known = {(child, start) for child, start, *_ in kept}
        spanning = [c for c, s, e, *_ in said if s < first and (e is None or e >= first) and (c, s) not in known]
        for row in kept:
            child, start, end, _, extract = row
            if (child, start) in keys:
                continue
            touching = extract.as_at + timedelta(days=1) == first
            if kind in PERIODS and end is None and touching and child in spanning:
                spanning.remove(child)  # the same period with its start put right
                continue
            open_to = end or extract.as_at
            inside = start <= last and open_to >= first if kind in PERIODS else first <= start <= last
            if not inside:
                left.append(row)
        kept = left + said
    newest = ordered[-1]
    out = []
    for child, start, end, outcome, extract in kept:
        if kind in PERIODS and end is None and extract is not newest:
            end, outcome = extract.as_at + timedelta(days=1), UNKNOWN
        out.append((child, start, end, outcome, extract.name))
    return sorted(out, key=str)


def told(log):
    rows = log.events[["child_id", "date", "end_date", "outcome", "extract"]].itertuples(index=False)
    return sorted(
        ((child, start.date(), None if pd.isna(end) else end.date(), outcome, name) for child, start, end, outcome, name in rows), key=str
    )


@settings(max_examples=EXAMPLES)
@given(extracts())
def test_merging_says_what_the_slow_reference_says(case) -> None:
    kind, made = case
    assert told(merge_extracts(made)) == reference(kind, made)


@settings(max_examples=EXAMPLES)
@given(extracts(), st.randoms(use_true_random=False))
def test_order_and_copies_change_nothing(case, random) -> None:
    _, made = case
    log = merge_extracts(made)
    shuffled = [*made, *made]
    random.shuffle(shuffled)
    again = merge_extracts(shuffled)
    pd.testing.assert_frame_equal(again.events, log.events)
    pd.testing.assert_frame_equal(again.changes, log.changes)
    pd.testing.assert_frame_equal(again.coverage, log.coverage)


@settings(max_examples=EXAMPLES)
@given(extracts())
def test_a_month_is_covered_when_each_of_its_days_is(case) -> None:
    kind, made = case
    log = merge_extracts(made)
    seen = {first + timedelta(days=n) for first, last in (e.windows[kind] for e in made) for n in range((last - first).days + 1)}
    months = pd.period_range("2022-12", "2024-01", freq="M")
    days = [[m.start_time.date() + timedelta(days=n) for n in range(m.days_in_month)] for m in months]
    assert log.covered(kind, months).tolist() == [all(d in seen for d in days_of) for days_of in days]


@settings(max_examples=EXAMPLES)
@given(extracts())
def test_the_newest_extract_is_never_contradicted(case) -> None:
    kind, made = case
    newest = max(made, key=lambda e: (e.as_at, e.windows[kind][0], e.name))
    kept = merge_extracts(made).events
    own = kept[kept["extract"] == newest.name]
    assert len(own) == len(newest.events)
    others = kept[kept["extract"] != newest.name]
    first, last = (pd.Timestamp(side) for side in newest.windows[kind])
    if kind not in PERIODS:
        assert not others["date"].between(first, last).any()
    # nothing is made up: every row was said by some extract
    said = pd.concat([e.events for e in made])
    assert set(map(tuple, kept[["child_id", "date", "extract"]].to_numpy())) <= set(
        map(tuple, said[["child_id", "date", "extract"]].to_numpy())
    )
