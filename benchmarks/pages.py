"""How long a page takes after its notebook ran, how large it is, and what disclosure control costs.

    python benchmarks/pages.py

Peers: nbconvert's own HTML exporter over the same notebook, and a page of Altair's own HTML for every chart (to_html, inline).
Prints one table. Times are medians of five, on whatever machine this is run.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.pages_made import by_source, every_family, exported
from tests.property.release.test_random_tables import random_tables
from tests.unit.figures.test_families import MADE

import cfanalysis as cf
from cfanalysis.figures.render import _drawn
from cfanalysis.page.interactive import _compiled
from cfanalysis.release import policy
from cfanalysis.release.bounds import cell_bounds
from cfanalysis.release.suppress import suppress

REPEATS = 5


def timed(work: Callable[[], object]) -> float:
    """Median seconds of a few runs, after one that warms up."""
    work()
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def cold(work: Callable[[], object]) -> Callable[[], object]:
    """The same work with nothing drawn or compiled before."""

    def fresh() -> object:
        _drawn.cache_clear()
        _compiled.cache_clear()
        return work()

    return fresh


def nbconvert_page(notebook: Path) -> str:
    import nbconvert

    return str(nbconvert.HTMLExporter(exclude_input=True).from_filename(str(notebook))[0])


def altair_page() -> str:
    return "".join(MADE[family]("dfe").chart().to_html(inline=True) for family in MADE)


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    cells = every_family()
    rows = []
    for name, options in (("static page, 9 charts", {}), ("interactive page, 9 charts", {"interactive": True})):
        seconds = timed(cold(lambda options=options: exported(folder, cells, **options)))
        rows.append((name, seconds, (folder / "demand.html").stat().st_size))
    rows.append(("  nbconvert over the same notebook", timed(lambda: nbconvert_page(folder / "executed.ipynb")),
                 len(nbconvert_page(folder / "executed.ipynb").encode())))  # fmt: skip
    rows.append(("  Altair's own inline HTML of the 9 charts", timed(altair_page), len(altair_page().encode())))
    rows.append(("drawing 9 charts in the notebook", timed(cold(lambda: [MADE[family]("dfe").svg() for family in MADE])), 0))
    rows.append(("release: 4 sources x 60 months with totals", timed(lambda: cf.release(by_source(), "dfe")), 0))
    system = random_tables(200, seed=1, largest=5)
    hidden = suppress(system, policy("dfe"))
    rows.append(("suppress: 200 tables up to 5 x 5", timed(lambda: suppress(system, policy("dfe"))), 0))
    values = np.array(system.numbers)
    rows.append(("audit: the same 200 tables", timed(lambda: cell_bounds(system.rows(), values, hidden)), 0))
    print(f"{'':46}{'seconds':>9}{'kilobytes':>11}")
    for name, seconds, size in rows:
        print(f"{name:46}{seconds:9.2f}{f'{size / 1000:,.0f}' if size else '':>11}")


if __name__ == "__main__":
    main()
