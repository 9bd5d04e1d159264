"""Episodes of care to periods of care: a child who moves or whose legal status changes has a new episode and not a new period."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.sources.records import Records

GOES_ON = "X1"
"""The reason with which an episode ceases and the next begins."""

STARTS = "S"
"""The reason with which a child starts to be looked after."""


def periods_of_care(records: Records) -> Records:
    """One row a period: from its first episode (or the day the child entered care, where that is known to be earlier) to its last.

    An episode goes on with the one before where it begins on the day that one ceased or before, or on the day after one that
    ceased only for the next to begin. Why it ceased, the need and the provider are those of its last episode that says.
    """
    if records.data.empty:
        return records
    order = np.lexsort(
        [
            records.data["ceased"].fillna(pd.Timestamp.max.floor("D").as_unit("us")),
            records.data["start"],
        ]
    )
    rows = records.data.iloc[order].assign(row=order)
    rows = rows.iloc[np.argsort(pd.factorize(rows["child_id"])[0], kind="stable")].reset_index(drop=True)
    number = _number(rows)
    first, last = ~pd.Series(number).duplicated(), ~pd.Series(number).duplicated(keep="last")
    made = rows[first.to_numpy()].reset_index(drop=True)
    ends = rows[last.to_numpy()].reset_index(drop=True)
    entered = made["entered"].where(made["entered"] < made["start"], made["start"])
    filled = rows[["need", "provider"]].mask(rows[["need", "provider"]] == "").groupby(number).last()
    data = made.assign(
        start=entered.fillna(made["start"]), ceased=ends["ceased"], reason=ends["reason"],
        need=filled["need"].fillna("").to_numpy(), provider=filled["provider"].fillna("").to_numpy(),
    )  # fmt: skip
    place = replace(records.place, rows=records.place.rows[data["row"]])
    return replace(records, data=data.drop(columns="row"), place=place)


def _number(rows: pd.DataFrame) -> np.ndarray:
    """The number of each episode's period; rows in order of child and start."""
    child = rows["child_id"]
    same = (child == child.shift()).to_numpy()
    far = pd.Timestamp.max.floor("D").as_unit("us")
    reach = rows["ceased"].fillna(far).groupby(child, sort=False).cummax().shift()
    before = rows["reason"].shift().fillna("")
    grace = pd.to_timedelta(np.where(before == GOES_ON, 1, 0), unit="D")
    follows = same & (rows["start"] <= reach + grace).to_numpy()
    restarted = rows["began"].str.upper().str.match(rf"^{STARTS}\b").to_numpy() & (rows["start"] >= reach).to_numpy()
    follows &= ~(restarted & ~before.isin(["", GOES_ON]).to_numpy())
    return np.asarray(np.cumsum(~follows))
