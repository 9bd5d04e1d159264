"""Shared by all tests: where the public data lies, and the hypothesis profile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.made_once import made_once

ROOT = Path(__file__).resolve().parents[1]

LONGEST = (
    "tests/security/test_editions.py", "tests/campaign", "tests/security/test_whole_runs.py", "tests/golden/registers",
    "tests/batch/test_engines.py", "notebooks", "tests/unit/test_face.py", "tests/security/test_released_only.py", "tests/browser",
    "tests/property", "tests/batch", "tests/unit/store/test_reading.py", "tests/unit/disclosure", "tests/golden",
    "tests/unit/test_workbook.py", "tests/unit/sources/test_census_rules.py", "tests/security", "tests/unit/sample",
)  # fmt: skip
"""What takes longest, longest first. Workers take whole files: a long one at the end would keep one of them while the others wait."""

settings.register_profile("default", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_configure() -> None:
    """One thread of linear algebra in each process: every core has a worker, and more would only wait for each other.

    Said before numpy is loaded, and passed on to every kernel and command that a test starts.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the order within a file stays."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST)))


def shared_folder() -> Path:
    """The folder of public data beside the project; CFANALYSIS_SHARED moves it."""
    return Path(os.environ.get("CFANALYSIS_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public tables; tests that need them skip where they are not at hand."""
    folder = shared_folder() / "data"
    if not folder.is_dir():
        pytest.skip("the public tables (CFANALYSIS_SHARED/data) are not at hand")
    return folder


@pytest.fixture(scope="session")
def sample_made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic authority, read once and opened under two policies: shared by all workers, so that nobody may write there."""
    from cfanalysis import sample
    from cfanalysis.params import read_params
    from cfanalysis.releasing.desk import release_on_desk

    def make(folder: Path) -> None:
        shutil.copytree(root / "params", folder / "params", ignore=shutil.ignore_patterns("private"))
        sample.write(folder / "data" / "sample", authorities=["marchfordshire"])
        params = read_params(folder / "params" / "marchfordshire.yml")
        for policy in ("internal", "dfe"):
            release_on_desk(params.model_copy(update={"policy": policy}))

    return made_once(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def sample_params(sample_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parameters file of that authority, with its files and its private store, in a folder of this worker's own."""
    folder = tmp_path_factory.mktemp("sample") / "own"
    shutil.copytree(sample_made, folder)
    return folder / "params" / "marchfordshire.yml"


@pytest.fixture(scope="session")
def sample_release(sample_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release file of that authority, under the policy dfe: shared by all workers, to be read only."""
    from cfanalysis.params import read_params
    from cfanalysis.releasing.desk import release_authority

    def make(folder: Path) -> None:
        shutil.copytree(sample_made, folder / "desk")
        release_authority(read_params(folder / "desk" / "params" / "marchfordshire.yml"), out=folder / "outputs")

    (path,) = (made_once(tmp_path_factory, "release", make) / "outputs").rglob("*.zip")
    return path
