"""Parameters: what is right is read, what is wrong is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import params
from cfanalysis.foundation.errors import ParameterError

GOOD = """\
authority:
  name: Solentwick
  code: X99000001
as_at: 2018-09
first_month: 2010-10
synthetic: true
sources:
  - path: ../data/annex_a
    format: annex_a
    as_at: 2018-09-30
    window_months: 6
  - path: ../data/monthly.csv
    format: monthly
policy: dfe
"""


def write(folder: Path, text: str, name: str = "x.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    run = params.read_params(write(tmp_path, GOOD))
    assert run.authority.name == "Solentwick"
    assert run.as_at == pd.Period("2018-09", "M")
    assert run.sources[0].window_months == 6
    assert run.sources[0].as_at is not None
    assert run.sources[0].as_at.isoformat() == "2018-09-30"
    assert run.resolve("../data/monthly.csv") == (tmp_path / "../data/monthly.csv").resolve()
    assert run.notebooks == params.NOTEBOOKS
    assert run.slug == "solentwick"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("policy: dfe", "policy: dfe\ncolour: red", "x.yml, line 15: colour: unknown key; want one of authority, as_at"),
        ("  code: X99000001", "  kode: X", "x.yml, line 3: authority.kode: unknown key; want one of name, code"),
        ("    format: monthly", "    format: monthly\n    sheet: 3", "sources[2].sheet: unknown key; want one of path, format, as_at"),
        ("as_at: 2018-09\n", "as_at: 2018-13\n", "x.yml, line 4: as_at: found '2018-13'; want a month that exists, written like 2024-03"),
        ("as_at: 2018-09\n", "as_at: September 2018\n", "as_at: found 'September 2018'; want a month that exists"),
        ("as_at: 2018-09\n", "as_at: 2018\n", "as_at: found 2018; want a month that exists"),
        ("as_at: 2018-09\n", "", "x.yml, line 1: as_at: this key is missing"),
        (
            "name: Solentwick",
            "name: no",
            "x.yml, line 2: authority.name: found no, which YAML would read as true or false; put it in quotes",
        ),
        ("name: Solentwick", "name: 010", "authority.name: found 010, which YAML would read as a number written in base 8"),
        ("name: Solentwick", "name: 0x1F", "which YAML would read as a number written in another base"),
        ("name: Solentwick", "name: 1:30", "which YAML would read as a number of minutes"),
        ("name: Solentwick", "name: 12", "authority.name: found 12; want text"),
        ("name: Solentwick", "name: ''", "authority.name: found ''; want"),
        ("synthetic: true", "synthetic: 'true'", "synthetic: found 'true'; want true or false"),
        ("synthetic: true", "synthetic: yes", "found yes, which YAML would read as true or false"),
        ("window_months: 6", "window_months: '6'", "sources[1].window_months: found '6'; want a whole number"),
        ("window_months: 6", "window_months: 6.5", "sources[1].window_months: found 6.5; want"),
        ("window_months: 6", "window_months: 0", "sources[1].window_months: found 0; want greater than or equal to 1"),
        (
            "as_at: 2018-09-30",
            "as_at: 2018-09-31",
            "sources[1].as_at: found '2018-09-31'; want a date that exists, written like 2024-03-31",
        ),
        ("as_at: 2018-09-30", "as_at: 30/09/2018", "want a date that exists, written like 2024-03-31"),
        (
            "format: annex_a",
            "format: excel",
            "sources[1].format: found 'excel'; want 'annex_a', 'cin_census', 'ssd', 'monthly' or 'published'",
        ),
        ("first_month: 2010-10", "first_month: 2019-10", "first_month 2019-10 is after as_at 2018-09"),
        ("policy: dfe", "policy: none", "policy"),
        ("policy: dfe", "policy: dfe\npolicy: open", "x.yml, line 15: policy is given twice; keep one"),
        ("policy: dfe", "notebooks: [demand, ../evil]", "notebooks: found a list; want names of notebooks: overview"),
        ("policy: dfe", "notebooks: [demand, demand]", "want each notebook once"),
        ("policy: dfe", "notebooks: []", "want names of notebooks"),
        ("policy: dfe", "horizon: 200", "horizon: found 200; want less than or equal to 36"),
        ("policy: dfe", "horizon: 1_2", "which YAML would read as a number with its underscores taken out"),
        ("policy: dfe", "registers: {projection: a.yml}", "registers.projection: unknown key; want one of projections, events"),
        ("policy: dfe", "policy: [", "this is not YAML"),
        (
            "policy: dfe", "policy: {name: ours, title: t, meaning: m, hide_below: 8, near_months: 1}",
            "near_months is no longer a rule: what is analysed has been released before",
        ),
        ("code: X99000001", "code: '823'", "authority.code: found '823'; want"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in GOOD
    with pytest.raises(ParameterError) as caught:
        params.read_params(write(tmp_path, GOOD.replace(before, after)))
    assert message in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"nowhere\.yml: there is no such file"):
        params.read_params(tmp_path / "nowhere.yml")


def test_an_empty_file_and_a_list(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="found nothing, want keys and values"):
        params.read_params(write(tmp_path, ""))
    with pytest.raises(ParameterError, match="found a list, want keys and values"):
        params.read_params(write(tmp_path, "- a\n"))


def test_a_parameters_cell_changes_only_what_it_names(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    run, cell = params.of({"params_file": str(path), "as_at": "2017-12", "policy": "internal", "indicator": "referrals"})
    assert (run.as_at, run.policy, run.horizon) == (pd.Period("2017-12", "M"), "internal", 12)
    assert cell is not None
    assert cell.indicator == "referrals"
    with pytest.raises(ParameterError, match=r"the parameters cell: as_att: unknown key; want one of params_file, as_at"):
        params.of({"params_file": str(path), "as_att": "2017-12"})


@pytest.mark.parametrize(("name", "slug"), [("<script>", "script"), ("../../etc", "etc"), ("a" * 300, "a" * 80), ("\u202e", "authority")])
def test_an_authority_name_never_steers_a_path(name: str, slug: str) -> None:
    source = params.Source(path="x", format="published")
    run = params.Params(authority=params.Authority(name=name), as_at="2024-03", sources=(source,))
    assert run.slug == slug
