"""Many series at once: which of many judgements stand when chance is allowed for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError

FALSE_DISCOVERIES = 0.10
"""The share of what is reported that may be chance (DESIGN section 5)."""


def screen(p: pd.Series | np.ndarray, *, rate: float = FALSE_DISCOVERIES) -> pd.DataFrame:
    """Which p values of a screen over authorities and indicators stand at a false discovery rate (Benjamini and Hochberg 1995).

    One row for each value, under the index of ``p``: ``p``, ``q`` (the least rate at which it would stand) and ``stands``. A p that is
    missing, because the month could not be judged, counts for nothing and never stands. Of what stands, a share of up to ``rate`` is
    expected to be chance. Raises SeriesError for a p outside 0 to 1 or a rate outside 0 to 1.

    >>> screen(np.array([0.001, 0.02, 0.2, np.nan, 0.9])).round(3)
           p      q  stands
    0  0.001  0.004    True
    1  0.020  0.040    True
    2  0.200  0.267   False
    3    NaN    NaN   False
    4  0.900  0.900   False
    """
    if not 0 < rate < 1:
        raise SeriesError(f"found a false discovery rate of {rate:g}, want one between 0 and 1")
    index = p.index if isinstance(p, pd.Series) else pd.RangeIndex(len(p))
    values = np.asarray(p, dtype=float)
    if ((values < 0) | (values > 1)).any():
        raise SeriesError(f"found p = {values[(values < 0) | (values > 1)][0]:g}, want probabilities from 0 to 1")
    q = np.full(len(values), np.nan)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    stepped = values[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum.accumulate(stepped[::-1])[::-1]
    return pd.DataFrame({"p": values, "q": q, "stands": np.nan_to_num(q, nan=1.0) <= rate}, index=index)
