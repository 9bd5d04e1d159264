"""Pages of version 0.1.0 as the first edition: what they show, under its address, as a release file.

Only what is shown is taken: it stays shown, and every later edition is decided with it in mind. What the pages hid
is hidden again where it is small; that a page hid a figure binds no later edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis import indicators
from cfanalysis.foundation.contracts import ADDRESS, COLUMNS, About, Release, empty
from cfanalysis.foundation.errors import RunError
from cfanalysis.foundation.periods import date_period, month_period, quarter_period, year_period
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import Indicator
from cfanalysis.params import Params

VERSION = "0.1.0"
"""What made the pages."""

_BREAKDOWN = re.compile(r"^(.+) \(([a-z]+: .*)\)$")

Shown = dict[tuple[str, str, str, str], float]
"""Figures by address."""


def read_pages(pages: Sequence[Path], params: Params) -> tuple[Release, ...]:
    """What pages show, as one release for each policy they were made under; of no edition number yet (1).

    Raises ReleaseError for a page that does not say what it shows, RunError where none shows a figure by month.
    """
    from cfanalysis.page.released_data import read_released

    told: dict[str, tuple[Policy, Shown]] = {}
    for page in pages:
        held = read_released(page)
        policy = Policy.model_validate({name: value for name, value in held["policy"].items() if name in Policy.model_fields})
        told.setdefault(policy.name, (policy, {}))[1].update(_shown(held.get("records", ())) | _addressed(held))
    releases = [_release(params, policy, shown) for policy, shown in told.values() if shown]
    if not releases:
        raise RunError(f"{pages[0].name} and the pages beside it show no figure that has an address; move them away")
    return tuple(releases)


def _shown(records: Iterable[Mapping[str, Any]]) -> Shown:
    """Every shown count of a page that is of one period."""
    cells = (cell for record in records for held in record["counts"].values() for cell in _cells(held))
    return {address: value for of, value in cells if (address := _address(of)) is not None}


def _addressed(held: Mapping[str, Any]) -> Shown:
    """The same of a page made from a release file that is gone: it says every figure under its address."""
    return {
        (indicator, breakdown, periods[0], part): float(value)
        for indicator, breakdown, periods, part, value in held.get("figures", ())
        if len(periods) == 1 and value is not None
    }


def _cells(held: Mapping[str, Any]) -> Iterator[tuple[Sequence[Any], float]]:
    """What each shown cell of a column is of, and its value."""
    for of, value, hidden in zip(held["of"], held["values"], held["hidden"], strict=True):
        if of is not None and value is not None and not hidden:
            yield of, float(value)


def _address(of: Sequence[Any]) -> tuple[str, str, str, str] | None:
    """The address of a count; None where it is a mean, a window that is no period, or of no indicator."""
    name, what, first, last, mean = of
    series = _series(str(name))
    if mean or series is None:
        return None
    indicator, breakdown = series
    period = _period(indicator, pd.Period(ordinal=int(first), freq="M"), pd.Period(ordinal=int(last), freq="M"))
    return None if period is None else (indicator.name, breakdown, period, str(what))


def _series(name: str) -> tuple[Indicator, str] | None:
    """An indicator and breakdown from how pages name them: "Referrals (source: Police)"."""
    known = {each.title: each for each in indicators.catalogue().values()}
    found = _BREAKDOWN.match(name)
    if name in known:
        return known[name], ALL
    return (known[found[1]], found[2]) if found and found[1] in known else None


def _period(indicator: Indicator, first: pd.Period, last: pd.Period) -> str | None:
    if first == last:
        return date_period(first) if indicator.on_a_day else month_period(first)
    months = last.ordinal - first.ordinal + 1
    if months == 3 and last.month % 3 == 0:
        return quarter_period(last)
    return year_period(last) if months == 12 and last.month == 3 else None


def _release(params: Params, policy: Policy, shown: Shown) -> Release:
    figures = pd.DataFrame([(*address, value, "") for address, value in shown.items()], columns=[*ADDRESS, "value", "flag"])
    series = figures.loc[figures["period"].str.fullmatch(r"\d{4}-\d{2}(-\d{2})?"), ["indicator", "breakdown"]].drop_duplicates()
    newest = max(period[:7] for period in figures["period"] if re.match(r"\d{4}-\d{2}", period))
    about = About(
        authority=params.authority.name, code=params.authority.code, slug=params.slug, as_at=newest, edition=1, policy=policy,
        version=VERSION, horizon=params.horizon, synthetic=params.synthetic,
    )  # fmt: skip
    tables = {name: empty(name) for name in COLUMNS}
    return Release(about, {**tables, "figures": figures, "grains": series.assign(grain="month")})
