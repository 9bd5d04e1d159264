"""The question every panel asks at the turn of the year: will there be, or was there, a fall in January and February?

January and February together are compared with October to December before them: raw, and per working day, so that a short month is not
taken for a fall. Where some of those months lie ahead they come from the same paths. Method: docs/methods/projections.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import Table
from cfanalysis.judging.projections import EXPECTED, NOISE, Both, Case, case_of
from cfanalysis.judging.verdicts import CANNOT_TELL, COUNTED, HIDDEN_MONTHS, NAN
from cfanalysis.judging.winters import Parts, Stretch, shake, take_apart
from cfanalysis.reference.working_days import working_days

if TYPE_CHECKING:
    from cfanalysis.models import Forecast

Answer = Literal["fall further than expected", "fall no further than expected", "no fall", "too early", "cannot tell"]


@dataclass(frozen=True)
class Fall:
    """One way of measuring the fall: changes are shares of October to December (points for a percentage).

    ``probability`` of any fall; ``expected`` change (the middle of the paths); ``smallest`` fall that would show, that is, which fewer than
    one path in ten reaches; ``seen`` is the change that came, NaN while it has not.
    """

    probability: float = NAN
    expected: float = NAN
    smallest: float = NAN
    seen: float = NAN


@dataclass(frozen=True)
class JanuaryFebruary:
    """The answer for one year.

    ``parts`` takes the change that the data alone expected apart: working days, season, return to the mean, trend.
    ``base`` is October to December and ``observed`` January and February, a month each (of a stock: the last month);
    ``low`` and ``high`` the 80 % interval of the latter; ``edge`` the figure under which a fall is further than expected;
    ``tail`` the share of paths at or under the out-turn.
    """

    year: int
    kind: str
    known_to: pd.Period
    answer: Answer
    because: str
    base: float = NAN
    expected: float = NAN
    low: float = NAN
    high: float = NAN
    edge: float = NAN
    observed: float = NAN
    tail: float = NAN
    raw: Fall = Fall()
    per_day: Fall = Fall()
    parts: Parts = field(default_factory=Parts)

    @property
    def autumn_over(self) -> bool:
        """Whether October to December lie behind, as seen on the day of the forecast: until then they were neither high nor low."""
        return self.known_to >= pd.Period(f"{self.year - 1}-12", freq="M")

    @property
    def expected_anyway(self) -> bool:
        """Whether season and calendar alone make a raw fall likely."""
        return bool(self.raw.probability >= EXPECTED)


@dataclass(frozen=True)
class _Season:
    """October to December and January to February of one year on every path, and what came of them."""

    year: int
    autumn: pd.PeriodIndex
    winter: pd.PeriodIndex
    before: np.ndarray
    after: np.ndarray
    parts: Parts = field(default_factory=Parts)


def january_february(
    series: pd.Series,
    *,
    year: int | None = None,
    known_to: pd.Period | str | None = None,
    kind: str = "count",
    denominator: pd.Series | None = None,
    provisional: int = 0,
    flows: Both | None = None,
    flow_options: Mapping[str, Any] | None = None,
    **forecast_options: Any,
) -> JanuaryFebruary:
    """Whether a fall in January and February of ``year`` is or was to be expected, how likely it is, and how large it must be to show.

    ``series`` has one value a month, as for ``cf.forecast``. Without ``year`` it is the next January and February after the series ends.
    The forecast is made with what was known at the end of ``known_to``: December, or the last settled month there is. The newest
    ``provisional`` months are not settled: nothing is learnt from them and no fall is claimed. ``flows`` as in ``judge``. The rest goes to
    ``cf.forecast``. Of counts the winters of the forecast also move as those of all authorities together have (winters.py).
    """
    case = case_of(series, kind, denominator, forecast_options, flows, flow_options)
    if case.figure.empty:
        raise SeriesError("the series has no months")
    last = case.last
    year = _next_year(last) if year is None else year
    known_to = min(last - provisional, pd.Period(f"{year - 1}-12", freq="M")) if known_to is None else pd.Period(known_to, freq="M")
    if known_to >= pd.Period(f"{year}-01", freq="M"):
        raise SeriesError(f"{known_to} is no month before January {year}")
    season = _season(case.to(known_to), year)
    if season is None:
        return JanuaryFebruary(year, case.kind, known_to, "cannot tell", "there is too little history for a forecast")
    return _answer(_ahead(season, case.kind, known_to), season, case, last - provisional)


def _next_year(last: pd.Period) -> int:
    return int(last.year + (last.month >= 2))


def question_years(last: pd.Period, as_at: pd.Period | None = None) -> tuple[int, ...]:
    """The years to ask about of figures that end in a month: the January and February last over, and the next.

    Of figures that are old when they are looked at (``as_at``) the next is the one that lies ahead then; where that is too far off to say
    anything of it, it is not asked about.

    >>> question_years(pd.Period("2018-06", "M")), question_years(pd.Period("2018-01", "M"))
    ((2018, 2019), (2017, 2018))
    >>> question_years(pd.Period("2022-03", "M"), pd.Period("2025-03", "M"))
    (2022,)
    """
    old = as_at is not None and (as_at - last).n > FRESH
    ahead = _next_year(as_at if old and as_at is not None else last)
    past = _next_year(last) - 1
    return (past,) if (pd.Period(f"{ahead}-02", freq="M") - last).n > FURTHEST_AHEAD else (past, ahead)


FRESH = 3
"""Months that figures may lag behind the day they are looked at without being old."""
FURTHEST_AHEAD = 24
"""Months beyond which a winter is too far off to be forecast."""


def _season(known: Case, year: int) -> _Season | None:
    """Both stretches on every path: known months as they were, the rest from the forecast; None where they cannot be had."""
    autumn = pd.period_range(f"{year - 1}-10", f"{year - 1}-12", freq="M")
    winter = pd.period_range(f"{year}-01", f"{year}-02", freq="M")
    try:
        result = known.ahead(winter[-1])
    except (SeriesError, IndexError):
        return None
    paths = pd.DataFrame(np.asarray(result.paths), columns=result.months)
    past = known.figure.reindex(autumn[autumn <= known.last]).dropna()
    before = paths.reindex(columns=autumn[autumn > known.last]).to_numpy()
    before = np.column_stack([np.tile(past.to_numpy(), (len(paths), 1)), before])
    if before.shape[1] < len(autumn):
        return None
    after = paths[winter].to_numpy()
    if known.kind == "count":
        after = shake(after, int(known.options.get("seed", 0)))
    return _Season(year, autumn, winter, before, after, _parts(known, result, autumn, before, winter, after))


def _parts(
    known: Case,
    result: Forecast,
    autumn: pd.PeriodIndex,
    before: np.ndarray,
    winter: pd.PeriodIndex,
    after: np.ndarray,
) -> Parts:
    """The expected change of a count or a stock taken apart; percentages and measures do not multiply."""
    if known.kind not in COUNTED:
        return Parts()
    flow = known.kind == "count"
    autumns = Stretch(autumn, float(np.median(_one(before, known.kind))))
    winters = Stretch(winter, float(np.median(_one(after, known.kind))))
    factors = pd.Series(result.season["factor"].to_numpy(), result.season["month"])
    history = known.figure[known.figure.index < autumn[0]]
    calendar = bool(known.options.get("calendar", True))
    return take_apart(history, autumns, winters, factors, flow=flow, calendar=calendar)


def _one(values: np.ndarray, kind: str) -> np.ndarray:
    """A stretch as one figure a path: of a stock its last month, else the mean."""
    return np.asarray(values[:, -1] if kind == "stock" else values.mean(axis=1))


def _change(after: np.ndarray, before: np.ndarray, kind: str) -> np.ndarray:
    if kind == "percent":
        return np.asarray(after - before)
    return np.asarray(after / np.where(before > 0, before, np.nan) - 1)


def _fall(after: np.ndarray, before: np.ndarray, kind: str) -> Fall:
    known = np.isfinite(after) & np.isfinite(before)
    after, before = after[known], before[known]
    if not len(after):
        return Fall()
    change = _change(after, before, kind)
    if kind != "percent":  # an autumn of none cannot be fallen from, and anything after it is a rise without measure
        change = np.where(before > 0, change, np.where(after > 0, BOUNDLESS, 0.0))
    middle, edge = float(np.median(change)), float(np.quantile(change, NOISE))
    middle = middle if middle < BOUNDLESS / 2 else NAN
    return Fall(float(np.mean(after < before)), middle, max(-edge, 0.0))


BOUNDLESS = 1e9
"""Stands for a rise from nothing in medians and quantiles; never shown."""


def _days_factor(season: _Season) -> float:
    """What turns a raw ratio of the two stretches into one per working day."""
    return float(working_days(season.autumn).mean() / working_days(season.winter).mean())


def _ahead(season: _Season, kind: str, known_to: pd.Period) -> JanuaryFebruary:
    """What the data alone expect."""
    before, after = _one(season.before, kind), _one(season.after, kind)
    low, middle, high = (float(value) for value in np.quantile(after, [0.1, 0.5, 0.9]))
    per_day = _fall(after * _days_factor(season), before, kind) if kind == "count" else Fall()
    return JanuaryFebruary(
        season.year, kind, known_to, "too early", "they are not over",
        base=float(np.median(before)), expected=middle, low=low, high=high, edge=float(np.quantile(after, NOISE)),
        raw=_fall(after, before, kind), per_day=per_day, parts=season.parts,
    )  # fmt: skip


def _answer(expected: JanuaryFebruary, season: _Season, case: Case, settled: pd.Period) -> JanuaryFebruary:
    """The out-turn, once it is in and settled."""
    came = case.figure.reindex(season.winter)
    past = case.figure.reindex(season.autumn)
    if case.last < season.winter[-1]:
        return expected
    if settled < season.winter[-1]:
        return replace(expected, because="the newest months are not settled: late recording may still change them")
    if came.isna().any() or past.isna().any():
        return replace(expected, answer="cannot tell", because="a month is missing")
    kind = expected.kind
    after, before = _one(came.to_numpy()[None, :], kind), _one(past.to_numpy()[None, :], kind)
    raw = float(_change(after, before, kind)[0])
    per_day = float(_change(after * _days_factor(season), before, kind)[0]) if kind == "count" else NAN
    answer, because = _in_words(float(after[0]), raw, expected.edge, kind)
    return replace(
        expected,
        answer=answer,
        because=because,
        base=float(before[0]),
        observed=float(after[0]),
        tail=float(np.mean(_one(season.after, kind) <= after[0])),
        raw=replace(expected.raw, seen=raw),
        per_day=replace(expected.per_day, seen=per_day),
    )


def _in_words(observed: float, change: float, edge: float, kind: str) -> tuple[Answer, str]:
    if observed < edge and change < 0:
        return "fall further than expected", "lower than in 9 of 10 likely winters"
    if change < 0:
        return "fall no further than expected", "at least 1 likely winter in 10 is as low"
    if kind == "stock":
        return "no fall", "the end of February was no lower than the end of December"
    return "no fall", "January and February were no lower than October to December"


LABELS = {
    "series": "Measure and year", "base": "October to December", "observed": "January and February", "low": "Expected from",
    "high": "Expected to", "probability": "Chance of a fall", "answer": "Was there a fall?", "because": "Why",
}  # fmt: skip


def question_table(
    answers: Mapping[str, JanuaryFebruary],
    hidden: Sequence[bool] | None = None,
    settling: Sequence[bool] | None = None,
    *,
    title: str = "January and February",
) -> Table:
    """One row a question (an indicator or a year, by its label), ready for release.

    Counts and stocks stand in ``base`` and ``observed`` and are hidden where small; percentages and measures in the columns ending in
    ``_value``. Changes (``seen``, ``smallest``) are shares, or points for a percentage. ``hidden`` says of which questions the months are
    there and may not be shown, ``settling`` of which a figure counts late records still to come.
    """
    rows = [{"series": label, **_row(answer)} for label, answer in answers.items()]
    for row, moves in zip(rows, settling or [False] * len(rows), strict=True):
        row["settling"] = moves
    for row, hides in zip(rows, hidden or [False] * len(rows), strict=True):
        if hides and row["answer"] == CANNOT_TELL:
            row["because"] = HIDDEN_MONTHS
    frame = pd.DataFrame(rows)
    told = dict.fromkeys(("expected", "low", "high", "edge", "largest", "pull"), ("base",)) | dict.fromkeys(
        ("seen", "seen_per_day"), ("base", "observed")
    )
    note = "October to December against January and February, a month each. A month that has not settled counts as expected."
    if frame.empty:
        return Table(frame, title=title, note=note)
    return Table(frame, title=title, counts=("base", "observed"), derived=told, note=note, labels=LABELS)


_FIGURES = ("base", "expected", "low", "high", "edge", "observed")


def _row(answer: JanuaryFebruary) -> dict[str, Any]:
    counted = answer.kind in COUNTED
    figures = {name: getattr(answer, name) if counted else NAN for name in _FIGURES}
    figures |= {f"{name}_value": NAN if counted else getattr(answer, name) for name in _FIGURES}
    ways = {"": answer.raw, "_per_day": answer.per_day}
    parts = {f"{name}{suffix}": getattr(way, name) for suffix, way in ways.items() for name in ("probability", "smallest", "seen")}
    total, largest = answer.parts.total, answer.parts.largest_known(answer.autumn_over)
    parts |= {"largest": largest, "pull": "down" if total < 0 else "up" if total > 0 else ""}
    said = {"known_to": month_label(answer.known_to), "answer": answer.answer, "because": answer.because}
    return {"year": answer.year, "kind": answer.kind, **figures, **parts, **said}
