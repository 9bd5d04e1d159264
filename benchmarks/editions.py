"""Monthly use: the same authorities released and made into pages month after month.

    python benchmarks/editions.py [--editions 60] [--authorities solentwick,moorshire]
        [--notebooks 10] [--alone-every 12]

Files as the sample generator would have had them sent each month are written to a temporary folder
(or --folder, which is kept); then ``cfanalysis release`` and ``cfanalysis run`` are run on each
month as an analyst would, with one output folder and one private store. Prints one table, a row an
edition: pages made, exit code, cells hidden, cells hidden where the same edition is released alone
(a fresh store and output folder), figures withheld, CPU seconds of everything on whatever machine
this is run, size of the release file; then what ``cfanalysis check`` finds of all release files
together.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cfanalysis import sample
from cfanalysis.params import NOTEBOOKS, read_params

POLICY = "dfe"
HIDDEN = "c"
"""The flag of a figure that is not shown (docs/methods/disclosure.md)."""
COLUMNS = ("edition", "pages", "exit", "hidden", "alone", "withheld", "cpu s", "kB")


@dataclass(frozen=True)
class Ran:
    """What came of one month: its release file, if any, pages, exit code, CPU seconds."""

    file: Path | None
    pages: int
    code: int
    seconds: float
    said: str


def cfanalysis(*arguments: str) -> tuple[int, float, str]:
    """Run the command as an analyst does: exit code, CPU seconds with children, what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "cfanalysis.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.returncode, seconds, (done.stderr or done.stdout).strip()


def release(params: Path, outputs: Path) -> Ran:
    """Release one month; its file is the one that was not there before."""
    folder = outputs / "released"
    before = set(folder.rglob("*.zip"))
    code, seconds, said = cfanalysis("release", str(params), "--out", str(outputs), "--policy", POLICY)
    made = sorted(set(folder.rglob("*.zip")) - before)
    return Ran(made[-1] if made else None, 0, code, seconds, said)


def run(params: Path, outputs: Path, notebooks: tuple[str, ...]) -> Ran:
    """Release one month and make its pages; those of the month before go, lest they be counted."""
    folder = outputs / "released" / read_params(params).slug
    for page in folder.glob("*.html"):
        page.unlink()
    released = release(params, outputs)
    chosen = [part for name in notebooks for part in ("--notebook", name)]
    code, seconds, said = cfanalysis("run", str(params), "--out", str(outputs), "--policy", POLICY, "--static", *chosen)
    pages = sum((folder / f"{name}.html").exists() for name in notebooks)
    return Ran(
        released.file,
        pages,
        released.code or code,
        released.seconds + seconds,
        released.said if released.code else said,
    )


def alone(params: Path, scratch: Path) -> Ran:
    """The same month released by an authority that never released anything before."""
    text, stem = params.read_text(encoding="utf-8"), params.stem
    line = next(row for row in text.splitlines() if row.startswith("editions:"))
    fresh = params.with_name(f"{stem}_alone.yml")
    fresh.write_text(text.replace(line, f"editions: ../alone/{stem}"), encoding="utf-8")
    try:
        return release(fresh, scratch / "alone_outputs" / stem)
    finally:
        fresh.unlink()


def hidden(file: Path | None) -> int | str:
    """Cells of a release file that are not shown."""
    if file is None:
        return ""
    with zipfile.ZipFile(file) as bundle:
        tables = [name for name in bundle.namelist() if Path(name).name == "figures.csv"]
        figures = pd.read_csv(bundle.open(tables[0]), dtype=str, keep_default_na=False)
    return int((figures["flag"] == HIDDEN).sum())


def withheld(file: Path | None) -> object:
    """Figures withheld because of what earlier editions show, as the release file says."""
    if file is None:
        return ""
    with zipfile.ZipFile(file) as bundle:
        return json.loads(bundle.read("datapackage.json")).get("withheld", "")


def one_authority(stem: str, scratch: Path, asked: argparse.Namespace) -> list[Path]:
    """Month after month; prints a row for each and gives the release files."""
    tables = scratch / "published_synthetic"
    if asked.share == 1 and not tables.exists():
        sample.write(scratch, authorities=[])
    months = sample.write_editions(
        scratch,
        stem,
        months=asked.editions,
        share=asked.share,
        published=tables if asked.share == 1 else None,
    )
    print(
        f"\n{read_params(months[0]).authority.name}\n{'  '.join(f'{name:>8}' for name in COLUMNS)}",
        flush=True,
    )
    files = []
    for number, params in enumerate(months, start=1):
        ran = run(params, scratch / "outputs", NOTEBOOKS[: asked.notebooks])
        compared = number == len(months) or number % asked.alone_every == 0
        beside = hidden(alone(params, scratch).file) if compared else "-"
        size = round(ran.file.stat().st_size / 1000) if ran.file else ""
        row = (
            str(read_params(params).as_at),
            ran.pages,
            ran.code,
            hidden(ran.file),
            beside,
            withheld(ran.file),
            f"{ran.seconds:.1f}",
            size,
        )
        print("  ".join(f"{value!s:>8}" for value in row), flush=True)
        if ran.code:
            print(f"          {ran.said.splitlines()[-1] if ran.said else 'nothing said'}", flush=True)
        files += [ran.file] if ran.file else []
    return files


def main() -> None:
    """Run as asked."""
    parser = argparse.ArgumentParser(description="Monthly editions of sample authorities, released and made into pages.")
    parser.add_argument("--editions", type=int, default=60)
    parser.add_argument(
        "--authorities",
        default="solentwick,moorshire",
        help="file stems of sample authorities, with commas",
    )
    parser.add_argument(
        "--notebooks",
        type=int,
        default=len(NOTEBOOKS),
        help="pages of each edition, in reading order",
    )
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="part of the children; under 1 without tables in DfE's form",
    )
    parser.add_argument(
        "--alone-every",
        type=int,
        default=1,
        help="release each so-many-th edition alone too; the newest always",
    )
    parser.add_argument("--folder", type=Path, help="where to work; kept (a temporary folder where none is given)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cfanalysis-") as temporary:
        scratch = (asked.folder or Path(temporary)).resolve()
        for stem in asked.authorities.split(","):
            files = one_authority(stem, scratch, asked)
            code, seconds, said = cfanalysis("check", *map(str, files)) if files else (1, 0.0, "no release file to check")
            print(
                f"all {len(files)} release files together: exit {code}, {seconds:.1f} CPU s\n{said}",
                flush=True,
            )


if __name__ == "__main__":
    main()
