"""A measure by its parts: source, team, area, age, category.

A category is offered by month, by quarter or by year to March, as often as it may be shown. A chart draws each as often as that,
and says so; so has a table of the newest year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.periods import GRAINS, Grain
from cfanalysis.foundation.table import ALL, Address, Table
from cfanalysis.indicators import category_names, wilson
from cfanalysis.questions.quarters import read_figures
from cfanalysis.questions.subject import HIDDEN, PARTS, Subject

SHOWN_MONTHS: dict[Grain, int] = {"month": 24, "quarter": 60, "year": 60}
"""How far back a chart goes."""

EACH: dict[Grain, str] = {"month": "each month", "quarter": "each quarter", "year": "each year to March"}
TOTAL = "All"
TOGETHER = "These together"
"""The total of an extract: what the authority's records say of that day now is another figure."""
OF_EXTRACTS = "Known only on the days of extracts: each figure is that of its extract, before anything was recorded late."
LATE = "Newer months are left out: they are still being recorded."
YEAR = 12


@dataclass(frozen=True)
class Parts:
    """An indicator by the categories of a dimension: rows of breakdown, period, grain, month (the period's last) and its figures.

    ``figures`` has the columns numerator, denominator, value and flag: of a count the value stands for itself.
    """

    subject: Subject
    dimension: str
    figures: pd.DataFrame

    def at(self, grain: Grain) -> Parts:
        """The figures of one grain."""
        return replace(self, figures=self.figures[self.figures["grain"] == grain])

    @cached_property
    def months_there(self) -> list[pd.Period]:
        """Months in which any category has a figure, shown or hidden."""
        named = self.figures[self.figures["breakdown"] != ALL]
        return sorted(named.loc[named["value"].notna() | named["flag"].eq(HIDDEN), "month"].unique())

    @property
    def of_extracts(self) -> bool:
        """Whether the categories of what is counted on a day are known on the days of extracts only, and not of every month."""
        there = self.months_there
        return self.on_a_day and bool(there) and (len(there) == 1 or len(there) <= (there[-1] - there[0]).n)

    @property
    def on_a_day(self) -> bool:
        return self.subject.indicator.kind == "stock" or self.subject.indicator.on_a_day

    @property
    def title(self) -> str:
        """The measure by what it is taken apart by, where its name does not say so itself."""
        name = self.subject.indicator.title
        return name if f"each {self.dimension}" in name else f"{name} by {self.dimension}"

    @property
    def grain(self) -> Grain:
        """The finest grain that any category has."""
        held = set(self.figures.loc[self.figures["breakdown"] != ALL, "grain"])
        return next((grain for grain in GRAINS if grain in held), "month")

    def coarser(self, grain: Grain) -> dict[str, pd.DataFrame]:
        """Of the categories that are not offered at a grain those that have any, each at the finest grain at which it is offered."""
        found = {}
        for name, rows in self._named.groupby("breakdown", sort=False):
            finest = next(each for each in GRAINS if each in set(rows["grain"]))
            if finest != grain and (rows["value"] > 0).any():
                found[str(name)] = rows[rows["grain"] == finest]
        return found

    def too_small(self, grain: Grain) -> list[str]:
        """The other categories that are not offered at a grain: nothing of them is shown, or they are none."""
        held = {*self._named.loc[self._named["grain"] == grain, "breakdown"], *self.coarser(grain)}
        return [self.label(name) for name in dict.fromkeys(self._named["breakdown"]) if name not in held]

    @property
    def _named(self) -> pd.DataFrame:
        return self.figures[self.figures["breakdown"] != ALL]

    def address(self, breakdown: str, periods: tuple[str, ...], column: str) -> Address:
        """What a figure is that adds up the periods of a category."""
        return (self.subject.indicator.name, breakdown, periods, column if column in PARTS else "figure")

    def places(self, breakdowns: Iterable[str]) -> list[int]:
        """Where each category stands in its code set (ages from the youngest); those that no code set holds come after."""
        known = category_names(self.subject.indicator.lists, self.dimension)
        order = {f"{self.dimension}: {name}": place for place, name in enumerate(known)}
        return [order.get(name, len(order)) for name in breakdowns]

    def label(self, breakdown: str) -> str:
        """What a category is called in a table."""
        total = TOGETHER if self.of_extracts else TOTAL
        return total if breakdown == ALL else breakdown.removeprefix(f"{self.dimension}: ")


def read_parts(subject: Subject, periods: pd.DataFrame, rows: pd.DataFrame, dimension: str) -> Parts:
    """The parts of an indicator.

    ``periods`` are its released counts (breakdown, period, part, value, flag), ``rows`` its rows of the series table: a median or a
    rate has no other figure.
    """
    wanted = rows[rows["breakdown"].eq(ALL) | rows["breakdown"].str.startswith(f"{dimension}: ")]
    if subject.counted or (subject.is_percent and len(periods)):
        figures = read_figures(subject, periods)
    else:
        figures = wanted.assign(period=wanted["month"].astype(str), grain="month")
    if not figures["breakdown"].ne(ALL).any():
        figures = figures.iloc[:0]
    return Parts(subject, dimension, figures[["breakdown", "period", "grain", "month", *PARTS, "value", "flag"]])


def by_category(parts: Parts, *, months: int | None = None) -> Table:
    """One row per month (or quarter, or year to March) and category, the total among them.

    Columns: month (of a longer period its last), category, (numerator, denominator,) observed, provisional, flag.
    """
    subject, dimension, grain = parts.subject, parts.dimension, parts.grain
    coarser = parts.coarser(grain)
    figures = pd.concat([parts.at(grain).figures, *coarser.values()]).reset_index(drop=True)
    if parts.of_extracts:  # what stands beside an extract now is not its total
        figures = figures[figures["breakdown"] != ALL]
    back = months or max((SHOWN_MONTHS[each] for each in set(figures["grain"])), default=0)
    if back and len(figures):
        figures = figures[figures["month"] > figures["month"].max() - back]
    names = figures["breakdown"].map(parts.label)
    names = names.where(figures["grain"] == grain, names + figures["grain"].map(lambda each: f" ({EACH[each]})"))
    frame = pd.DataFrame({"month": figures["month"], "category": names})
    if subject.is_percent:
        frame[list(PARTS)] = figures[list(PARTS)]
    frame["observed"], frame["provisional"], frame["flag"] = figures["value"], subject.unsettled(figures["month"]), figures["flag"]
    counts = PARTS if subject.is_percent else ("observed",) if subject.counted else ()
    of = {name: [parts.address(*at, name) for at in zip(figures["breakdown"], zip(figures["period"]), strict=True)] for name in counts}
    frame = frame.reset_index(drop=True).sort_values(["category", "month"])
    addresses = {name: tuple(each[place] for place in frame.index) for name, each in of.items()}
    drawn = sorted(set(names[figures["grain"] != grain]))
    gone = parts.too_small(grain)
    note = f"Too small to show {EACH[grain]}, and drawn as often as each may be shown: {', '.join(drawn)}." if drawn else ""
    note += f"{' ' if note else ''}None, or too small to show: {', '.join(gone)}." if gone else ""
    title = parts.title + ("" if grain == "month" else f", {EACH[grain]}")
    facts = {"dimension": dimension, "each": EACH[grain], "coarser": drawn}
    return replace(
        subject.table(frame.reset_index(drop=True), title, margins={"category": TOTAL}, facts=facts, note=note), addresses=addresses
    )


@dataclass(frozen=True)
class Span:
    """The newest year of a category: its periods, those of the year before, and how it is said."""

    now: tuple[str, ...]
    before: tuple[str, ...]
    said: str


def _spans(parts: Parts) -> dict[str, Span]:
    """The newest year of every category: the newest four quarters that have settled, or the newest year to March, or a date."""
    subject = parts.subject
    if not subject.known:
        return {}
    settled = subject.settled
    if parts.on_a_day:
        return _dates(parts, settled)
    quarters = _year_to(parts.at("quarter").figures, settled)
    spans = dict.fromkeys(parts.at("quarter").figures["breakdown"].unique(), quarters) if quarters else {}
    years = parts.at("year").figures
    whole = years[(years["breakdown"] == ALL) & years["month"].le(settled) & years["flag"].ne("x")]
    if len(whole):
        newest = whole.sort_values("month").iloc[-1]
        before = whole.loc[whole["month"] == newest["month"] - YEAR, "period"]
        span = Span((str(newest["period"]),), tuple(before), f"the year to {month_label(newest['month'])}")
        spans = dict.fromkeys(years["breakdown"].unique(), span) | spans
    return spans


def _dates(parts: Parts, settled: pd.Period) -> dict[str, Span]:
    """The newest date at which the categories are there, and a year before; nothing that is still being recorded but an extract alone."""
    figures = parts.figures
    there = [month for month in parts.months_there if parts.of_extracts or month <= settled]
    if not there:
        return {}
    newest = there[-1]
    both = (newest, newest - YEAR) if newest - YEAR in there or not parts.of_extracts else (newest,)
    now, *before = (tuple(figures.loc[figures["month"] == month, "period"].unique()) for month in both)
    return dict.fromkeys(figures["breakdown"].unique(), Span(now, before[0] if before else (), month_label(newest)))


def _year_to(quarters: pd.DataFrame, settled: pd.Period) -> Span | None:
    """The newest four quarters of the whole that have all settled and are all there, and the four before."""
    whole = quarters[(quarters["breakdown"] == ALL) & quarters["month"].le(settled) & quarters["flag"].ne("x")]
    held = dict(zip(whole["month"], whole["period"], strict=True))
    for last in sorted(held, reverse=True):
        now, before = (tuple(held[last - back] for back in backs if last - back in held) for backs in ((9, 6, 3, 0), (21, 18, 15, 12)))
        if len(now) == 4:
            return Span(now, before if len(before) == 4 else (), f"the four quarters to {month_label(last)}")
    return None


def _over(figures: pd.DataFrame, periods: tuple[str, ...], column: str) -> tuple[float, str]:
    """The sum over periods, and why there is none: one that is not shown makes the sum unknown, not smaller."""
    rows = figures[figures["period"].isin(periods)]
    if not periods or len(rows) < len(periods):
        return np.nan, "x"
    missing = rows.loc[rows[column].isna(), "flag"]
    if missing.empty:
        return float(rows[column].sum()), ""
    return np.nan, HIDDEN if (missing == HIDDEN).any() else str(missing.iloc[0])


def by_category_now(parts: Parts) -> Table:
    """One row per category: the newest four quarters that are no longer being recorded, beside the four before.

    A stock is taken at the newest such month and a year before; a category that is shown by year only, over years to March. A percentage
    is that of its counts added up, and stands beside them.
    """
    subject, dimension, spans = parts.subject, parts.dimension, _spans(parts)
    usual = spans.get(ALL)
    columns = [column for columns in _columns_of(subject).values() for column in columns]
    rows = [(_named(parts, name, span, usual), *_both_years(parts, name, span), name == ALL) for name, span in spans.items()]
    told = [f"{what}_{column}" for what in ("flag", "of") for column in columns]
    frame = pd.DataFrame(rows, columns=["category", *columns, *told, "whole"]).astype(dict.fromkeys(columns, float))
    frame = frame.sort_values("whole", kind="stable").reset_index(drop=True)
    if parts.of_extracts:
        _add_up(frame, columns)
    derived: dict[str, tuple[str, ...]] = {}
    if subject.is_percent:
        derived = {year: tuple(of) for year, of in _columns_of(subject).items()}
        for year, (above, below) in derived.items():
            frame[year] = 100 * frame[above] / frame[below].where(frame[below] > 0)
    frame = frame.sort_values(["whole", "now"], ascending=[True, False], kind="stable").reset_index(drop=True)
    beside = f" and {'a year' if subject.indicator.kind == 'stock' else 'those'} before" if usual and usual.before else ""
    what = f"{usual.said}{beside}" if usual else "no figures"
    return Table(
        frame[["category", *columns, *derived]], title=f"{parts.title}, {what}", counts=tuple(columns),
        derived=derived, margins={"category": parts.label(ALL)}, flags={name: tuple(frame[f"flag_{name}"]) for name in columns},
        addresses={name: tuple(frame[f"of_{name}"]) for name in columns} if subject.counted or subject.is_percent else {},
        unit=subject.indicator.unit, source=subject.source, synthetic=subject.synthetic, published=subject.published,
        labels={"category": dimension.capitalize(), "now": "Newest", "before": "A year before", **_LABELS},
        note=_when(parts) if len(frame) else "", facts={"name": subject.name, "dimension": dimension},
    )  # fmt: skip


def _when(parts: Parts) -> str:
    """What is to be said of the dates of a table."""
    return OF_EXTRACTS if parts.of_extracts else LATE if parts.subject.late_months else ""


def _add_up(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """The last row as the sum of the categories above it, which are of one extract; unknown where one of them is."""
    last = frame.index[-1]
    for name in columns:
        above, flags = frame.loc[: last - 1, name], frame.loc[: last - 1, f"flag_{name}"]
        frame.loc[last, name] = above.sum(skipna=False)
        frame.loc[last, f"flag_{name}"] = HIDDEN if flags.eq(HIDDEN).any() else flags.max() if above.isna().any() else ""
        frame.loc[last, f"of_{name}"] = None


_LABELS = {
    "numerator_now": "Newest, of these", "denominator_now": "Newest, out of",
    "numerator_before": "A year before, of these", "denominator_before": "A year before, out of",
}  # fmt: skip


def _columns_of(subject: Subject) -> dict[str, list[str]]:
    """The columns that each year's figure is worked out from: the figure itself, or the counts of a percentage."""
    return {year: [f"{part}_{year}" for part in PARTS] if subject.is_percent else [year] for year in ("now", "before")}


def _both_years(parts: Parts, name: str, span: Span) -> list[object]:
    """The figures of both years of a category, then why any is missing, then what each is."""
    figures = parts.figures[parts.figures["breakdown"] == name]
    of = PARTS if parts.subject.is_percent else ("value",)
    asked = [(periods, part) for periods in (span.now, span.before) for part in of]
    held = [_over(figures, periods, part) for periods, part in asked]
    return [
        *(value for value, _ in held), *(flag for _, flag in held), *(parts.address(name, periods, part) for periods, part in asked),
    ]  # fmt: skip


def _named(parts: Parts, name: str, span: Span, usual: Span | None) -> str:
    """A category, with its own span of time where that is not the one in the title."""
    return parts.label(name) if usual is None or span == usual else f"{parts.label(name)} ({span.said})"


def shares_by(parts: Parts) -> Table:
    """One row per category: numerator and denominator of the newest year together, percent, and its 95 % Wilson interval."""
    subject, dimension, spans = parts.subject, parts.dimension, _spans(parts)
    usual = spans.get(ALL)
    rows = []
    for name, span in spans.items():
        figures = parts.figures[parts.figures["breakdown"] == name]
        held = [_over(figures, span.now, part) for part in PARTS]
        of = [parts.address(name, span.now, part) for part in PARTS]
        rows.append((_named(parts, name, span, usual), *(value for value, _ in held), *(flag for _, flag in held), *of, name == ALL))
    told = [f"{what}_{part}" for what in ("flag", "of") for part in PARTS]
    frame = pd.DataFrame(rows, columns=["category", *PARTS, *told, "whole"])
    frame["order"] = parts.places(spans)
    frame = frame.astype(dict.fromkeys(PARTS, float)).sort_values(["whole", "order", "category"], kind="stable").reset_index(drop=True)
    low, high = wilson(frame["numerator"], frame["denominator"])
    frame["percent"], frame["low"], frame["high"] = 100 * frame["numerator"] / frame["denominator"], low, high
    what = usual.said if usual else "no figures"
    return Table(
        frame[["category", *PARTS, "percent", "low", "high"]], title=f"{parts.title}, {what}", counts=PARTS,
        derived=dict.fromkeys(("percent", "low", "high"), PARTS), margins={"category": TOTAL}, unit=subject.indicator.unit,
        flags={part: tuple(frame[f"flag_{part}"]) for part in PARTS},
        addresses={part: tuple(frame[f"of_{part}"]) for part in PARTS}, source=subject.source, synthetic=subject.synthetic,
        published=subject.published, note="Chance alone could move it from and to there, 19 times in 20.",
        labels={"category": dimension.capitalize(), "percent": "Percent", "low": "From", "high": "To"},
        facts={"name": subject.name, "definition": subject.indicator.definition},
    )  # fmt: skip
