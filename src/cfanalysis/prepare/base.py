"""The base of an authority's edition: every figure that the questions are allowed to ask for, worked out once, nothing hidden yet.

It holds true counts: it lives in memory, on the way from the files to disclosure control, and is written nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cfanalysis import indicators
from cfanalysis.foundation.contracts import AIM, COLUMNS, LINE, TARGET, empty
from cfanalysis.foundation.periods import Grain, month_period
from cfanalysis.foundation.sections import write_sections
from cfanalysis.foundation.table import ALL
from cfanalysis.prepare.averages import read_averages
from cfanalysis.prepare.categories import complete_categories, join_small
from cfanalysis.prepare.cells import make_cells
from cfanalysis.prepare.days import largest_days
from cfanalysis.prepare.grains import Key, choose_grains
from cfanalysis.prepare.inputs import Inputs
from cfanalysis.prepare.known import read_published_counts
from cfanalysis.prepare.parts import read_parts
from cfanalysis.prepare.wholes import add_wholes
from cfanalysis.registers.reading import read_registers
from cfanalysis.registers.written import write_entries
from cfanalysis.sources import Joint

SETTLING = tuple(name for open_, (started, _) in indicators.FLOWS.items() for name in (open_, started))
"""Whose newest months the pages show as they are likely to settle."""


@dataclass(frozen=True)
class Before:
    """What earlier editions have settled: the grain of each series, and the teams and areas that stand alone."""

    grains: Mapping[Key, Grain] = field(default_factory=dict)

    @property
    def standing(self) -> frozenset[str]:
        return frozenset(breakdown for _, breakdown in self.grains)


@dataclass(frozen=True)
class Base:
    """True counts by address (``cells``), what DfE has published by month (``public``), and the tables beside them.

    ``known`` are the counts that the Department has published of the same authority, by address: everybody has them.
    ``editions`` are the counts of an indicator as known at successive dates, for learning how months settle.
    """

    cells: pd.DataFrame = field(repr=False)
    public: pd.DataFrame = field(repr=False)
    averages: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)
    editions: Mapping[str, list[tuple[pd.Period, pd.DataFrame]]] = field(repr=False)
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    known: Mapping[tuple[str, str, str, str], float] = field(repr=False)
    grains: Mapping[Key, Grain] = field(repr=False)


def prepare_base(inputs: Inputs, *, hide_below: int, before: Before | None = None) -> Base:
    """Everything that a release is made from. ``hide_below``: counts under it are small; 1 or less hides nothing."""
    known, earlier = indicators.catalogue(), before or Before()
    ours = ~inputs.series["indicator"].isin(inputs.from_published)
    parts = read_parts(inputs.series[ours], known)
    if hide_below > 1 and len(parts):
        parts = join_small(complete_categories(parts, known), known, earlier.standing)
    grains = choose_grains(parts, known, hide_below, earlier.grains)
    if hide_below > 1 and inputs.log is not None and inputs.log.pictures is not None:
        parts, grains = add_wholes(parts, known, grains, inputs.from_events)
    return Base(
        cells=_cells(parts, grains),
        public=_public(inputs, ~ours),
        averages=read_averages(inputs.series[ours], known, grains),
        days=_days(inputs),
        editions={name: inputs.editions_of(name) for name in SETTLING},
        tables=_tables(inputs, grains),
        known=read_published_counts(inputs.yearly, inputs.params.authority.name),
        grains=grains,
    )


def _cells(parts: pd.DataFrame, grains: Mapping[Key, Grain]) -> pd.DataFrame:
    if parts.empty:
        return empty("figures").assign(priority=pd.Series(dtype="int64"))
    return make_cells(parts, indicators.catalogue(), grains)


def _public(inputs: Inputs, public: pd.Series) -> pd.DataFrame:
    """Monthly figures that the Department has published: by month, as they are."""
    parts = read_parts(inputs.series[public], indicators.catalogue())
    if parts.empty:
        return empty("figures")
    keys = zip(parts["indicator"], parts["breakdown"], strict=True)
    cells = make_cells(parts, indicators.catalogue(), dict.fromkeys(keys, "month"))
    return cells[list(COLUMNS["figures"])]


def _days(inputs: Inputs) -> pd.DataFrame:
    found = [
        largest_days(name, dates, inputs.series["month"].unique())
        for name in indicators.catalogue()
        if name in inputs.from_events and (dates := inputs.dates(name)) is not None
    ]
    return pd.concat(found, ignore_index=True) if found else empty("largest_days")


def _tables(inputs: Inputs, grains: Mapping[Key, Grain]) -> dict[str, pd.DataFrame]:
    published = inputs.published
    return {
        "indicators": _indicators(inputs, grains),
        "grains": _grains(grains),
        "quality": write_sections(_sections(inputs)),
        "yearly": inputs.yearly,
        "population": published.population.assign(flag="")[list(COLUMNS["population"])] if published else empty("population"),
        "neighbours": _neighbours(inputs),
        "peers": _peers(inputs),
        "targets": _targets(inputs),
        "registers": _registers(inputs),
    }


def _indicators(inputs: Inputs, grains: Mapping[Key, Grain]) -> pd.DataFrame:
    known = indicators.catalogue()
    rows = []
    for name, held in inputs.series[inputs.series["breakdown"] == ALL].groupby("indicator", sort=False):
        months = held.loc[held["value"].notna(), "month"]
        if len(months):
            late = known[str(name)].provisional_months
            first, newest = months.min(), months.max()
            rows.append(
                (
                    str(name),
                    str(first),
                    str(newest),
                    str(newest - late),
                    inputs.source_of(str(name)),
                    grains.get((str(name), ALL), "month"),
                    late,
                )
            )
    return pd.DataFrame(rows, columns=list(COLUMNS["indicators"]))


def _grains(grains: Mapping[Key, Grain]) -> pd.DataFrame:
    rows = [(indicator, breakdown, grain) for (indicator, breakdown), grain in grains.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["grains"]))


def _sections(inputs: Inputs) -> dict[str, pd.DataFrame]:
    sections = {"files": pd.DataFrame(inputs.files), "problems": inputs.problem_summary()}
    if inputs.log is None:
        return sections
    spans, counted = inputs.log.coverage, inputs.log.events["event"].value_counts()
    covered = spans.assign(start=_days_as_text(spans["start"]), end=_days_as_text(spans["end"]))
    covered = covered[["event", "start", "end"]].assign(records=spans["event"].map(counted).fillna(0).to_numpy(float))
    return {**sections, "coverage": covered, "rules": inputs.rules(), "changes": inputs.log.changes}


def _days_as_text(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.strftime("%Y-%m-%d")


def _neighbours(inputs: Inputs) -> pd.DataFrame:
    """Whom the pages compare with, each with its part: region, england, neighbour, or gone (no longer an authority)."""
    others = inputs.others
    rows = [(others.region, "region"), (others.england, "england")]
    rows += [(name, "neighbour") for name in others.neighbours] + [(name, "gone") for name in others.gone]
    asked = inputs.params.comparators.neighbours
    edition = asked if isinstance(asked, str) else "own"
    held = [(name, place, edition, role) for place, (name, role) in enumerate(rows) if name]
    return pd.DataFrame(held, columns=list(COLUMNS["neighbours"]))


def _peers(inputs: Inputs) -> pd.DataFrame:
    """The published months of every other authority, for what moved elsewhere too."""
    parts = []
    for name in indicators.catalogue():
        wide = inputs.peers(name)
        if wide is not None:
            long = wide[wide.index <= inputs.params.as_at].melt(ignore_index=False, var_name="authority", value_name="value").dropna()
            parts.append(long.reset_index().assign(indicator=name, period=long.index.astype(str)))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS["peers"])] if parts else empty("peers")


def _targets(inputs: Inputs) -> pd.DataFrame:
    lines = inputs.series[(inputs.series["breakdown"] == TARGET) & inputs.series["value"].notna()]
    frame = pd.DataFrame({"indicator": lines["indicator"], "period": lines["month"].astype(str), "value": lines["value"], "kind": LINE})
    aims = [(each.indicator, month_period(each.by), float(each.value), AIM) for each in inputs.params.targets]
    return pd.concat([frame, pd.DataFrame(aims, columns=frame.columns)], ignore_index=True) if aims else frame.reset_index(drop=True)


def _registers(inputs: Inputs) -> pd.DataFrame:
    params = inputs.params
    paths = {name: params.resolve(path) for name, path in params.registers if path is not None}
    read_registers(paths, known={name: each.breakdowns for name, each in indicators.catalogue().items()})
    joints = [each for each in inputs.joints if each.breakdown == ALL and each.month <= params.as_at]
    return write_entries(paths, {"events": [_joint_event(each) for each in joints]})


def _joint_event(joint: Joint) -> dict[str, object]:
    """Where one source takes over from another, as a dated event: a break where the two disagree."""
    day = joint.month.start_time.date().isoformat()
    kind = "flag" if joint.agrees else "break"
    return {"date": day, "kind": kind, "indicators": [joint.indicator], "label": joint.sentence, "said_by": "the sources"}
