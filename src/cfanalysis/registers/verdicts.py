"""What became of a projection: the verdict, the evidence, and one plain sentence made from a released row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from cfanalysis.months import month_label
from cfanalysis.registers.entries import Projection
from cfanalysis.registers.spoken import likelihood
from cfanalysis.tables import ALL, NOT_SHOWN, Table

Said = Literal["met", "met, but expected anyway", "not met", "too early", "cannot tell"]
NAN = float("nan")


@dataclass(frozen=True)
class Level:
    """A figure that is compared: its value, and for a percentage the counts it comes from (NaN where there are none)."""

    value: float = NAN
    numerator: float = NAN
    denominator: float = NAN


@dataclass(frozen=True)
class Verdict:
    """One projection as it stands.

    ``base`` is the level when it was said, ``observed`` the out-turn. ``expected``, ``low`` and ``high`` (80 %) are what the data alone
    expected on that day, and ``probability`` that what was claimed would happen anyway. ``edge`` is where a change begins that could be
    told from noise (one path in ten is as far out; at ``far`` one in forty), ``smallest_change`` how far that is from what was expected: a
    share, or points for a percentage. NaN where it cannot be said.

    Two questions are answered apart. *Did it change*: ``change_z`` standard errors between the pooled figures before and
    since, chance and overdispersion allowed for, and ``changed`` (None where it cannot be told). *Would it have anyway*:
    ``expected_anyway`` and ``beyond_expected``, from the forecast.
    """

    projection: Projection
    verdict: Said
    because: str
    kind: str
    known_to: pd.Period
    judged_to: pd.Period
    base: Level = Level()
    observed: Level = Level()
    expected: float = NAN
    low: float = NAN
    high: float = NAN
    edge: float = NAN
    far: float = NAN
    smallest_change: float = NAN
    probability: float = NAN
    months_seen: int = 0
    change_z: float = NAN
    changed: bool | None = None
    expected_anyway: bool | None = None
    beyond_expected: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The probability in tens."""
        return likelihood(self.probability)


CANNOT_TELL = "cannot tell"
HIDDEN_MONTHS = "months that would tell are not shown, to protect small numbers"
"""Why nothing is said of figures that are there: it is another thing than having none."""

COUNTED = ("count", "stock")
"""Kinds whose figures are numbers of children or of events; the others are worked out from them."""

_COUNTS = ("base", "expected", "low", "high", "observed")


LABELS = {
    "title": "Measure", "who": "Who said it", "said_on": "Said on", "direction": "Said to go", "window": "When",
    "likelihood": "Chance then", "verdict": "Verdict",
}  # fmt: skip


def verdicts_table(
    verdicts: Iterable[Verdict],
    titles: Mapping[str, str] | None = None,
    hidden: Sequence[bool] | None = None,
    *,
    title: str = "Projections and their verdicts",
) -> Table:
    """One row a projection, ready for release.

    Counts and stocks stand in ``base``, ``expected``, ``low``, ``high``, ``observed``; percentages, rates and measures in the columns
    ending in ``_value``, with the counts they come from, so that one which would give a small count away is hidden. ``titles`` maps
    indicators to what they are called. ``hidden`` says of which projections the months are there and may not be shown.
    """
    rows = [_row(verdict, titles or {}) for verdict in verdicts]
    for row, hides in zip(rows, hidden or [False] * len(rows), strict=True):
        if hides and row["verdict"] == CANNOT_TELL:
            row["because"] = HIDDEN_MONTHS
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    parts = ("base_numerator", "base_denominator", "observed_numerator", "observed_denominator")
    derived = {
        "expected": ("base",),
        "low": ("base",),
        "high": ("base",),
        "base_value": parts[:2],
        "observed_value": parts[2:],
        "expected_value": parts[:2],
        "low_value": parts[:2],
        "high_value": parts[:2],
    }
    note = "The chance is what the data alone gave on the day it was said."
    return Table(frame, title=title, counts=("base", "observed", *parts), derived=derived, note=note, labels=LABELS)


_COLUMNS = (
    "id", "said_on", "who", "where", "indicator", "title", "breakdown", "direction", "size", "number", "target", "window", "kind",
    "base", "expected", "low", "high", "observed",
    "base_value", "expected_value", "low_value", "high_value", "observed_value",
    "base_numerator", "base_denominator", "observed_numerator", "observed_denominator",
    "probability", "likelihood", "smallest_change", "verdict", "because", "known_to", "judged_to", "reason", "source",
)  # fmt: skip


def _row(verdict: Verdict, titles: Mapping[str, str]) -> dict[str, Any]:
    said = verdict.projection
    suffix = "" if verdict.kind in COUNTED else "_value"
    values = (verdict.base.value, verdict.expected, verdict.low, verdict.high, verdict.observed.value)
    return {
        **said.model_dump(
            include={"id", "who", "where", "indicator", "breakdown", "direction", "size", "number", "target", "reason", "source"}
        ),
        "said_on": said.said_on.isoformat(),
        "title": said.measure or titles.get(str(said.indicator), said.indicator),
        "window": said.window.label,
        "kind": verdict.kind,
        **{f"{name}{suffix}": value for name, value in zip(_COUNTS, values, strict=True)},
        "base_numerator": verdict.base.numerator,
        "base_denominator": verdict.base.denominator,
        "observed_numerator": verdict.observed.numerator,
        "observed_denominator": verdict.observed.denominator,
        "probability": verdict.probability,
        "likelihood": verdict.spoken,
        "smallest_change": verdict.smallest_change,
        "verdict": verdict.verdict,
        "because": verdict.because,
        "known_to": month_label(verdict.known_to),
        "judged_to": month_label(verdict.judged_to),
    }


def verdict_sentence(row: Mapping[str, Any]) -> str:
    """What a councillor reads about one projection, from one row of the *released* table: a hidden figure is left out, never guessed.

    >>> row = dict(said_on="2017-11-16", who="officers", direction="down", title="Children in need", window="January to February 2018",
    ...     size=None, target=None, kind="stock", base=2287.0, expected=2310.0, observed=2394.0, probability=0.31, smallest_change=0.06,
    ...     verdict="not met", because="it did not fall", known_to="October 2017")
    >>> verdict_sentence(row)
    'Said on 16 November 2017 (officers): children in need would fall, January to February 2018. Not met: it did not fall. It went from
    2,287 to 2,394. On that day the data alone pointed to 2,310 and gave the claim a chance of about 3 in 10. By chance alone a difference
    of 6% or more from that comes about 1 time in 10; a smaller one tells nothing.'
    """
    said = date.fromisoformat(row["said_on"])
    parts = [
        f"Said on {said.day} {said:%B %Y} ({row['who']}): {_what(row)} would {_claim(row)}, {row['window']}.",
        f"{row['verdict'][:1].upper()}{row['verdict'][1:]}: {row['because']}." if row["verdict"] else f"{NOT_SHOWN.capitalize()}.",
        _moved(row),
        _odds(row),
        _noise(row),
    ]
    return " ".join(part for part in parts if part)


def promise_line(row: Mapping[str, Any]) -> str:
    """The same in one line, without the evidence.

    >>> promise_line(dict(said_on="2017-11-16", title="Children in need", direction="down", size=None, target=None, kind="stock",
    ...     window="January to February 2018", verdict="not met"))
    'Children in need would fall, January to February 2018 (said on 16 November 2017): not met.'
    """
    said, what = date.fromisoformat(row["said_on"]), _what(row)
    verdict = row["verdict"] or NOT_SHOWN
    return f"{what[:1].upper()}{what[1:]} would {_claim(row)}, {row['window']} (said on {said.day} {said:%B %Y}): {verdict}."


def _what(row: Mapping[str, Any]) -> str:
    """The title in the middle of a sentence, with the category where the claim is about one; an abbreviation keeps its capitals."""
    title, part = str(row["title"]), str(row.get("breakdown") or ALL)
    named = title[:1].lower() + title[1:] if title[1:2].islower() else title
    return named if part == ALL else f"{named} ({part.partition(': ')[2] or part})"


def _claim(row: Mapping[str, Any]) -> str:
    move = "fall" if row["direction"] == "down" else "rise"
    size = f" by {row['size']:.0%}" if _there(row.get("size")) else ""
    change = row.get("number")
    number = f" by {points(float(change or 0)) if row['kind'] == 'percent' else f'{change:,g}'}" if _there(change) else ""
    target = f" to {_figure(row['target'], row['kind'])}" if _there(row.get("target")) else ""
    return move + " and".join(part for part in (size, number, target) if part)


def _moved(row: Mapping[str, Any]) -> str:
    suffix = "" if row["kind"] in COUNTED else "_value"
    before, after = row.get(f"base{suffix}"), row.get(f"observed{suffix}")
    if not (_there(before) and _there(after)):
        return ""
    one, other = (_figure(value, row["kind"]) for value in (before, after))
    if one == other and before != after:  # so near that whole numbers hide which way it went
        one, other = (_figure(value, row["kind"], 1) for value in (before, after))
    if one != other:
        return f"It went from {one} to {other}."
    return f"Rounded, both are {_figure(before, row['kind'], 1)}." if row["kind"] not in COUNTED else f"It stayed at {one}."


def _odds(row: Mapping[str, Any]) -> str:
    if not _there(row.get("probability")):
        return ""
    expected = row.get("expected" if row["kind"] in COUNTED else "expected_value")
    figure = f"pointed to {_figure(expected, row['kind'])} and " if _there(expected) else ""
    return f"On that day the data alone {figure}gave the claim a chance of {likelihood(row['probability'])}."


def _noise(row: Mapping[str, Any]) -> str:
    change = row.get("smallest_change")
    if not _there(change):
        return ""
    size = said_size(float(change or 0), row["kind"])
    return f"By chance alone a difference of {size} or more from that comes about 1 time in 10; a smaller one tells nothing."


def said_size(change: float, kind: str) -> str:
    """The size of a change as it is said: points of a percentage, else a share.

    >>> said_size(1.2, "percent"), said_size(0.123, "count")
    ('1 percentage point', '12%')
    """
    return points(change) if kind == "percent" else share(change)


def points(change: float) -> str:
    """Percentage points as they are said.

    >>> points(1.2), points(0.4), points(12.3)
    ('1 percentage point', '0.4 percentage points', '12 percentage points')
    """
    said = f"{change:.0f}" if change >= WHOLE_FROM else f"{change:.1f}"
    return f"{said} percentage point{'' if said == '1' else 's'}"


def share(change: float) -> str:
    """A share as a percentage; under one per cent with a decimal.

    >>> share(0.123), share(0.004)
    ('12%', '0.4%')
    """
    return f"{change:.0%}" if 100 * change >= WHOLE_FROM else f"{change:.1%}"


WHOLE_FROM = 0.95
"""Per cent, or points: smaller ones are said with a decimal, for nothing that counts is 0."""


def _figure(value: Any, kind: str, digits: int = 0) -> str:
    if kind == "percent":
        return f"{value:.{digits}f}%"
    return f"{value:,.{digits}f}" if kind in COUNTED else f"{value:,.{max(digits, 1)}f}"


def _there(value: Any) -> bool:
    return value is not None and not pd.isna(value)
