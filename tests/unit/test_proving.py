"""A release file is proved beside those before it, and a person is told beside which."""

import numpy as np
import pandas as pd
import pytest
from tests.release_made import make_release

from cfanalysis.cli import main
from cfanalysis.foundation.contracts import ADDRESS
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.release.writing import write_release
from cfanalysis.releasing.proving import describe_proof, prove_file

QUARTER = [("2024-01", 30.0), ("2024-02", np.nan), ("2024-03", 41.0)]


def referrals(*rows):
    """Months and quarters of referrals; what is missing is hidden."""
    told = [("referrals", "all", period, "figure", value, "c" if np.isnan(value) else "") for period, value in rows]
    return pd.DataFrame(told, columns=[*ADDRESS, "value", "flag"])


def written(folder, edition, figures):
    release = make_release(edition, figures=figures)
    return write_release(release, folder / f"camden_2024-03_dfe_{edition}.zip")


def test_a_file_alone_is_proved_alone(tmp_path):
    proof = prove_file(written(tmp_path, 1, referrals(*QUARTER)))
    assert (proof.hidden, proof.beside) == (1, ())
    assert "from the file alone" in describe_proof(proof)


def test_what_two_files_give_away_together_is_refused_and_named(tmp_path, capsys):
    """Either alone is safe; what the second shows of January leaves nothing of what the first hides of February."""
    second = written(tmp_path, 2, referrals(("2024-01", 30.0), ("2024-02", np.nan), ("2024-03", 41.0)))
    assert main(["check", str(second)]) == 0
    first = written(tmp_path, 1, referrals(("2024-Q1", 74.0), ("2024-01", np.nan), ("2024-02", np.nan), ("2024-03", 41.0)))
    assert main(["check", str(first)]) == 0
    capsys.readouterr()
    assert main(["check", str(second)]) == 1
    said = capsys.readouterr().out
    assert "camden_2024-03_dfe_2.zip: referrals, all, 2024-02" in said
    assert "must not be passed on" in said


def test_the_files_beside_it_are_named(tmp_path, capsys):
    written(tmp_path, 1, referrals(("2024-01", 30.0), ("2024-03", 41.0)))
    path = written(tmp_path, 2, referrals(*QUARTER))
    written(tmp_path, 3, referrals(("2024-Q1", 74.0), *QUARTER))
    assert main(["check", str(path)]) == 0, "what came after it is no part of its own proof"
    assert "Proved beside camden_2024-03_dfe_1.zip" in capsys.readouterr().out


def test_what_a_file_gives_away_alone_is_refused(tmp_path):
    with pytest.raises(ReleaseError, match=r"camden_2024-03_dfe_1\.zip: referrals, all, 2024-02.* can be worked out"):
        prove_file(written(tmp_path, 1, referrals(*QUARTER, ("2024-Q1", 74.0))))


def test_an_earlier_file_that_is_damaged_is_named(tmp_path, capsys):
    first = written(tmp_path, 1, referrals(*QUARTER))
    first.write_bytes(first.read_bytes()[:-100])
    assert main(["check", str(written(tmp_path, 2, referrals(*QUARTER)))]) == 1
    assert "camden_2024-03_dfe_1.zip: the zip is damaged" in capsys.readouterr().out


def test_a_file_that_hides_nothing_has_nothing_to_prove(tmp_path):
    figures = referrals(*(row for row in QUARTER if row[1] > 0))
    proof = prove_file(write_release(make_release(policy="internal", figures=figures), tmp_path / "x.zip"))
    assert describe_proof(proof) == "It hides nothing: there is nothing to prove."


def test_what_a_screen_would_act_on_is_written_out(tmp_path, capsys):
    release = make_release()
    hostile = release.about.model_copy(update={"authority": "Cam\x1b[2Jden\u202e"})
    path = write_release(type(release)(hostile, release.tables), tmp_path / "camden_2024-03_dfe_1.zip")
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "Cam\\u001b[2Jden\\u202e" in said
