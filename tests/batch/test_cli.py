"""The command line teaches, and its exit codes can be used in scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.cli import main

COMMANDS = [[], *([name] for name in ("check", "release", "adopt", "run", "batch", "lab", "sample", "register")), ["register", "new"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_there_for_every_command(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "usage: cfanalysis" in capsys.readouterr().out


def test_a_wrong_command_is_2() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["nonsense"])
    assert stopped.value.code == 2


def test_a_wrong_parameters_file_is_2_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.yml"
    path.write_text("as_at: 2024-13\n", encoding="utf-8")
    assert main(["run", str(path)]) == 2
    said = capsys.readouterr().err
    assert "x.yml, line 1: as_at: found '2024-13'" in said
    assert "Traceback" not in said
    assert main(["run", str(path), "--workers", "0"]) == 2


def test_check_says_what_a_file_is_and_1_where_it_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "monthly.csv", tmp_path / "photo.csv"
    good.write_text("month,indicator,breakdown,numerator,denominator,value,flag\n2024-01,agency_share,all,10,100,10,\n", encoding="utf-8")
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert main(["check", str(good)]) == 0
    assert "monthly" in capsys.readouterr().out.lower()
    assert main(["check", str(good), str(bad), str(tmp_path / "nowhere.xlsx")]) == 1
    said = capsys.readouterr()
    assert "photo.csv" in said.out + said.err
    assert "nowhere.xlsx" in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_a_run_whose_files_are_not_there_fails_plainly(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "params" / "x.yml"
    path.parent.mkdir()
    path.write_text(
        "authority: {name: Nowhere}\nas_at: 2024-03\nsources: [{format: annex_a, path: nowhere.xlsx}]\nnotebooks: [demand]\n",
        encoding="utf-8",
    )
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    assert main(["run", str(path), "--out", str(tmp_path / "outputs"), "--workers", "1"]) == 1
    said = capsys.readouterr().out
    assert "nowhere.xlsx" in said
    assert "1 failed" in said
    assert not list((tmp_path / "outputs").rglob("demand.html"))


def test_a_register_template_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "projections.yml"
    assert main(["register", "new", "projections", str(path)]) == 0
    assert "said_on" in path.read_text(encoding="utf-8")
    assert main(["register", "new", "projections", str(path)]) != 0, "a register with entries must not be written over"
    assert "projections.yml" in capsys.readouterr().err


def test_options_belong_to_the_lab_alone(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda program, command: started.append(command))
    monkeypatch.chdir(root)
    assert main(["lab", "--no-browser"]) == 0
    assert "--no-browser" in started[0]
    assert "--LabApp.news_url=None" in started[0], "no announcements: the lab asks nobody for news"
    with pytest.raises(SystemExit) as stopped:
        main(["sample", "--nonsense"])
    assert stopped.value.code == 2


def test_check_takes_the_folder_of_the_readme(sample_params: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An Annex A folder, a monthly CSV and DfE's tables side by side, as the README has them."""
    sample = sample_params.parents[1] / "data" / "sample"
    (tmp_path / "dfe").symlink_to(sample / "published_synthetic")
    (tmp_path / "annex_a").symlink_to(next(path for path in sorted((sample / "marchfordshire" / "annex_a").iterdir()) if path.is_dir()))
    (tmp_path / "monthly.csv").symlink_to(next((sample / "marchfordshire").glob("monthly*.csv")))
    assert main(["check", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "mixes formats" not in said
    for name in ("dfe", "annex_a", "monthly.csv"):
        assert f"{name}: " in said


def test_an_indicator_that_is_not_there_is_told_once_and_before_anything_is_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.yml"
    path.write_text(
        "authority: {name: X}\nas_at: 2024-03\nindicators: [refferals]\nsources: [{format: monthly, path: m.csv}]\n", encoding="utf-8"
    )
    assert main(["run", str(path), "--out", str(tmp_path / "outputs")]) == 2
    assert capsys.readouterr().err.count("found 'refferals'") == 1
    assert not (tmp_path / "outputs").exists()
