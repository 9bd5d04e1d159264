"""The project itself: its environments in step, its rooms in order, nothing of one machine in it."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

PACKAGE = "cfanalysis"

FLOW = (
    "foundation", "reference", "params", "runs", "sources", "events", "indicators", "store", "registers", "prepare", "disclosure",
    "release", "releasing", "models", "signals", "judging", "questions", "claims", "words", "figures", "workbook", "page", "batch",
    "sample", "arguments", "cli",
)  # fmt: skip
"""The rooms in the order of the flow (docs/design.md): a room may import what stands before it, and nothing behind it."""

BACKWARDS: dict[tuple[str, str], str] = {
    ("store/released.py", "release"): "the list of files released reads them, to know them again",
    ("releasing/first_edition.py", "page"): "pages of 0.1.0 are the first edition, and are read as pages are",
}
"""Imports against the flow, each with its reason."""

FROM_A_RELEASE = ("release", "models", "signals", "judging", "questions", "claims", "words", "figures", "page")
CHILD_LEVEL = ("sources", "events", "store", "prepare", "releasing")
"""Who sees released figures only, and the rooms that can reach the authority's own files."""

PLAIN_SERIES = {"models": {"foundation", "reference"}, "signals": {"foundation", "reference", "models"}}
"""Rooms that know of plain series only."""


def rooms_imported(path: Path) -> set[str]:
    """Rooms that a module imports, at the top or inside a function; type-checking imports count too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports name the package in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith(f"{PACKAGE}.")}
    return found - {"__version__"}


def imports_of(package: Path) -> list[tuple[str, str, str]]:
    """Every import of one room by a module of another: the module, its room, the room imported."""
    found = []
    for path in sorted(package.rglob("*.py")):
        module = path.relative_to(package)
        room = module.parts[0].removesuffix(".py")
        if room != "__init__":
            found += [(module.as_posix(), room, other) for other in sorted(rooms_imported(path) - {room})]
    return found


def test_the_data_flows_one_way(root: Path) -> None:
    package = root / "src" / PACKAGE
    rooms = {path.name.removesuffix(".py") for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms - {"__init__"} == set(FLOW), "every room has its place in FLOW and in docs/design.md"
    against = {(module, other) for module, room, other in imports_of(package) if FLOW.index(other) > FLOW.index(room)}
    assert against == set(BACKWARDS)


def test_what_is_said_is_made_from_released_figures_alone(root: Path) -> None:
    wrong = [
        (module, other) for module, room, other in imports_of(root / "src" / PACKAGE) if room in FROM_A_RELEASE and other in CHILD_LEVEL
    ]
    assert not wrong


def test_models_and_signals_take_plain_series(root: Path) -> None:
    imports = imports_of(root / "src" / PACKAGE)
    assert not [(module, other) for module, room, other in imports if other not in PLAIN_SERIES.get(room, {other})]


def test_no_module_is_too_long(root: Path) -> None:
    long = [path.name for path in (root / "src").rglob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert not long


def plain(requirement: str) -> str:
    return re.sub(r"\s", "", requirement).lower()


def test_conda_and_pip_users_get_the_same(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {plain(item) for item in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    listed = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    given = {plain(item) for item in listed if isinstance(item, str)} | {plain(item) for item in listed[-1]["pip"]}
    assert given - {"pip"} == wanted | {plain(f"python{project['requires-python']}")}


def test_the_lock_is_hashed_and_names_no_index(root: Path) -> None:
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index|--find-links|file:", text)
    pinned = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)
    assert len(pinned) > 100
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "setuptools" in pinned, "the build backend is locked too"


def test_the_lock_holds_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE))
    wanted = {re.split(r"[<>=]", item)[0] for item in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    assert wanted <= pinned


def test_the_slow_package_is_absent(root: Path) -> None:
    assert "rfc3987-syntax" not in (root / "requirements.lock").read_text(encoding="utf-8")
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("rfc3987-syntax")


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ["pandas", "numpy", "pydantic", "statsmodels", "altair", "scipy", "papermill"]
    code = f"import sys, cfanalysis; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_public_face_is_whole() -> None:
    import cfanalysis as cf

    assert {name for name in cf.__all__ if getattr(cf, name, None) is None} == set()


def test_nothing_of_one_machine_is_in_the_project(root: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [root / name for name in listed.stdout.splitlines() if not name.endswith((".png", ".js", ".lock"))]
    marks = re.compile(r"(^|[^A-Za-z0-9_.])/(" + "|".join(("work", "root", "farm", "home")) + r")/[a-z]")
    found = [path.name for path in paths if path.exists() and marks.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert not found


def test_bank_holidays_are_the_library_s() -> None:
    import holidays
    import numpy as np

    from cfanalysis.reference import bank_holidays

    known = holidays.country_holidays("GB", subdiv="ENG", years=range(1990, 2051))
    weekdays = {np.datetime64(day) for day in known if day.weekday() < 5}
    assert set(bank_holidays()) == weekdays


def test_working_days_are_the_public_count(shared_data: Path) -> None:
    import pandas as pd

    from cfanalysis.reference.working_days import working_days

    table = pd.read_csv(shared_data / "wd_england.csv")
    assert (working_days(pd.PeriodIndex(table["month"], freq="M")) == table["wd"]).all()
