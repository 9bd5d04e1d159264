"""A table as a file to take away: CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

from cfanalysis.figures.markup import text
from cfanalysis.page.payload import WrittenTable

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), full-width forms included."""

_NUMBER = re.compile(r"^[-+−]?[\d,]*\.?\d+%?$")

MOST_IN_PAGE = 60_000
"""Longest file that is put into a page as a link, in characters; longer ones are only in the workbook of the run."""


def plain_cell(cell: str, *, numeric: bool = False) -> str:
    """A cell as a file may hold it: numbers without thousands marks, text that begins like a formula behind an apostrophe.

    >>> plain_cell("=1+1"), plain_cell("1,204", numeric=True), plain_cell("-3", numeric=True), plain_cell("-x", numeric=True)
    ("'=1+1", '1204', '-3', "'-x")
    """
    if numeric and _NUMBER.match(cell):
        return cell.replace(",", "").replace("−", "-")
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff").startswith(FORMULA) else cell


def csv_text(table: WrittenTable) -> str:
    """The table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([plain_cell(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([plain_cell(cell, numeric=number) for cell, number in zip(row, table.numeric, strict=True)])
    return out.getvalue()


def slug(title: str) -> str:
    """A title as a file name: letters, digits and hyphens.

    >>> slug("Referrals: ../up & <away>")
    'referrals-up-away'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-") or "table"


def link(table: WrittenTable, title: str) -> str:
    """A link that saves the table as CSV: the file lies in the link itself, so nothing is asked of any server."""
    written = csv_text(table)
    if not table.rows or len(written) > MOST_IN_PAGE:
        return ""
    address = f"data:text/csv;charset=utf-8,{quote(written, safe=',:;()[]/.-_ ').replace(' ', '%20')}"
    name = slug(title)
    return (
        f'<p class="cf-download"><a download="{name}.csv" href="{text(address)}">'
        f'Download this table (CSV)<span class="cf-hide">: {text(title)}</span></a></p>'
    )
