"""Digests of hidden figures: whether a count that was hidden is still the same, without keeping the count.

A digest is keyed with a secret that never leaves the private store. Who holds both can try every small number, so both are private; what
they save is true counts lying about, and a store that is lost gives nothing away. Without the secret digests count as absent, and a hidden
figure as unchanged.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cfanalysis.errors import RunError
from cfanalysis.files import compress, make_private_folder, set_aside, write_new, write_whole
from cfanalysis.release.content import ADDRESS

SECRET, FOLDER = "secret.key", "digests"
_BYTES = 32
_FORMAT = 1

Address = tuple[str, str, str, str]


def read_secret(store: Path) -> bytes:
    """The secret of a store, made where there is none. One that is damaged is set aside: what it signed counts as absent."""
    path = store / SECRET
    if path.is_file():
        found = path.read_bytes()
        if len(found) == _BYTES:
            return found
        set_aside(path)
    make_private_folder(store, store)
    with contextlib.suppress(RunError):  # another run was quicker: its secret is as good
        write_new(path, secrets.token_bytes(_BYTES), private=True)
    return path.read_bytes()


def digest_hidden(secret: bytes, figures: pd.DataFrame) -> dict[Address, str]:
    """One digest for every row: of its address and its value (HMAC-SHA256). figures: columns ``ADDRESS`` and ``value``, the true one.

    >>> rows = pd.DataFrame([("referrals", "all", "2024-03", "figure", 3.0)], columns=[*ADDRESS, "value"])
    >>> digest_hidden(b"a", rows) == digest_hidden(b"b", rows)
    False
    """
    rows = figures[[*ADDRESS, "value"]].itertuples(index=False, name=None)
    return {(one, two, three, four): _digest(secret, (one, two, three, four), value) for one, two, three, four, value in rows}


def _digest(secret: bytes, address: Address, value: float) -> str:
    told = json.dumps([*address, repr(float(value))])
    return hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()


def keep_digests(store: Path, slug: str, name: str, hidden: pd.DataFrame) -> None:
    """Keep digests of what a release file hides. name: of the file; hidden: columns ``ADDRESS`` and ``value``, the true one."""
    secret = read_secret(store)
    folder = make_private_folder(store, store / slug / FOLDER)
    rows = sorted([*address, digest] for address, digest in digest_hidden(secret, hidden).items())
    written = json.dumps({"format": _FORMAT, "secret": _name_of(secret), "digests": rows})
    write_whole(_place(folder, name), compress(written), private=True)


def read_digests(store: Path, slug: str, name: str) -> Mapping[Address, str] | None:
    """The digests kept of a release file, or None where there are none that can be compared: lost, damaged, or of a secret that is lost."""
    path = _place(store / slug / FOLDER, name)
    if not path.is_file() or not (store / SECRET).is_file():
        return None
    try:
        kept = json.loads(gzip.decompress(path.read_bytes()))
        digests = {(str(one), str(two), str(three), str(four)): str(digest) for one, two, three, four, digest in kept["digests"]}
        fits = kept["format"] == _FORMAT and kept["secret"] == _name_of(read_secret(store))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
        set_aside(path)
        return None
    return digests if fits else None


def same_as_before(store: Path, slug: str, name: str, figures: pd.DataFrame) -> pd.Series:
    """Whether each figure is what it was where a release file hid it: True, False, or missing where nobody can say.

    figures: columns ``ADDRESS`` and ``value``, the true ones of today.
    """
    kept = read_digests(store, slug, name)
    answers: list[bool | None] = [None] * len(figures)
    if kept is not None:
        secret = read_secret(store)
        rows = figures[[*ADDRESS, "value"]].itertuples(index=False, name=None)
        for row, (one, two, three, four, value) in enumerate(rows):
            address = (one, two, three, four)
            if address in kept:
                answers[row] = hmac.compare_digest(kept[address], _digest(secret, address, value))
    return pd.Series(answers, index=figures.index, dtype="boolean")


def _name_of(secret: bytes) -> str:
    """A name for a secret that says nothing of it: tells digests of one secret from those of another."""
    return hashlib.sha256(b"name of the secret" + secret).hexdigest()[:16]


def _place(folder: Path, name: str) -> Path:
    return folder / f"{name.removesuffix('.zip')}.json.gz"
