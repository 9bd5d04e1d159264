"""Write src/cfanalysis/page/vendor: Vega and its expression interpreter, as interactive pages carry them.

    python scripts/vega_bundle.py 6.2.0 2.2.1

Fetches the two packages through npm, wraps the interpreter (an ES module) so that it runs as a plain script beside Vega, keeps both
licences, and writes down versions and SHA-256 sums in vendor/SOURCES.txt. The Vega version should be the one vl-convert draws with
(``vl_convert.get_vega_version()``), so that the interactive chart is the static one.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "src/cfanalysis/page/vendor"


def fetched(package: str, folder: Path) -> Path:
    """The unpacked npm package."""
    named = subprocess.run(["npm", "pack", package, "--silent"], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
    place = folder / package.replace("@", "-")
    with tarfile.open(folder / named.splitlines()[-1]) as archive:
        archive.extractall(place, filter="data")
    return place / "package"


def wrapped(module: str) -> str:
    """The interpreter's ES module as a script that takes what it needs from ``vega`` and adds itself to it."""
    wanted = re.search(r"^import \{([^}]*)\} from 'vega-util';$", module, re.MULTILINE)
    given = re.search(r"^export \{ expression as expressionInterpreter \};$", module, re.MULTILINE)
    if not wanted or not given:
        raise SystemExit("the interpreter is not written as this script expects; look at it before going on")
    body = module.replace(wanted[0], f"const {{{wanted[1]}}} = vega;").replace(given[0], "vega.expressionInterpreter = expression;")
    body = re.sub(r"^//# sourceMappingURL=.*$", "", body, flags=re.MULTILINE)
    return f"(function () {{\n'use strict';\n{body.strip()}\n}})();\n"


def main(vega: str, interpreter: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home, other = (fetched(name, Path(scratch)) for name in (f"vega@{vega}", f"vega-interpreter@{interpreter}"))
        files = {
            "vega.min.js": (home / "build/vega.min.js").read_text(encoding="utf-8"),
            "vega-interpreter.js": wrapped((other / "build/vega-interpreter.js").read_text(encoding="utf-8")),
            "vega.LICENSE.txt": (home / "LICENSE").read_text(encoding="utf-8"),
        }
    sums = [f"{hashlib.sha256(words.encode()).hexdigest()}  {name}" for name, words in files.items()]
    files["SOURCES.txt"] = (
        f"vega {vega} and vega-interpreter {interpreter}, https://github.com/vega/vega, BSD-3-Clause (vega.LICENSE.txt covers both:\n"
        "they are packages of one repository). Written by scripts/vega_bundle.py; SHA-256:\n\n" + "\n".join(sums) + "\n"
    )
    VENDOR.mkdir(exist_ok=True)
    for name, words in files.items():
        (VENDOR / name).write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
