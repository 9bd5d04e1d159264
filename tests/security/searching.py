"""Looking for a canary in everything a run has left: file names, bytes, and whatever is packed inside them."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import sqlite3
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

DEEPEST = 6
"""Packed things inside packed things: a workbook in a base64 block in a page in a zip is three."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")
_URL_BASE64 = re.compile(rb"[A-Za-z0-9_-]{24,}={0,2}")
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda")


def found_in(folder: Path, wanted: Iterable[str], *, but: Iterable[Path] = ()) -> set[tuple[str, str]]:
    """(file, canary) for every canary in a name or a file under a folder; ``but`` are the sources themselves."""
    left_out, names = [each.resolve() for each in but], list(wanted)
    found = set()
    for path in sorted(folder.rglob("*")):
        if any(path.resolve().is_relative_to(each) for each in left_out):
            continue
        inside = path.relative_to(folder).as_posix()
        texts = [path.name.encode(), *(unpacked(path.read_bytes(), path) if path.is_file() else ())]
        found |= {(inside, name) for name in names for text in texts if name.encode() in text}
    return found


def unpacked(data: bytes, path: Path | None = None, depth: int = 0) -> Iterator[bytes]:
    """The bytes themselves, and everything that is packed in them, however deep."""
    yield data
    if depth >= DEEPEST:
        return
    if path is not None and data.startswith(b"SQLite format 3"):
        yield _rows(path)
    for inner in _inside(data):
        if inner and inner != data:
            yield from unpacked(inner, None, depth + 1)


def _inside(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            for name in held.namelist():
                yield name.encode()
                yield held.read(name)
        return
    if data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
        return
    for pattern, decode in ((_BASE64, base64.b64decode), (_URL_BASE64, base64.urlsafe_b64decode)):
        for match in pattern.finditer(data):
            yield from _decoded(match[0], decode)
    text = data.decode("utf-8", errors="replace")
    for other in (html.unescape(text), urllib.parse.unquote(text)):
        if other != text:
            yield other.encode()
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text).encode("utf-8", errors="replace")


def _decoded(written: bytes, decode: object) -> Iterator[bytes]:
    try:
        plain = decode(written + b"=" * (-len(written) % 4))  # type: ignore[operator]
    except (binascii.Error, ValueError):
        return
    if plain.startswith(PACKED[2:]):
        with suppress(zlib.error):
            yield zlib.decompress(plain)
    elif plain.startswith(PACKED[:2]) or plain.isascii():
        yield plain


def _rows(path: Path) -> bytes:
    with sqlite3.connect(path) as held:
        tables = [name for (name,) in held.execute("select name from sqlite_master where type = 'table'")]
        return json.dumps([held.execute(f'select * from "{name}"').fetchall() for name in tables], default=str).encode()  # noqa: S608
