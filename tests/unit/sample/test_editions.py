"""Monthly editions: what was sent stays, late records come later, the same seed gives the same bytes."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import sample
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.params import Params, read_params
from cfanalysis.prepare.inputs import read_inputs

SHARE = 0.125
STEM = "moorshire"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return sample.write_editions(tmp_path_factory.mktemp("desk"), STEM, months=7, share=SHARE)


@pytest.fixture(scope="module")
def runs(desk: list[Path]) -> list[Params]:
    return [read_params(path) for path in desk]


def _list(run: Params, number: int, source: int = -1) -> pd.DataFrame:
    """One list of one of a run's extracts: the newest, or that of a position."""
    extracts = [each for each in run.sources if each.format == "annex_a"]
    (file,) = run.resolve(extracts[source].path).glob(f"list_{number}_*.csv")
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def _digests(folder: Path) -> dict[str, str]:
    """Every file that was written; what runs kept in private is not the generator's."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "private" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_month_has_its_parameters_and_all_are_one_authority_with_one_private_store(
    runs,
) -> None:
    assert [str(run.as_at) for run in runs] == [f"{month}" for month in pd.period_range("2023-09", "2024-03", freq="M")]
    assert {run.slug for run in runs} == {STEM}
    assert len({run.resolve(run.editions) for run in runs}) == 1
    assert [sum(each.format == "annex_a" for each in run.sources) for run in runs] == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    ]


def test_an_extract_that_was_sent_is_shared_not_sent_again(runs) -> None:
    paths = [[run.resolve(each.path) for each in run.sources if each.format == "annex_a"] for run in runs]
    assert all(later[: len(earlier)] == earlier for earlier, later in itertools.pairwise(paths))
    assert [each.window_months for each in runs[-1].sources if each.format == "annex_a"] == [
        90,
        *[6] * 6,
    ]


def test_later_editions_hold_records_that_were_entered_late_and_lack_those_removed(runs) -> None:
    frames = [_list(run, 1) for run in (runs[1], runs[4])]
    october = [frame[frame["Date of Contact"].str.endswith("/10/2023")] for frame in frames]
    then, later = (set(zip(each["Child Unique ID"], each["Date of Contact"], strict=True)) for each in october)
    assert later - then, "nothing was entered late"
    assert len(then & later) > 0.8 * len(then)


def test_closings_recorded_late_make_the_newest_count_of_open_cases_too_high(runs) -> None:
    then, later = (read_inputs(run).series for run in (runs[1], runs[-1]))

    def open_in(rows: pd.DataFrame, month: str) -> float:
        chosen = rows[(rows["indicator"] == "cin_open") & (rows["breakdown"] == "all") & (rows["month"] == month)]
        return float(chosen["value"].item())

    assert open_in(then, "2023-10") > open_in(later, "2023-10")


def test_the_monthly_file_ends_with_its_month(runs) -> None:
    (figures,) = [runs[2].resolve(each.path) for each in runs[2].sources if each.format == "monthly"]
    assert pd.read_csv(figures)["month"].max() == "2023-11"


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(desk, tmp_path) -> None:
    sample.write_editions(tmp_path / "again", STEM, months=7, share=SHARE)
    sample.write_editions(tmp_path / "other", STEM, months=7, share=SHARE, seed=1)
    before = _digests(desk[0].parent.parent)
    assert _digests(tmp_path / "again") == before
    other = _digests(tmp_path / "other")
    assert set(other) == set(before)
    assert any(other[name] != before[name] for name in before if name.endswith("list_3_referrals_synthetic.csv"))


def test_fewer_editions_are_the_newest_of_more(runs, tmp_path) -> None:
    """All but the first, which holds the long history."""
    fewer = [read_params(path) for path in sample.write_editions(tmp_path, STEM, months=2, last="2024-01", share=SHARE)]
    assert [str(run.as_at) for run in fewer] == ["2023-12", "2024-01"]
    pd.testing.assert_frame_equal(_list(fewer[-1], 3), _list(runs[4], 3))


def test_a_share_is_the_same_children_in_every_list_and_month(runs, tmp_path) -> None:
    whole = read_params(sample.write_editions(tmp_path, STEM, months=1, last="2023-09")[0])
    all_children, some = (set(_list(run, 3)["Child Unique ID"]) for run in (whole, runs[0]))
    assert some < all_children
    assert 0.1 < len(some) / len(all_children) < 0.15
    assert set(_list(runs[-1], 6)["Child Unique ID"]) & all_children <= some


@pytest.mark.parametrize("wrong", [{"months": 0}, {"months": 200}, {"last": "2030-01"}, {"share": 0.0}, {"share": 1.5}])
def test_months_that_were_not_lived_and_shares_that_are_none_are_refused(wrong, tmp_path) -> None:
    with pytest.raises(ParameterError):
        sample.write_editions(tmp_path, STEM, **wrong)
