"""One authority's workbook: its files read, its indicators worked out, and a table for every question a notebook asks.

The one thing a notebook holds. Every method that ends in a ``Table`` is on its way to ``cf.release``; nothing here is released yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis import __version__, findings, indicators, models, registers, signals
from cfanalysis import params as parameters
from cfanalysis.errors import ParameterError, SeriesError
from cfanalysis.events import EventLog
from cfanalysis.indicators import Indicator
from cfanalysis.inputs import PUBLISHED, Inputs, read_inputs
from cfanalysis.models import Forecast
from cfanalysis.params import NotebookParams, Params
from cfanalysis.registers import Registers
from cfanalysis.registers.entries import DatedEvent, Projection
from cfanalysis.registers.judging import with_events
from cfanalysis.registers.question import JanuaryFebruary, question_table
from cfanalysis.registers.verdicts import Verdict
from cfanalysis.release import begin_publication
from cfanalysis.tables import ALL, Table
from cfanalysis.views import compare, control, latest, lines, outlook, parts, quality, shares, stock
from cfanalysis.views.subject import Subject

ALERTS = findings.ALERTS

KEY_MEASURES = (
    "contacts", "referrals", "rereferrals", "assessments_in_45_days", "s47_started", "icpcs_in_15_days", "cin_open", "cp_open",
    "cla_open", "agency_share", "caseload_average",
)  # fmt: skip
"""What the five panels of the minutes ask about first, in the order of a child's way through the system."""

COMPARED = ("referral_rate", "rereferrals", "cin_rate", "cp_rate", "cp_subsequent", "cla_rate", "agency_share", "caseload_average")
"""What is put side by side with other authorities."""

SAID_BY_OTHERS = ("cin_ended_by_reason", "placements", "caseload")
"""Measures that are there for their parts: their whole is another measure. Rates, too, only repeat their counts."""

NO_CAUSES = pd.DataFrame({"month": [], "sentence": []})
"""A single category is not taken apart again."""

TARGET = "target"
"""The breakdown that holds a measure's target."""


def open(params: Params | NotebookParams | Path | str | Mapping[str, Any]) -> Workbook:
    """Open an authority's workbook.

    ``params``: a parameters file, its path, or the values of a notebook's parameters cell (``params_file`` and what is to be changed).
    Reads every source and works out every indicator. Raises ParameterError or SourceError in an analyst's words.
    """
    run, cell = parameters.of(params)
    known = indicators.catalogue()
    unknown = [name for name in (run.indicators if run.indicators != "all" else ()) if name not in known]
    unknown += [cell.indicator] if cell and cell.indicator and cell.indicator not in known else []
    if unknown:
        raise ParameterError(f"{run.file}: indicators: found {unknown[0]!r}, want names of docs/indicators.md, such as referrals")
    begin_publication()  # from here on every table is released with those before it in mind: they will share a page
    return Workbook(run, cell, read_inputs(run))


@dataclass(frozen=True)
class Workbook:
    """Everything one authority's notebooks are made from."""

    params: Params
    cell: NotebookParams | None
    inputs: Inputs = field(repr=False)
    _done: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    # what was asked for

    @property
    def authority(self) -> str:
        return self.params.authority.name

    @property
    def policy(self) -> str | Mapping[str, object]:
        """The disclosure policy, as ``cf.release`` takes it."""
        return self.params.policy if isinstance(self.params.policy, str) else self.params.policy.model_dump()

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
        """The event log (events contract). Child-level: it stays on this machine."""
        return self.inputs.events

    @property
    def data(self) -> pd.DataFrame:
        """Every series of the authority (series contract), to the as-at month."""
        return self.inputs.series

    def series(self, indicator: str, breakdown: str | None = None) -> pd.Series:
        """The figures of an indicator on a monthly PeriodIndex, missing months NaN.

        Raises ParameterError for an indicator that is not in the catalogue.
        """
        return self.subject(indicator, breakdown or ALL).figures

    def table(self, indicator: str) -> pd.DataFrame:
        """The rows of an indicator in the series table, flags and denominators kept, breakdowns included."""
        self._known(indicator)
        return self.data[self.data["indicator"] == indicator].reset_index(drop=True)

    def subject(self, indicator: str, breakdown: str = ALL) -> Subject:
        """An indicator as a page speaks of it."""
        rows = self.table(indicator)
        found = rows[rows["breakdown"] == breakdown]
        if found.empty and breakdown != ALL:
            known = ", ".join(sorted(set(rows["breakdown"]) - {ALL})) or "none"
            raise ParameterError(f"{indicator} has no breakdown {breakdown!r}; it has: {known}")
        published = indicator in self.inputs.from_published
        return Subject(
            self._known(indicator), self.authority, found.reset_index(drop=True), breakdown,
            source=self.inputs.source_of(indicator), synthetic=self.params.synthetic, published=published,
        )  # fmt: skip

    def has(self, indicator: str) -> bool:
        """Whether there is any figure of an indicator."""
        return self.subject(indicator).known > 0

    def theme(self, theme: str) -> list[Subject]:
        """The indicators of a theme that have figures, in catalogue order."""
        wanted = self.params.indicators
        names = [name for name, each in indicators.catalogue().items() if each.theme == theme and (wanted == "all" or name in wanted)]
        return [self.subject(name) for name in names if self.has(name)]

    def _known(self, indicator: str) -> Indicator:
        catalogue = indicators.catalogue()
        if indicator not in catalogue:
            raise ParameterError(f"found the indicator {indicator!r}, want one of {', '.join(catalogue)}")
        return catalogue[indicator]

    # models and signals, each worked out once

    def forecast(self, indicator: str, breakdown: str = ALL, *, horizon: int | None = None) -> Forecast | None:
        """The forecast of an indicator; None where its kind has none or its history is too short (``why_no_forecast`` says which)."""
        months = horizon or self.params.horizon
        return self._once(
            ("forecast", indicator, breakdown, str(months)), lambda: self._forecast(self.subject(indicator, breakdown), months)
        )

    def unusual(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame:
        """Every month judged from earlier months only (cf.unusual)."""
        return self._once(("unusual", indicator, breakdown), lambda: self._unusual(self.subject(indicator, breakdown)))

    def shifts(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame:
        """Lasting changes of level (cf.shifts)."""
        return self._once(("shifts", indicator, breakdown), lambda: self._shifts(self.subject(indicator, breakdown)))

    def _once(self, key: tuple[str, ...], work: Any) -> Any:
        if key not in self._done:
            self._done[key] = work()
        return self._done[key]

    def _forecast(self, subject: Subject, horizon: int) -> Forecast | None:
        if not subject.can_forecast or not subject.known:
            return None
        told = subject.modelled()
        dated = with_events(told, self._dated(subject), self.params.as_at, subject.indicator.kind)
        try:
            return models.forecast(dated.pop("series"), horizon, **dated)
        except SeriesError:  # too short: the figure says so in words
            return None

    def _unusual(self, subject: Subject) -> pd.DataFrame:
        told = subject.modelled()
        return signals.unusual(
            told.pop("series"), events=self._dated(subject), provisional_months=subject.indicator.provisional_months, **told
        )

    def _shifts(self, subject: Subject) -> pd.DataFrame:
        told = subject.modelled()
        return signals.shifts(told.pop("series"), events=self._dated(subject), **told)

    def _dated(self, subject: Subject) -> tuple[DatedEvent, ...]:
        return registers.events_for(self.registers.events, subject.indicator.name)

    # registers

    @cached_property
    def registers(self) -> Registers:
        """What people said and did, from the files the parameters name."""
        paths = {name: self.params.resolve(path) for name, path in self.params.registers if path is not None}
        return registers.read_registers(paths, known=set(indicators.catalogue()))

    # findings

    def findings(self, theme: str | None = None) -> pd.DataFrame:
        """What is worth saying (findings contract), of one theme or of the key measures."""
        return findings.gather(self._found(subject) for subject in self._subjects(theme))

    def headlines(self, theme: str | None = None) -> Table:
        """The findings as a table for release; ``cfanalysis.words`` makes sentences of it."""
        return findings.to_release(self.findings(theme), self._subjects(theme))

    def judged(self, theme: str | None = None) -> int:
        """How many months were judged for a theme's page: what flags by chance are reckoned from."""
        return sum(
            int(self.unusual(subject.indicator.name)["z"].notna().tail(findings.RECENT_MONTHS).sum()) for subject in self._subjects(theme)
        )

    # the registers as tables

    def actions(self) -> Table:
        """What a panel asked for, the overdue first."""
        return self._marked(registers.actions_table(self.registers.actions, self.params.as_at.end_time.date()))

    def commentary(self) -> Table:
        """What the authority says of its figures; older than the data where it is."""
        return self._marked(registers.commentary_table(self.registers.commentary, self.params.as_at))

    def projections(self) -> Table:
        """Every projection of the register, held to account."""
        return self._marked(registers.verdicts_table([self.judge(each) for each in self.registers.projections], self._titles()))

    def judge(self, projection: Projection) -> Verdict:
        """What became of one projection (cf.judge)."""
        subject = self.subject(projection.indicator, projection.breakdown or ALL)
        told = subject.modelled()
        return registers.judge(
            projection, told.pop("series"), events=self._dated(subject), provisional=subject.indicator.provisional_months, **told
        )

    def january_february(self, *names: str) -> Table:
        """How likely a fall in January and February is, raw and per working day, and the smallest that would show."""
        answers = {self._known(name).title: self._january_february(self.subject(name)) for name in names if self.has(name)}
        return self._marked(question_table(answers))

    def _january_february(self, subject: Subject) -> JanuaryFebruary:
        told = subject.modelled()
        return registers.january_february(told.pop("series"), provisional=subject.indicator.provisional_months, **told)

    def _titles(self) -> dict[str, str]:
        return {name: each.title for name, each in indicators.catalogue().items()}

    def _marked(self, table: Table) -> Table:
        return replace(table, synthetic=self.params.synthetic)

    def _subjects(self, theme: str | None) -> list[Subject]:
        """What a theme's page speaks of: its measures, but none that says again what another says; on the overview, the key measures."""
        if theme is None:
            return [self.subject(name) for name in KEY_MEASURES if self.has(name)]
        return [
            subject for subject in self.theme(theme) if subject.indicator.name not in SAID_BY_OTHERS and subject.indicator.kind != "rate"
        ]

    def _found(self, subject: Subject) -> pd.DataFrame:
        name = subject.indicator.name
        return findings.of_series(subject, self.unusual(name), self.shifts(name), self.forecast(name))

    # tables for pages

    def outlook(self, indicator: str, breakdown: str = ALL) -> Table:
        """History, usual range, forecast."""
        subject = self.subject(indicator, breakdown)
        forecast = self.forecast(indicator, breakdown)
        note = " ".join(forecast.notes) if forecast else ""
        return outlook.outlook(subject, self.unusual(indicator, breakdown), forecast, because=note)

    def season(self, indicator: str) -> Table:
        """How each calendar month compares with an average one."""
        return outlook.season(self.subject(indicator), self.forecast(indicator))

    def unusual_months(self, indicator: str, breakdown: str = ALL) -> Table:
        """The months that stand out, and what else each could be."""
        subject, judged = self.subject(indicator, breakdown), self.unusual(indicator, breakdown)
        alerts = judged[judged["severity"].isin(ALERTS)]
        causes = self.explain(indicator, alerts) if breakdown == ALL else NO_CAUSES
        return outlook.unusual_months(subject, judged, causes, severities=ALERTS)

    def explain(self, indicator: str, alerts: pd.DataFrame) -> pd.DataFrame:
        """What else an alert could be (cf.explain), given peers, categories, contacts and dated events where there are any."""
        subject = self.subject(indicator)
        told = subject.modelled()
        parts = {dimension: self.inputs.categories(indicator, dimension) for dimension in subject.indicator.breakdowns}
        return signals.explain(
            told.pop("series"), alerts, peers=self.inputs.peers(indicator), events=self._dated(subject), dates=self.inputs.dates(indicator),
            sources={dimension: found for dimension, found in parts.items() if found is not None} or None,
            contacts=self.series("contacts") if indicator == "referrals" and self.has("contacts") else None,
            provisional_months=subject.indicator.provisional_months, **told,
        )  # fmt: skip

    def latest(self, theme: str | None = None) -> tuple[Table, Table, Table]:
        """The newest figures of a theme, or the key measures of all: numbers, percentages, rates and averages."""
        subjects = self.theme(theme) if theme else [self.subject(name) for name in KEY_MEASURES if self.has(name)]
        judged = [(subject, self.unusual(subject.indicator.name)) for subject in subjects]
        return latest.latest_counts(judged), latest.latest_shares(judged), latest.latest_measures(judged)

    def by(self, indicator: str, dimension: str, *, months: int | None = parts.SHOWN_MONTHS) -> Table:
        """An indicator by source, team, area, age, category, reason or provider, month by month."""
        return parts.by_category(self.subject(indicator), self.table(indicator), dimension, months=months)

    def by_now(self, indicator: str, dimension: str) -> Table:
        """The same, the newest twelve months beside the twelve before."""
        return parts.by_category_now(self.subject(indicator), self.table(indicator), dimension)

    def shares_by(self, indicator: str, dimension: str) -> Table:
        """A percentage by category over the newest twelve months, with its Wilson interval."""
        return shares.shares_by(self.subject(indicator), self.table(indicator), dimension)

    def lines(self, *names: str) -> Table:
        """Several measures on one chart, with their targets."""
        targets = {name: target for name in names if (target := self._target(name)) is not None}
        return lines.lines([self.subject(name) for name in names], targets)

    def _target(self, indicator: str) -> pd.Series | None:
        rows = self.table(indicator)
        target = rows[rows["breakdown"] == TARGET]
        return None if target.empty else target.set_index("month")["value"]

    def steps(self, open_: str, started: str, ended: str) -> Table:
        """Why a stock moved over twelve months: starts, ends, corrections."""
        return stock.steps(self.subject(open_), self.subject(started), self.subject(ended))

    def spc(self, indicator: str) -> Table:
        """The XmR chart of NHS Making Data Count. It is drawn because people know it; it is not the alarm."""
        subject, target = self.subject(indicator), self._target(indicator)
        inside = set(subject.months[1:])
        breaks = [(event.month, event.label) for event in self._dated(subject) if event.kind == "break" and event.month in inside]
        goal = None if target is None or target.dropna().empty else float(target.dropna().iloc[-1])
        found = signals.spc(subject.figures, improvement=control.improvement(subject), rebase=breaks, target=goal)
        return control.chart(subject, found)

    def peers_table(self) -> Table:
        """The newest yearly figures of the authority, its neighbours, region and England, side by side."""
        titles = {name: indicators.catalogue()[name].title for name in COMPARED}
        return compare.side_by_side(self.inputs.yearly, titles, self.authority, self.inputs.others)

    def comparison(self, indicator: str) -> Table:
        """The authority beside England, its region and its neighbours, year by year."""
        known = self._known(indicator)
        return compare.comparison(self.inputs.yearly, indicator, known.title, known.unit, self.authority, self.inputs.others)

    def funnel(self, indicator: str) -> Table:
        """Every authority on one funnel for the newest year."""
        known = self._known(indicator)
        points = compare.funnel_frame(self.inputs.yearly, indicator)
        limits = signals.funnel(points.set_index("authority"), kind="rate" if known.kind == "rate" else "proportion").reset_index()
        return compare.funnel(limits, known.title, known.unit, self.authority, self.inputs.others.neighbours, "Department for Education")

    def quality(self) -> dict[str, Table]:
        """What was read and what was wrong with it: files, coverage, problems, rules, changes, sums."""
        synthetic = self.params.synthetic
        tables = {"files": quality.sources(self.inputs.files, synthetic=synthetic)}
        if self.inputs.log is not None:
            tables |= self._log_quality(self.inputs.log)
        tables["problems"] = quality.problems(self.inputs.problem_summary(), synthetic=synthetic)
        tables["sums"] = quality.reconciliation(
            indicators.reconcile(self.data, self.inputs.yearly, self.authority), "Department for Education",
            synthetic=synthetic, published=self.inputs.log is None,
        )  # fmt: skip
        return tables

    def _log_quality(self, log: EventLog) -> dict[str, Table]:
        synthetic = self.params.synthetic
        return {
            "coverage": quality.coverage(log.events, log.coverage, synthetic=synthetic),
            "rules": quality.rules(self.inputs.rules(), synthetic=synthetic),
            "changes": quality.changes(log.changes, synthetic=synthetic),
        }

    def about(self) -> dict[str, Any]:
        """What stands at the foot of a page: the data's date, where it comes from, the policy, the version."""
        named = [self.inputs.source_of(name) for name in dict.fromkeys(self.data["indicator"])]
        policy = self.params.policy
        return {
            "authority": self.authority,
            "as_at": self.data["month"].max() if len(self.data) else self.params.as_at,
            "sources": " and ".join(dict.fromkeys(named)) or PUBLISHED,
            "policy": policy if isinstance(policy, str) else policy.title,
            "version": __version__,
            "synthetic": self.params.synthetic,
        }
