"""Which file gives a figure away: a file that shows nothing new cannot be to blame."""

from __future__ import annotations

import numpy as np

from cfanalysis.disclosure.audit.ledger import Files, Known
from cfanalysis.disclosure.audit.sheet import KEY, Address


def bare(files: Files, number: int, known: Known) -> Files:
    """The files before one, and that one with everything hidden that nobody knew before it.

    What the files before show, and what the Department has published, stays shown.
    """
    frame, policy = files[number]
    held: dict[Address, float] = {}
    for before, _ in files[:number]:
        shown = before[before["value"].notna()]
        held.update(zip(shown[KEY].itertuples(index=False, name=None), shown["value"], strict=True))
    held.update(known.published)
    value = frame["value"].to_numpy(float)
    told = np.array([held.get(address, np.nan) for address in frame[KEY].itertuples(index=False, name=None)], float)
    new = ~np.isnan(value) & (value != told)
    hidden = frame.assign(value=np.where(new, np.nan, value), flag=np.where(new, "c", frame["flag"].fillna("")))
    return [*files[:number], (hidden, policy)]
