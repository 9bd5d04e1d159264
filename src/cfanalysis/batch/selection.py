"""Which authorities and notebooks of a run are wanted: a part of it by name, or one of several equal shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.params import NOTEBOOKS

SHOWN = 8
"""Names that a message lists."""


class Selection(BaseModel):
    """``only``: AUTHORITY, AUTHORITY/NOTEBOOK or */NOTEBOOK, names as in the output folder, * for anything. ``shard`` of ``shards``: one
    of so many shares of the authorities, which together are all of them and have none in common.

    >>> chosen = Selection(only=("camden", "*/demand"))
    >>> chosen.takes("camden", "overview"), chosen.takes("brent", "overview"), chosen.takes("brent", "demand")
    (True, False, True)
    """

    model_config = ConfigDict(frozen=True)

    only: tuple[str, ...] = ()
    shard: int = 1
    shards: int = 1

    def authorities(self, slugs: Iterable[str]) -> set[str]:
        """Of the authorities of a run those that are wanted. Raises ParameterError for a name that none of them has."""
        known = sorted(set(slugs))
        for pattern in self.only:
            _refuse_unknown(pattern, _authority(pattern), known, "authority")
        wanted = [slug for slug in known if not self.only or any(fnmatchcase(slug, _authority(each)) for each in self.only)]
        return set(wanted[self.shard - 1 :: self.shards])

    def takes(self, slug: str, notebook: str) -> bool:
        """Whether a page is wanted, of an authority that is."""
        return not self.only or any(fnmatchcase(slug, _authority(each)) and fnmatchcase(notebook, _notebook(each)) for each in self.only)

    def refuse_unknown_notebooks(self, given: Collection[str] = ()) -> None:
        """Raises ParameterError for a name of a notebook that there is not."""
        for pattern in self.only:
            _refuse_unknown(pattern, _notebook(pattern), given or NOTEBOOKS, "notebook")


EVERYTHING = Selection()


def _authority(pattern: str) -> str:
    return pattern.partition("/")[0]


def _notebook(pattern: str) -> str:
    return pattern.partition("/")[2] or "*"


def _refuse_unknown(pattern: str, name: str, known: Collection[str], what: str) -> None:
    if known and not any(fnmatchcase(each, name) for each in known):
        more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        listed = ", ".join([*known][:SHOWN])
        raise ParameterError(f"--only: found {pattern!r}, and no {what} here is called {name!r}; want one of {listed}{more}")
