"""Small executed notebooks for tests of pages: built here, so that no test of a page depends on the sample or on a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.foundation.table import Table

MONTHS = pd.period_range("2019-04", periods=60, freq="M")


def shown(output: Any, source: str = "figures.show(...)") -> Any:
    """A cell that has run and shows one of the project's own outputs."""
    return new_code_cell(source, outputs=[new_output("execute_result", data=output._repr_mimebundle_(), execution_count=1)])


def words(text: str) -> Any:
    return new_markdown_cell(text)


def notebook(path: Path, cells: list[Any]) -> Path:
    """Write the notebook as papermill leaves it: with metadata that must not reach a page."""
    made = new_notebook(cells=cells, metadata={"papermill": {"parameters": {"params_file": "params/METADATA-CANARY.yml"}}})
    for place, cell in enumerate(made.cells):
        cell["id"] = f"cell-{place}"
    nbformat.write(made, path)
    return path


def referrals(*, name: str = "Referrals", low: float = 3.0) -> Table:
    """Sixty months and a year ahead; one month is small."""
    rng = np.random.default_rng(1)
    past = pd.DataFrame({"month": MONTHS, "observed": rng.poisson(60, 60).astype(float), "future": False, "provisional": False})
    past.loc[30, "observed"] = low
    past.loc[40, "observed"] = 110.0
    past["expected"], past["low"], past["high"] = 60.0, 45.0, 76.0
    past["severity"] = np.where(past["observed"] > 100, "extreme", "usual")
    ahead = pd.DataFrame({"month": pd.period_range(MONTHS[-1] + 1, periods=12, freq="M"), "expected": 61.0, "low": 44.0, "high": 79.0})
    frame = pd.concat([past, ahead.assign(future=True, provisional=False, severity="")], ignore_index=True)
    needs = dict.fromkeys(("expected", "low", "high", "severity"), ("observed",))
    return Table(
        frame, name, counts=("observed",), derived=needs, unit="referrals", source="Annex A list 3", synthetic=True, facts={"name": name}
    )  # fmt: skip


def by_source(*names: str) -> Table:
    """Five years of months by category; the last category is small."""
    rng = np.random.default_rng(2)
    wanted = names or ("Police", "Schools", "Health services", "Housing")
    levels = [*[80, 40, 20, 9, 7, 8][: len(wanted) - 1], 4]
    parts = {name: rng.poisson(level, 60).astype(float) for name, level in zip(wanted, levels, strict=True)}
    parts["All"] = sum(parts.values())
    rows = [(month, name, counts[place]) for name, counts in parts.items() for place, month in enumerate(MONTHS)]
    frame = pd.DataFrame(rows, columns=["month", "category", "observed"])
    return Table(frame, "Referrals by source", counts=("observed",), margins={"category": "All"}, unit="referrals", synthetic=True)


def every_family(policy: str = "dfe") -> list[Any]:
    """Cells with every kind of output a page can have."""
    from tests.unit.figures.test_families import MADE

    cells = [
        words("# Demand: is this real?\n\nContacts and referrals."),
        shown(figures.headlines(["Referrals rose.", "One month stands out."])),
    ]
    for family, make in MADE.items():
        cells += [words(f"## The {family.replace('_', ' ')}"), shown(make(policy))]
    cells += [
        shown(figures.show(cf.release(by_source(), policy))),
        shown(figures.note({"Contact": "Somebody gets in touch."})),
        shown(figures.note("Nothing is missing.", title="Method", role="method")),
        shown(figures.note(["Data as at March 2024."], role="foot")),
    ]
    return cells


def exported(folder: Path, cells: list[Any], *, name: str = "demand.html", **options: Any) -> Path:
    """A page made from cells."""
    given = {"title": "Demand", "authority": "Solentwick", "policy": "dfe", "synthetic": True, **options}
    return page.export(notebook(folder / "executed.ipynb", cells), folder / name, **given)
