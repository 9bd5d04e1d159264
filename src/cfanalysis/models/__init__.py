"""Forecasts of monthly series: flows (counts), stocks and percentages. Plain series in, ``Forecast`` out; files and indicators are
unknown here."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# name -> the module that holds it; nothing is imported until it is used
_FACE = {
    "Forecast": "cfanalysis.models.result",
    "Distribution": "cfanalysis.models.result",
    "forecast": "cfanalysis.models.forecasting",
    "forecast_panel": "cfanalysis.models.panel",
    "one_step": "cfanalysis.models.onestep",
    "backtest": "cfanalysis.models.backtesting",
    "second_opinion": "cfanalysis.models.opinion",
    "forecast_stock": "cfanalysis.models.stock_flow",
    "StockForecast": "cfanalysis.models.stock_flow",
    "why_changed": "cfanalysis.models.attribution",
    "split_ends": "cfanalysis.models.closures",
    "months_open": "cfanalysis.models.closures",
    "Scenario": "cfanalysis.models.scenarios",
    "what_if": "cfanalysis.models.scenarios",
    "to_reach": "cfanalysis.models.scenarios",
}

__all__ = list(_FACE)


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'cfanalysis.models' has no attribute {name!r}")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
