"""Statistical neighbours, the groupings of 2021 and of 2025: codes to names, those that stand no more said."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.reference import read_yaml
from cfanalysis.sources.dfe.areas import gone, names_by_old_code
from cfanalysis.sources.grids import Grid
from cfanalysis.sources.problems import Problem

NEIGHBOUR_COLUMNS = ("authority", "rank", "neighbour", "edition")
NEIGHBOURS = 10


def neighbour_edition(header: Sequence[str]) -> str | None:
    """The edition of a table of neighbours, told by its columns; None for any other table."""
    for edition, about in read_yaml("published_tables.yml")["neighbours"].items():
        if set(about["told_by"]) <= set(header):
            return str(edition)
    return None


def read_neighbours(grid: Grid, edition: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The ten neighbours of every authority, nearest first: authority, rank, neighbour, edition.

    Neighbours that have been reorganised since are kept under their own name and said.
    """
    about = read_yaml("published_tables.yml")["neighbours"][edition]
    header = [str(cell).strip() for cell in grid.cells[0]]
    own = header.index(about["authority"])
    names = names_by_old_code()
    rows, strange = [], []
    for number, row in enumerate(grid.cells[1:], start=2):
        if not any(str(row[header.index(about["columns"].format(rank=rank))]).strip() for rank in range(1, NEIGHBOURS + 1)):
            continue  # DfE lists new authorities before they have neighbours
        for rank in range(1, NEIGHBOURS + 1):
            column = about["columns"].format(rank=rank)
            authority, neighbour = (names.get(str(row[place]).strip()) for place in (own, header.index(column)))
            if authority and neighbour:
                rows.append((authority, rank, neighbour, edition))
            else:
                strange.append((number, column, str(row[header.index(column)])))
    frame = pd.DataFrame(rows, columns=list(NEIGHBOUR_COLUMNS))
    return frame, [*_strange(grid, strange), *_gone(grid, frame)]


def _strange(grid: Grid, strange: list[tuple[int, str, str]]) -> list[Problem]:
    if not strange:
        return []
    row, column, found = strange[0]
    return [
        Problem(
            grid.file, "", row, column, repr(found), "the three-figure code of an authority", "dropped", "unknown_neighbour", len(strange)
        )
    ]


def _gone(grid: Grid, frame: pd.DataFrame) -> list[Problem]:
    lost = frame[frame["neighbour"].isin(gone()) & ~frame["authority"].isin(gone())]
    if lost.empty:
        return []
    names = ", ".join(f"{name} (to {gone()[name]})" if "(to " not in name else name for name in sorted(lost["neighbour"].unique()))
    wanted = "authorities that stand today; they are compared for the years they have figures for"
    return [Problem(grid.file, "", None, "", f"neighbours reorganised since: {names}", wanted, "kept", "neighbour_gone", len(lost))]
