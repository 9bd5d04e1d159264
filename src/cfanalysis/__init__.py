"""cfanalysis: an analytical workbook for children's services in English local authorities.

The public face (docs/design.md). Nothing heavy is loaded until something is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# name -> the module that holds it
_FACE = {
    "open": "cfanalysis.book",
    "Book": "cfanalysis.book",
    "Workbook": "cfanalysis.workbook",
    "forecast": "cfanalysis.models",
    "forecast_panel": "cfanalysis.models",
    "forecast_stock": "cfanalysis.models",
    "backtest": "cfanalysis.models",
    "second_opinion": "cfanalysis.models",
    "Forecast": "cfanalysis.models",
    "unusual": "cfanalysis.signals",
    "explain": "cfanalysis.signals",
    "shifts": "cfanalysis.signals",
    "farrington": "cfanalysis.signals",
    "spc": "cfanalysis.signals",
    "funnel": "cfanalysis.signals",
    "judge": "cfanalysis.registers",
    "release": "cfanalysis.release",
    "ReleasedTable": "cfanalysis.release",
    "CfanalysisError": "cfanalysis.errors",
}

__all__ = ["__version__", *_FACE]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'cfanalysis' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
