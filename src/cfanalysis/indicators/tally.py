"""What can be counted by month: flows, stocks and medians, each turned into cells of category by month."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cfanalysis.indicators.coverage import Need
from cfanalysis.indicators.days import OPEN, end_months, month_numbers
from cfanalysis.indicators.labels import BANDS, Labels, band_starts, label


@dataclass(frozen=True)
class Cells:
    """Arrays of categories x months; ``unknown`` marks months in which nothing is recorded that would tell."""

    categories: tuple[str, ...]
    numerator: np.ndarray
    denominator: np.ndarray | None = None
    value: np.ndarray | None = None
    unknown: np.ndarray | None = None

    def only(self, rows: np.ndarray) -> Cells:
        """The same cells for some of the categories."""
        names = tuple(self.categories[row] for row in rows)
        denominator = None if self.denominator is None else self.denominator[rows]
        value = None if self.value is None else self.value[rows]
        return Cells(names, self.numerator[rows], denominator, value, self.unknown)


@dataclass(frozen=True)
class Flow:
    """Things that happen on a day: ``numerator`` of them counted, out of ``denominator`` where it is a share.

    ``known`` says which rows hold the field that the numerator is read from: a month with rows but nothing known is missing, not 0.
    """

    rows: pd.DataFrame
    on: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray | None = None
    known: np.ndarray | None = None
    needs: tuple[Need, ...] = ()
    ages: tuple[tuple[int, str], ...] = BANDS

    def cells(self, dimension: str | None, months: pd.PeriodIndex) -> Cells:
        """Sums by category and month."""
        labels = label(self.rows, dimension, self.on, self.ages)
        month = month_numbers(self.on)
        top = _sums(labels, month, self.numerator, months)
        if self.denominator is None:
            return Cells(labels.categories, top)
        bottom = _sums(labels, month, self.denominator, months)
        return Cells(labels.categories, top, bottom, unknown=self._unknown(month, months))

    def _unknown(self, month: np.ndarray, months: pd.PeriodIndex) -> np.ndarray | None:
        if self.known is None or self.denominator is None:
            return None
        everyone = label(self.rows, None, self.on)
        told, counted = (_sums(everyone, month, weight, months)[0] for weight in (self.known, self.denominator))
        return np.asarray((told == 0) & (counted > 0))


@dataclass(frozen=True)
class Stock:
    """Spans that are open at a month's end: from the start month on, until the end month (a span that ends on the last day is not open).

    ``whole``: where it is a share, the start months of the spans that it is a share of.
    ``distinct``: count children, so that a child with two spans in one category counts once.
    """

    rows: pd.DataFrame
    start: np.ndarray
    end: np.ndarray
    whole: np.ndarray | None = None
    distinct: bool = False
    needs: tuple[Need, ...] = ()

    def cells(self, dimension: str | None, months: pd.PeriodIndex) -> Cells:
        """Spans open on the last day of each month, by category."""
        if dimension == "age":
            labels, row, low, high = _by_age(self.rows)
        else:
            labels = label(self.rows, dimension, to_label_day(self.rows), BANDS)
            row, low, high = np.arange(len(self.rows)), np.array(-OPEN), np.array(OPEN)
        child = self.rows["child"].to_numpy()[row] if self.distinct else None
        end = np.minimum(self.end[row], high)
        top = _open(labels, np.maximum(self.start[row], low), end, months, child)
        if self.whole is None:
            return Cells(labels.categories, top)
        return Cells(labels.categories, top, _open(labels, np.maximum(self.whole[row], low), end, months, child))


@dataclass(frozen=True)
class Median:
    """The middle of an amount over the things that happen in a month; the denominator is how many there were."""

    rows: pd.DataFrame
    on: np.ndarray
    amount: np.ndarray
    needs: tuple[Need, ...] = field(default=())

    def cells(self, dimension: str | None, months: pd.PeriodIndex) -> Cells:
        """Medians by category and month."""
        labels = label(self.rows, dimension, self.on, BANDS)
        month = month_numbers(self.on)
        count = _sums(labels, month, np.ones(len(month)), months)
        value = np.full(count.shape, np.nan)
        middle = pd.Series(self.amount).groupby([labels.codes, month - _first(months)]).median()
        code, place = (middle.index.get_level_values(level).to_numpy() for level in (0, 1))
        inside = (place >= 0) & (place < len(months)) & (code < len(labels.categories))
        value[code[inside], place[inside]] = middle.to_numpy()[inside]
        return Cells(labels.categories, np.full(count.shape, np.nan), count, value=value)


@dataclass(frozen=True)
class Mean:
    """The mean of a number over the things that happen in a month: the sum, out of how many there were."""

    rows: pd.DataFrame
    on: np.ndarray
    amount: np.ndarray
    needs: tuple[Need, ...] = field(default=())

    def cells(self, dimension: str | None, months: pd.PeriodIndex) -> Cells:
        """Sums, counts and means by category and month."""
        summed = Flow(self.rows, self.on, self.amount, np.ones(len(self.on))).cells(dimension, months)
        return _divided(summed, summed.denominator, 1)


@dataclass(frozen=True)
class Per:
    """Things that happen in a month for every hundred of what is open on its last day."""

    flow: Flow
    stock: Stock
    each: int = 100

    @property
    def needs(self) -> tuple[Need, ...]:
        """The lists of both."""
        return (*self.flow.needs, *self.stock.needs)

    def cells(self, dimension: str | None, months: pd.PeriodIndex) -> Cells:
        """Both counts of the whole and their ratio; by category there is none, for the two need not have the same ones."""
        if dimension is not None:
            return Cells((), np.empty((0, len(months))))
        below = self.stock.cells(None, months).numerator
        return _divided(self.flow.cells(None, months), below, self.each)


@dataclass(frozen=True)
class Each:
    """Spans that are open at a month's end for each of those they are a share of: a number, not a percentage."""

    stock: Stock

    @property
    def needs(self) -> tuple[Need, ...]:
        """The lists of the spans."""
        return self.stock.needs

    def cells(self, dimension: str | None, months: pd.PeriodIndex) -> Cells:
        """Both counts and their ratio, by category and month."""
        cells = self.stock.cells(dimension, months)
        return _divided(cells, cells.denominator, 1)


def _divided(above: Cells, below: np.ndarray | None, each: int) -> Cells:
    below = np.zeros_like(above.numerator) if below is None else below
    some = np.where(below > 0, below, np.nan)
    return Cells(above.categories, above.numerator, below, value=each * above.numerator / some)


Measure = Flow | Stock | Median | Mean | Per | Each


def span_months(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days of starts and ends as month numbers; a missing end is ``OPEN``."""
    return month_numbers(start), end_months(end)


def to_label_day(rows: pd.DataFrame) -> np.ndarray:
    """A day per row for labels that do not look at it."""
    return rows["date"].to_numpy(dtype="datetime64[us]").astype("datetime64[D]")


def _first(months: pd.PeriodIndex) -> int:
    return int(months[0].ordinal)


def _sums(labels: Labels, month: np.ndarray, weight: np.ndarray, months: pd.PeriodIndex) -> np.ndarray:
    place = month - _first(months)
    inside = (place >= 0) & (place < len(months)) & (labels.codes < len(labels.categories))
    flat = labels.codes[inside] * len(months) + place[inside]
    shape = (len(labels.categories), len(months))
    return np.bincount(flat, weights=weight[inside].astype(float), minlength=shape[0] * shape[1]).reshape(shape)


def _open(labels: Labels, start: np.ndarray, end: np.ndarray, months: pd.PeriodIndex, child: np.ndarray | None) -> np.ndarray:
    codes = labels.codes
    if child is not None:
        codes, start, end = _once_per_child(codes, start, end, child)
    size, first = len(months), _first(months)
    real = (end > start) & (codes < len(labels.categories))
    came, went = (np.clip(edge[real], first, first + size) - first for edge in (start, end))
    change = np.zeros(len(labels.categories) * (size + 1))
    base = codes[real] * (size + 1)
    change += np.bincount(base + came, minlength=len(change))
    change -= np.bincount(base + went, minlength=len(change))
    return change.reshape(len(labels.categories), size + 1).cumsum(axis=1)[:, :size]


def _once_per_child(codes: np.ndarray, start: np.ndarray, end: np.ndarray, child: np.ndarray) -> tuple[np.ndarray, ...]:
    """Cut overlapping spans of one child in one category so that none overlaps another."""
    spans = pd.DataFrame({"child": child, "code": codes, "start": start, "end": end}).sort_values(["child", "code", "start"])
    group = spans.groupby(["child", "code"], sort=False)
    before = np.r_[-OPEN, group["end"].cummax().to_numpy()[:-1]]  # how far the spans above it reach
    begins = spans["start"].to_numpy()
    follows = group.cumcount().to_numpy() > 0
    return spans["code"].to_numpy(), np.where(follows, np.maximum(begins, before), begins), spans["end"].to_numpy()


def _by_age(rows: pd.DataFrame) -> tuple[Labels, np.ndarray, np.ndarray, np.ndarray]:
    """Every span cut at the birthdays that change its age band: labels, the row each piece comes from, and the months it may run over."""
    categories, low, high = band_starts(rows["birth_date"])
    row = np.tile(np.arange(len(rows)), len(categories))
    codes = np.repeat(np.arange(len(categories)), len(rows))
    return Labels(codes, categories), row, low.ravel(), high.ravel()
