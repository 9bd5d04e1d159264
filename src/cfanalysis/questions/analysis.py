"""What one authority's files come to: its series, and what models, signals and registers make of them, each worked out once.

``workbook`` puts tables for pages on top of this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from cfanalysis import indicators, models, signals
from cfanalysis.foundation.errors import ParameterError, SeriesError
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import FLOWS, Indicator
from cfanalysis.judging.projections import judge, with_events
from cfanalysis.judging.verdicts import Verdict
from cfanalysis.judging.winter_question import JanuaryFebruary, january_february, question_years
from cfanalysis.models import Forecast, StockForecast
from cfanalysis.params import NotebookParams
from cfanalysis.questions import findings
from cfanalysis.questions.asked import ASKED_OF_WINTER, KEY_MEASURES, SAID_BY_OTHERS
from cfanalysis.questions.flows import Flows
from cfanalysis.questions.late import likely_months, of_late_months, see_together, trio_of, unless_turned, with_hidden, without_hidden
from cfanalysis.questions.odd_runs import run_of
from cfanalysis.questions.registers import events_for
from cfanalysis.questions.subject import Subject, few_hidden
from cfanalysis.questions.years import Change, change_of
from cfanalysis.registers.entries import DatedEvent, Projection
from cfanalysis.registers.reading import Registers
from cfanalysis.release.evidence import Evidence
from cfanalysis.signals.runs import Run


class OwnFiles(Protocol):
    """What a workbook on the desk keeps of the authority's own files (``prepare.inputs.Inputs``): questions know its event log only."""

    @property
    def events(self) -> Any: ...


@dataclass(frozen=True)
class Analysis:
    """One authority's released figures, and everything worked out from them.

    ``inputs`` are the authority's own files where they are at hand: nothing here looks into them but what stays on the desk.
    """

    evidence: Evidence = field(repr=False)
    horizon: int = 12
    cell: NotebookParams | None = None
    inputs: OwnFiles | None = field(default=None, repr=False)
    _done: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    # what was asked for

    @property
    def authority(self) -> str:
        return self.evidence.about.authority

    @property
    def as_at(self) -> pd.Period:
        """The last month that is looked at."""
        return self.evidence.last

    @property
    def policy(self) -> Policy:
        """The disclosure policy of the release."""
        return self.evidence.about.policy

    @property
    def synthetic(self) -> bool:
        return self.evidence.about.synthetic

    @property
    def indicator(self) -> str:
        """The indicator chosen in the parameters cell; referrals if none is."""
        return (self.cell and self.cell.indicator) or "referrals"

    @property
    def breakdown(self) -> str:
        """The breakdown chosen in the parameters cell; the whole if none is."""
        return (self.cell and self.cell.breakdown) or ALL

    # data

    @property
    def events(self) -> pd.DataFrame:
        """The event log (events contract). Child-level: it is there on the desk only, where the authority's own files are.

        Raises ParameterError where a release file was opened.
        """
        if self.inputs is None:
            raise ParameterError("a release file holds no events: open the parameters file that names the authority's own files")
        return self.inputs.events

    @property
    def data(self) -> pd.DataFrame:
        """Every series that is released by month (series contract), to the as-at month."""
        return self.evidence.series

    def series(self, indicator: str, breakdown: str | None = None) -> pd.Series:
        """The figures of an indicator on a monthly PeriodIndex, missing months NaN.

        Raises ParameterError for an indicator that is not in the catalogue.
        """
        return self.subject(indicator, breakdown or ALL).figures

    def table(self, indicator: str) -> pd.DataFrame:
        """The rows of an indicator in the series table, flags and denominators kept, breakdowns included."""
        self._known(indicator)
        rows = self.evidence.by_indicator.get(indicator)
        return self.data.iloc[:0].reset_index(drop=True) if rows is None else rows.copy()

    def subject(self, indicator: str, breakdown: str = ALL) -> Subject:
        """An indicator as a page speaks of it."""
        subject: Subject = self._once(("subject", indicator, breakdown), lambda: self._as_it_settles(indicator, breakdown))
        return subject

    def _as_it_settles(self, indicator: str, breakdown: str) -> Subject:
        """An indicator with where its months are likely to settle, where it is a stock, or moves one, of which that is known."""
        bare, trio = self._bare(indicator, breakdown), trio_of(indicator)
        if breakdown != ALL or not trio:
            return bare
        together: Flows = self._once(("together", *trio), lambda: see_together(self._bare, self.evidence, trio))
        return together.settle(bare, self.evidence.settling_of(trio[0]).assumed)

    def _bare(self, indicator: str, breakdown: str = ALL) -> Subject:
        """An indicator as it is recorded."""
        bare: Subject = self._once(("bare", indicator, breakdown), lambda: self._subject(indicator, breakdown))
        return bare

    def _subject(self, indicator: str, breakdown: str) -> Subject:
        rows = self.table(indicator)
        found = rows[rows["breakdown"] == breakdown]
        if found.empty and breakdown != ALL:
            known = ", ".join(sorted(set(rows["breakdown"]) - {ALL})) or "none"
            raise ParameterError(f"{indicator} has no breakdown {breakdown!r}; it has: {known}")
        published = indicator in self.evidence.from_published
        measured = self._known(indicator)
        adds_up = not measured.on_a_day and measured.kind in ("count", "percent") and few_hidden(found)
        return Subject(
            measured, self.authority, found.reset_index(drop=True), breakdown,
            source=self.evidence.source_of(indicator), synthetic=self.synthetic, published=published,
            spread=self.evidence.spread_hidden(indicator, breakdown) if adds_up else None,
            periods=self.evidence.periods(indicator) if breakdown == ALL else None,
        )  # fmt: skip

    def has(self, indicator: str) -> bool:
        """Whether there is any figure of an indicator."""
        return self.subject(indicator).known > 0

    def theme(self, theme: str) -> list[Subject]:
        """The indicators of a theme that have figures, in catalogue order."""
        return [subject for subject in self.theme_there(theme) if subject.known]

    def theme_there(self, theme: str) -> list[Subject]:
        """The same with those none of whose figures is shown: that they are there, and hidden, is said as well."""
        wanted = self.evidence.about.indicators
        names = [name for name, each in indicators.catalogue().items() if each.theme == theme and (wanted == "all" or name in wanted)]
        return [subject for name in names if (subject := self.subject(name)).there]

    def _known(self, indicator: str) -> Indicator:
        catalogue = indicators.catalogue()
        if indicator not in catalogue:
            raise ParameterError(f"found the indicator {indicator!r}, want one of {', '.join(catalogue)}")
        return catalogue[indicator]

    # models and signals, each worked out once

    def forecast(self, indicator: str, breakdown: str = ALL, *, horizon: int | None = None) -> Forecast | None:
        """The forecast of an indicator; None where its kind has none or its history is too short (``why_no_forecast`` says which)."""
        months = horizon or self.horizon
        return self._once(
            ("forecast", indicator, breakdown, str(months)), lambda: self._forecast(self.subject(indicator, breakdown), months)
        )

    def ahead(self, indicator: str, breakdown: str = ALL) -> Forecast | None:
        """The forecast of a page; None where the year it is for is over on the as-at month, and nobody expects it."""
        found = self.forecast(indicator, breakdown)
        over = found is not None and found.months[min(findings.YEAR, len(found.months)) - 1] <= self.as_at
        return None if over else found

    def unusual(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame:
        """Every month judged from earlier months only (cf.unusual)."""
        return self._once(("unusual", indicator, breakdown), lambda: self._unusual(self.subject(indicator, breakdown)))

    def shifts(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame:
        """Lasting changes of level (cf.shifts)."""
        return self._once(("shifts", indicator, breakdown), lambda: self._shifts(self.subject(indicator, breakdown)))

    def standing(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame:
        """Lasting changes of level, each with what is left of it now (signals.standing)."""
        return self._once(("standing", indicator, breakdown), lambda: self._standing(self.subject(indicator, breakdown)))

    def years(self, indicator: str, breakdown: str = ALL) -> Change:
        """The newest settled year beside the one before, like with like, and what may be said of the change."""
        subject = self.subject(indicator, breakdown)
        found: Change = self._once(
            ("years", indicator, breakdown),
            lambda: change_of(subject, self._dated(subject), self.standing(indicator, breakdown)["onset"]),
        )
        return found

    def run(self, indicator: str) -> Run | None:
        """The months in a row, of the newest twelve, that differ most from a year before (cf.signals.find_run)."""
        subject = self.subject(indicator)
        found: Run | None = self._once(("run", indicator), lambda: run_of(subject, self._dated(subject)))
        return found

    def _once(self, key: tuple[str, ...], work: Any) -> Any:
        if key not in self._done:
            self._done[key] = work()
        return self._done[key]

    def joint(self, open_: str, horizon: int | None = None) -> StockForecast | None:
        """A stock, what starts and what ends, forecast together; None where one of the three is not known for long enough."""
        months = horizon or self.horizon
        return self._once(("joint", open_, str(months)), lambda: self._joint(self.flows(open_), months))

    def _joint(self, flows: Flows, horizon: int) -> StockForecast | None:
        try:
            return flows.forecast(horizon) if flows.usable else None
        except SeriesError:
            return None

    def flows(self, open_: str, started: str = "", ended: str = "") -> Flows:
        """A stock with its starts and ends; which they are is known for the stocks of the catalogue that have both."""
        begins, ends = (started, ended) if started and ended else FLOWS[open_]
        flows: Flows = self._once(("flows", open_, begins, ends), lambda: self._flows(open_, begins, ends))
        return flows

    def _flows(self, open_: str, begins: str, ends: str) -> Flows:
        stock, starts = self.subject(open_), self.subject(begins)
        return Flows(stock, starts, self.subject(ends), self.registers.events, likely_months(self._bare, self.evidence, (open_, begins)))

    def settling_months(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame | None:
        """Where the months of a stock that late closures still move are likely to settle: month, settled, settled_low, settled_high."""
        ahead = self.joint(indicator) if indicator in FLOWS and breakdown == ALL else None
        if ahead is None or not self.flows(indicator).late:
            return None
        flows = self.flows(indicator)
        if flows.estimated:
            likely = flows.settling[indicator]
            likely = likely[likely["month"] >= flows.moves_from]
            return likely[["month", "settled", "low", "high"]].rename(columns={"low": "settled_low", "high": "settled_high"})
        band = ahead.stock.interval(0.8)
        frame = pd.DataFrame({"settled": ahead.stock.median, "settled_low": band["low"], "settled_high": band["high"]})
        return frame[frame.index <= self.subject(indicator).newest].rename_axis("month").reset_index()

    def _forecast(self, subject: Subject, horizon: int) -> Forecast | None:
        if not subject.can_forecast or not subject.known or subject.too_hidden:
            return None
        together = self._part(subject, horizon)
        if together is not None:
            return together
        told = subject.modelled(settled=True)
        dated = with_events(told, self._dated(subject), self.as_at, subject.indicator.kind)
        try:
            ahead = models.forecast(dated.pop("series"), horizon, **dated)
            return ahead if not subject.late_months else replace(ahead, notes=of_late_months(ahead.notes))
        except SeriesError:  # too short: the figure says so in words
            return None

    def _part(self, subject: Subject, horizon: int) -> Forecast | None:
        """The forecast of a stock, its starts or its ends out of the three made together, so that all pages say the same of them."""
        for open_, flows in FLOWS.items():
            places = dict(zip((open_, *flows), ("stock", "starts", "ends"), strict=True))
            if subject.indicator.name in places and subject.breakdown == ALL:
                ahead = self.joint(open_, horizon)
                part: Forecast | None = ahead and getattr(ahead, places[subject.indicator.name])
                return part and part.after(subject.newest)
        return None

    def _unusual(self, subject: Subject) -> pd.DataFrame:
        told = subject.modelled()
        judged = signals.unusual(told.pop("series"), events=self._dated(subject), provisional_months=subject.late_months, **told)
        return findings.without_unsettled(subject, with_hidden(subject, judged))

    def _shifts(self, subject: Subject) -> pd.DataFrame:
        told = subject.modelled(settled=True, spread=True)
        return signals.shifts(told.pop("series"), events=self._dated(subject), **told)

    def _standing(self, subject: Subject) -> pd.DataFrame:
        told = subject.modelled(settled=True, spread=True)
        return findings.without_untold(subject, signals.standing(told.pop("series"), events=self._dated(subject), **told))

    def _dated(self, subject: Subject) -> tuple[DatedEvent, ...]:
        return events_for(self.registers.events, subject.indicator.name)

    # registers

    @property
    def registers(self) -> Registers:
        """What people said and did."""
        return self.evidence.registers

    # findings

    def findings(self, theme: str | None = None) -> pd.DataFrame:
        """What is worth saying (findings contract), of one theme or of the key measures."""
        return findings.gather(self._found(subject) for subject in self._subjects(theme))

    def _subjects(self, theme: str | None) -> list[Subject]:
        """What a theme's page speaks of: the measures it shows, but none that says again what another says; on the overview, the key
        measures. The measure that the parameters ask for is shown as well."""
        if theme is None:
            return [self.subject(name) for name in KEY_MEASURES if self.has(name)]
        said = [each for each in self.theme(theme) if each.indicator.name not in SAID_BY_OTHERS and each.indicator.kind != "rate"]
        return [each for each in said if findings.on_page(theme, each.indicator) or each.indicator.name == self.indicator]

    def _found(self, subject: Subject) -> pd.DataFrame:
        name = subject.indicator.name
        ahead = self.ahead(name)
        return findings.of_series(subject, self.unusual(name), self.standing(name), ahead, self.years(name), self.run(name))

    def work_out_shared(self) -> None:
        """What several pages ask for: the key measures, the winters asked about and the projections. Each is worked out once."""
        self.findings()
        for name in ASKED_OF_WINTER:
            if self.has(name):
                for year in question_years(self.subject(name).newest, self.as_at):
                    self._winter(name, year)
        self.verdicts()

    def verdicts(self) -> list[Verdict]:
        """What became of every projection."""
        verdicts: list[Verdict] = self._once(("verdicts",), lambda: [self.judge(each) for each in self.registers.projections])
        return verdicts

    def judge(self, projection: Projection) -> Verdict:
        """What became of one projection (cf.judge)."""
        subject = self.claimed(projection)
        told = subject.modelled() | self._together(subject, projection.known_to)
        return judge(projection, told.pop("series"), events=self._dated(subject), provisional=subject.late_months, **told)

    def claimed(self, projection: Projection) -> Subject:
        """What a projection is about; without any figure where nothing measures it, or where the files know no such category."""
        name = projection.indicator
        if name is None:
            unknown = indicators.catalogue()["contacts"].model_copy(
                update={"name": "not_measured", "title": projection.measure, "kind": "measure"}
            )
            return Subject(unknown, self.authority, self.data.iloc[:0])
        rows = self.table(name)
        if projection.breakdown != ALL and projection.breakdown not in set(rows["breakdown"]):
            return Subject(self._known(name), self.authority, rows.iloc[:0], projection.breakdown)
        return self.subject(name, projection.breakdown)

    def _winter(self, indicator: str, year: int) -> JanuaryFebruary:
        """What can be said of a fall in January and February of a year."""
        answer: JanuaryFebruary = self._once(
            ("winter", indicator, str(year)), lambda: self._january_february(self.subject(indicator), year)
        )
        return answer

    def _january_february(self, subject: Subject, year: int) -> JanuaryFebruary:
        december = pd.Period(f"{year - 1}-12", freq="M")
        told = subject.modelled() | self._together(subject, december)
        if told["series"].empty:  # too much of it is hidden to learn anything: the answer is that it cannot be told
            told["series"] = pd.Series(np.nan, index=subject.months, name=subject.name)
        late = subject.late_months
        ahead = subject.known > 0 and not subject.too_hidden and december > subject.settled and december + 2 > subject.newest
        if "flows" in told and ahead and self.flows(subject.indicator.name).estimated:
            flows = self.flows(subject.indicator.name)  # what lies ahead is seen from where the newest months are likely to settle
            told["series"], *both = flows.as_they_settle()
            told |= {"flows": tuple(both), "flow_options": {**told["flow_options"], "opening_sd": flows.opening_sd()}}
            late = 0
        answer = january_february(told.pop("series"), year=year, provisional=late, **told)
        return unless_turned(answer, subject)

    def _together(self, subject: Subject, known_to: pd.Period) -> dict[str, Any]:
        """What starts and what ends, for a stock that is to be judged by the forecast made together with them."""
        if subject.indicator.name not in FLOWS or subject.breakdown != ALL or not self.flows(subject.indicator.name).usable:
            return {}
        flows = self.flows(subject.indicator.name)
        both = (flows.starts.as_it_settles, flows.ends.as_it_settles)
        return {"flows": both, "flow_options": flows.options(known_to)}

    def explain(self, indicator: str, alerts: pd.DataFrame) -> pd.DataFrame:
        """What else an alert could be (cf.explain), given peers, categories, contacts and dated events where there are any."""
        subject = self.subject(indicator)
        told = subject.modelled()
        parts = {dimension: self.evidence.categories(indicator, dimension) for dimension in subject.indicator.breakdowns}
        causes = signals.explain(
            told.pop("series"), alerts, peers=self.evidence.peers(indicator), events=self._dated(subject),
            dates=self.evidence.days(indicator),
            sources={dimension: found for dimension, found in parts.items() if found is not None} or None,
            contacts=self.series("contacts") if indicator == "referrals" and self.has("contacts") else None,
            provisional_months=subject.late_months, **told,
        )  # fmt: skip
        return without_hidden(causes, self.table(indicator))
