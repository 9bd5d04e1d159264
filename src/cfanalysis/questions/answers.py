"""One authority's workbook: its released figures, and a table for every question a notebook asks.

Every method that ends in a ``Table`` is worked out from what the release shows; nothing here can reach a child's record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cfanalysis import indicators, signals
from cfanalysis.disclosure.beside import ROUNDED_TO
from cfanalysis.foundation.contracts import TARGET
from cfanalysis.foundation.months import day_label, month_label
from cfanalysis.foundation.policy import policies
from cfanalysis.foundation.table import ALERTS, ALL, Table
from cfanalysis.indicators import settling
from cfanalysis.judging.verdicts import Verdict, verdicts_table
from cfanalysis.judging.winter_question import question_table, question_years
from cfanalysis.questions import compare, control, findings, latest, lines, newest, outlook, parts, quality, stock, yearly
from cfanalysis.questions import flows as stocks
from cfanalysis.questions.analysis import Analysis
from cfanalysis.questions.asked import KEY_MEASURES
from cfanalysis.questions.registers import actions_table, commentary_table
from cfanalysis.questions.subject import HIDDEN, Subject
from cfanalysis.reference import PUBLISHED, SYNTHETIC_TABLES
from cfanalysis.registers.entries import Projection

HELD = ("new", "lasting", "fading")
"""Levels that have moved and are not back."""
COMPARED = ("referral_rate", "rereferrals", "cin_rate", "cp_rate", "cp_subsequent", "cla_rate", "agency_share", "caseload_average")
"""What is put side by side with other authorities."""

NO_CAUSES = pd.DataFrame({"month": [], "sentence": []})
"""A single category is not taken apart again."""


@dataclass(frozen=True)
class Workbook(Analysis):
    """Everything one authority's notebooks are made from: what is released of it, and a table for every question."""

    def headlines(self, theme: str | None = None) -> Table:
        """The findings as a table; ``cfanalysis.words.sentences`` makes sentences of it."""
        subjects, about = self._subjects(theme), findings.ABOUT.get(theme or "", "")
        old = yearly.is_old(yearly.newest_month(subjects), self.as_at)
        answers = self._yearly([about] if about else KEY_MEASURES) if old else pd.DataFrame()
        known = {each.indicator.name for each in subjects}
        subjects += [replace(self.subject(name), published=True) for name in answers.get("indicator", ()) if name not in known]
        table = findings.as_table(findings.gather([self.findings(theme), answers]), subjects)
        hidden = yearly.newer_hidden(self.evidence.yearly, answers, self.as_at)
        facts = yearly.said_of_old(yearly.newest_month(subjects), answers, hidden) if old else {}
        return replace(table, facts={**table.facts, "about": about, **facts})

    def _yearly(self, names: Sequence[str]) -> pd.DataFrame:
        """The newest published years of some measures, where they are newer than their months."""
        own, as_at = self.evidence.yearly, self.as_at
        found = [
            yearly.yearly_finding(own, self.authority, each.indicator, each.newest if each.known else None, as_at)
            for each in (self.subject(name) for name in names)
        ]
        told = [each for each in found if len(each)]
        return pd.concat(told, ignore_index=True) if told else pd.DataFrame()

    def spoken_of(self, theme: str | None = None) -> list[str]:
        """The measures that the headlines of a theme's page are chosen from."""
        return [subject.indicator.name for subject in self._subjects(theme)]

    # the registers as tables

    def actions(self) -> Table:
        """What a panel asked for, the overdue first."""
        return self._marked(actions_table(self.registers.actions, self.as_at.end_time.date()))

    def commentary(self) -> Table:
        """What the authority says of its figures; older than the data where it is."""
        return self._marked(commentary_table(self.registers.commentary, self.as_at, self._titles()))

    def projections(self) -> Table:
        """Every projection of the register with its verdict."""
        judged = self.verdicts()
        moved = [self._moved(each.projection) for each in judged]
        return self._marked(verdicts_table(judged, self._titles(), self._hidden_then(judged), moved))

    def _moved(self, said: Projection) -> str:
        """When the level of a measure moved the way that was claimed, as other pages tell it, and where that lies from the window."""
        if said.indicator is None or said.breakdown != ALL or not self.has(said.indicator):
            return ""
        told = self.standing(said.indicator)
        told = told[told["standing"].isin(HELD) & (told["direction"] == said.direction) & (told["onset"] > said.known_to)]
        if told.empty:
            return ""
        onset, window = told["onset"].iloc[-1], said.window.months
        place = "after" if onset > window[-1] else "inside" if onset >= window[0] else "before"
        return f"the level moved in {month_label(onset)}, {place} the window"

    def _hidden_then(self, judged: Sequence[Verdict]) -> list[bool]:
        """Of which projections a month that would be needed to judge them is there and is not shown."""
        return [self._hides(self.claimed(each.projection), each.projection.window.last) for each in judged]

    def january_february(self, *names: str) -> Table:
        """Was there a fall last January and February, how likely is the next, raw and per working day, and the smallest that would show."""
        known = [name for name in names if self.has(name)]
        asked = [(name, year) for name in known for year in question_years(self.subject(name).newest, self.as_at)]
        answers = {f"{self._known(name).title}, {year}": self._winter(name, year) for name, year in asked}
        hidden = [self._hides(self.subject(name), pd.Period(f"{year}-02", freq="M")) for name, year in asked]
        settling = [self._still_settles(name, year) for name, year in asked]
        return self._marked(question_table(answers, hidden, settling))

    def _still_settles(self, name: str, year: int) -> bool:
        """Whether a month that an answer compares stands as it is likely to settle."""
        winter = pd.period_range(f"{year - 1}-10", f"{year}-02", freq="M")
        return self.subject(name).moved(winter[[2, 4]] if self._known(name).kind == "stock" else winter)

    def _hides(self, subject: Subject, last: pd.Period) -> bool:
        """Whether a month of the year to another is hidden, or so many of all that nothing is made of them."""
        rows = subject.rows
        near = rows["month"].gt(last - 12) & rows["month"].le(last)
        return bool(subject.too_hidden or (rows["flag"].eq(HIDDEN) & near).any())

    def _titles(self) -> dict[str, str]:
        return {name: each.title for name, each in indicators.catalogue().items()}

    def _marked(self, table: Table) -> Table:
        return replace(table, synthetic=self.synthetic)

    def _beside_others(self, table: Table) -> Table:
        """A table of published figures; those of a synthetic authority say that they are not the Department's."""
        return replace(table, synthetic=True, source=SYNTHETIC_TABLES) if self.synthetic else table

    # tables for pages

    def outlook(self, indicator: str, breakdown: str = ALL) -> Table:
        """History, usual range, forecast, and the dated events said to show in it."""
        subject = self.subject(indicator, breakdown)
        forecast = self.ahead(indicator, breakdown)
        note = " ".join(forecast.notes) if forecast else ""
        settling = self.settling_months(indicator, breakdown)
        events = [{"month": event.month, "label": event.label} for event in self._dated(subject)]
        table = outlook.outlook(subject, self.unusual(indicator, breakdown), forecast, because=note, settling=settling)
        return replace(table, facts={**table.facts, "events": events, "assumed": subject.assumed and settling is not None})

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
        subjects = self._asked(theme)
        judged = [(subject, self.unusual(subject.indicator.name)) for subject in subjects]
        years = {subject.name: self.years(subject.indicator.name) for subject in subjects}
        return latest.latest_counts(judged, years), latest.latest_shares(judged, years), latest.latest_measures(judged, years)

    def histories(self, theme: str | None = None) -> Table:
        """The newest three years of the same measures, in one table: what small line charts are drawn from."""
        return lines.recent(lines.lines(self._asked(theme), {}), 36)

    def _asked(self, theme: str | None) -> list[Subject]:
        return self.theme_there(theme) if theme else [each for name in KEY_MEASURES if (each := self.subject(name)).there]

    def by(self, indicator: str, dimension: str, *, months: int | None = None) -> Table:
        """An indicator by source, team, area, age, category, reason or provider: by month, or as often as its categories are shown."""
        return parts.by_category(self._parts(indicator, dimension), months=months)

    def by_now(self, indicator: str, dimension: str) -> Table:
        """The same, the newest four quarters beside the four before."""
        return parts.by_category_now(self._parts(indicator, dimension))

    def shares_by(self, indicator: str, dimension: str) -> Table:
        """A percentage by category over the newest four quarters, with its Wilson interval."""
        return parts.shares_by(self._parts(indicator, dimension))

    def _parts(self, indicator: str, dimension: str) -> parts.Parts:
        periods = self.evidence.periods(indicator, dimension)
        return parts.read_parts(self.subject(indicator), periods, self.table(indicator), dimension)

    def lines(self, *names: str) -> Table:
        """Several measures on one chart, with their targets."""
        targets = {name: target for name in names if (target := self._target(name)) is not None}
        table = lines.lines([self.subject(name) for name in names], targets)
        return replace(table, facts={**table.facts, "year": self._newest_year(names[0])}) if len(names) == 1 else table

    def _newest_year(self, indicator: str) -> dict[str, Any]:
        """What a chart's headline says of the newest year; nothing of a median, of which every month rests on few children."""
        subject = self.subject(indicator)
        if not subject.there or subject.indicator.kind == "measure":
            return {}
        return newest.year_in_words(newest.newest_of(subject, self.years(indicator)))

    def _target(self, indicator: str) -> pd.Series | None:
        rows = self.table(indicator)
        target = rows[rows["breakdown"] == TARGET]
        return None if target.empty else target.set_index("month")["value"]

    def steps(self, open_: str, started: str, ended: str) -> Table:
        """Why a stock moved over twelve months: starts, ends, corrections."""
        return stock.steps(self.subject(open_), self.subject(started), self.subject(ended))

    def flow(self, open_: str, started: str, ended: str) -> Table:
        """Starts, ends and open cases as recorded and as expected: forecast together, so that they add up."""
        return self._marked(stocks.flow_table(self.flows(open_, started, ended), self.horizon))

    def why(self, open_: str, started: str, ended: str) -> Table:
        """Why a stock moved over the newest year: fewer or more starts, closures, or what was coming anyway."""
        return self._marked(stocks.why_table(self.flows(open_, started, ended)))

    def what_if(self, open_: str, started: str, ended: str, **change: Any) -> Table:
        """A what-if beside what is expected as things stand.

        ``starts`` and ``closures`` are shares (-0.10: a tenth fewer starts), ``more_starts`` and ``more_closures`` children a month;
        ``first`` is a month such as 2024-01, or the name of one ("January": the next that lies ahead), next month if none is given;
        ``label`` says what is changed, and is made from the rest if none is given.
        """
        flows = self.flows(open_, started, ended)
        scenario = stocks.scenario(flows.stock.newest if flows.known else self.as_at, **change)
        return self._marked(stocks.what_if_table(flows, self.horizon, scenario))

    def reach(self, open_: str, started: str, ended: str) -> Table:
        """What it takes to reach the targets that the parameters or the register hold for a stock."""
        aims = self.evidence.aims
        aims = aims[aims["indicator"] == open_]
        asked = list(zip(aims["value"], aims["month"], strict=True))
        claims = [each for each in self.registers.projections if each.indicator == open_ and each.breakdown == ALL]
        asked += [(each.target, each.window.last) for each in claims if each.target is not None]
        return self._marked(stocks.reach_table(self.flows(open_, started, ended), self.horizon, list(dict.fromkeys(asked))))

    def settling(self, indicator: str) -> Table:
        """The newest months as first recorded and as they are likely to settle."""
        subject = self.subject(indicator)
        likely = self.evidence.settled(subject.figures, indicator, months=settling.SHOWN)
        return self._marked(settling.settling_table(likely, subject.name))

    def since_last_edition(self) -> Table:
        """What has changed since the edition before this one."""
        return self._marked(quality.changed_since(self.evidence.revisions, self._titles(), since=self.evidence.about.revised_since))

    def spc(self, indicator: str) -> Table:
        """The XmR chart of NHS Making Data Count. It is drawn because people know it; it is not the alarm."""
        subject, target = self.subject(indicator), self._target(indicator)
        inside = set(subject.months[1:])
        breaks = [(event.month, event.label) for event in self._dated(subject) if event.kind == "break" and event.month in inside]
        goal = None if target is None or target.dropna().empty else float(target.dropna().iloc[-1])
        found = signals.spc(subject.figures, improvement=control.improvement(subject), rebase=breaks, target=goal)
        table = control.chart(subject, found)
        return replace(table, facts={**table.facts, "year": self._newest_year(indicator)})

    def peers_table(self) -> Table:
        """The newest yearly figures of the authority, its neighbours, region and England, side by side."""
        titles = {name: indicators.catalogue()[name].title for name in COMPARED}
        return self._beside_others(compare.side_by_side(self.evidence.yearly, titles, self.authority, self.evidence.others))

    def comparison(self, indicator: str) -> Table:
        """The authority beside England, its region and its neighbours, year by year."""
        known = self._known(indicator)
        yearly, others = self.evidence.yearly, self.evidence.others
        table = compare.comparison(yearly, indicator, known.title, known.unit, self.authority, others)
        about = {"name": known.title, "definition": compare.of_a_year(known.definition)}
        return self._beside_others(replace(table, facts={**table.facts, **about}))

    def funnel(self, indicator: str) -> Table:
        """Every authority on one funnel for the newest year."""
        known = self._known(indicator)
        points = compare.funnel_frame(self.evidence.yearly, indicator)
        limits = signals.funnel(points.set_index("authority"), kind="rate" if known.kind == "rate" else "proportion").reset_index()
        table = compare.funnel(limits, known.title, known.unit, self.authority, self.evidence.others.neighbours, "Department for Education")
        return self._beside_others(table)

    def quality(self) -> dict[str, Table]:
        """What was read and what was wrong with it: files, coverage, problems, rules, changes, sums."""
        rounded = max(ROUNDED_TO, self.policy.hide_below) if self.policy.hides else 0
        tables = quality.tables(self.evidence.section, synthetic=self.synthetic, rounded=rounded)
        sums = indicators.reconcile(self.data, self.evidence.yearly, self.authority)
        own = self.evidence.holds_own_records
        tables["sums"] = quality.reconciliation(sums, "Department for Education", synthetic=self.synthetic, published=not own)
        return tables

    def about(self) -> dict[str, Any]:
        """What stands at the foot of a page: the data's date, its edition, where it comes from, the policy, the version."""
        about = self.evidence.about
        named = [self.evidence.source_of(name) for name in self.data["indicator"].unique()]
        known = about.policy.name in policies()
        return {
            "authority": self.authority,
            "edition": f"as at {day_label(about.data_date)}" if about.data_date else "that are listed on the page on data quality",
            "as_at": self.data["month"].max() if len(self.data) else self.as_at,
            "sources": " and ".join(dict.fromkeys(named)) or PUBLISHED,
            "policy": about.policy.name if known else about.policy.title,
            "version": about.version,
            "synthetic": self.synthetic,
        }
