"""How long a page takes after its notebook ran, how large it is, and what disclosure control costs.

    python benchmarks/pages.py [FOLDER of finished pages, outputs/ where none is named]

Peers: nbconvert's own HTML exporter over the same notebook, and a page of Altair's own HTML for every chart (to_html, inline).
Prints one table. Times are medians of five, on whatever machine this is run.
"""

from __future__ import annotations

import math
import statistics
import subprocess
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
from cfanalysis.disclosure.own.bounds import cell_bounds
from cfanalysis.disclosure.own.suppress import suppress
from cfanalysis.figures.render import _drawn
from cfanalysis.foundation.policy import policy
from cfanalysis.page.interactive import _compiled

ROOT = Path(__file__).resolve().parents[1]
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


def fresh(folder: Path) -> float:
    """Seconds of the first page of a process: what it must load (nbconvert, vl-convert) included, Python's own start not."""
    code = (
        "import time; began = time.perf_counter()\nfrom cfanalysis import page\n"
        f"page.export({str(folder / 'executed.ipynb')!r}, {str(folder / 'fresh.html')!r}, title='t', authority='a', policy='dfe',"
        " synthetic=True, interactive=True)\nprint(time.perf_counter() - began)"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def of_a_run(folder: Path) -> list[tuple[str, float, int]]:
    """The largest page of each kind in a folder of finished pages."""
    made = [path for path in folder.rglob("*.html") if path.stem not in ("index", "accessibility")]
    live = [path for path in made if "cf-bundle" in path.read_text(encoding="utf-8")]
    kinds = {"interactive": live, "static": [path for path in made if path not in live]}
    return [(f"largest of {len(pages)} {kind} pages in {folder.name}/", math.nan, max(path.stat().st_size for path in pages))
            for kind, pages in kinds.items() if pages]  # fmt: skip


def nbconvert_page(notebook: Path) -> str:
    import nbconvert

    return str(nbconvert.HTMLExporter(exclude_input=True).from_filename(str(notebook))[0])


def altair_page() -> str:
    return "".join(MADE[family]("dfe").chart().to_html(inline=True) for family in MADE)


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    cells = every_family()
    rows = []
    for name, options in ((f"static page, {len(MADE)} charts", {}), (f"interactive page, {len(MADE)} charts", {"interactive": True})):
        seconds = timed(cold(lambda options=options: exported(folder, cells, **options)))
        rows.append((name, seconds, (folder / "demand.html").stat().st_size))
    rows.append(("  the same, in a process that has loaded nothing", statistics.median(fresh(folder) for _ in range(REPEATS)), 0))
    rows.append(("  nbconvert over the same notebook", timed(lambda: nbconvert_page(folder / "executed.ipynb")),
                 len(nbconvert_page(folder / "executed.ipynb").encode())))  # fmt: skip
    rows.append((f"  Altair's own inline HTML of the {len(MADE)} charts", timed(altair_page), len(altair_page().encode())))
    rows.append((f"drawing {len(MADE)} charts in the notebook", timed(cold(lambda: [MADE[family]("dfe").svg() for family in MADE])), 0))
    rows.append(("release: 4 sources x 60 months with totals", timed(lambda: cf.release(by_source(), "dfe")), 0))
    system = random_tables(200, seed=1, largest=5)
    hidden = suppress(system, policy("dfe"))
    rows.append(("suppress: 200 tables up to 5 x 5", timed(lambda: suppress(system, policy("dfe"))), 0))
    values = np.array(system.numbers)
    rows.append(("audit: the same 200 tables", timed(lambda: cell_bounds(system.rows(), values, hidden)), 0))
    rows += of_a_run(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "outputs"))
    print(f"{'':50}{'seconds':>9}{'kilobytes':>11}")
    for name, seconds, size in rows:
        print(f"{name:50}{'' if math.isnan(seconds) else f'{seconds:.2f}':>9}{f'{size / 1000:,.0f}' if size else '':>11}")


if __name__ == "__main__":
    main()
