"""What stands out in a monthly series: unusual months, lasting shifts, what else could explain them, and the charts people know."""

from __future__ import annotations

from cfanalysis.foundation.face import open_face

# name -> the module that holds it; nothing is imported until it is used
_FACE = {
    "unusual": "unusual.months",
    "not_judged": "unusual.months",
    "shifts": "shifts.changes",
    "year_on_year": "shifts.changes",
    "compare_years": "years",
    "find_run": "runs",
    "no_shifts": "shifts.changes",
    "standing": "shifts.standing",
    "explain": "explain.month",
    "screen": "screen",
    "farrington": "classic.farrington",
    "spc": "classic.spc",
    "funnel": "classic.funnel",
}

__all__ = [*_FACE]

__getattr__, __dir__ = open_face(__name__, _FACE)
