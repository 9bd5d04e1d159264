"""Digests of hidden figures: whether a count that was hidden is still the same, without keeping the count.

A digest (``release.digests``) is keyed with a secret that never leaves the private store. Who holds both can try every small number,
so both are private; what they save is true counts lying about, and a store that is lost gives nothing away. Without the secret digests
count as absent, and a hidden figure as unchanged.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping
from pathlib import Path

from cfanalysis.foundation.digests import Address
from cfanalysis.foundation.errors import RunError
from cfanalysis.foundation.files import compress, make_private_folder, set_aside, write_new, write_whole

SECRET, FOLDER = "secret.key", "digests"
_BYTES = 32
_FORMAT = 1


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


def keep_digests(store: Path, slug: str, name: str, digests: Mapping[Address, str]) -> None:
    """Keep the digests of what a release file hides (``releasing.release_with_digests``). name: of the file."""
    secret = read_secret(store)
    folder = make_private_folder(store, store / slug / FOLDER)
    rows = sorted([*address, digest] for address, digest in digests.items())
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


def _name_of(secret: bytes) -> str:
    """A name for a secret that says nothing of it: tells digests of one secret from those of another."""
    return hashlib.sha256(b"name of the secret" + secret).hexdigest()[:16]


def _place(folder: Path, name: str) -> Path:
    return folder / f"{name.removesuffix('.zip')}.json.gz"
