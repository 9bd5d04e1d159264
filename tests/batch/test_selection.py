"""A part of a run: by the names of authorities and notebooks, or one of several shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.release_made import make_release

from cfanalysis.batch import Selection, make_editions, plan
from cfanalysis.cli import main
from cfanalysis.foundation.contracts import Release
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.params import NOTEBOOKS
from cfanalysis.release.writing import write_release

SLUGS = ("barnet", "brent", "camden", "ealing", "harrow")


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A folder with release files of five authorities."""
    for slug in SLUGS:
        made = make_release(slug=slug)
        release = Release(made.about.model_copy(update={"authority": slug.capitalize()}), made.tables)
        write_release(release, tmp_path / f"{slug}_2024-03_dfe_1.zip")
    return tmp_path


def chosen(region: Path, root: Path, **how: object) -> list[str]:
    selection = Selection.model_validate(how)
    editions = make_editions(region, output=region / "outputs", selection=selection)
    return [f"{job.slug}/{job.notebook}" for job in plan(editions, output=region / "outputs", start=root, selection=selection)]


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (["camden"], [f"camden/{name}" for name in NOTEBOOKS]),
        (["camden/demand", "brent/overview"], ["brent/overview", "camden/demand"]),
        (["*/demand"], [f"{slug}/demand" for slug in SLUGS]),
        (["b*/demand"], ["barnet/demand", "brent/demand"]),
        (
            ["camden", "*/demand"],
            ["barnet/demand", "brent/demand", *(f"camden/{name}" for name in NOTEBOOKS), "ealing/demand", "harrow/demand"],
        ),
    ],
)
def test_only_what_is_named(region: Path, root: Path, only: list[str], found: list[str]) -> None:
    assert chosen(region, root, only=only) == found


def test_shares_are_all_together_and_have_nothing_in_common(region: Path, root: Path) -> None:
    shares = [chosen(region, root, only=["*/demand"], shard=shard, shards=3) for shard in (1, 2, 3)]
    assert [len(share) for share in shares] == [2, 2, 1]
    assert sorted(page for share in shares for page in share) == [f"{slug}/demand" for slug in SLUGS]
    assert chosen(region, root, shard=7, shards=7) == []


def test_nothing_is_made_for_others(region: Path) -> None:
    (region / "harrow_2024-03_dfe_1.zip").write_bytes(b"PK")
    assert [each.slug for each in make_editions(region, output=region / "outputs", selection=Selection(only=("camden",)))] == ["camden"]


def test_a_name_that_nobody_has(region: Path, root: Path) -> None:
    with pytest.raises(ParameterError, match="--only: found 'camdem', and no authority here is called 'camdem'; want one of barnet, brent"):
        chosen(region, root, only=["camdem"])
    with pytest.raises(ParameterError, match="found 'camden/deamnd', and no notebook here is called 'deamnd'; want one of overview"):
        chosen(region, root, only=["camden/deamnd"])


@pytest.mark.parametrize("share", ["0/3", "4/3", "x", "1/", "/2", "1/0", "-1/2", "1.5/2"])
def test_a_share_that_is_none(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["batch", "x.zip", f"--shard={share}"])
    assert stopped.value.code == 2
    assert f"found '{share}', want a share such as 2/4: the second of four" in capsys.readouterr().err
