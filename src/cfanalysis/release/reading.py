"""A release from its file: read strictly, so that what was edited, cut, made by a newer version or by something else is refused."""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from cfanalysis.foundation.contracts import COLUMNS, About, Release
from cfanalysis.foundation.errors import ReleaseError, at
from cfanalysis.release.layout import (
    FORMAT,
    LARGEST_FILE,
    LARGEST_PART,
    LARGEST_TEXT,
    OWN,
    PACKAGE,
    PARTS,
    README,
    describe_table,
    hash_of,
    hash_of_contents,
    part_name,
)
from cfanalysis.release.parsing import parse_table

AGAIN = "ask whoever made it for the file again"
"""What to do about a file that is not as it was written."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""What comes of a zip whose bytes are not as they were written."""


def read_release(path: Path | str) -> Release:
    """A release from its file, every table checked.

    Raises ReleaseError naming the file, the part of it, what was found and what to do.
    """
    path = Path(path)
    if not path.is_file():
        raise ReleaseError(at("found no such file; want a release file, such as camden_2024-03_dfe_1.zip", file=path.name))
    if path.stat().st_size > LARGEST_FILE:
        raise ReleaseError(at(f"found {path.stat().st_size:,} bytes; no release file is larger than {LARGEST_FILE:,}", file=path.name))
    return read_packed(path.read_bytes(), file=path.name)


def looks_like_release(path: Path) -> bool:
    """Whether a file is meant as a release file, whole or not: a zip with a data package in it."""
    if path.suffix.lower() != ".zip" or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return PACKAGE in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True


def read_packed(data: bytes, *, file: str) -> Release:
    """A release from the bytes of its file."""
    parts = _unzip(data, file)
    package = _read_package(parts[PACKAGE], file)
    own = package[OWN]
    about = _read_about(own, file)
    _check_parts(parts, package, file)
    tables = {name: parse_table(parts[part_name(name)], name, file=file) for name in COLUMNS}
    return Release(about, tables)


def _unzip(data: bytes, file: str) -> Mapping[str, bytes]:
    """Every part by its name. The package is read first: a newer form may have other parts."""
    if not data.startswith(b"PK\x03\x04"):
        raise ReleaseError(at(f"this is no zip file, or its start is cut off; {AGAIN}", file=file))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            for member in members:
                _check_member(member, file)
            names = [member.filename for member in members]
            if PACKAGE not in names:
                raise ReleaseError(at(f"found no {PACKAGE}: this zip is no release file of cfanalysis", file=file))
            _read_package(packed.read(PACKAGE), file)
            _check_names(names, file)
            return {name: packed.read(name) for name in names}
    except _DAMAGE as caught:
        raise ReleaseError(at(f"the zip is damaged or cut off ({_plain(caught)}); {AGAIN}", file=file)) from None


def _plain(caught: BaseException) -> str:
    return str(caught).splitlines()[0][:120] if str(caught) else "it ends too soon"


def _check_member(member: zipfile.ZipInfo, file: str) -> None:
    """Refuses what no release file holds: folders, paths, links, locked or huge parts. Nothing has been unzipped yet."""
    name = member.filename
    if any(mark in name for mark in ("/", "\\", ":")) or ".." in name or not name.isprintable() or name != name.strip():
        raise ReleaseError(at(f"found a part named {name[:80]!r}, want plain names; do not unzip this file", file=file))
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ReleaseError(at(f"part {name}: found a link or folder, want a plain file; do not unzip this file", file=file))
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
        raise ReleaseError(at(f"part {name}: found it locked or packed in another way; {AGAIN}", file=file))
    largest = LARGEST_PART if name.endswith(".csv") else LARGEST_TEXT
    if member.file_size > largest:
        raise ReleaseError(at(f"part {name}: {member.file_size:,} bytes when unzipped, want at most {largest:,}; {AGAIN}", file=file))


def _check_names(names: list[str], file: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ReleaseError(at(f"part {twice[0]} is there twice; {AGAIN}", file=file))
    extra, absent = sorted(set(names) - set(PARTS)), [name for name in PARTS if name not in names]
    if extra:
        raise ReleaseError(at(f"found a part that no release file has: {', '.join(extra)}; {AGAIN}", file=file))
    if absent:
        raise ReleaseError(at(f"these parts are missing: {', '.join(absent)}; {AGAIN}", file=file))


def _read_package(data: bytes, file: str) -> dict[str, Any]:
    """``datapackage.json``, of a form that is known. Raises ReleaseError for a newer one or one of something else."""
    try:
        package = json.loads(data.decode("utf-8"), object_pairs_hook=_each_key_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as caught:
        raise ReleaseError(at(f"part {PACKAGE}: this is no JSON ({_plain(caught)}); {AGAIN}", file=file)) from None
    own = package.get(OWN) if isinstance(package, dict) else None
    form = own.get("format") if isinstance(own, dict) else None
    if not isinstance(own, dict) or type(form) is not int or not isinstance(package.get("resources"), list):
        raise ReleaseError(at(f"part {PACKAGE}: found a data package of something else, want a release file of cfanalysis", file=file))
    if form > FORMAT:
        raise ReleaseError(at(f"part {PACKAGE}: made by a newer cfanalysis (form {form}, this one reads {FORMAT}); update it", file=file))
    if form < FORMAT:
        raise ReleaseError(at(f"part {PACKAGE}: found form {form}, want {FORMAT}; {AGAIN}", file=file))
    return package


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _read_about(own: Mapping[str, Any], file: str) -> About:
    try:
        return About.model_validate(own.get("about"))
    except ValidationError as caught:
        first = caught.errors()[0]
        place = ".".join(map(str, first["loc"])) or "about"
        raise ReleaseError(at(f"part {PACKAGE}, key {place}: {first['msg']}; {AGAIN}", file=file)) from None


def _check_parts(parts: Mapping[str, bytes], package: Mapping[str, Any], file: str) -> None:
    """Every part is as it was written: the hashes, and what the package says of each table."""
    found = {name: hash_of(parts[name]) for name in PARTS if name != PACKAGE}
    own = package[OWN]
    said = own.get("sha256") if isinstance(own.get("sha256"), dict) else {}
    changed = [name for name in (*(part_name(table) for table in COLUMNS), README) if said.get(name) != found[name]]
    if changed:
        raise ReleaseError(at(f"part {changed[0]} is not as it was written: it was edited, or saved by a spreadsheet; {AGAIN}", file=file))
    wanted = [
        {**describe_table(name), "bytes": len(parts[part_name(name)]), "hash": f"sha256:{found[part_name(name)]}"} for name in COLUMNS
    ]
    told = [_untitled(each) for each in package["resources"]]
    if told != [_untitled(each) for each in wanted] or own.get("sha256_of_contents") != hash_of_contents(package):
        raise ReleaseError(at(f"part {PACKAGE} is not as it was written: it was edited; {AGAIN}", file=file))


def _untitled(resource: Any) -> Any:
    """A title is for readers, and may be bettered without a new form of the file."""
    return {key: value for key, value in resource.items() if key != "title"} if isinstance(resource, dict) else resource
