"""What stands out in a monthly series: unusual months, lasting shifts, what else could explain them, and the charts people know."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

# name -> the module that holds it; nothing is imported until it is used
_FACE = {
    "unusual": "cfanalysis.signals.unusual",
    "not_judged": "cfanalysis.signals.unusual",
    "shifts": "cfanalysis.signals.shifts",
    "year_on_year": "cfanalysis.signals.shifts",
    "compare_years": "cfanalysis.signals.years",
    "no_shifts": "cfanalysis.signals.shifts",
    "standing": "cfanalysis.signals.standing",
    "explain": "cfanalysis.signals.explain",
    "screen": "cfanalysis.signals.screen",
    "farrington": "cfanalysis.signals.farrington",
    "spc": "cfanalysis.signals.spc",
    "funnel": "cfanalysis.signals.funnel",
}

__all__ = list(_FACE)


class _Face(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        # Importing signals/unusual.py puts that module where the function of the same name belongs; the name always means the function.
        super().__setattr__(name, getattr(value, name) if name in _FACE and isinstance(value, ModuleType) else value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'cfanalysis.signals' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
