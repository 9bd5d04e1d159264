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
def test_one_cell_of_plain_parameters_and_then_the_model(path: Path) -> None:
    cells = code_cells(path)
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [0]
    body = ast.parse(cells[0].source).body
    assert all(isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) for line in body)
    names = [line.targets[0].id for line in body if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)]
    assert set(names) == set(NotebookParams.model_fields)
    assert "cell_params(" in cells[1].source


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_begins_with_its_question_and_ends_with_its_method(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    assert "figures.headlines(" in cells[3].source
    assert "words.foot(" in cells[-1].source
