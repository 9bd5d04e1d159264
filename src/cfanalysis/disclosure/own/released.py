"""The one type that figures, tables, words, pages and downloads accept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import Address

HIDDEN = "[c]"
"""How a hidden cell is written, as in government statistics."""

_KEY = object()  # held by this package only: what makes `release` the only constructor


class ReleasedTable:
    """A table that has been through a disclosure policy. Only ``cf.release`` makes one.

    ``frame`` has NaN in every hidden cell; ``marks`` says why a cell is empty ("c" hidden, "x" not available, ...; "" for a value).
    Both are copies: a released table does not change.
    """

    __slots__ = ("_about", "_frame", "_marks", "_policy")
    _about: Mapping[str, Any]
    _frame: pd.DataFrame
    _marks: pd.DataFrame
    _policy: Policy

    def __init__(
        self,
        frame: pd.DataFrame,
        marks: pd.DataFrame,
        policy: Policy,
        about: Mapping[str, Any],
        *,
        key: object = None,
    ) -> None:
        if key is not _KEY:
            raise ReleaseError("a ReleasedTable is made by cf.release(table, policy) and by nothing else")
        setters = {"_frame": frame, "_marks": marks, "_policy": policy, "_about": MappingProxyType(dict(about))}
        for name, value in setters.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise ReleaseError(f"a released table does not change; found an attempt to set {name!r}")

    def __reduce__(self) -> Any:
        raise ReleaseError("a released table is not pickled: release it again where it is needed")

    def __len__(self) -> int:
        return len(self._frame)

    @property
    def frame(self) -> pd.DataFrame:
        """The released numbers, hidden cells NaN."""
        return self._frame.copy()

    @property
    def marks(self) -> pd.DataFrame:
        """Same shape as frame: "" where there is a value, else the symbol of why there is none."""
        return self._marks.copy()

    @property
    def policy(self) -> Policy:
        return self._policy

    @property
    def title(self) -> str:
        return str(self._about["title"])

    @property
    def unit(self) -> str:
        return str(self._about["unit"])

    @property
    def source(self) -> str:
        return str(self._about["source"])

    @property
    def note(self) -> str:
        return str(self._about["note"])

    @property
    def labels(self) -> Mapping[str, str]:
        return MappingProxyType(dict(self._about["labels"]))

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the table says of itself; a number in it is None where anything it could come from is hidden."""
        return MappingProxyType(dict(self._about["facts"]))

    @property
    def synthetic(self) -> bool:
        return bool(self._about["synthetic"])

    @property
    def published(self) -> bool:
        return bool(self._about["published"])

    @property
    def counts(self) -> tuple[str, ...]:
        return tuple(self._about["counts"])

    @property
    def derived(self) -> Mapping[str, tuple[str, ...]]:
        return MappingProxyType(dict(self._about["derived"]))

    @property
    def margins(self) -> Mapping[str, str]:
        return MappingProxyType(dict(self._about["margins"]))

    @property
    def addresses(self) -> Mapping[str, tuple[Address | None, ...]]:
        """Which figures of the release its counts are, row by row; of a table of one's own none."""
        return dict(self._about.get("addresses", {}))

    @property
    def hidden(self) -> int:
        """How many count cells are hidden."""
        return int((self._marks[list(self.counts)] == "c").to_numpy().sum()) if self.counts else 0

    def rows(self, **keys: Any) -> ReleasedTable:
        """The rows where every named column has the value given (or one of the values in a list).

        A part of what was released is released: nothing is computed anew.
        """
        chosen = pd.Series(True, index=self._frame.index)
        for column, wanted in keys.items():
            if column not in self._frame.columns:
                raise ReleaseError(f"table {self.title!r} has no column {column!r}; it has {', '.join(self._frame.columns)}")
            values = list(wanted) if isinstance(wanted, (list, tuple, set, pd.Index)) else [wanted]
            chosen &= self._frame[column].isin(values)
        return self._part(self._frame.index[chosen], self._frame.columns)

    def columns(self, names: Iterable[str]) -> ReleasedTable:
        """The same table with only these columns, in this order."""
        wanted = list(names)
        absent = [name for name in wanted if name not in self._frame.columns]
        if absent:
            raise ReleaseError(f"table {self.title!r} has no column {absent[0]!r}; it has {', '.join(self._frame.columns)}")
        return self._part(self._frame.index, wanted)

    def titled(self, title: str) -> ReleasedTable:
        """The same table under another title."""
        return ReleasedTable(self._frame, self._marks, self._policy, {**self._about, "title": title}, key=_KEY)

    def _part(self, rows: pd.Index, columns: Iterable[str]) -> ReleasedTable:
        names = list(columns)
        about = {
            **self._about,
            "counts": tuple(name for name in self.counts if name in names),
            "derived": {name: needs for name, needs in self.derived.items() if name in names},
            "margins": {name: total for name, total in self.margins.items() if name in names},
            "addresses": {name: tuple(each[row] for row in rows) for name, each in self.addresses.items() if name in names},
        }
        frame, marks = (part.loc[rows, names].reset_index(drop=True) for part in (self._frame, self._marks))
        return ReleasedTable(frame, marks, self._policy, about, key=_KEY)

    def __repr__(self) -> str:
        return f"<ReleasedTable {self.title!r}: {len(self)} rows, policy {self.policy.name}, {self.hidden} hidden>"
