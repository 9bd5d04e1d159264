"""Only released figures reach a reader: who opens a release file has no way to a child's record, and nothing hidden can be worked back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from tests.engine_runs import write_notebook

from cfanalysis import signals
from cfanalysis.batch import Job, run_jobs
from cfanalysis.indicators import catalogue
from cfanalysis.questions import outlook
from cfanalysis.questions.subject import Subject

CHILD_LEVEL = ("sources", "events", "store", "prepare", "releasing")
"""Rooms that can reach the authority's own files."""

RUN_NOTEBOOKS = """
import sys
from pathlib import Path
import nbformat
release, folder = sys.argv[1], Path(sys.argv[2])
for path in sorted(folder.glob("[01]*.ipynb")):
    held = {"display": lambda *shown: [each._repr_mimebundle_() for each in shown]}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, held)
            if "parameters" in cell.metadata.get("tags", []):
                held.update(params_file=release, policy="dfe")
print(" ".join(sorted(name for name in sys.modules if name.startswith("cfanalysis."))))
"""


def test_notebooks_of_a_release_file_cannot_reach_the_files_of_the_authority(sample_release: Path, root: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", RUN_NOTEBOOKS, str(sample_release), str(root / "notebooks")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    loaded = {name.split(".")[1] for name in ran.stdout.split()}
    assert {"workbook", "release", "figures", "words"} <= loaded, "the notebooks were run"
    assert loaded & set(CHILD_LEVEL) == set()


INSIDE_A_BATCH = """
import sys
from cfanalysis.foundation.errors import SourceError
rooms = sorted({name.split(".")[1] for name in sys.modules if name.startswith("cfanalysis.")})
raise SourceError(" ".join(rooms))
"""


def test_the_process_that_a_notebook_of_a_batch_is_forked_from_cannot_reach_them_either(sample_release: Path, tmp_path: Path) -> None:
    """This process has read the authority's files; the notebook's comes from another that has not."""
    job = Job(
        authority="A", slug="a", notebook="x", notebook_path=write_notebook(tmp_path / "x.ipynb", INSIDE_A_BATCH),
        release=sample_release, page=tmp_path / "x.html", policy="dfe", synthetic=True,
    )  # fmt: skip
    assert {"cfanalysis.sources", "cfanalysis.store"} <= set(sys.modules), "the sample was made here"
    (result,) = run_jobs([job])
    loaded = set(result.error.split())
    assert {"workbook", "release", "figures", "words"} <= loaded, "it is warm"
    assert loaded & set(CHILD_LEVEL) == set()


MONTHS = pd.period_range("2019-04", periods=60, freq="M")
SMALL = (24, 34, 44)


def truth() -> pd.Series:
    """Five years of a small authority's plans started; three months are small."""
    counts = np.random.default_rng(3).poisson(12, len(MONTHS)).astype(float).clip(min=6)
    counts[list(SMALL)] = [3, 1, 5]
    return pd.Series(counts, index=MONTHS)


def printed(series: pd.Series) -> pd.DataFrame:
    """What a page says was to be expected of each month, and its usual range, worked out from a series."""
    flag = np.where(series.isna(), "c", "")
    rows = pd.DataFrame({"month": series.index, "numerator": series, "denominator": np.nan, "value": series, "flag": flag})
    subject = Subject(catalogue()["cp_started"], "Smallshire", rows)
    told = subject.modelled()
    judged = signals.unusual(told.pop("series"), **told)
    return outlook.outlook(subject, judged, None).frame.set_index("month")[["expected", "low", "high"]]


def recovered(shown: pd.Series, expected: pd.DataFrame) -> dict[pd.Period, float]:
    """What an attacker who knows the method reads from the printed figures: the only small count that gives all of them."""
    known, found = shown.copy(), {}
    hidden = list(shown.index[shown.isna()])
    for place, month in enumerate(hidden):
        last = hidden[place + 1] if place + 1 < len(hidden) else shown.index[-1]
        after = pd.period_range(month + 1, last, freq="M")
        fits = []
        for guess in range(1, 6):
            tried = known[:last].copy()
            tried[month] = guess
            again = printed(tried.fillna(3.0)).reindex(after)
            if len(after) and np.allclose(again, expected.reindex(after), equal_nan=True):
                fits.append(float(guess))
        if len(fits) == 1:
            known[month] = found[month] = fits[0]
    return found


def test_hidden_months_cannot_be_worked_back_from_what_is_expected_of_later_ones() -> None:
    true = truth()
    shown = true.where(true >= 6)
    before = recovered(shown, printed(true))  # as version 0.1.0 did it: worked out from all months, small ones hidden afterwards
    assert before == true[shown.isna()].to_dict(), "the attack works on what it is for"
    assert recovered(shown, printed(shown)) == {}
