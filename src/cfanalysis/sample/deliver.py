"""From a lived world to the files an authority would send."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.sample.dirt import soil, spoil_text
from cfanalysis.sample.files import BANNER, write_csv, write_xlsx
from cfanalysis.sample.lists import TITLES, annex_a
from cfanalysis.sample.monthly import monthly
from cfanalysis.sample.plans import Edition, Plan
from cfanalysis.sample.style import styled
from cfanalysis.sample.world import World

ALL_LISTS = 9


def deliver(world: World, folder: Path, seed: int) -> list[Path]:
    """Write one authority's Annex A editions and its monthly file; gives their paths."""
    plan = world.plan
    rng = np.random.default_rng([seed, ord(plan.letter), 1])
    full = [edition for edition in plan.editions if len(edition.lists) == ALL_LISTS]
    written: list[Path] = []
    for edition in plan.editions:
        lists = annex_a(world, edition)
        if edition == full[-1]:
            lists = soil(lists, plan.dirt, rng)
        shown = {number: styled(frame, plan.style, edition.form) for number, frame in lists.items()}
        if edition == full[-1] and plan.dirt["impossible_dates"]:
            shown[4] = spoil_text(shown[4], plan.dirt["impossible_dates"], rng, day_first=bool(plan.style["day_first"]))
        written += _write_edition(plan, edition, shown, folder / "annex_a")
    return [*written, write_csv(monthly(world, rng), folder / "monthly_synthetic.csv")]


def _write_edition(plan: Plan, edition: Edition, lists: dict[int, pd.DataFrame], folder: Path) -> list[Path]:
    if edition.form == "xlsx":
        sheets = {sheet_name(number, str(plan.style["sheets"])): frame for number, frame in lists.items()}
        title = f"{BANNER}: {plan.name}, Annex A as at {edition.as_at}"
        return [write_xlsx(sheets, folder / file_name(plan, edition), title=title, created=str(edition.as_at.end_time.date()))]
    if len(lists) == 1:
        ((number, frame),) = lists.items()
        return [write_csv(frame, folder / file_name(plan, edition, number))]
    return [write_csv(frame, folder / file_name(plan, edition) / list_name(number)) for number, frame in lists.items()]


def file_name(plan: Plan, edition: Edition, number: int | None = None) -> str:
    """The name of a workbook, of a folder of list files, or of one list's file."""
    stem = f"{plan.stem}_synthetic_annex_a_{edition.as_at}"
    if edition.form == "xlsx":
        return f"{stem}.xlsx"
    return stem if number is None else f"{stem}_{list_name(number)}"


def list_name(number: int) -> str:
    """The name of one list's CSV file."""
    return f"list_{number}_{TITLES[number].lower().replace(' ', '_')}_synthetic.csv"


def sheet_name(number: int, convention: str) -> str:
    """The three ways in which sheets are named: ``List 3``, ``Referrals``, ``List 3 Referrals``."""
    return {"numbered": f"List {number}", "titled": TITLES[number], "named": f"List {number} {TITLES[number]}"}[convention]
