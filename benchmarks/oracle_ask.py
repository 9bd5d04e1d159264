"""The outside oracle's side of benchmarks/oracle.py.

Run by the interpreter that has pytauargus, which need not have cfanalysis. Tables come in as JSON,
each hidden cell's lowest and highest value goes out. The oracle reads a table in files of its own
(cells with a status, a hierarchy of periods) and works out by itself what adds up to what.
Its ``Engine.audit`` credits a reader with the least and the greatest figure of the table, hidden
ones among them; here every hidden cell has limits of its own instead.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from pytauargus import TauArgus, __version__
from pytauargus._tauargus import audit_jj
from pytauargus.engine import run_batch

WHOLE = "Total"
LAYOUT = f"""<SEPARATOR> ","
<SAFE> S
<UNSAFE> U
<PROTECT> P
period
<RECODEABLE>
<TOTCODE> "{WHOLE}"
<HIERARCHICAL>
<HIERCODELIST> "periods.hrc"
<HIERLEADSTRING> "@"
category
<RECODEABLE>
<TOTCODE> "{WHOLE}"
figure
<NUMERIC>
status
<STATUS>
"""
BATCH = """<OPENTABLEDATA> "table.tab"
<OPENMETADATA> "table.rda"
<SPECIFYTABLE> "period""category"|"figure"||
<SAFETYRULE>
<READTABLE>
"""
LEAST, MOST = 4, 5
"""Where a cell of the engine's programme has its limits."""


def hierarchy(parents: dict[str, str], above: str = WHOLE, depth: int = 0) -> list[str]:
    """The periods within one, each with those within it."""
    lines = []
    for period in (each for each, parent in parents.items() if parent == above):
        lines += ["@" * depth + period, *hierarchy(parents, period, depth + 1)]
    return lines


def read_table(table: dict, folder: Path) -> TauArgus:
    """The oracle's engine with one table in it."""
    rows = []
    for cell in table["cells"]:
        status = "U" if cell["limits"] else "S"
        rows.append(f"{cell['period']},{cell['category']},{cell['value']:g},{status}")
    periods = hierarchy(table["parents"])
    files = {"tab": rows, "rda": [LAYOUT], "arb": [BATCH]}
    for ending, lines in files.items():
        (folder / f"table.{ending}").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "periods.hrc").write_text("\n".join(periods) + "\n", encoding="utf-8")
    # The engine writes its programme itself, and has no public way to it.
    return run_batch(folder / "table.arb")._tau


def places(native: TauArgus) -> dict[tuple[str, str], int]:
    """Where the engine has each cell: row after row, the whole first."""
    codes = [
        [native.get_var_code(variable, place)[2].strip() or WHOLE for place in range(count)]
        for variable, count in ((each, native.get_var_number_of_codes(each)[0]) for each in (0, 1))
    ]
    return {cell: place for place, cell in enumerate(product(*codes))}


def with_limits(lines: list[str], limits: dict[str, list[float]]) -> list[str]:
    """The engine's programme with the least and the most that each hidden cell can be."""
    found = list(lines)
    for line in range(2, 2 + int(lines[1])):
        words = lines[line].split()
        if words[0] in limits:
            words[LEAST : MOST + 1] = (f"{each:g}" for each in limits[words[0]])
            found[line] = " ".join(words)
    return found


def bound(table: dict, folder: Path) -> list[tuple[float, float]]:
    """Lowest and highest of a table's hidden cells, in their order."""
    native, programme = read_table(table, folder), folder / "table.jj"
    at = places(native)
    cells = [cell for cell in table["cells"] if cell["limits"]]
    hidden = {at[cell["period"], cell["category"]]: cell for cell in cells}
    if not native.write_jj_format(0, str(programme), 0.0, 1.0, False, False, False):
        sys.exit(f"{table['name']}: the oracle could not write its programme")
    limits = {str(place): cell["limits"] for place, cell in hidden.items()}
    lines = with_limits(programme.read_text().splitlines(), limits)
    programme.write_text("\n".join(lines) + "\n")
    found = {row["cell"]: row for row in audit_jj(str(programme))}
    values = {place: row["value"] for place, row in found.items()}
    if values != {place: cell["value"] for place, cell in hidden.items()}:
        sys.exit(f"{table['name']}: the oracle's hidden cells are not those that it was given")
    return [(found[place]["min"], found[place]["max"]) for place in hidden]


def answer(table: dict) -> dict[str, object]:
    """The bounds of a table's hidden cells, and the CPU seconds of it."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        bounds = bound(table, Path(folder))
    return {"bounds": bounds, "seconds": time.process_time() - begun}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump({"version": __version__, "tables": [answer(each) for each in asked]}, sys.stdout)
