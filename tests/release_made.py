"""A small release to write, read and spoil."""

import io
import json
import zipfile

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import ADDRESS, COLUMNS, About, Release, empty
from cfanalysis.foundation.policy import policies
from cfanalysis.release.layout import OWN, PACKAGE, hash_of, hash_of_contents


def make_release(edition=1, *, as_at="2024-03", policy="dfe", slug="camden", **tables):
    """Three months of referrals, the middle one hidden, and a percentage."""
    rows = [
        ("referrals", "all", "2024-03", "figure", 41.0, ""),
        ("referrals", "all", "2024-02", "figure", np.nan, "c"),
        ("referrals", "source: Schools, \"other\"", "2024-Q1", "figure", 0.0, ""),
        ("rereferrals", "all", "2023/24", "figure", 21.0 + 2 / 3, ""),
    ]  # fmt: skip
    given = {name: empty(name) for name in COLUMNS}
    given["figures"] = pd.DataFrame(rows, columns=[*ADDRESS, "value", "flag"])
    given["registers"] = pd.DataFrame({"register": ["events"], "place": [0], "entry": ["=HYPERLINK(\"x\")\nThree of 4 seen, 'late'"]})
    given.update(tables)
    about = About(
        authority="Camden", slug=slug, as_at=as_at, edition=edition, policy=policies()[policy], version="0.2.0", horizon=12,
        rereferral={"window": "12 months", "same_day": False}, comparators={"neighbours": ("Brent", "Barnet")},
    )  # fmt: skip
    return Release(about, given)


def unpack(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def pack(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def hashed_anew(parts):
    """The parts as somebody who edits on purpose would leave them: every hash and size is right again."""
    package = json.loads(parts[PACKAGE])
    package[OWN]["sha256"] = {name: hash_of(data) for name, data in parts.items() if name in package[OWN]["sha256"]}
    for resource in package["resources"]:
        resource["bytes"], resource["hash"] = len(parts[resource["path"]]), f"sha256:{hash_of(parts[resource['path']])}"
    package[OWN]["sha256_of_contents"] = hash_of_contents(package)
    return {**parts, PACKAGE: json.dumps(package).encode()}
