"""Colours, type and grid of every chart.

Government Analysis Function: "Data visualisation: colours in charts" and "charts: a checklist" (analysisfunction.civilservice.gov.uk):
dark blue first, few grey gridlines, horizontal text, direct labels, nothing told by colour alone.
"""

from __future__ import annotations

from typing import Any

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, PURPLE = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
CATEGORIES = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, PURPLE)
"""Order of use; each has a contrast of 3:1 or more against white (a test computes it)."""

WORDS = {DARK_BLUE: DARK_BLUE, TURQUOISE: "#17695F", DARK_PINK: DARK_PINK, ORANGE: "#A8390A",
         DARK_GREY: DARK_GREY, PURPLE: "#6A4C9C"}  # fmt: skip
"""The colour of words beside a line of each colour: the same hue, dark enough to read (4.5:1; a test computes it)."""

TEXT = "#0B0C0C"
QUIET_TEXT = "#484848"
GRID = "#D8D8D8"
AXIS = "#6F6F6F"
BAND, WIDE_BAND, USUAL_BAND = "#B8C7D3", "#DCE3E9", "#EBEBEB"
"""80 % band, 95 % band of a forecast; the usual range of months gone by."""
BAND_EDGE, USUAL_EDGE = "#6F8CA8", "#8C8C8C"
"""The lines that bands end in: 3:1 against white, which no quiet shade has (a test computes it on the drawings)."""

WIDTH, HEIGHT = 680, 340
"""Of the plotting area, in CSS pixels; labels come on top."""

FONT = "Arial, Helvetica, sans-serif"
TYPE_SIZE = 16
DASH = [6, 4]


def config() -> dict[str, Any]:
    """The Vega-Lite configuration of every chart."""
    axis = {
        "labelFontSize": TYPE_SIZE, "labelColor": TEXT, "labelFont": FONT, "labelAngle": 0, "titleFontSize": TYPE_SIZE,
        "titleFontWeight": "normal", "titleColor": TEXT, "titleFont": FONT, "gridColor": GRID, "domainColor": AXIS, "tickColor": AXIS,
        "labelPadding": 6,
    }  # fmt: skip
    return {
        "background": "#FFFFFF",
        "font": FONT,
        "aria": False,  # the figure as a whole carries its alternative text; single marks stay silent
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False, "tickCount": 5, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end"},
        "header": {
            "labelFontSize": TYPE_SIZE, "labelFont": FONT, "labelFontWeight": "bold", "labelColor": TEXT, "labelAnchor": "start",
            "title": None,
        },
        "legend": {"labelFontSize": TYPE_SIZE, "titleFontSize": TYPE_SIZE, "labelFont": FONT, "labelColor": TEXT, "labelLimit": 260},
        "text": {"font": FONT, "fontSize": TYPE_SIZE, "fill": TEXT},
        "line": {"strokeWidth": 2.5, "strokeCap": "round", "strokeJoin": "round"},
        "range": {"category": list(CATEGORIES)},
    }  # fmt: skip
