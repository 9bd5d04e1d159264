"""Editions of series: what a run saw, kept in private, so that the next can say what has changed since.

An edition holds counts with nothing hidden. Its store is therefore a folder of its own, never among the outputs, readable by its owner
only, and with a ``.gitignore`` that keeps it out of version control.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import logging
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ContractError, RunError
from cfanalysis.foundation.files import compress, make_private_folder, set_aside, write_whole
from cfanalysis.foundation.months import month
from cfanalysis.foundation.table import SERIES_COLUMNS, validate

_log = logging.getLogger("cfanalysis")

KEYS = ["authority", "indicator", "breakdown", "month"]

SAME = 1e-9
"""Values that differ by less are the same, written down twice."""

_NAME = re.compile(r"^(\d{4}-\d{2})__(\d{4,})__([0-9a-f]{12})\.csv\.gz$")


@dataclass(frozen=True)
class Edition:
    """One edition of an authority's series: data up to ``as_at``, the ``number``-th to be kept."""

    as_at: pd.Period
    number: int
    path: Path

    def read(self) -> pd.DataFrame:
        """Its series (the series contract).

        Raises RunError where the file is not as it was kept.
        """
        try:
            data = gzip.decompress(self.path.read_bytes())
            if not self.path.name.endswith(f"__{_digest(data)}.csv.gz"):
                raise ValueError("not the content that its name says")
            text = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8")
            numbers = {name: pd.to_numeric(text[name].replace("", np.nan)) for name in ("numerator", "denominator", "value")}
            return validate(text.assign(month=pd.PeriodIndex(text["month"], freq="M"), **numbers), "series", file=self.path.name)
        except (OSError, EOFError, zlib.error, ValueError, KeyError, ContractError):
            raise RunError(f"{self.path.name} of the private store is cut short, damaged or of another version") from None

    def is_whole(self) -> bool:
        """Whether it can be read; one that cannot be is named and set aside, so that it costs no page."""
        try:
            self.read()
        except RunError as caught:
            with contextlib.suppress(OSError):
                _log.warning("%s; set aside as %s", caught, set_aside(self.path).name)
            return False
        return True


class EditionStore:
    """The private store of one or more authorities' editions.

    Raises RunError where the folder lies among the outputs, or the outputs in it.
    """

    def __init__(self, folder: Path | str, *, outputs: Path | str | None = None) -> None:
        self.folder = Path(folder).resolve()
        if outputs is not None and _overlap(self.folder, Path(outputs).resolve()):
            raise RunError(f"the store of editions ({folder}) holds counts with nothing hidden; want it outside the outputs ({outputs})")

    def keep(self, series: pd.DataFrame, *, authority: str, as_at: pd.Period | str) -> Edition:
        """Keep an edition of a series frame; one that is the same as the last is not kept again."""
        text = _as_text(validate(series, "series"))
        digest = _digest(text.encode())
        kept = self.editions(authority)
        as_at = month(as_at)
        same = bool(kept) and kept[-1].as_at == as_at and kept[-1].path.name.endswith(f"__{digest}.csv.gz")
        if same and kept[-1].is_whole():
            return kept[-1]
        number = kept[-1].number + 1 if kept else 1
        folder = self._private(authority)
        path = folder / f"{as_at}__{number:04d}__{digest}.csv.gz"
        write_whole(path, compress(text), private=True)
        return Edition(as_at, number, path)

    def editions(self, authority: str) -> tuple[Edition, ...]:
        """The editions of an authority, in the order in which they were kept."""
        folder = self.folder / _slug(authority)
        found = [(match, path) for path in folder.glob("*.csv.gz") if (match := _NAME.match(path.name))] if folder.is_dir() else []
        editions = (Edition(month(match[1]), int(match[2]), path) for match, path in found)
        return tuple(sorted(editions, key=lambda edition: edition.number))

    def last_before(self, authority: str, as_at: pd.Period | str) -> Edition | None:
        """The newest edition of data that end before ``as_at``, to compare an edition with; one that is damaged is passed over."""
        earlier = [edition for edition in self.editions(authority) if edition.as_at < month(as_at)]
        newest_first = sorted(earlier, key=lambda edition: (edition.as_at, edition.number), reverse=True)
        return next((edition for edition in newest_first if edition.is_whole()), None)

    def _private(self, authority: str) -> Path:
        return make_private_folder(self.folder, self.folder / _slug(authority))


def _overlap(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents


def _slug(authority: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", authority.lower()).strip("-")[:80]
    if not slug:
        raise RunError(f"{authority!r} is no name of an authority")
    return slug


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def _as_text(series: pd.DataFrame) -> str:
    ordered = series[list(SERIES_COLUMNS)].sort_values(KEYS)
    return str(ordered.to_csv(index=False, lineterminator="\n"))


def what_changed(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """What a later edition says otherwise about months that an earlier one knew.

    Columns: authority, indicator, breakdown, month, earlier, later, change, kind ("revised", "new" where it was missing, "gone" where it
    now is). Months that only the later edition covers are not changes.
    """
    both = earlier.merge(later, on=KEYS, how="outer", suffixes=("_earlier", "_later"), indicator=True)
    both = both[both["_merge"] != "right_only"]
    before, after = both["value_earlier"], both["value_later"]
    kind = np.select(
        [before.isna() & after.notna(), before.notna() & after.isna(), (before - after).abs() > SAME],
        ["new", "gone", "revised"],
        default="",
    )
    frame = both[KEYS].assign(earlier=before, later=after, change=after - before, kind=kind)
    return frame[frame["kind"] != ""].sort_values(KEYS).reset_index(drop=True)


def newest(editions: Sequence[Edition]) -> tuple[tuple[pd.Period, pd.DataFrame], ...]:
    """The last whole edition of each date, oldest first, with its series: what settling is learnt from."""
    by_date = {edition.as_at: edition for edition in editions if edition.is_whole()}
    return tuple((as_at, by_date[as_at].read()) for as_at in sorted(by_date))
