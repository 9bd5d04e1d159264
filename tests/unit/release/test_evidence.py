"""A release of a small authority: internal holds what the files come to, a policy hides every small count."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests import authority_made

from cfanalysis import params
from cfanalysis.foundation.contracts import Release
from cfanalysis.prepare.inputs import Inputs, read_inputs
from cfanalysis.release.evidence import Evidence
from cfanalysis.release.reading import read_release
from cfanalysis.release.writing import write_release
from cfanalysis.releasing.making import make_release, prove

KEYS = ["indicator", "breakdown", "month"]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Inputs:
    folder = tmp_path_factory.mktemp("made")
    return read_inputs(params.read_params(authority_made.write(folder, root / "notebooks", per_month=60)))


def under(inputs: Inputs, policy: str) -> Inputs:
    return replace(inputs, params=inputs.params.model_copy(update={"policy": policy}))


@pytest.fixture(scope="module")
def release(inputs: Inputs) -> Release:
    """What may be seen of them under the rules of the Department."""
    return make_release(under(inputs, "dfe"))


def test_an_internal_release_holds_the_series_as_they_are(inputs: Inputs) -> None:
    evidence = Evidence(make_release(under(inputs, "internal")))
    own = inputs.series[(inputs.series["breakdown"] != "target") | inputs.series["value"].notna()]
    both = own.merge(evidence.series, on=KEYS, how="outer", suffixes=("", "_told"), indicator=True)
    assert (both["_merge"] == "both").all()
    both["numerator"] = both["numerator"].fillna(both["value"].where(both["denominator"].isna()))  # a count given as a value only
    for column in ("numerator", "denominator", "value"):
        np.testing.assert_allclose(both[column], both[f"{column}_told"], rtol=1e-12)
    assert (both["flag"] == both["flag_told"]).all()


def test_no_small_count_is_in_a_release_and_the_audit_proves_it(release: Release) -> None:
    figures = release["figures"]
    assert not figures["value"].between(0.5, 5.5).any()
    assert (figures["flag"] == "c").any()
    assert prove([release]).wide > 0
    assert not release["averages"]["cases"].lt(10).any()
    quality = release["quality"]
    counts = quality.loc[(quality["section"] == "problems") & (quality["column"] == "count"), "value"].dropna()
    assert (counts % 10 == 0).all()


def test_a_release_goes_into_a_file_and_comes_back(release: Release, tmp_path: Path) -> None:
    back = read_release(write_release(release, tmp_path / "one.zip"))
    assert back.about == release.about
    keys = ["indicator", "breakdown", "period", "part"]
    one, other = (each["figures"].sort_values(keys).reset_index(drop=True) for each in (release, back))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)
    pd.testing.assert_frame_equal(Evidence(back).series, Evidence(release).series, check_dtype=False)


def test_what_is_hidden_is_missing_and_said_to_be_hidden(release: Release) -> None:
    series = Evidence(release).series
    hidden = series[series["flag"] == "c"]
    assert len(hidden)
    assert hidden["value"].isna().all()


def test_several_authorities_of_one_month_go_into_a_file(release: Release, tmp_path: Path) -> None:
    peers = pd.DataFrame({"indicator": "referrals", "period": "2024-03", "authority": ["North", "South"], "value": [90.0, 120.0]})
    back = read_release(write_release(replace(release, tables={**release.tables, "peers": peers}), tmp_path / "peers.zip"))
    assert Evidence(back).peers("referrals").loc["2024-03"].to_dict() == {"North": 90.0, "South": 120.0}


def test_no_small_team_is_named_by_its_averages(release: Release) -> None:
    named = set(zip(release["grains"]["indicator"], release["grains"]["breakdown"], strict=True))
    medians = release["averages"].query("what == 'median'")
    assert len(medians)
    assert set(zip(medians["indicator"], medians["breakdown"], strict=True)) <= named


def test_a_kernel_that_opens_a_release_loads_nothing_that_reads_children(release: Release, tmp_path: Path) -> None:
    path = write_release(release, tmp_path / "one.zip")
    child_level = ("sources", "events", "store", "prepare", "releasing")
    code = (
        "import sys; from cfanalysis.release.reading import read_release; from cfanalysis.release.evidence import Evidence; "
        f"e = Evidence(read_release({str(path)!r})); assert len(e.series); e.registers, e.others, e.yearly, e.peers('referrals'); "
        "e.settling_of('cin_open'), e.categories('referrals', 'source'), e.section('problems'); "
        f"print([name for name in sys.modules if name.startswith('cfanalysis.') and name.split('.')[1] in {child_level}])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
