"""The audit beside an outside oracle: the bounds of every hidden cell of tables, by both.

    pip install pytauargus                       # tried: 0.6.0 on Linux; no part of this project
    python benchmarks/oracle.py [--python PATH]  # PATH: another interpreter, that has it
        [--authorities solentwick,moorshire] [--share 0.25] [--rows 5] [--as-named]

The oracle is the audit of Tau-Argus (pytauargus: Statistics Netherlands' engine on HiGHS). Each
sample authority is released under ``dfe`` from a part of its children. Every list of categories of
an indicator is a table: months in quarters, quarters in years to March, categories in their whole.
The oracle is given its figures, a hierarchy of periods and which cells are hidden, and writes its
equations itself; the audit is given the same table as a release file of its own. Lowest and highest
value of every hidden cell must agree, and lie around the true one.

Both know the same: categories make their whole; a hidden count is at least 1 (0 in a list that was
closed whole, zeros and all) and at most 100,000. What all periods of a table come to is in no
release; the oracle has a cell for it, hidden, that may be anything. Only single tables are
compared: the oracle knows no stocks, shares, other names, published figures or earlier files, as
the audit of a release does. --as-named leaves the whole the name that it has in the release: under that of the
series the audit takes lists of teams and areas for whole only if some row of one is shown whole.

Three patterns: "released"; "guards shown", where small counts alone are hidden; "one alone", where
one more cell is hidden, in a row that hides nothing else. The two last are unsafe. "narrowest" is
the least width; "narrow" how many hidden figures can be worked out too closely for the policy;
"refused" how many tables have such a figure by the oracle, and are refused by the audit. Printed
are the tables that hide most, then all of each pattern. CPU seconds: every cell bounded one by one
on both sides, without the start of either interpreter. Exit 1 where they differ.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from oracle_tables import TOP, Table, make_figures, patterns, question, tables_of

from cfanalysis.disclosure.audit.ledger import Known, write_down
from cfanalysis.disclosure.audit.proving import audit
from cfanalysis.disclosure.audit.system import Picture, System, bound, wide
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy

SAMPLES = ("solentwick", "wealdshire", "moorshire", "itchenport", "marchfordshire")
ASK = Path(__file__).with_name("oracle_ask.py")
MISSING = "no pytauargus in {}: pip install pytauargus there, or name another by --python PATH"
SAME = 1e-3
"""Bounds of two solvers are the same within this."""

NOTHING_ELSE = Known((), frozenset(), frozenset(), {}, (), ())
"""The audit knows a table alone."""

COUNTS = {"tables": 6, "cells": 6, "hidden": 6, "differ": 6}
PAIRS = {"narrowest": 16, "narrow": 13, "refused": 11, "CPU s": 15}
"""Columns and their widths; pairs are the oracle's and the audit's."""


@dataclass(frozen=True)
class Seen:
    """What the audit makes of a table: its unknowns, lowest and highest of each."""

    picture: Picture
    bounds: np.ndarray
    refused: bool
    seconds: float

    def least(self) -> dict[tuple[str, str, str, str], float]:
        """What a reader takes every hidden figure to be at least."""
        return dict(zip(self.picture.names, self.picture.lowest, strict=True))


def bound_all(table: Table, rules: Policy) -> Seen:
    """The audit's bounds of every hidden cell of one table, and whether it refuses the table."""
    files, refused = [(table.as_file(), rules)], False
    begun = time.process_time()
    picture = write_down(files, NOTHING_ELSE, frozenset())
    system = System.of(picture)
    start = system.start()
    seen = [start.copy(), start.copy()]
    for place in range(len(picture.names)):
        bound(system, place, seen)
    seconds = time.process_time() - begun
    try:
        audit(files)
    except ReleaseError:
        refused = True
    return Seen(picture, np.array(seen), refused, seconds)


def ask(python: str, questions: Sequence[dict[str, object]]) -> tuple[str, list[dict]]:
    """The oracle's version and answers. Exits where the interpreter has none."""
    command, asked = [python, ASK], json.dumps(questions)
    try:
        ran = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    except OSError as caught:
        sys.exit(f"{python}: {caught.strerror}; {MISSING.format('it')}")
    if "No module named 'pytauargus'" in ran.stderr:
        sys.exit(MISSING.format(python))
    if ran.returncode:
        sys.exit(ran.stderr.strip())
    found = json.loads(ran.stdout)
    return found["version"], found["tables"]


def compare(table: Table, seen: Seen, answer: Mapping[str, list]) -> dict[str, object]:
    """What either side finds of one table."""
    truth, names = table.hidden(), seen.picture.names
    bounds = answer["bounds"][: len(truth)]  # after them come those of all periods together
    told = dict(zip(truth, bounds, strict=True))
    theirs, true = np.array([told[name] for name in names]).T, np.array([*map(truth.get, names)])
    low, high = seen.bounds
    off = (np.abs(theirs - seen.bounds) > SAME).any(axis=0)
    off |= (low > true + SAME) | (high < true - SAME)
    both = (theirs, seen.bounds)
    narrow = [int((~wide(seen.picture, *each)).sum()) for each in both]
    pairs = {
        "narrowest": [float((each[1] - each[0]).min()) for each in both],
        "narrow": narrow,
        "refused": [int(narrow[0] > 0), int(seen.refused)],
        "CPU s": [answer["seconds"], seen.seconds],
    }
    return {
        "table": table.name,
        "pattern": table.pattern,
        "tables": 1,
        "cells": len(table.cells),
        "hidden": len(truth),
        "differ": int(off.sum()) + len(truth) - len(names),
        **{(name, side): each[side] for name, each in pairs.items() for side in (0, 1)},
    }


def compare_all(stem: str, asked: argparse.Namespace) -> pd.DataFrame:
    """Every table of an authority in every pattern: a row each."""
    figures, rules = make_figures(stem, asked.share)
    whole = tables_of(figures, as_named=asked.as_named)
    tables = [each for table in whole for each in patterns(table, rules)]
    seen = [bound_all(table, rules) for table in tables]
    questions = [question(table, each.least()) for table, each in zip(tables, seen, strict=True)]
    _, answers = ask(asked.python, questions)
    return pd.DataFrame([*map(compare, tables, seen, answers)])


def add_up(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each pattern."""
    how = {each: "min" if each[0] == "narrowest" else "sum" for each in rows.columns[2:]}
    return rows.groupby("pattern", sort=False).agg(how).reset_index().assign(table=name)


def print_rows(rows: pd.DataFrame) -> None:
    """Rows of the table."""
    for row in rows.to_dict("records"):
        print(f"{row['table']:<50} {row['pattern']:<12}", end="")
        print(*(f"{row[name]:>{size}}" for name, size in COUNTS.items()), end="")
        for name, size in PAIRS.items():
            print(f"{' | '.join(said(name, row[name, side]) for side in (0, 1)):>{size}}", end="")
        print(flush=True)


def said(name: str, value: float) -> str:
    """A number as printed: a width that has no end but the top of all counts is none."""
    if name == "CPU s":
        return f"{value:.2f}"
    return "no end" if value > TOP / 2 else f"{value:.4g}"


def main() -> None:
    """Run as asked."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--python", default=sys.executable, help="an interpreter with pytauargus")
    parser.add_argument("--authorities", default=",".join(SAMPLES), help="file stems, with commas")
    parser.add_argument("--share", type=float, default=0.25, help="the part of the children")
    parser.add_argument("--rows", type=int, default=5, help="tables printed of each authority")
    parser.add_argument("--as-named", action="store_true", help="wholes as the release has them")
    asked = parser.parse_args()
    version, _ = ask(asked.python, [])
    print(f"pytauargus {version}; {asked.share:g} of the children; in pairs: oracle | audit")
    head = [f"{name:>{size}}" for name, size in (COUNTS | PAIRS).items()]
    print(f"{'table':<50} {'pattern':<12}", *head)
    every = []
    for stem in asked.authorities.split(","):
        every.append(found := compare_all(stem, asked))
        print_rows(found[found["pattern"] == "released"].nlargest(asked.rows, "hidden"))
        print_rows(add_up(f"all of {stem}", found))
    found = pd.concat(every, ignore_index=True)
    print_rows(add_up("all", found))
    verdicts = found["refused", 0] != found["refused", 1]
    sys.exit(bool((verdicts | (found["differ"] > 0)).any()))


if __name__ == "__main__":
    main()
