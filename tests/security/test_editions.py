"""A year of monthly use: twelve editions of a small authority, one output folder, nothing refused and nothing given away."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import sample
from cfanalysis.inputs import read_inputs
from cfanalysis.params import read_params
from cfanalysis.prepare import prepare_base
from cfanalysis.release.content import ADDRESS, Release
from cfanalysis.release.reading import read_release
from cfanalysis.releasing import make_release, prove

NOTEBOOKS = ("overview", "demand", "data_quality")
MONTHS, NEWEST, SHARE = 12, "2012-09", 0.125
"""One child in eight of Solentwick, while its history is still short: more of it is small, and it is quicker to run."""


EDITIONS = pd.period_range(end=NEWEST, periods=MONTHS, freq="M")


@dataclass(frozen=True)
class Year:
    """Of each edition: its parameters file, what its run said, its exit code and its pages. out: the folder of the outputs."""

    params: list[Path]
    said: list[str]
    codes: list[int]
    pages: list[dict[str, str]]
    out: Path

    @property
    def releases(self) -> list[Release]:
        """Oldest first."""
        return sorted((read_release(path) for path in self.out.rglob("*.zip")), key=lambda each: each.about.edition)


@pytest.fixture(scope="module")
def year(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Each edition run as an analyst would, after those before it; late records and corrections are in the files."""
    folder = tmp_path_factory.mktemp("year")
    params, out = sample.write_editions(folder, "solentwick", months=MONTHS, last=NEWEST, share=SHARE), folder / "outputs"
    (folder / "notebooks").symlink_to(root / "notebooks")
    chosen = [part for name in NOTEBOOKS for part in ("--notebook", name)]
    ran, pages = [], []
    for path in params:
        command = [
            sys.executable,
            "-m",
            "cfanalysis.cli",
            "run",
            str(path),
            "--out",
            str(out),
            "--policy",
            "dfe",
            "--workers",
            "1",
            *chosen,
        ]
        ran.append(subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder))
        pages.append({page.stem: page.read_text(encoding="utf-8") for page in (out / "released" / "solentwick").glob("*.html")})
    return Year(params, [each.stdout + each.stderr for each in ran], [each.returncode for each in ran], pages, out)


def test_every_edition_gives_its_pages(year: Year) -> None:
    assert year.codes == [0] * MONTHS, "\n".join(year.said)
    assert [each.about.as_at for each in year.releases] == [str(month) for month in EDITIONS]
    for month, pages in zip(EDITIONS, year.pages, strict=True):
        assert all(month.strftime("%B %Y") in pages[name] for name in NOTEBOOKS)


def test_nothing_can_be_worked_out_from_all_of_them(year: Year) -> None:
    assert prove(year.releases) > 500


def test_little_more_is_hidden_than_in_the_newest_alone(year: Year) -> None:
    inputs = read_inputs(read_params(year.params[-1]).model_copy(update={"policy": "dfe"}))
    alone = make_release(inputs)
    assert hidden(year.releases[-1]).sum() <= 1.15 * hidden(alone).sum()


def test_no_small_count_is_shown_and_what_is_shown_is_true(year: Year) -> None:
    for path, release in ((year.params[place], year.releases[place]) for place in (0, -1)):
        inputs = read_inputs(read_params(path).model_copy(update={"policy": "dfe"}))
        truth = prepare_base(inputs, hide_below=6).cells.set_index(list(ADDRESS))["value"]
        shown = release["figures"].set_index(list(ADDRESS))["value"].dropna()
        assert not shown.between(1, 5).any()
        known = truth.reindex(shown.index)
        assert (known.isna() | (known == shown)).all()


def hidden(release: Release) -> pd.Series:
    return release["figures"]["flag"] == "c"
