"""Notebook manners: no outputs, few short cells, plain parameters, nothing but calls."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from cfanalysis.params import NOTEBOOKS, NotebookParams

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
MOST_CELLS = 15
MOST_LINES = 8
MOST_LINES_IN_ALL = 160
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_every_notebook_is_there_in_reading_order() -> None:
    assert [path.stem[3:] for path in PATHS] == list(NOTEBOOKS)
    assert [path.stem[:2] for path in PATHS] == [f"{number:02d}" for number in range(1, len(NOTEBOOKS) + 1)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_committed_without_outputs(path: Path) -> None:
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_short_and_thin(path: Path) -> None:
    assert len(nbformat.read(path, as_version=4).cells) <= MOST_CELLS
    for cell in code_cells(path):
        assert len(cell.source.splitlines()) <= MOST_LINES, cell.source
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)], cell.source


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_one_cell_of_plain_parameters_all_of_them_used(path: Path) -> None:
    cells = code_cells(path)
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [0]
    body = ast.parse(cells[0].source).body
    assert all(isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) for line in body)
    names = {line.targets[0].id for line in body if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)}
    assert {"params_file", "policy"} <= names <= set(NotebookParams.model_fields)
    used = {node.id for cell in cells[1:] for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
    assert names <= used


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_one_import_and_the_policy_chosen_once(path: Path) -> None:
    cells = code_cells(path)
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    imports = [ast.unparse(node) for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imports == ["import cfanalysis as cf"]
    assert "book = cf.open(params_file, policy=policy)" in cells[1].source
    assert "policy" not in "".join(cell.source for cell in cells[2:])
    assert "release" not in "".join(cell.source for cell in cells)


def test_the_notebooks_are_short_together() -> None:
    lines = [line for path in PATHS for cell in code_cells(path) for line in cell.source.splitlines() if line.strip()]
    assert len(lines) <= MOST_LINES_IN_ALL


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_begins_with_its_question_and_ends_with_its_method(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    assert any(first in cells[3].source for first in ("headlines", "comparisons("))
    assert cells[-1].source.startswith("book.foot(")
