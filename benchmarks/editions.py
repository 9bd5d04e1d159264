"""Monthly use: a release of the same authority month after month, each with all earlier ones in mind.

    python benchmarks/editions.py [--editions 12] [--authorities moorshire] [--share 0.125]

Files as the sample generator would have had them sent each month are written to a temporary folder, read, and made into a
release under ``dfe``. One row an edition: figures, how many of them are hidden, how many the same edition hides where it is
released alone, CPU seconds of the release, size of its file, CPU seconds of the audit of all release files so far, and what it
says: how many hidden figures it proves, or the first that can be worked out. No page is made here: pages are not made from
releases yet (docs/design.md).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from cfanalysis import sample
from cfanalysis.errors import ReleaseError
from cfanalysis.inputs import read_inputs
from cfanalysis.params import read_params
from cfanalysis.release.content import Release
from cfanalysis.release.writing import write_release
from cfanalysis.releasing import make_release, prove

POLICY = "dfe"
COLUMNS = ("edition", "figures", "hidden", "alone", "cpu s", "kB", "audit s", "audit says")
Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What some work gives, and its CPU seconds."""
    before = time.process_time()
    return work(), time.process_time() - before


def proved(releases: Sequence[Release]) -> str:
    """What the audit says of all release files together."""
    try:
        return f"{prove(releases):,} proved"
    except ReleaseError as caught:
        return f"REFUSED {caught}"


def hidden(release: Release) -> int:
    """Figures of a release that are not shown."""
    return int((release["figures"]["flag"] == "c").sum())


def one_authority(stem: str, folder: Path, editions: int, share: float) -> None:
    """Month after month; prints a row for each."""
    tables = folder / "published_synthetic"
    if share == 1 and not tables.exists():
        sample.write(folder, authorities=[])
    months = sample.write_editions(folder, stem, months=editions, share=share, published=tables if share == 1 else None)
    print(f"\n{stem}\n{'  '.join(f'{name:>8}' for name in COLUMNS)}", flush=True)
    releases: list[Release] = []
    for number, path in enumerate(months, start=1):
        params = read_params(path).model_copy(update={"policy": POLICY})
        inputs = read_inputs(params)
        made, seconds = timed(lambda inputs=inputs, number=number: make_release(inputs, releases, edition=number))
        alone = hidden(make_release(inputs))
        releases.append(made)
        size = write_release(made, folder / stem / f"{number}.zip").stat().st_size / 1000
        said, checking = timed(lambda: proved(releases))
        row = (params.as_at, len(made["figures"]), hidden(made), alone, f"{seconds:.1f}", f"{size:.0f}", f"{checking:.1f}", said)
        print("  ".join(f"{value!s:>8}" for value in row), flush=True)


def main() -> None:
    """Run as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", type=int, default=12)
    parser.add_argument("--authorities", default="moorshire", help="file stems of sample authorities, with commas")
    parser.add_argument("--share", type=float, default=0.125, help="part of the children; under 1 without tables in DfE's form")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cfanalysis-") as folder:
        for stem in asked.authorities.split(","):
            one_authority(stem, Path(folder), asked.editions, asked.share)


if __name__ == "__main__":
    main()
