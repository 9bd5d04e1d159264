"""What a release costs, each sample authority: made the first time, made again when nothing has changed, opened, and its size.

    python benchmarks/release.py [--authorities solentwick,moorshire] [--policy dfe]

CPU seconds. "first": every file read, the base prepared, what may be shown decided and proved, the file written; the private
store is empty. "again": the same command when nothing has changed. "open": the file read strictly, every table checked, after
import. Its peer, "pandas", reads the same CSV tables from the same zip with ``pandas.read_csv`` and checks nothing. "ten": the
release opened and ten notebooks run in children of one process that has imported everything, as a batch runs them; "pages": their
charts drawn, pages written and checked (33 s at 0.1.0 for notebooks and charts). The files are those of
``cfanalysis sample`` (data/sample); stores and outputs are temporary.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cfanalysis.batch.warm import ONE_THREAD
from cfanalysis.foundation.contracts import COLUMNS
from cfanalysis.foundation.errors import CfanalysisError
from cfanalysis.release.layout import part_name
from cfanalysis.release.reading import read_release

SAMPLES = ("solentwick", "wealdshire", "moorshire", "itchenport", "marchfordshire")
TARGETS = {"first s": 20.0, "again s": 3.0, "open s": 0.15, "ten s": 13.0}
COLUMNS_SHOWN = ("authority", "first s", "again s", "open s", "pandas s", "ten s", "pages s", "kB", "figures", "hidden")
OPENINGS = 5
"""The quickest of so many: the machine has other work."""

RUN = """
import sys, time
from pathlib import Path
from cfanalysis.releasing import desk as releases
from cfanalysis.params import read_params
params = read_params(sys.argv[1]).model_copy(update={"editions": sys.argv[2], "policy": sys.argv[3]})
made = releases.release_authority(params, out=Path(sys.argv[4]))
print(made.path, time.process_time())
"""
"""A process of its own: what is imported counts, as it does for whoever types the command."""


RUN_TEN = """
import resource, sys, time
from pathlib import Path
from cfanalysis.batch.warm import warm_up
warm_up()
from cfanalysis.batch import make_editions, plan
from cfanalysis.batch.run import make_page, run_notebook
from cfanalysis.workbook.opening import hold_release
release, folder = Path(sys.argv[1]), Path(sys.argv[2])
jobs = plan(make_editions(release, output=folder), output=folder, start=Path.cwd())
begun = time.process_time()
hold_release(release)
for job in jobs:
    run_notebook(job, "inprocess", folder / job.notebook_path.name)
children = resource.getrusage(resource.RUSAGE_CHILDREN)
ten = time.process_time() - begun + children.ru_utime + children.ru_stime
begun = time.process_time()
for job in jobs:
    make_page(job, folder / job.notebook_path.name)
print(ten, time.process_time() - begun)
"""
"""Notebooks first, then pages: nothing may be forked from a process that has drawn a chart."""


def ten_notebooks(release: Path, folder: Path) -> tuple[float, float]:
    """The CPU seconds of ten notebooks of one release, and of their pages."""
    command = [sys.executable, "-c", RUN_TEN, str(release), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | ONE_THREAD)
    ten, pages = map(float, ran.stdout.split())
    return ten, pages


def made(params: Path, folder: Path, policy: str) -> tuple[Path, float]:
    """The release file, and the CPU seconds of the process that made it. Raises CfanalysisError where it stopped."""
    command = [sys.executable, "-c", RUN, str(params), str(folder / "store"), policy, str(folder / "outputs")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise CfanalysisError(ran.stderr.strip().splitlines()[-1])
    path, seconds = ran.stdout.rsplit(maxsplit=1)
    return Path(path.strip()), float(seconds)


def quickest(work: Callable[[], object]) -> float:
    """The CPU seconds of the quickest of several times."""
    times = []
    for _ in range(OPENINGS):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def read_plainly(path: Path) -> dict[str, pd.DataFrame]:
    """The same tables as pandas reads them."""
    with zipfile.ZipFile(path) as packed:
        return {name: pd.read_csv(packed.open(part_name(name))) for name in COLUMNS}


def one(stem: str, policy: str) -> dict[str, object]:
    """One row of the table."""
    params = Path("params") / f"{stem}.yml"
    with tempfile.TemporaryDirectory(prefix="cfanalysis-") as named:
        folder = Path(named)
        try:
            path, first = made(params, folder, policy)
            again, second = made(params, folder, policy)
        except CfanalysisError as caught:
            return {"authority": stem, "first s": f"STOPPED {caught}"}
        assert again == path, "nothing had changed and another file was written"
        figures = read_release(path)["figures"]
        ten, pages = ten_notebooks(path, folder)
        return {
            "authority": stem, "first s": first, "again s": second, "open s": quickest(lambda: read_release(path)),
            "pandas s": quickest(lambda: read_plainly(path)),
            "ten s": ten, "pages s": pages, "kB": path.stat().st_size / 1000, "figures": len(figures),
            "hidden": int((figures["flag"] == "c").sum()),
        }  # fmt: skip


def written(value: object) -> str:
    """A cell of the table."""
    return (
        f"{value:,.2f}" if isinstance(value, float) and value < 100 else f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)
    )


def main() -> None:
    """Run as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--authorities", default=",".join(SAMPLES), help="file stems of sample authorities, with commas")
    parser.add_argument("--policy", default="dfe", choices=("dfe", "strict", "internal"))
    asked = parser.parse_args()
    print("  ".join(f"{name:>14}" for name in COLUMNS_SHOWN), flush=True)
    print("  ".join(f"{f'<= {TARGETS[name]:g}' if name in TARGETS else '':>14}" for name in COLUMNS_SHOWN), flush=True)
    for stem in asked.authorities.split(","):
        row = one(stem, asked.policy)
        print("  ".join(f"{written(row.get(name, '')):>14}" for name in COLUMNS_SHOWN), flush=True)


if __name__ == "__main__":
    main()
