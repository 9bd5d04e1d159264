"""Judging a projection: the out-turn against the forecast made without it, from the claim's own date.

Three questions in this order. Can it be judged yet, and at all? Did what was claimed happen? If it did, was it to be expected anyway,
and is the change larger than noise? Method: docs/methods/projections.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import COVID_MONTHS
from cfanalysis.judging import changes
from cfanalysis.judging.verdicts import BASE_MONTHS, NAN, Level, Verdict
from cfanalysis.registers.entries import DatedEvent, Projection

if TYPE_CHECKING:
    from cfanalysis.models import Forecast

NOISE = 0.10
"""A change is told from noise where the forecast gave less than this to anything as far out, on the side that was claimed."""

FAR = 0.025
"""One path in forty is as far out: told beside the edge, no verdict rests on it."""

CLEARLY = 1.4
"""Smallest changes beyond what was expected from which the whole history tells a change that the few months around a claim do not:
a forecast is as far out in about 1 case of 28."""

EXPECTED = 2 / 3
"""What the data alone gave at least this was expected anyway ("likely" on the IPCC's scale of calibrated language)."""

MODELLED_AS = {"rate": "stock", "measure": "stock"}
"""A rate per 10,000 or a measure (an average caseload) is forecast like a stock: it stays about where it was, without a calendar."""

SEEN_SHARE = 0.5
"""Of the months of a window, the share that must be known for a flow or a percentage to be judged."""


@dataclass(frozen=True)
class Case:
    """A series as a claim is judged on it: ``figure`` (percentages as per cent) and, for percentages, the counts it comes from."""

    figure: pd.Series
    numerator: pd.Series | None
    denominator: pd.Series | None
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    flows: tuple[pd.Series, pd.Series] | None = None
    flow_options: Mapping[str, Any] = field(default_factory=dict)

    def ahead(self, last: pd.Period) -> Forecast:
        """The forecast from its end to a month: of a stock together with what starts and ends, where both are known for long enough.

        Raises SeriesError where there is too little to learn from.
        """
        from cfanalysis.models import forecast, forecast_stock

        if self.flows is not None:
            with suppress(SeriesError):
                paths = {name: self.options[name] for name in ("paths", "seed") if name in self.options}
                return forecast_stock(self.figure, *self.flows, (last - self.last).n, **self.flow_options, **paths).stock
        source = self.figure if self.numerator is None else self.numerator
        if source.dropna().empty:
            raise SeriesError("no month has a value")
        kind: Any = MODELLED_AS.get(self.kind, self.kind)
        return forecast(source, (last - self.last).n, kind=kind, denominator=self.denominator, **self.options)

    def to(self, last: pd.Period) -> Case:
        """What was known at the end of a month."""
        return self._cut(lambda part: part[part.index <= last])

    def since(self, first: pd.Period) -> Case:
        """What is known from a month on."""
        return self._cut(lambda part: part[part.index >= first])

    def _cut(self, cut: Callable[[pd.Series], pd.Series]) -> Case:
        numerator, denominator = (None if part is None else cut(part) for part in (self.numerator, self.denominator))
        flows = None if self.flows is None else (cut(self.flows[0]), cut(self.flows[1]))
        return replace(self, figure=cut(self.figure), numerator=numerator, denominator=denominator, flows=flows)

    @property
    def last(self) -> pd.Period:
        """The last month of the series."""
        return pd.Period(self.figure.index[-1], freq="M")

    def level(self, months: pd.PeriodIndex) -> Level:
        """The level over some months: of a stock the last one known, else the mean of those known."""
        known = self.figure.reindex(months).dropna()
        if known.empty:
            return Level()
        if self.kind == "stock":
            return Level(float(known.iloc[-1]))
        if self.numerator is None or self.denominator is None:
            return Level(float(known.mean()))
        above, below = (float(part.reindex(known.index).sum()) for part in (self.numerator, self.denominator))
        return Level(100 * above / below, above, below)


Both = tuple[pd.Series, pd.Series]
"""What starts and what ends."""


def case_of(
    series: pd.Series,
    kind: str,
    denominator: pd.Series | None,
    options: Mapping[str, Any],
    flows: Both | None = None,
    flow_options: Mapping[str, Any] | None = None,
) -> Case:
    """A case from what an analyst holds; with a denominator the series is the numerator and values are per cent."""
    if not isinstance(series.index, pd.PeriodIndex) or series.index.freqstr != "M":
        raise SeriesError("want a series with one value a month (a monthly PeriodIndex)")
    if denominator is None:
        return Case(series.astype(float), None, None, kind, options, flows, flow_options or {})
    below = denominator.reindex(series.index).astype(float)
    return Case((100 * series / below.where(below > 0)).astype(float), series.astype(float), below, "percent", options)


def judge(
    projection: Projection,
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    provisional: int = 0,
    other_bases: Mapping[str, pd.Series] | None = None,
    events: Iterable[DatedEvent] = (),
    flows: Both | None = None,
    flow_options: Mapping[str, Any] | None = None,
    **forecast_options: Any,
) -> Verdict:
    """What became of a projection, by a series that runs from before it was made to now.

    ``series`` has one value a month; its last month is the date of judging. ``kind`` as in ``cf.forecast``, or "rate" or "measure"; with
    ``denominator`` the series is the numerator. The newest ``provisional`` months are not settled and nothing is claimed from them.
    ``other_bases`` are the same figure counted in other ways: where they disagree about the direction, nobody can tell. ``events`` are
    those said to show in the indicator: across a break nothing is compared. ``flows`` are what starts and what ends of a stock, which is
    then forecast together with them (``flow_options`` go to ``cf.forecast_stock``). The rest goes to ``cf.forecast``.

    A history too short to forecast from leaves the direction only, and the verdict says so. Raises SeriesError for a series that is not
    monthly.
    """
    events = [event for event in events if projection.indicator is not None and event.touches(projection.indicator)]
    told = with_events(forecast_options, events, projection.known_to, kind if denominator is None else "percent")
    case = case_of(series, kind, denominator, told, flows, flow_options)
    last = case.last if len(case.figure) else projection.known_to
    known_to = min(projection.known_to, last - provisional)  # what is only partly recorded is no level to compare with
    known = _since_break(case.to(known_to), events, known_to)
    base = known.level(_before(known_to, known.kind))
    verdict = Verdict(projection, "cannot tell", "", case.kind, known_to, last, base=base)
    verdict = _expect(verdict, known)
    window = _countable(projection.window.months, events)
    settled = window[window <= last - provisional]
    verdict = replace(verdict, observed=case.level(settled), months_seen=int(case.figure.reindex(settled).notna().sum()))
    because = _cannot_be_judged(verdict, case, window, events, provisional)
    if because:
        return replace(verdict, verdict=because[0], because=because[1])
    verdict = _compare(verdict, case.to(last - provisional), known, window)
    return _settle(verdict, other_bases or {})


def _compare(verdict: Verdict, case: Case, known: Case, window: pd.PeriodIndex) -> Verdict:
    """Whether it changed: what was seen of the window against the level when it was said, pooled."""
    before = known.figure.reindex(_before(verdict.known_to, known.kind)).dropna()
    after = case.figure.reindex(window).dropna()
    base, observed = verdict.base, verdict.observed
    if np.isfinite(base.denominator) and known.numerator is not None and known.denominator is not None:
        z = changes.share_z(
            (base.numerator, base.denominator),
            (observed.numerator, observed.denominator),
            changes.share_dispersion(known.numerator, known.denominator),
        )
    elif known.kind == "count":
        asked = {name: known.options[name] for name in ("calendar", "season") if name in known.options}
        one, other = ((float(part.sum()), len(part)) for part in (before, after))
        z = changes.count_z(one, other, changes.count_dispersion(known.figure, **asked))
    else:
        z = changes.level_z(known.figure, base.value, observed.value, (window[-1] - verdict.known_to).n)
    return replace(verdict, change_z=z, changed=abs(z) >= changes.CHANGED if np.isfinite(z) else None)


def with_events(options: Mapping[str, Any], events: Iterable[DatedEvent], last: pd.Period, kind: str) -> dict[str, Any]:
    """Options of ``cf.forecast`` with what the events register knew by a month: steps, pulses, and months not to be learnt from.

    Where the counting broke, the level before says nothing of the level after: to a forecast that is a step.
    """
    past = [event for event in events if event.month <= last]
    kinds = {"step": "step", "break": "step", "pulse": "pulse"}
    dated = [(month, kinds[event.kind]) for event in past if event.kind in kinds for month in event.months if month <= last]
    left_out = [month for event in past if event.kind == "exclude" for month in event.months]
    added: dict[str, Any] = {}
    if dated:
        given = options.get("events") or ()
        added["events"] = [*(given.items() if isinstance(given, Mapping) else given), *dated]
    if left_out:
        also = options.get("missing", "covid")
        if isinstance(also, str):  # the lockdown months are left out of flows only
            also = COVID_MONTHS if also == "covid" and kind == "count" else ()
        added["missing"] = [*also, *left_out]
    return {**options, **added}


def _before(known_to: pd.Period, kind: str) -> pd.PeriodIndex:
    return pd.period_range(known_to - (0 if kind == "stock" else BASE_MONTHS - 1), known_to, freq="M")


def _since_break(case: Case, events: list[DatedEvent], last: pd.Period) -> Case:
    """What can be compared with the day of the claim: nothing from before the counting last changed."""
    breaks = [event.month for event in events if event.kind == "break" and event.month <= last]
    return case.since(max(breaks)) if breaks else case


def _countable(window: pd.PeriodIndex, events: list[DatedEvent]) -> pd.PeriodIndex:
    for event in events:
        if event.kind == "exclude":
            window = window[~window.isin(event.months)]
    return window


def _cannot_be_judged(
    verdict: Verdict, case: Case, window: pd.PeriodIndex, events: list[DatedEvent], provisional: int
) -> tuple[Any, str] | None:
    """Why there is nothing to judge, or None."""
    said, last = verdict.projection, verdict.judged_to
    if said.indicator is None:
        return "cannot tell", "nothing in these files measures it"
    if case.figure.dropna().empty:
        return "cannot tell", "the figure is not known for any month"
    if said.window.last > last:
        return "too early", "the window is not over"
    if said.window.last > last - provisional:
        return "too early", "the newest months are not settled: late recording may still change them"
    broken = [event for event in events if event.kind == "break" and said.known_to < event.month <= said.window.last]
    if broken:
        return "cannot tell", f"the counting changed ({broken[0].label}), so before and after cannot be compared"
    if np.isnan(verdict.base.value):
        return "cannot tell", "the level when it was said is not known"
    at_the_end = case.kind == "stock" and np.isnan(case.level(window[-1:]).value)
    if len(window) == 0 or verdict.months_seen == 0 or verdict.months_seen < SEEN_SHARE * len(window) or at_the_end:
        return "cannot tell", "too few months of the window are known"
    return None


def _expect(verdict: Verdict, known: Case) -> Verdict:
    """What the data alone expected on the day of the claim; unknown where there is too little to learn from."""
    draws = _draws(verdict.projection, known)
    if draws is None:
        return replace(verdict, notes=("too little history for a forecast: only the direction can be judged",))
    down = verdict.projection.direction == "down"
    expected, low, high = (float(value) for value in np.quantile(draws, [0.5, 0.1, 0.9]))
    edge, far = (float(np.quantile(draws, share if down else 1 - share)) for share in (NOISE, FAR))
    gap = abs(expected - edge)
    smallest = gap if known.kind == "percent" else gap / expected if expected > 0 else NAN
    happens = claimed(verdict.projection, draws, verdict.base.value)
    probability = float(happens.mean()) if np.isfinite(verdict.base.value) else NAN
    return replace(verdict, expected=expected, low=low, high=high, edge=edge, far=far, smallest_change=smallest, probability=probability)


def _draws(projection: Projection, known: Case) -> np.ndarray | None:
    """The figure that is compared, one draw a path; None where there is too little to learn from.

    Months of a percentage are pooled, as those of the out-turn are.
    """
    try:
        result = known.ahead(projection.window.last)
    except SeriesError:
        return None
    chosen = result.months.isin(projection.window.months)
    paths = np.asarray(result.paths)[:, chosen]
    if known.kind == "stock":
        return np.asarray(paths[:, -1])
    below = result.facts.get("denominator")
    if below is None:
        return np.asarray(paths.mean(axis=1))
    weights = np.maximum(below.paths[:, chosen], LEAST_WEIGHT)
    return np.asarray((paths * weights).sum(axis=1) / weights.sum(axis=1))


LEAST_WEIGHT = 1e-6
"""A path on which no month has a denominator keeps the mean of its months."""


def claimed(projection: Projection, values: Any, base: float) -> Any:
    """Whether values are what was claimed, given the level when it was said."""
    sign = -1 if projection.direction == "down" else 1
    values = np.asarray(values, dtype=float)
    wanted = []
    if projection.size is not None:
        wanted.append(base * (1 + sign * projection.size))
    if projection.number is not None:
        wanted.append(base + sign * projection.number)
    if projection.target is not None:
        wanted.append(projection.target)
    if not wanted:
        return sign * (values - base) > 0
    return np.all([sign * (values - each) >= 0 for each in wanted], axis=0)


def _settle(verdict: Verdict, other_bases: Mapping[str, pd.Series]) -> Verdict:
    said, base, observed = verdict.projection, verdict.base.value, verdict.observed.value
    disagree = _disagree(verdict, other_bases)
    if disagree:
        return replace(verdict, verdict="cannot tell", because=disagree)
    move = "fall" if said.direction == "down" else "rise"
    if not bool(claimed(said, observed, base)):
        moved = np.sign(observed - base) == (-1 if said.direction == "down" else 1)
        return replace(verdict, verdict="not met", because=f"the {move} fell short of what was said" if moved else f"it did not {move}")
    if np.isnan(verdict.probability) and verdict.changed is False:
        little = "and there is too little history to say what was expected"
        return replace(verdict, verdict="cannot tell", because=f"the {move} is no more than chance can bring, {little}")
    if np.isnan(verdict.probability):
        return replace(verdict, verdict="met", because="judged on the direction only: there is too little history to say what was expected")
    likely = bool(verdict.probability >= EXPECTED)
    beyond = bool(observed < verdict.edge if said.direction == "down" else observed > verdict.edge)
    changed = None if verdict.changed is False and _clearly_beyond(verdict) else verdict.changed
    because = evidence(move, changed, likely, beyond)
    verdict = replace(verdict, changed=changed, expected_anyway=likely, beyond_expected=beyond, because=because)
    if beyond and changed is not False:
        return replace(verdict, verdict="met")
    if likely and verdict.changed is not False:
        return replace(verdict, verdict="met, but expected anyway")
    return replace(verdict, verdict="cannot tell")


def _clearly_beyond(verdict: Verdict) -> bool:
    """Whether the out-turn lies so far beyond what was expected that no comparison with the months before is needed."""
    further = verdict.observed.value - verdict.expected
    if verdict.projection.direction == "down":
        further = -further
    return bool(further >= CLEARLY * abs(verdict.edge - verdict.expected) > 0)


def evidence(move: str, changed: bool | None, likely: bool, beyond: bool) -> str:
    """Both questions answered in words: whether it changed by more than chance, and whether it would have anyway.

    >>> evidence("fall", changed=True, likely=True, beyond=False)
    'the fall is more than chance, but earlier data made it likely anyway'
    """
    did = {True: f"the {move} is more than chance", False: f"the {move} is no more than chance can bring", None: f"there was a {move}"}
    if beyond:
        return f"{did[changed]}, {'though' if changed is False else 'and'} it went further than earlier data pointed to"
    would = "earlier data made it likely anyway" if likely else "such figures stray as far by themselves"
    return f"{did[changed]}, {'and' if changed is False else 'but'} {would}"


def _disagree(verdict: Verdict, other_bases: Mapping[str, pd.Series]) -> str:
    """A sentence where another way of counting gives the other direction."""
    said = verdict.projection
    direction = np.sign(verdict.observed.value - verdict.base.value)
    for label, series in other_bases.items():
        case = case_of(series, verdict.kind, None, {})
        before = case.to(said.known_to).level(_before(said.known_to, verdict.kind)).value
        after = case.level(said.window.months).value
        if np.isfinite(before) and np.isfinite(after) and np.sign(after - before) != direction:
            return f"two ways of counting disagree about the direction (the other: {label})"
    return ""
