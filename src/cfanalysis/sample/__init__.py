"""Five synthetic authorities in the formats that real ones send: fictional names, no real children, the same bytes for the same seed.

Each is a set of pathways (contact, referral, assessment, section 47, conference, plan, episode of need, care, leaving care) calibrated to
England's published figures, with the events of one set of scrutiny minutes planted. data/sample/README.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cfanalysis.foundation.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from cfanalysis.sample.plans import Plan
    from cfanalysis.sample.world import World

SEED = 20171123
"""Chosen among forty for calm: no authority's level of referrals happens to stray in its last year, so that what was planted stands out."""

__all__ = ["SEED", "describe", "names", "simulate", "write", "write_census", "write_editions", "write_ssd"]


def names() -> list[str]:
    """File stems of the five authorities.

    >>> names()
    ['solentwick', 'wealdshire', 'moorshire', 'itchenport', 'marchfordshire']
    """
    from cfanalysis.sample.plans import plans

    return list(plans())


def simulate(stem: str, *, seed: int = SEED) -> World:
    """One authority lived through, before it is written down: what a test compares the files with."""
    from cfanalysis.sample.world import live

    return live(_plan(stem), seed)


def write(folder: str | Path, *, seed: int = SEED, authorities: Iterable[str] | None = None) -> list[Path]:
    """Write the synthetic authorities under a folder and give the paths of the files, in a fixed order.

    ``authorities`` picks some by file stem; None writes all five. The tables that compare them (``published_synthetic``) are written
    every time, and tell of all five. The same seed gives the same bytes.
    Raises ParameterError for an authority that there is not.
    """
    from cfanalysis.sample.deliver import deliver
    from cfanalysis.sample.published import FOLDER, write_published
    from cfanalysis.sample.returns import returns

    chosen = [_plan(stem).stem for stem in (names() if authorities is None else authorities)]
    paths: list[Path] = []
    told: dict[str, pd.DataFrame] = {}
    for stem in chosen:
        world = simulate(stem, seed=seed)
        paths += deliver(world, Path(folder) / stem, seed)
        told[stem] = returns(world)
    five = {stem: told[stem] if stem in told else _returns(stem, seed) for stem in names()}
    return [*paths, *write_published(five, Path(folder) / FOLDER, seed)]


def write_editions(
    folder: str | Path,
    stem: str,
    *,
    months: int = 60,
    last: str | pd.Period | None = None,
    seed: int = SEED,
    share: float = 1.0,
    published: str | Path | None = None,
) -> list[Path]:
    """Write what one authority would have sent at the end of each month; gives a parameters file for each month, oldest first.

    Running them one after the other with one output folder is what an analyst does month by month: all name the same private store.
    ``last`` is the newest month (None: the last one simulated), ``share`` the part of the children that is written (a smaller authority,
    quicker to run), ``published`` a folder of tables in DfE's form, as ``write`` makes them; with a share they would not agree with the
    files. The same seed gives the same bytes.
    Raises ParameterError for an authority that there is not, or months that were not simulated.
    """
    from cfanalysis.sample.editions import deliver_monthly, subsample

    world = subsample(simulate(stem, seed=seed), share)
    tables = None if published is None else Path(published)
    return deliver_monthly(world, Path(folder), months=months, last=last, seed=seed, published=tables)


def write_census(folder: str | Path, *, seed: int = SEED, authorities: Iterable[str] | None = None) -> list[Path]:
    """Write the synthetic authorities as children in need census files, one a year, and give their paths.

    Raises ParameterError for an authority that there is not.
    """
    from cfanalysis.sample.census import write_census as write_years

    chosen = [_plan(stem).stem for stem in (names() if authorities is None else authorities)]
    return [path for stem in chosen for path in write_years(simulate(stem, seed=seed), Path(folder) / stem / "cin_census")]


def write_ssd(folder: str | Path, *, seed: int = SEED, authorities: Iterable[str] | None = None, form: str = "csv") -> list[Path]:
    """Write the synthetic authorities as the Standard Safeguarding Dataset (``form``: csv or parquet), and give the paths.

    Raises ParameterError for an authority or a form that there is not.
    """
    from cfanalysis.sample.ssd import write_ssd as write_tables

    if form not in ("csv", "parquet"):
        raise ParameterError(f"form: found {form!r}, want csv or parquet")
    chosen = [_plan(stem).stem for stem in (names() if authorities is None else authorities)]
    return [path for stem in chosen for path in write_tables(simulate(stem, seed=seed), Path(folder) / stem / "ssd", form=form)]


@cache
def _returns(stem: str, seed: int) -> pd.DataFrame:
    """The yearly figures of an authority that is not itself written: small, and lived through once."""
    from cfanalysis.sample.returns import returns

    return returns(simulate(stem, seed=seed))


def describe() -> str:
    """The text of data/sample/README.md: what the five are, and everything planted in them."""
    from cfanalysis.sample.readme import readme

    return readme()


def _plan(stem: str) -> Plan:
    from cfanalysis.sample.plans import plans

    known = plans()
    if stem not in known:
        raise ParameterError(f"found {stem!r}, want one of the synthetic authorities: {', '.join(known)}")
    return known[stem]
