"""cfanalysis: an analytical workbook for children's services in English local authorities.

The public face (docs/design.md). Nothing heavy is loaded until something is used.
"""

from __future__ import annotations

from cfanalysis.foundation.face import open_face

__version__ = "0.1.0"

# name -> the module that holds it; nothing is imported until it is used
_FACE = {
    "open": "workbook",
    "Book": "workbook",
    "Workbook": "questions.answers",
    "forecast": "models",
    "forecast_panel": "models",
    "forecast_stock": "models",
    "backtest": "models",
    "second_opinion": "models",
    "Forecast": "models",
    "unusual": "signals",
    "explain": "signals",
    "shifts": "signals",
    "farrington": "signals",
    "spc": "signals",
    "funnel": "signals",
    "judge": "judging",
    "release": "disclosure.own.control",
    "ReleasedTable": "disclosure.own.released",
    "CfanalysisError": "foundation.errors",
}

__all__ = ["__version__", *_FACE]

__getattr__, __dir__ = open_face(__name__, _FACE)
