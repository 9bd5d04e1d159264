"""Writing files that are byte for byte the same every time: no clock, no machine, no user in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

BANNER = "SYNTHETIC DATA - no real children"
EXCEL_EPOCH = np.datetime64("1899-12-30")
HEADER_ROW = 3

_NS = "http://schemas.openxmlformats.org"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_NS}/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Arial"/></font><font><b/><sz val="11"/><name val="Arial"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """A comma-separated file in UTF-8 with one header line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    return path


def write_xlsx(sheets: Mapping[str, pd.DataFrame], path: Path, *, title: str, created: str) -> Path:
    """A workbook with one sheet a table: the banner, an empty row, the headings, the rows.

    Dates become Excel dates, whole numbers numbers, all else shared strings. ``created`` is the only date in the file's properties.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    strings: dict[str, int] = {}
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")], core=True),
        "docProps/core.xml": _properties(title, created),
        "xl/workbook.xml": _workbook(list(sheets)),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{i}.xml": _sheet(frame, strings) for i, frame in enumerate(sheets.values(), start=1)},
    }
    parts["xl/sharedStrings.xml"] = _shared(strings)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(entry, text.encode("utf-8"), compresslevel=6)
    return path


def _sheet(frame: pd.DataFrame, strings: dict[str, int]) -> str:
    letters = [_letters(i) for i in range(frame.shape[1])]
    first = HEADER_ROW + 1
    columns = [_cells(frame.iloc[:, i], letters[i], first, strings) for i in range(frame.shape[1])]
    body = "".join(f'<row r="{first + r}">{"".join(cells)}</row>' for r, cells in enumerate(zip(*columns, strict=True)))
    head = "".join(
        f'<c r="{letter}{HEADER_ROW}" s="2" t="s"><v>{_string(name, strings)}</v></c>'
        for letter, name in zip(letters, frame.columns, strict=True)
    )
    banner = f'<row r="1"><c r="A1" s="2" t="s"><v>{_string(BANNER, strings)}</v></c></row>'
    return (
        f'{_XML}<worksheet xmlns="{_NS}/spreadsheetml/2006/main"><sheetFormatPr defaultRowHeight="15"/>'
        f'<sheetData>{banner}<row r="{HEADER_ROW}">{head}</row>{body}</sheetData></worksheet>'
    )


def _cells(column: pd.Series, letter: str, first: int, strings: dict[str, int]) -> list[str]:
    values = column.to_numpy()
    rows = range(first, first + len(values))
    if values.dtype.kind == "M":
        serial = (values.astype("datetime64[D]") - EXCEL_EPOCH).astype(np.int64)
        known = ~np.isnat(values)
        return [f'<c r="{letter}{r}" s="1"><v>{n}</v></c>' if k else "" for r, n, k in zip(rows, serial.tolist(), known, strict=True)]
    if values.dtype.kind in "if":
        return [f'<c r="{letter}{r}"><v>{n}</v></c>' for r, n in zip(rows, values.tolist(), strict=True)]
    place, words = pd.factorize(values)
    numbers = [_string(str(word), strings) for word in words]
    return ["" if p < 0 else f'<c r="{letter}{r}" t="s"><v>{numbers[p]}</v></c>' for r, p in zip(rows, place.tolist(), strict=True)]


def _string(text: str, strings: dict[str, int]) -> int:
    return strings.setdefault(text, len(strings))


def _shared(strings: dict[str, int]) -> str:
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    return f'{_XML}<sst xmlns="{_NS}/spreadsheetml/2006/main" uniqueCount="{len(strings)}">{items}</sst>'


def _letters(position: int) -> str:
    """A, B, ..., Z, AA, AB, ...

    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    before = _letters(position // 26 - 1) if position >= 26 else ""
    return before + chr(ord("A") + position % 26)


def _workbook(names: list[str]) -> str:
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, start=1))
    return (
        f'{_XML}<workbook xmlns="{_NS}/spreadsheetml/2006/main" xmlns:r="{_NS}/officeDocument/2006/relationships">'
        f"<sheets>{sheets}</sheets></workbook>"
    )


def _relations(targets: list[tuple[str, str]], *, core: bool = False) -> str:
    lines = "".join(
        f'<Relationship Id="rId{i}" Type="{_NS}/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    if core:
        lines += f'<Relationship Id="rId99" Type="{_NS}/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    return f'{_XML}<Relationships xmlns="{_NS}/package/2006/relationships">{lines}</Relationships>'


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    pages = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i in range(1, sheets + 1))
    return (
        f'{_XML}<Types xmlns="{_NS}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{pages}'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _properties(title: str, created: str) -> str:
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_NS}/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:description>{escape(BANNER)}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created}T00:00:00Z</dcterms:created></cp:coreProperties>'
    )
