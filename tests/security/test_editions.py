"""A year of monthly use: twelve editions of a small authority, one output folder, nothing refused and nothing given away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import sample
from cfanalysis.batch import make_editions, plan, run_jobs
from cfanalysis.batch.engines import default_engine
from cfanalysis.foundation.contracts import ADDRESS, Release
from cfanalysis.params import read_params
from cfanalysis.prepare.base import prepare_base
from cfanalysis.prepare.inputs import read_inputs
from cfanalysis.release.reading import read_release
from cfanalysis.releasing.desk import release_authority
from cfanalysis.releasing.making import make_release, prove

NOTEBOOKS = ("overview", "demand", "data_quality")
MONTHS, NEWEST, SHARE = 12, "2014-06", 0.125
"""One child in eight of Solentwick, while its history is still short: more of it is small, and it is quicker to run."""


EDITIONS = pd.period_range(end=NEWEST, periods=MONTHS, freq="M")


@dataclass(frozen=True)
class Year:
    """Of each edition: its parameters file, its release file and its pages."""

    params: list[Path]
    files: list[Path]
    pages: list[dict[str, str]]
    errors: list[str]

    @property
    def releases(self) -> list[Release]:
        """Oldest first."""
        return [read_release(path) for path in self.files]


@pytest.fixture(scope="module")
def year(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Each edition released as an analyst would, after those before it, and its pages made from its file.

    Late records and corrections are in the files. All pages are made in one go: starting a process for each edition would take longest.
    """
    folder = tmp_path_factory.mktemp("year")
    params, out = sample.write_editions(folder, "solentwick", months=MONTHS, last=NEWEST, share=SHARE), folder / "outputs"
    files = [release_authority(read_params(path).model_copy(update={"policy": "dfe"}), out=out).path for path in params]
    jobs = [
        job
        for path in files
        for job in plan(make_editions(path, output=folder / path.stem), output=folder / path.stem, start=root, notebooks=NOTEBOOKS)
    ]
    errors = [result.error for result in run_jobs(jobs, engine=default_engine())]
    pages = [{page.stem: page.read_text(encoding="utf-8") for page in (folder / path.stem).rglob("*.html")} for path in files]
    return Year(params, files, pages, errors)


def test_every_edition_gives_its_pages(year: Year) -> None:
    assert year.errors == [""] * (MONTHS * len(NOTEBOOKS))
    assert [each.about.as_at for each in year.releases] == [str(month) for month in EDITIONS]
    for month, pages in zip(EDITIONS, year.pages, strict=True):
        assert all(month.strftime("%B %Y") in pages[name] for name in NOTEBOOKS)


def test_nothing_can_be_worked_out_from_all_of_them(year: Year) -> None:
    assert prove(year.releases).wide > 500


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
