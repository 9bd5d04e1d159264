"""The public face: an authority's book, its measures, stocks and registers. Each shows itself."""

from __future__ import annotations

from cfanalysis.workbook.authority import Book, open
from cfanalysis.workbook.measure import Measure
from cfanalysis.workbook.quality import Quality
from cfanalysis.workbook.register import Register
from cfanalysis.workbook.stock import Stock

__all__ = ["Book", "Measure", "Quality", "Register", "Stock", "open"]
