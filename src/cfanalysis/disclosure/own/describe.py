"""A bare frame of the series contract, described as a table."""

from __future__ import annotations

import pandas as pd

from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import SERIES_COLUMNS, Table


def described(table: Table | pd.DataFrame) -> Table:
    """The table as it is, or a bare series frame with its counts, what is computed from them, and its breakdowns named.

    Raises ReleaseError for any other frame: what its columns count cannot be guessed.
    """
    if isinstance(table, Table):
        return table
    if not isinstance(table, pd.DataFrame) or not set(SERIES_COLUMNS) <= set(table.columns):
        raise ReleaseError(
            f"found {type(table).__name__} without the columns of a series ({', '.join(SERIES_COLUMNS)}); "
            "put it in a Table that says which columns are counts"
        )
    frame = table.reset_index(drop=True).copy()
    indicators = " and ".join(sorted(frame["indicator"].unique())) or "no indicator"
    return Table(
        _with_counts(frame), indicators.replace("_", " ").capitalize(),
        counts=("numerator", "denominator"), derived={"value": ("numerator", "denominator")},
    )  # fmt: skip


def _with_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts of an indicator that gives only values are put where counts are looked for."""
    for _, rows in frame.groupby(["authority", "indicator"], sort=False):
        value = rows["value"].astype(float)
        bare = rows["numerator"].isna() & value.notna()
        whole = bool(((value.dropna() % 1) == 0).all())
        if bare.any() and whole and rows["denominator"].isna().all():
            frame.loc[rows.index[bare], "numerator"] = value[bare]
    return frame
