"""What an authority would have sent month after month, and a parameters file for each month.

The first month's Annex A has the long history, each later one the usual six months, as the system
showed them that day: with records entered late, closings recorded late, slips not yet put right
and records not yet removed. An extract once sent is never rewritten; the months share them. The
monthly file is sent anew each month, up to that month. These files are without the planted dirt of
the five samples: a faulty row would not be faulty in one month, right in the next and faulty again
in the third.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month
from cfanalysis.sample.deliver import list_name
from cfanalysis.sample.files import write_csv
from cfanalysis.sample.lists import annex_a
from cfanalysis.sample.monthly import monthly
from cfanalysis.sample.plans import Edition, Plan
from cfanalysis.sample.published import neighbours
from cfanalysis.sample.style import styled
from cfanalysis.sample.world import World

WINDOW_MONTHS = 6
SHORTEST_HISTORY = 12
"""Months that the first edition holds at least: no page says anything of less."""
LISTS = tuple(range(1, 10))
SPREAD = 100_000
"""Into so many equal parts children are spread by their id, to choose a share of them."""


def deliver_monthly(
    world: World,
    folder: Path,
    *,
    months: int,
    last: str | pd.Period | None,
    seed: int,
    published: Path | None,
) -> list[Path]:
    """Write so many monthly editions of one world; gives the parameters file of each, oldest first.

    Raises ParameterError where the authority was not simulated that long.
    """
    periods = _periods(world.plan, months, last)
    own = folder / world.plan.stem
    table = monthly(world, np.random.default_rng([seed, ord(world.plan.letter), 2]))
    extracts: list[tuple[Path, Edition]] = []
    paths = []
    for period in periods:
        window = WINDOW_MONTHS if extracts else (period - world.plan.first).n + 1
        edition = Edition("csv", period, window, LISTS)
        extracts.append((_write_extract(world, edition, own / "annex_a"), edition))
        upto = table[pd.PeriodIndex(table["month"], freq="M") <= period]
        figures = write_csv(upto, own / "monthly" / f"monthly_synthetic_{period}.csv")
        paths.append(_write_params(world.plan, folder / "params", extracts, figures, published))
    return paths


def subsample(world: World, share: float) -> World:
    """The same world with a share of its children only: the same ones always, chosen by their id."""
    if not 0 < share <= 1:
        raise ParameterError(f"share: found {share}, want a number above 0, at most 1")
    spread = np.array([zlib.crc32(child.encode()) % SPREAD for child in world.children["child"]])
    kept = spread < share * SPREAD
    tables = {name: table[kept[table["child"]]].reset_index(drop=True) for name, table in world.tables.items()}
    plan = replace(world.plan, population=max(1, round(world.plan.population * share)))
    return replace(world, plan=plan, tables=tables)


def _periods(plan: Plan, months: int, last: str | pd.Period | None) -> pd.PeriodIndex:
    end = plan.as_at if last is None else month(last)
    first = end - months + 1
    earliest = plan.first + SHORTEST_HISTORY - 1
    if months < 1 or end > plan.as_at or first < earliest:
        raise ParameterError(
            f"{plan.stem}: found {months} editions up to {end}, want at least one, none before {earliest} or after {plan.as_at}"
        )
    return pd.period_range(first, end, freq="M")


def _write_extract(world: World, edition: Edition, folder: Path) -> Path:
    made = folder / f"{world.plan.stem}_synthetic_annex_a_{edition.as_at}"
    for number, frame in annex_a(world, edition).items():
        write_csv(styled(frame, world.plan.style, edition.form), made / list_name(number))
    return made


def _write_params(
    plan: Plan,
    folder: Path,
    extracts: list[tuple[Path, Edition]],
    figures: Path,
    published: Path | None,
) -> Path:
    """One month's parameters: the same authority and private store as every other month's."""
    as_at = extracts[-1][1].as_at
    sources = [
        {
            "format": "annex_a",
            "path": _beside(path, folder),
            "as_at": edition.as_at.end_time.date(),
            "window_months": edition.window_months,
        }
        for path, edition in extracts
    ]
    sources.append({"format": "monthly", "path": _beside(figures, folder)})
    if published is not None:
        sources.append({"format": "published", "path": _beside(published, folder)})
    given = {
        "authority": {"name": plan.name, "code": plan.code},
        "as_at": str(as_at),
        "first_month": str(plan.first),
        "synthetic": True,
        "sources": sources,
        "comparators": {"neighbours": neighbours(plan.stem), "region": True, "england": True},
        "policy": "dfe",
        "editions": f"../private/{plan.stem}",
        "population": dict.fromkeys(range(plan.first.year - 1, plan.as_at.year + 1), plan.population),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{plan.stem}_{as_at}.yml"
    said = f"# {plan.name}: a synthetic authority as at {as_at}. No real children\n"
    path.write_text(
        said + yaml.safe_dump(given, sort_keys=False, allow_unicode=True, width=200),
        encoding="utf-8",
    )
    return path


def _beside(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
