"""Forecasts of monthly series: flows (counts), stocks and percentages. Plain series in, ``Forecast`` out; files and indicators are
unknown here."""

from __future__ import annotations

from cfanalysis.foundation.face import open_face

# name -> the module that holds it; nothing is imported until it is used
_FACE = {
    "Forecast": "result",
    "Distribution": "result",
    "forecast": "forecasting",
    "forecast_panel": "panel",
    "one_step": "onestep",
    "backtest": "backtesting",
    "second_opinion": "opinion",
    "forecast_stock": "stock_flow",
    "StockForecast": "stock_flow",
    "why_changed": "attribution",
    "split_ends": "closures",
    "months_open": "closures",
    "Scenario": "scenarios",
    "what_if": "scenarios",
    "to_reach": "scenarios",
}

__all__ = [*_FACE]

__getattr__, __dir__ = open_face(__name__, _FACE)
