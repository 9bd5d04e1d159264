"""What a person is told of a release file before it goes."""

import json

import numpy as np
import pandas as pd
import pytest
from tests.release_made import hashed_anew, make_release, pack, unpack

from cfanalysis.cli import main
from cfanalysis.foundation.contracts import ADDRESS
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.release.checking import check_release, describe_release, small_shown
from cfanalysis.release.texts import mark_small
from cfanalysis.release.writing import pack_release, write_release


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("3 of 41 were seen", ">>3<< of 41 were seen"),
        ("Three of 4.", ">>Three<< of >>4<<."),
        ("in 2024-03 and 2024-3, 1.5 or 1,204", "in 2024-03 and 2024-3, 1.5 or 1,204"),
        ("section 47, Q1, 12 months, someone", "section 47, Q1, 12 months, someone"),
        ("seven (5)", "seven (>>5<<)"),
        ("\x1b[31mred\u202e", "\\u001b[31mred\\u202e"),
        ("a\nb", "a b"),
    ],
)
def test_small_numbers_in_words_and_figures_are_marked(text, marked):
    assert mark_small(text, 5) == marked


def test_a_policy_that_hides_more_marks_more():
    assert mark_small("seven of 9", 10) == ">>seven<< of >>9<<"


def test_every_text_of_a_register_is_printed():
    entry = json.dumps({"title": "Front door", "what": "Led by 2 managers", "value": 4, "seen": [{"who": "the board"}]})
    registers = pd.DataFrame({"register": ["actions"], "place": [0], "entry": [entry]})
    quality = pd.DataFrame(
        [("files", 0, "file", "annex_a.xlsx", np.nan, "")], columns=["section", "row", "column", "text", "value", "flag"]
    )
    told = describe_release(make_release(registers=registers, quality=quality))
    for text in ("Front door", "Led by >>2<< managers", "value: >>4<<", "the board", "annex_a.xlsx", 'source: Schools, "other"', "Brent"):
        assert f"  {text}" in told.splitlines()
    assert "Rows   Hidden" in told


def test_a_small_count_that_is_shown_is_said():
    rows = [
        ("referrals", "all", "2024-03", "figure", 3.0, ""),
        ("rereferrals", "all", "2024-03", "figure", 3.0, ""),
        ("rereferrals", "all", "2024-03", "numerator", 3.0, ""),
        ("rereferrals", "all", "2024-03", "denominator", 100.0, ""),
        ("rates", "all", "2024-03", "figure", 2.5, ""),
    ]
    release = make_release(figures=pd.DataFrame(rows, columns=[*ADDRESS, "value", "flag"]))
    assert small_shown(release)[["indicator", "part"]].to_numpy().tolist() == [["referrals", "figure"], ["rereferrals", "numerator"]]
    assert "referrals, all, 2024-03, figure: 3" in describe_release(release)


def test_spare_digits_and_orders_that_could_carry_something_are_refused(tmp_path):
    parts = unpack(pack_release(make_release()))
    parts["figures.csv"] = parts["figures.csv"].replace(b"figure,41,", b"figure,41.000,")
    (tmp_path / "x.zip").write_bytes(pack(hashed_anew(parts)))
    with pytest.raises(ReleaseError, match=r"figures\.csv is not as cfanalysis writes it"):
        check_release(tmp_path / "x.zip")


def test_the_command_checks_a_release_file(tmp_path, capsys):
    path = write_release(make_release(), tmp_path / "camden_2024-03_dfe_1.zip")
    assert main(["check", str(path)]) == 0
    assert "a release file, whole" in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-300])
    assert main(["check", str(path)]) == 1
    assert "camden_2024-03_dfe_1.zip: the zip is damaged or cut off" in capsys.readouterr().out


def test_the_command_adopts_a_file(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_release(make_release(), tmp_path / "from a laptop.zip")
    assert main(["adopt", str(path)]) == 0
    assert (tmp_path / "outputs" / "released" / "camden" / "camden_2024-03_dfe_1.zip").read_bytes() == path.read_bytes()
    assert (tmp_path / "params" / "private" / "editions" / "camden" / "released.json").is_file()
    assert "with it in mind" in capsys.readouterr().out
    assert main(["adopt", str(tmp_path / "gone.zip")]) == 1
    assert "no such file" in capsys.readouterr().err
