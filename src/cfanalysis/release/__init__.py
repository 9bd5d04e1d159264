"""Disclosure control: what may be shown of a finished table, decided by a policy and proved by an audit.

Method and limits: docs/methods/disclosure.md.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType

import pandas as pd

from cfanalysis.release.control import release
from cfanalysis.release.policy import Policy, policies, policy
from cfanalysis.release.released import HIDDEN, ReleasedTable
from cfanalysis.tables import Table

__all__ = ["HIDDEN", "Policy", "ReleasedTable", "policies", "policy", "release"]


class _Room(ModuleType):
    """This room and its main function share a name: importing the room must not take ``cf.release(table, policy)`` away."""

    def __call__(self, table: Table | pd.DataFrame, policy: str | Policy | Mapping[str, object] = "dfe") -> ReleasedTable:
        return release(table, policy)


sys.modules[__name__].__class__ = _Room
