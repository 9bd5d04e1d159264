"""The page as an exporter of nbconvert: the same page, the same guards, and what is not said taken from the notebook."""

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from tests.pages_made import by_source, every_family, exported, notebook, shown, words

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.page import PageExporter


def released(policy="dfe", authority="Solentwick"):
    return cf.release(replace(by_source(), facts={"authority": authority}), policy)


def cells(policy="dfe"):
    return [words("# Demand\n\nWords."), shown(figures.show(released(policy)), source="figures.show('CODE-CANARY')")]


def converted(made, **options):
    return PageExporter(**options).from_notebook_node(nbformat.v4.new_notebook(cells=made))


@pytest.fixture(autouse=True)
def _same_day(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def test_it_is_registered_under_its_name():
    (entry,) = entry_points(group="nbconvert.exporters", name="cfanalysis")
    assert entry.load() is PageExporter


def test_the_command_of_nbconvert_gives_the_same_page(tmp_path):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    notebook(theirs / "demand.ipynb", cells())
    command = [sys.executable, "-m", "nbconvert", "--to", "cfanalysis", str(theirs / "demand.ipynb")]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    page.export(theirs / "demand.ipynb", ours / "demand.html", title="Demand", authority="Solentwick", policy="dfe", synthetic=True)
    assert sorted(path.name for path in theirs.iterdir()) == ["accessibility.html", "demand.html", "demand.ipynb"]
    assert (theirs / "demand.html").read_bytes() == (ours / "demand.html").read_bytes()
    assert (theirs / "accessibility.html").read_bytes() == (ours / "accessibility.html").read_bytes()


def test_its_options_are_those_of_a_page(tmp_path):
    options = {"title": "T", "authority": "A", "interactive": True, "show_code": True, "foot": {"Edition": "first"}}
    text, _ = converted(every_family(), policy="dfe", synthetic=True, **options)
    assert text == exported(tmp_path, every_family(), **options).read_text(encoding="utf-8")


def test_what_is_not_said_is_taken_from_the_notebook():
    text, resources = converted(cells())
    assert "<title>SYNTHETIC: Demand - Solentwick, April 2019 to March 2024</title>" in text
    assert "Department for Education rules" in text
    assert resources["output_extension"] == ".html"


def test_an_internal_page_says_so_in_its_file_name():
    text, resources = converted(cells("internal"))
    assert "<title>INTERNAL: " in text
    assert resources["output_extension"] == "-INTERNAL.html"


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (
            [words("# Words alone")],
            r"does not say its policy: no table in it names one; was it run to its end\? Say --PageExporter.policy=",
        ),
        ([*cells(), *cells("strict")], "does not say its policy: its tables name dfe, strict"),
        ([shown(figures.show(released(authority="")))], "does not say its authority: no table in it names one"),
        ([*cells(), shown(figures.show(released(authority="Moorshire")))], "does not say its authority: its tables name Moorshire, Solent"),
        ([*cells(), new_code_cell("x", outputs=[new_output("stream", text="child 123")])], "^cell 3 .* printed something"),
    ],
)
def test_it_stops_with_what_to_do(made, told):
    with pytest.raises(ReleaseError, match=told) as stopped:
        converted(made)
    assert "child 123" not in str(stopped.value)


def test_a_figure_released_under_another_policy_stops_it():
    with pytest.raises(ReleaseError, match="was released under the policy 'internal', and this page is to be made under 'dfe'"):
        converted(cells("internal"), policy="dfe")


def test_no_other_template_sees_what_the_page_does_not_show(tmp_path):
    """Whoever brings a template of his own is given the page and an empty notebook: no code, no metadata, no outputs."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "index.html.j2").write_text("{{ resources.page.title }}, {{ nb.cells | length }} cells, {{ nb.metadata }}")
    text, _ = converted(cells(), template_name="own", extra_template_basedirs=[str(tmp_path)])
    assert text == "Demand, 0 cells, {}"
