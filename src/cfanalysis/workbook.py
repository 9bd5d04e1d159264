"""One authority's workbook: its files read, its indicators worked out, and a table for every question a notebook asks.

The one thing a notebook holds. Every method that ends in a ``Table`` is on its way to ``cf.release``; nothing here is released yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis import __version__, findings, indicators, registers, signals, stocks
from cfanalysis import params as parameters
from cfanalysis.analysis import KEY_MEASURES, Analysis
from cfanalysis.errors import ParameterError
from cfanalysis.events import EventLog
from cfanalysis.inputs import PUBLISHED, SYNTHETIC_TABLES, read_inputs
from cfanalysis.models import Scenario
from cfanalysis.params import NotebookParams, Params
from cfanalysis.registers.question import question_table
from cfanalysis.release import begin_publication
from cfanalysis.stocks import Flows
from cfanalysis.tables import ALL, Table
from cfanalysis.views import compare, control, latest, lines, outlook, parts, quality, shares, stock

ALERTS = findings.ALERTS

COMPARED = ("referral_rate", "rereferrals", "cin_rate", "cp_rate", "cp_subsequent", "cla_rate", "agency_share", "caseload_average")
"""What is put side by side with other authorities."""

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
class Workbook(Analysis):
    """Everything one authority's notebooks are made from: what its files come to, and a table for every question."""

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

    def january_february(self, *names: str) -> Table:
        """Was there a fall last January and February, how likely is the next, raw and per working day, and the smallest that would show."""
        years = registers.question_years(self.params.as_at)
        asked = [(name, year) for name in names if self.has(name) for year in years]
        answers = {f"{self._known(name).title}, {year}": self._january_february(self.subject(name), year) for name, year in asked}
        return self._marked(question_table(answers))

    def _titles(self) -> dict[str, str]:
        return {name: each.title for name, each in indicators.catalogue().items()}

    def _marked(self, table: Table) -> Table:
        return replace(table, synthetic=self.params.synthetic)

    def _beside_others(self, table: Table) -> Table:
        """A table of published figures; those of a synthetic authority say that they are not the Department's."""
        return replace(table, synthetic=True, source=SYNTHETIC_TABLES) if self.params.synthetic else table

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

    def flows(self, open_: str, started: str, ended: str) -> Flows:
        """A stock with its starts and ends."""
        return Flows(self.subject(open_), self.subject(started), self.subject(ended))

    def flow(self, open_: str, started: str, ended: str) -> Table:
        """Starts, ends and open cases as recorded and as expected: forecast together, so that they add up."""
        return self._marked(stocks.flow_table(self.flows(open_, started, ended), self.params.horizon))

    def why(self, open_: str, started: str, ended: str) -> Table:
        """Why a stock moved over the newest year: fewer or more starts, closures, or what was coming anyway."""
        return self._marked(stocks.why_table(self.flows(open_, started, ended)))

    def what_if(self, open_: str, started: str, ended: str, *, starts: float = 0.0, closures: float = 0.0, label: str) -> Table:
        """A what-if from next month on: shares such as -0.10 for ten per cent fewer starts, beside what is expected as things stand."""
        change = Scenario(label, self.params.as_at + 1, starts=starts, closures=closures)
        return self._marked(stocks.what_if_table(self.flows(open_, started, ended), self.params.horizon, change))

    def reach(self, open_: str, started: str, ended: str) -> Table:
        """What it takes to reach the targets that the register holds for a stock."""
        asked = [each for each in self.registers.projections if each.indicator == open_ and each.target is not None]
        targets = [(float(each.target), each.window.months[-1]) for each in asked if each.target is not None]
        return self._marked(stocks.reach_table(self.flows(open_, started, ended), self.params.horizon, targets))

    def settling(self, indicator: str) -> Table:
        """The newest months as first recorded and as they are likely to settle."""
        return self._marked(self.inputs.settling_table(self.subject(indicator)))

    def since_last_edition(self) -> Table:
        """What has changed since the edition before this one. This edition is kept in the private store, for the next."""
        return self._marked(self.inputs.since_last_edition())

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
        return self._beside_others(compare.side_by_side(self.inputs.yearly, titles, self.authority, self.inputs.others))

    def comparison(self, indicator: str) -> Table:
        """The authority beside England, its region and its neighbours, year by year."""
        known = self._known(indicator)
        yearly, others = self.inputs.yearly, self.inputs.others
        return self._beside_others(compare.comparison(yearly, indicator, known.title, known.unit, self.authority, others))

    def funnel(self, indicator: str) -> Table:
        """Every authority on one funnel for the newest year."""
        known = self._known(indicator)
        points = compare.funnel_frame(self.inputs.yearly, indicator)
        limits = signals.funnel(points.set_index("authority"), kind="rate" if known.kind == "rate" else "proportion").reset_index()
        table = compare.funnel(limits, known.title, known.unit, self.authority, self.inputs.others.neighbours, "Department for Education")
        return self._beside_others(table)

    def quality(self) -> dict[str, Table]:
        """What was read and what was wrong with it: files, coverage, problems, rules, changes, sums."""
        synthetic = self.params.synthetic
        tables = {"files": quality.sources(self.inputs.files, synthetic=synthetic)}
        tables |= self._log_quality(self.inputs.log) if self.inputs.log is not None else quality.no_log(synthetic=synthetic)
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
