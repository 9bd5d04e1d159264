"""The private record of what pages have told: by edition and policy, and never taken for an edition before itself."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis import published
from cfanalysis.params import Params, read_params
from cfanalysis.release import begin_publication, control
from cfanalysis.tables import Span, Table

MONTH = pd.Period("2024-01", "M")
TEXT = "authority: {{name: Nowhere}}\nas_at: {as_at}\nsources: [{{format: monthly, path: data.csv}}]\n"


def params(folder: Path, as_at: str = "2024-03", data: str = "a,b\n") -> Params:
    (folder / "data.csv").write_text(data, encoding="utf-8")
    (folder / "x.yml").write_text(TEXT.format(as_at=as_at), encoding="utf-8")
    return read_params(folder / "x.yml")


def told(south: float) -> str:
    """What a page with one table leaves."""
    frame = pd.DataFrame({"team": ["N", "S", "E", "All"], "n": [30.0, south, 22.0, 52.0 + south]})
    spans = tuple(Span(name, MONTH, MONTH) for name in ("Open (team: N)", "Open (team: S)", "Open (team: E)", "Open"))
    begin_publication()
    cf.release(Table(frame, "Open", counts=("n",), margins={"team": "All"}, spans={"n": spans}), "dfe")
    return control._OPEN[0].remembered


def test_an_edition_finds_those_before_it_and_not_itself(tmp_path: Path) -> None:
    first, text = params(tmp_path), told(3.0)
    assert published.before(first, "dfe").keys == []
    published.keep(first, "dfe", {"demand": text})
    assert published.before(first, "dfe").keys == [], "a run of the same edition is no earlier edition"
    later = params(tmp_path, data="a,b\n1,2\n")
    assert published.before(later, "dfe").keys
    published.keep(later, "dfe", {"demand": told(4.0)})
    again = params(tmp_path)
    assert published.before(again, "dfe").keys == [], "nor does a later one change what an earlier one was"


def test_policies_are_kept_apart_and_other_pages_of_the_edition_can_be_asked_for(tmp_path: Path) -> None:
    run = params(tmp_path)
    published.keep(run, "dfe", {"demand": told(3.0), "overview": told(3.0)})
    later = params(tmp_path, as_at="2024-04")
    assert published.before(later, "strict").keys == []
    run = params(tmp_path)
    assert published.before(run, "dfe", but=["demand", "overview"]).keys == []
    assert published.before(run, "dfe", but=["demand"]).keys


def test_what_is_kept_is_private(tmp_path: Path) -> None:
    run = params(tmp_path)
    published.keep(run, "dfe", {"demand": told(3.0)})
    store = tmp_path / "private" / "editions"
    assert (store / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert {oct(path.stat().st_mode & 0o777) for path in store.rglob("*.gz")} == {"0o600"}


def test_the_same_files_elsewhere_are_the_same_edition(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    assert len({published.identity(params(folder)) for folder in folders}) == 1
    assert published.identity(params(tmp_path / "a", as_at="2024-02")) != published.identity(params(tmp_path / "b"))


@pytest.mark.parametrize(("south", "stays"), [(3.0, True), (9.0, True)])
def test_a_count_that_was_hidden_and_has_not_changed_stays_hidden(tmp_path: Path, south: float, stays: bool) -> None:
    first = params(tmp_path)
    published.keep(first, "dfe", {"demand": told(3.0)})
    later = params(tmp_path, data="other\n")
    frame = pd.DataFrame({"team": ["N", "S", "E", "All"], "n": [30.0, south, 22.0, 52.0 + south]})
    spans = tuple(Span(name, MONTH, MONTH) for name in ("Open (team: N)", "Open (team: S)", "Open (team: E)", "Open"))
    table = Table(frame, "Open", counts=("n",), margins={"team": "All"}, spans={"n": spans})
    begin_publication(None, lambda policy: published.before(later, policy))
    now = cf.release(table, "dfe").frame["n"].isna().tolist()
    assert (now[0] or now[2]) is stays, "a guard of last month that is shown this month gives last month's count away"
