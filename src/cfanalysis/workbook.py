"""One authority's workbook: its files read, its indicators worked out, and a table for every question a notebook asks.

The one thing a notebook holds. Every method that ends in a ``Table`` is on its way to ``cf.release``; nothing here is released yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis import __version__, findings, indicators, published, registers, signals, stocks
from cfanalysis import params as parameters
from cfanalysis.analysis import KEY_MEASURES, Analysis
from cfanalysis.errors import ParameterError
from cfanalysis.events import EventLog
from cfanalysis.inputs import read_inputs
from cfanalysis.months import day_label
from cfanalysis.params import NotebookParams, Params
from cfanalysis.reference import PUBLISHED, SYNTHETIC_TABLES
from cfanalysis.registers.judging import BASE_MONTHS
from cfanalysis.registers.question import question_table
from cfanalysis.release import begin_publication
from cfanalysis.release.ground import Ground
from cfanalysis.tables import ALL, Table
from cfanalysis.views import behind, compare, control, latest, lines, outlook, parts, quality, shares, stock

ALERTS = findings.ALERTS

COMPARED = ("referral_rate", "rereferrals", "cin_rate", "cp_rate", "cp_subsequent", "cla_rate", "agency_share", "caseload_average")
"""What is put side by side with other authorities."""

NO_CAUSES = pd.DataFrame({"month": [], "sentence": []})
"""A single category is not taken apart again."""

TARGET = "target"
"""The breakdown that holds a measure's target."""


def open(params: Params | NotebookParams | Path | str | Mapping[str, Any], **changes: Any) -> Workbook:
    """Open an authority's workbook.

    ``params``: a parameters file, its path, or the values of a notebook's parameters cell (``params_file`` and what is to be changed).
    ``changes`` are policy, as_at, first_month and horizon where they are not to be those of the file.
    Reads every source, works out every indicator, and keeps this edition of the figures in the private store (``editions`` in the
    parameters). Raises ParameterError or SourceError in an analyst's words.
    """
    run, cell = parameters.of(params, **changes)
    known = indicators.catalogue()
    unknown = [name for name in (run.indicators if run.indicators != "all" else ()) if name not in known]
    unknown += [target.indicator for target in run.targets if target.indicator not in indicators.FLOWS]
    if unknown and unknown[0] in known:
        raise ParameterError(f"{run.file}: targets: found {unknown[0]!r}, want a stock: {', '.join(indicators.FLOWS)}")
    unknown += [cell.indicator] if cell and cell.indicator and cell.indicator not in known else []
    if unknown:
        raise ParameterError(f"{run.file}: indicators: found {unknown[0]!r}, want names of docs/indicators.md, such as referrals")
    own = [source.path for source in run.sources if source.format != "published"]
    if run.policy == "open" and own:
        raise ParameterError(
            f"{run.file}: policy: found 'open', which is for figures that are published already, and the file {Path(own[0]).name} of the "
            "authority's own; want 'dfe', 'strict', a policy of your own, or 'internal' for your own desk"
        )
    book = Workbook(run, cell, read_inputs(run))
    if cell is None or (cell.as_at is None and cell.first_month is None):  # a look at other months is no edition
        book.inputs.keep_edition()
    # from here on every table is released with those before it in mind: they will share a page, and lie beside those of earlier editions
    begin_publication(book.ground(), lambda policy: published.before(run, policy))
    return book


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
        return self._marked(registers.commentary_table(self.registers.commentary, self.params.as_at, self._titles()))

    def projections(self) -> Table:
        """Every projection of the register, held to account."""
        judged = [self.judge(each) for each in self.registers.projections]
        table = registers.verdicts_table(judged, self._titles())
        windows = [each.projection.window for each in judged]
        subjects = [self.claimed(each.projection) for each in judged]
        said = [each.known_to for each in judged]
        bases = [month - (0 if each.kind == "stock" else BASE_MONTHS - 1) for month, each in zip(said, judged, strict=True)]
        spans = [
            (subject, base, month, window.first, window.last)
            for subject, base, month, window in zip(subjects, bases, said, windows, strict=True)
        ]
        return self._marked(behind.projections(table, spans))

    def january_february(self, *names: str) -> Table:
        """Was there a fall last January and February, how likely is the next, raw and per working day, and the smallest that would show."""
        years = registers.question_years(self.params.as_at)
        asked = [(name, year) for name in names if self.has(name) for year in years]
        answers = {f"{self._known(name).title}, {year}": self._january_february(self.subject(name), year) for name, year in asked}
        table = behind.question(question_table(answers), [(self.subject(name), year) for name, year in asked])
        return self._marked(table)

    def ground(self) -> Ground:
        """The authority's own series under the names that pages give them, for disclosure control. What DfE has published is not in it."""
        known = indicators.catalogue()
        own = self.data[~self.data["indicator"].isin(self.inputs.from_published) & (self.data["breakdown"] != TARGET)]
        title = own["indicator"].map({name: each.title for name, each in known.items()})
        name = title.where(own["breakdown"] == ALL, title + " (" + own["breakdown"] + ")")
        counted = own["indicator"].map({name: each.kind in ("count", "stock") for name, each in known.items()}).astype(bool)
        figures = pd.DataFrame({"name": name, "what": "figure", "month": own["month"], "value": own["value"]})[counted]
        parts = [pd.DataFrame({"name": name, "what": what, "month": own["month"], "value": own[what]})[~counted] for what in shares.PARTS]
        flows = [(known[each].title for each in (open_, *both)) for open_, both in indicators.FLOWS.items()]
        whole = set(title[own["breakdown"] == ALL])
        windows = [span for each in dict.fromkeys(own["indicator"]) for span in behind.windows(self.subject(str(each)), self.params.as_at)]
        return Ground.of(
            pd.concat([figures, *parts]), [(stock, started, ended) for stock, started, ended in flows], whole=whole, windows=windows
        )

    def _titles(self) -> dict[str, str]:
        return {name: each.title for name, each in indicators.catalogue().items()}

    def _marked(self, table: Table) -> Table:
        return replace(table, synthetic=self.params.synthetic)

    def _beside_others(self, table: Table) -> Table:
        """A table of published figures; those of a synthetic authority say that they are not the Department's."""
        return replace(table, synthetic=True, source=SYNTHETIC_TABLES) if self.params.synthetic else table

    # tables for pages

    def outlook(self, indicator: str, breakdown: str = ALL) -> Table:
        """History, usual range, forecast, and the dated events said to show in it."""
        subject = self.subject(indicator, breakdown)
        forecast = self.forecast(indicator, breakdown)
        note = " ".join(forecast.notes) if forecast else ""
        settling = self.settling_months(indicator, breakdown)
        events = [{"month": event.month, "label": event.label} for event in self._dated(subject)]
        table = outlook.outlook(subject, self.unusual(indicator, breakdown), forecast, because=note, settling=settling)
        return replace(table, facts={**table.facts, "events": events})

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
        subject, rows = self.subject(indicator), self.table(indicator)
        last = rows["month"].max() - subject.indicator.provisional_months if len(rows) else None
        return behind.categories(parts.by_category_now(subject, rows, dimension), subject, last)

    def shares_by(self, indicator: str, dimension: str) -> Table:
        """A percentage by category over the newest twelve months, with its Wilson interval."""
        subject, rows = self.subject(indicator), self.table(indicator)
        last = rows["month"].max() if len(rows) else None
        first = last - shares.MONTHS + 1 if last is not None else None
        return behind.shares(shares.shares_by(subject, rows, dimension), subject, dimension, first, last)

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
        subjects = (self.subject(open_), self.subject(started), self.subject(ended))
        last = min(each.settled for each in subjects) if all(each.known for each in subjects) else None
        return behind.steps(stock.steps(*subjects), *subjects, last)

    def flow(self, open_: str, started: str, ended: str) -> Table:
        """Starts, ends and open cases as recorded and as expected: forecast together, so that they add up."""
        flows = self.flows(open_, started, ended)
        names = {"stock": flows.stock, "starts": flows.starts, "ends": flows.ends}
        return self._marked(behind.flow(stocks.flow_table(flows, self.params.horizon), names))

    def why(self, open_: str, started: str, ended: str) -> Table:
        """Why a stock moved over the newest year: fewer or more starts, closures, or what was coming anyway."""
        flows = self.flows(open_, started, ended)
        return self._marked(behind.parts_of_change(stocks.why_table(flows), flows.stock, flows.starts, flows.ends))

    def what_if(self, open_: str, started: str, ended: str, **change: Any) -> Table:
        """A what-if beside what is expected as things stand.

        ``starts`` and ``closures`` are shares (-0.10: a tenth fewer starts), ``more_starts`` and ``more_closures`` children a month;
        ``first`` is a month such as 2024-01, or the name of one ("January": the next that lies ahead), next month if none is given;
        ``label`` says what is changed, and is made from the rest if none is given.
        """
        flows = self.flows(open_, started, ended)
        scenario = stocks.scenario(flows.stock.newest, **change) if flows.known else stocks.scenario(self.params.as_at, **change)
        return self._marked(behind.ahead(stocks.what_if_table(flows, self.params.horizon, scenario), flows.stock, but="observed"))

    def reach(self, open_: str, started: str, ended: str) -> Table:
        """What it takes to reach the targets that the parameters or the register hold for a stock."""
        asked = [(each.value, each.by) for each in self.params.targets if each.indicator == open_]
        claims = [each for each in self.registers.projections if each.indicator == open_ and each.breakdown == ALL]
        asked += [(each.target, each.window.last) for each in claims if each.target is not None]
        flows = self.flows(open_, started, ended)
        return self._marked(behind.ahead(stocks.reach_table(flows, self.params.horizon, list(dict.fromkeys(asked))), flows.stock))

    def settling(self, indicator: str) -> Table:
        """The newest months as first recorded and as they are likely to settle."""
        subject = self.subject(indicator)
        return self._marked(behind.named(self.inputs.settling_table(subject), subject))

    def since_last_edition(self) -> Table:
        """What has changed since the edition before this one."""
        return self._marked(behind.revised(self.inputs.since_last_edition()))

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
        table = compare.comparison(yearly, indicator, known.title, known.unit, self.authority, others)
        return self._beside_others(replace(table, facts={**table.facts, "name": known.title, "definition": known.definition}))

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
        tables["sums"] = behind.sums_that_agree(tables["sums"], self.subject, {title: name for name, title in self._titles().items()})
        return tables

    def _log_quality(self, log: EventLog) -> dict[str, Table]:
        synthetic = self.params.synthetic
        return {
            "coverage": quality.coverage(log.events, log.coverage, synthetic=synthetic),
            "rules": quality.rules(self.inputs.rules(), synthetic=synthetic),
            "changes": quality.changes(log.changes, synthetic=synthetic),
        }

    def about(self) -> dict[str, Any]:
        """What stands at the foot of a page: the data's date, its edition, where it comes from, the policy, the version."""
        named = [self.inputs.source_of(name) for name in dict.fromkeys(self.data["indicator"])]
        policy = self.params.policy
        days = sorted(str(row["as_at"]) for row in self.inputs.files if row["as_at"])
        return {
            "authority": self.authority,
            "edition": f"as at {day_label(days[-1])}" if days else "that are listed on the page on data quality",
            "as_at": self.data["month"].max() if len(self.data) else self.params.as_at,
            "sources": " and ".join(dict.fromkeys(named)) or PUBLISHED,
            "policy": policy if isinstance(policy, str) else policy.title,
            "version": __version__,
            "synthetic": self.params.synthetic,
        }
