"""What an authority's earlier pages have told: kept in private beside its editions, so that this month's pages do not give away what last
month's hid.

One record for every edition and policy, and in it one file for every notebook. A record holds true counts: its folder is readable by its
owner only, is kept out of version control, and never lies among the outputs. No child is in it: only counts of published tables.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from cfanalysis.files import compress, make_private_folder, write_whole
from cfanalysis.params import Params
from cfanalysis.release.memory import Memory

FOLDER = "published"
_NAME = re.compile(r"^(\d{4,})__(\d{4}-\d{2})__([a-z][a-z0-9_-]*)__([0-9a-f]{12})$")


BESIDE = "CFANALYSIS_BESIDE"
"""A file that holds what pages of the same run have published, for one that is made again because they gave something away together."""


def before(params: Params, policy: str, *, but: Collection[str] | None = None) -> Memory:
    """What the pages of earlier editions have published under a policy; nothing of this edition itself, nor of those made after it.

    A run of the same edition finds the same as the first run of it did, and so gives the same pages. With ``but`` the other notebooks of
    this edition count as well: all but those named.
    """
    mine, found = identity(params), _records(params, policy)
    place = next((place for place, (_, digest) in enumerate(found) if digest == mine), len(found))
    paths = [path for folder, _ in found[:place] for path in sorted(folder.glob("*.json.gz"))]
    if but is not None and place < len(found):
        paths += [path for path in sorted(found[place][0].glob("*.json.gz")) if path.name.removesuffix(".json.gz") not in but]
    beside = os.environ.get(BESIDE, "")
    return Memory.of([*map(_read, paths), *(json.loads(Path(beside).read_text(encoding="utf-8")) if beside else [])])


def keep(params: Params, policy: str, written: Mapping[str, str]) -> None:
    """Remember what the finished pages of a run have published: by notebook, what ``release`` left of it."""
    mine, found = identity(params), _records(params, policy)
    folder = next((folder for folder, digest in found if digest == mine), None)
    if folder is None:
        number = 1 + max((_number(path) for path in _home(params).glob("*") if _NAME.match(path.name)), default=0)
        folder = _home(params) / f"{number:04d}__{params.as_at}__{policy}__{mine}"
    make_private_folder(params.resolve(params.editions), folder)
    for notebook, text in written.items():
        write_whole(folder / f"{notebook}.json.gz", compress(text), private=True)


def identity(params: Params) -> str:
    """What makes an edition: the authority's own files, and which months of them are read."""
    found = hashlib.sha256(json.dumps([str(params.as_at), str(params.first_month), params.rereferral.model_dump()]).encode())
    for source in params.sources:
        path = params.resolve(source.path)
        for file in [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file()):
            if source.format != "published":
                found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:12]


def _home(params: Params) -> Path:
    return params.resolve(params.editions) / params.slug / FOLDER


def _records(params: Params, policy: str) -> list[tuple[Path, str]]:
    """The records kept under a policy, in the order in which they were first kept, with what makes each."""
    home = _home(params)
    named = [(path, match) for path in home.glob("*") if (match := _NAME.match(path.name))] if home.is_dir() else []
    return [(path, match[4]) for path, match in sorted(named, key=lambda each: each[0].name) if match[3] == policy]


def _number(path: Path) -> int:
    return int(path.name.partition("__")[0])


def _read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()
