"""The public face: an authority's book, its measures, stocks and registers. Each shows itself."""

from __future__ import annotations

from cfanalysis.book.authority import Book, open
from cfanalysis.book.measure import Measure
from cfanalysis.book.quality import Quality
from cfanalysis.book.register import Register
from cfanalysis.book.stock import Stock

__all__ = ["Book", "Measure", "Quality", "Register", "Stock", "open"]
