"""Monthly use: the same authority run month after month, one output folder, each edition with all earlier ones in mind.

    python benchmarks/editions.py [--editions 60] [--authorities solentwick,moorshire] [--share 0.125]
                                  [--notebooks overview,demand,data_quality] [--pages-every 1] [--alone-every 10] [--foreseen]

Files as the sample generator would have had them sent each month, late records and corrections included, are written to a temporary
folder; each edition is a `cfanalysis run` under ``dfe`` in a process of its own. One row an edition: exit code, pages, figures, how many
of them are hidden, how many the same edition hides where it is released alone (the peer; worked out every so often, for it costs as
much again), CPU seconds of the run with everything it starts, size of the release file. At the end the audit of all files together,
what it proves, and what all files and the private store take on the disk. Without --notebooks all ten are made; `none` makes no page.
With --pages-every 10 pages are made of every tenth edition and of the last; of the others the release file only.

With --foreseen a second peer of the last edition: how many figures one would hide in it who knew from the first edition what all of
them would hold, and hid the same in each. What is hidden more than alone protects small counts of earlier editions, corrected since:
this is the least that can be, as near as it can be found.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from cfanalysis import sample
from cfanalysis.disclosure.decide import decide
from cfanalysis.foundation.contracts import ADDRESS, Release
from cfanalysis.foundation.digests import Address
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.params import NOTEBOOKS, read_params
from cfanalysis.prepare.base import Base, Before, prepare_base
from cfanalysis.prepare.inputs import read_inputs
from cfanalysis.release.reading import read_release
from cfanalysis.releasing.making import make_release, prove, structure

POLICY = "dfe"
ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("edition", "exit", "pages", "figures", "hidden", "alone", "more", "cpu s", "kB")
WIDTH = 8


def hidden(release: Release) -> int:
    """Figures of a release that are not shown."""
    return int((release["figures"]["flag"] == "c").sum())


def alone(params: Path) -> int:
    """How many figures the same edition hides where there is no other."""
    return hidden(make_release(read_inputs(read_params(params).model_copy(update={"policy": POLICY}))))


def foreseen(paths: Sequence[Path], releases: Sequence[Release]) -> int:
    """How many figures the last edition hides if every edition hides what any of them needs."""
    bases, before = [], Before()
    for path, release in zip(paths, releases, strict=True):
        inputs = read_inputs(read_params(path).model_copy(update={"policy": POLICY}))
        bases.append(prepare_base(inputs, hide_below=release.about.policy.hide_below, before=before))
        before = Before({**before.grains, **bases[-1].grains})
    union: set[Address] = set()
    while True:
        known = len(union)
        for base in reversed(bases):
            union |= hidden_in(base, releases[0].about.policy, union)
        if len(union) == known:
            return len(hidden_in(bases[-1], releases[0].about.policy, union))


def hidden_in(base: Base, rules: Policy, also: Iterable[Address]) -> set[Address]:
    """What is hidden of a base by itself, and what is to be hidden beside."""
    figures = decide(base.cells, structure(base.known), rules, around=dict.fromkeys(also, 0)).figures
    return set(figures.loc[figures["flag"] == "c", list(ADDRESS)].itertuples(index=False, name=None))


def run(params: Path, out: Path, notebooks: list[str]) -> tuple[int, float]:
    """Exit code and CPU seconds of one edition."""
    chosen = [part for name in notebooks for part in ("--notebook", name)]
    asked = ["release", str(params)] if notebooks == ["none"] else ["run", str(params), *chosen]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [sys.executable, "-m", "cfanalysis.cli", *asked, "--out", str(out), "--policy", POLICY], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode:
        print(ran.stdout[-2000:], ran.stderr[-2000:])
    return ran.returncode, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def print_row(*cells: object) -> None:
    """One line of the table."""
    print("  ".join(f"{cell!s:>{WIDTH}}" for cell in cells), flush=True)


def one_authority(stem: str, folder: Path, asked: argparse.Namespace) -> None:
    """Month after month; prints a row for each."""
    tables = folder / "published_synthetic"
    if asked.share == 1 and not tables.exists():
        sample.write(folder, authorities=[])
    own = tables if asked.share == 1 else None
    months = sample.write_editions(folder, stem, months=asked.editions, share=asked.share, published=own)
    if not (folder / "notebooks").exists():
        (folder / "notebooks").symlink_to(ROOT / "notebooks")
    out = folder / f"outputs_{stem}"
    print(f"\n{stem}")
    print_row(*COLUMNS)
    for number, path in enumerate(months, start=1):
        started = time.time()
        due = number % asked.pages_every == 0 or number == len(months)
        wanted = [name for name in asked.notebooks.split(",") if name] if due else ["none"]
        code, seconds = run(path, out, wanted)
        newest = max(out.rglob(f"{stem}_*.zip"), key=lambda each: each.stat().st_mtime_ns)
        release = read_release(newest)
        pages = sum(each.stem in NOTEBOOKS and each.stat().st_mtime >= started for each in (out / "released" / stem).glob("*.html"))
        peer = alone(path) if number % asked.alone_every == 0 or number == len(months) else None
        more = "" if peer is None else f"{100 * (hidden(release) / peer - 1):+.1f}%"
        size = newest.stat().st_size / 1000
        told = (len(release["figures"]), hidden(release), "" if peer is None else peer)
        print_row(release.about.as_at, code, pages, *told, more, f"{seconds:.0f}", f"{size:.0f}")
    releases = read_all(out)
    if asked.foreseen:
        least, last = foreseen(months, releases), hidden(releases[-1])
        print(f"the last edition hides {last:,}; one who foresaw all editions {least:,} ({100 * (last / least - 1):+.1f}%)", flush=True)
    print_proof(out, releases)


def read_all(out: Path) -> list[Release]:
    """All release files, oldest first."""
    return sorted((read_release(path) for path in out.rglob("*.zip")), key=lambda each: each.about.edition)


def print_proof(out: Path, releases: Sequence[Release]) -> None:
    """What the audit says of all files together."""
    started = time.process_time()
    try:
        proof = prove(releases)
        said = f"{proof.wide:,} hidden figures proved, {proof.given_away} follow from published figures"
    except ReleaseError as caught:
        said = f"REFUSED {caught}"
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    print(f"all {len(releases)} files together: {said} in {time.process_time() - started:.0f} CPU s; outputs {size:.0f} MB")


def main() -> None:
    """Run as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", type=int, default=60)
    parser.add_argument("--authorities", default="solentwick,moorshire", help="file stems of sample authorities, with commas")
    parser.add_argument("--share", type=float, default=0.125, help="part of the children; under 1 without tables in DfE's form")
    parser.add_argument("--notebooks", default="", help="names with commas; blank is all ten, 'none' releases only")
    parser.add_argument("--pages-every", type=int, default=1)
    parser.add_argument("--alone-every", type=int, default=10)
    parser.add_argument("--foreseen", action="store_true", help="a second peer of the last edition; every edition is read once more")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cfanalysis-") as folder:
        for stem in asked.authorities.split(","):
            one_authority(stem, Path(folder), asked)


if __name__ == "__main__":
    main()
