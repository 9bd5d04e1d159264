"""Sums that should agree: DfE's identities within its tables and within ours, and our yearly sums against the published ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import FINANCIAL_YEAR_STARTS
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators.catalogue import Indicator, catalogue
from cfanalysis.indicators.labels import code_names

COLUMNS = ("year", "identity", "left", "right", "difference", "note")

NOT_IN_NEED = ("RC8", "RC9")
"""Closed after assessment. DfE leaves such episodes out of those started and ended."""

AT_YEAR_END = ("cp_two_years",)
"""Percentages of a stock: published for 31 March, so that March is compared and nothing is summed."""

ROUNDED_TO = 10
"""England and the regions are published to the nearest 10, authorities as they are."""

ON_A_DAY = "Workforce"
"""The table of a census on 30 September: its shares are of that day, so that nothing adds up to them."""

MONTHS = 12

Sums = dict[str, pd.Series]


def reconcile(series: pd.DataFrame, yearly: pd.DataFrame, authority: str) -> pd.DataFrame:
    """Every sum that should agree, by financial year: ``year, identity, left, right, difference, note``.

    ``series`` is a SERIES frame (the whole and, for closures, the breakdown by reason), ``yearly`` a YEARLY frame. All figures are counts:
    a percentage is compared by its numerator. A side that cannot be worked out is missing, and the note says why; nothing is put right.

    The published identities (REFERENCE 2.1; exact in England since 2023): episodes started = referrals - no further action - assessed
    not in need; open at any point - ended = open at 31 March.
    """
    own, published = _own(series[series["authority"] == authority]), _published(yearly[yearly["authority"] == authority])
    hidden = _hidden_years(series[(series["authority"] == authority) & (series["breakdown"] == ALL)])
    level = yearly.loc[yearly["authority"] == authority, "level"]
    rounding = 0 if level.empty or level.iloc[0] == "authority" else ROUNDED_TO / 2
    parts = [*_published_identities(published, rounding), *_own_identities(own), *_ours_against_published(own, published, rounding, hidden)]
    rows = [part for part in parts if len(part)]
    if not rows:
        return pd.DataFrame({name: pd.Series(dtype=object if name in ("identity", "note") else float) for name in COLUMNS})
    return pd.concat(rows, ignore_index=True)[list(COLUMNS)]


def _own(series: pd.DataFrame) -> Sums:
    """Our yearly figures by name: 12 months summed, or March for a stock; missing where a month is."""
    reasons = {f"reason: {code_names('closure')[code]}" for code in NOT_IN_NEED}
    closed = series[(series["indicator"] == "cin_ended_by_reason") & series["breakdown"].isin(reasons)]
    whole = series[(series["breakdown"] == ALL) & series["indicator"].isin(catalogue())]
    sums = {str(name): _yearly(rows, catalogue()[str(name)]) for name, rows in whole.groupby("indicator")}
    if "cin_ended_by_reason" in sums:
        total = sums["cin_ended_by_reason"]
        summed = closed.groupby(_year(closed["month"]))["numerator"].sum().reindex(total.index, fill_value=0.0)
        sums["not_in_need"] = summed.where(total.notna())
    return sums


def _yearly(rows: pd.DataFrame, indicator: Indicator) -> pd.Series:
    year = _year(rows["month"])
    if _at_year_end(indicator):
        march = rows["month"].dt.month == FINANCIAL_YEAR_STARTS - 1
        return pd.Series(rows.loc[march, "numerator"].to_numpy(), index=year[march])
    grouped = rows.groupby(year)["numerator"]
    return grouped.sum().where(grouped.count() == MONTHS)


def _hidden_years(rows: pd.DataFrame) -> set[tuple[str, int]]:
    """Measures and years of which a month is there and is not shown."""
    gone = rows[rows["flag"] == "c"]
    return set(zip(gone["indicator"], _year(gone["month"]), strict=True))


def _at_year_end(indicator: Indicator) -> bool:
    return indicator.kind == "stock" or indicator.name in AT_YEAR_END


def _year(months: pd.Series) -> pd.Series:
    years: pd.Series = months.dt.year + (months.dt.month >= FINANCIAL_YEAR_STARTS)
    return years


def _published(yearly: pd.DataFrame) -> Sums:
    rows = yearly[yearly["breakdown"] == ALL].sort_values("source_table").drop_duplicates(["indicator", "year"], keep="last")
    return {str(name): part.set_index("year")["numerator"].sort_index() for name, part in rows.groupby("indicator")}


def _published_identities(published: Sums, rounding: float) -> Iterator[pd.DataFrame]:
    starts = _difference(published, "referrals", "referrals_nfa", "assessed_not_in_need")
    identity = "Published: referrals - no further action - assessed not in need = episodes started"
    yield _compared(identity, starts, published.get("cin_started"), 4 * rounding, "not published")
    open_ = _difference(published, "cin_any_point", "cin_ended")
    identity = "Published: open at any point - ended = open at 31 March"
    yield _compared(identity, open_, published.get("cin_open"), 3 * rounding, "not published")
    plans = _difference(published, "cp_any_point", "cp_ended")
    identity = "Published: plans open at any point - ended = open at 31 March"
    yield _compared(identity, plans, published.get("cp_open"), 3 * rounding, "not published")


def _own_identities(own: Sums) -> Iterator[pd.DataFrame]:
    identity = "Ours: referrals - no further action - closed as not in need = episodes started, less those closed as not in need"
    left = _difference(own, "referrals", "referrals_nfa", "not_in_need")
    yield _compared(identity, left, _difference(own, "cin_started", "not_in_need"), 0, "a month is missing or not shown")
    for stem, title in (("cin", "Children in need"), ("cp", "Child protection plans"), ("cla", "Children looked after")):
        identity = f"Ours: {title}: open a year before + started - ended = open at 31 March"
        yield _compared(identity, _carried(own, stem), own.get(f"{stem}_open"), 0, "a month is missing or not shown", skip_first=True)


def _carried(own: Sums, stem: str) -> pd.Series | None:
    names = [f"{stem}_{part}" for part in ("open", "started", "ended")]
    if any(name not in own for name in names):
        return None
    open_, started, ended = (own[name] for name in names)
    before = pd.Series(open_.to_numpy(), index=open_.index + 1)
    return before.add(started.sub(ended), fill_value=np.nan).reindex(open_.index)


def _ours_against_published(own: Sums, published: Sums, rounding: float, hidden: set[tuple[str, int]]) -> Iterator[pd.DataFrame]:
    for name, indicator in catalogue().items():
        ours = _difference(own, name, "not_in_need") if name in ("cin_started", "cin_ended") else own.get(name)
        if ours is None or name not in published or indicator.kind in ("rate", "measure") or name == "cin_ended_by_reason":
            continue
        if indicator.comparator and indicator.comparator.table == ON_A_DAY:
            continue
        counted = indicator.title if indicator.kind != "percent" else f"{indicator.title} (the number)"
        once = _at_year_end(indicator)
        identity = f"{counted}: {'our March' if once else 'our months added up'} = published"
        terms = 2 if once else MONTHS + 1
        found = _compared(identity, ours, published[name], terms * rounding, "a month is missing")
        yield found if found.empty else found.assign(note=[_why(row, (name, int(row["year"])) in hidden) for _, row in found.iterrows()])


def _why(row: pd.Series, hidden: bool) -> str:
    """The note of a row, with the reason why the two cannot be compared: one that is hidden is not missing."""
    if not np.isnan(row["difference"]):
        return str(row["note"])
    ours = "not all of our months are shown, to protect small numbers" if hidden else "a month is missing"
    whys = [why for gone, why in ((np.isnan(row["left"]), ours), (np.isnan(row["right"]), "it is not published")) if gone]
    return f"Cannot tell: {' and '.join(whys)}."


def _difference(sums: Sums, first: str, *others: str) -> pd.Series | None:
    if any(name not in sums for name in (first, *others)):
        return None
    result = sums[first]
    for name in others:
        result = result - sums[name]
    return result


def _compared(
    identity: str, left: pd.Series | None, right: pd.Series | None, rounding: float, why: str, *, skip_first: bool = False
) -> pd.DataFrame:
    """One row a year that both sides know of."""
    if left is None or right is None:
        return pd.DataFrame()
    left, right = left.align(right, join="inner")
    frame = pd.DataFrame({"year": left.index.astype(int), "identity": identity, "left": left.to_numpy(), "right": right.to_numpy()})
    frame = frame.assign(difference=frame["left"] - frame["right"])
    frame["note"] = [_note(gap, whole, rounding, why) for gap, whole in zip(frame["difference"], frame["right"], strict=True)]
    return frame.iloc[int(skip_first) :]


def _note(gap: float, whole: float, rounding: float, why: str) -> str:
    if np.isnan(gap):
        return f"Cannot tell: {why}."
    if gap == 0:
        return "Agrees."
    if abs(gap) <= rounding:
        return "Agrees to rounding."
    share = f" ({abs(gap) / whole:.1%})" if whole > 0 else ""
    return f"{'Higher' if gap > 0 else 'Lower'} by {abs(gap):,.0f}{share}."
