"""Nothing child-level leaves: canaries planted where a run could let them slip are looked for in every file it leaves."""

import base64
import re
import urllib.parse
import zlib

import pandas as pd
import pytest
from tests.pages_made import MONTHS, by_source, exported, notebook, referrals, shown, words

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.figures.cells import cells
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import Table

CANARIES = ("CHILD-7F3A91", "WORKER-Q8812", "METADATA-CANARY", "REMARK-CANARY")


def everything(path):
    """A file's bytes as text, with what is packed inside it unpacked as well."""
    text = path.read_bytes().decode("utf-8", errors="replace")
    unpacked = [text, urllib.parse.unquote(text)]
    for packed in re.findall(r"[A-Za-z0-9+/=]{40,}", text):
        try:
            unpacked.append(zlib.decompress(base64.b64decode(packed)).decode("utf-8", errors="replace"))
        except (ValueError, zlib.error):
            continue
    return "\n".join(unpacked)


def canaries_in(folder):
    return {
        (path.name, canary)
        for path in folder.rglob("*")
        if path.is_file()
        for canary in CANARIES
        if canary in path.name or canary in everything(path)
    }


def outlook_with_remarks():
    table = referrals()
    frame = table.frame.assign(remark="REMARK-CANARY CHILD-7F3A91")
    return figures.outlook(cf.release(Table(frame, "Referrals", counts=("observed",), derived=table.derived, facts={"name": "R"}), "dfe"))


@pytest.mark.parametrize("interactive", [False, True])
def test_metadata_parameters_and_columns_that_are_not_plotted_stay_behind(tmp_path, interactive):
    out = tmp_path / "out"
    out.mkdir()
    figure = outlook_with_remarks()
    plain = figures.Figure(figure.specification, figure.released, cells(figure.released, ["month", "observed"]), "t", "s", "a" * 50)
    said = [words("## One"), shown(plain, source="child = 'CHILD-7F3A91'  # WORKER-Q8812")]
    executed = notebook(tmp_path / "executed.ipynb", said)
    page.export(executed, out / "p.html", title="t", authority="a", policy="dfe", synthetic=True, interactive=interactive)
    page.write_index(out, [{"title": "t", "path": "p.html"}])
    assert canaries_in(out) == set()


def test_the_search_finds_what_it_is_for(tmp_path):
    (tmp_path / "a.html").write_text('"' + base64.b64encode(zlib.compress(b"... CHILD-7F3A91 ..." * 3)).decode() + '"')
    (tmp_path / "b.html").write_text("data:,WORKER%2DQ8812")
    assert canaries_in(tmp_path) == {("a.html", "CHILD-7F3A91"), ("b.html", "WORKER-Q8812")}


@pytest.mark.parametrize("policy", ["dfe", "strict", "internal", "open"])
def test_a_table_of_children_is_refused_without_repeating_any_of_it(policy):
    frame = pd.DataFrame({"child_id": ["CHILD-7F3A91"], "worker": ["WORKER-Q8812"], "month": MONTHS[:1]})
    with pytest.raises(ReleaseError) as refused:
        cf.release(Table(frame, "Children"), policy)
    assert not any(canary in str(refused.value) for canary in CANARIES)


def test_a_stopped_page_repeats_nothing_of_the_output_that_stopped_it(tmp_path):
    from nbformat.v4 import new_code_cell, new_output

    cells = [
        new_code_cell("events.query('child_id == \"CHILD-7F3A91\"')", outputs=[
            new_output("execute_result", data={"text/plain": "CHILD-7F3A91", "text/html": "WORKER-Q8812"}, execution_count=1)])
    ]  # fmt: skip
    with pytest.raises(ReleaseError) as stopped:
        exported(tmp_path, cells)
    assert not any(canary in str(stopped.value) for canary in CANARIES)


def test_hidden_values_are_nowhere_on_a_page_not_even_packed(tmp_path):
    """Every count that is hidden is given a value no other cell has; none of them may be found again."""
    table = by_source("Police", "Housing")
    frame = table.frame.copy()
    police = frame.index[frame["category"] == "Police"]
    total = frame.index[frame["category"] == "All"]
    frame.loc[police, "observed"] += 70_000
    frame.loc[total, "observed"] += 70_000
    released = cf.release(Table(frame, "By source", counts=("observed",), margins={"category": "All"}), "dfe")
    hidden = frame.loc[(released.marks["observed"] == "c") & (frame["observed"] > 1000), "observed"]
    assert len(hidden)
    made = exported(tmp_path, [shown(figures.lines(released)), shown(figures.show(released))], interactive=True)
    text = everything(made)
    shown_too = set(released.frame["observed"].dropna())
    for value in set(hidden) - shown_too:
        assert f"{value:.0f}" not in text
        assert f"{value:,.0f}" not in text


def test_the_executed_notebook_itself_holds_no_hidden_count(tmp_path):
    released = cf.release(referrals(low=4.0), "dfe")
    payload = figures.outlook(released).payload()
    assert payload["audit"]["figures"] == [], "a table of one's own is of no release"
    assert payload["table"]["rows"][30][1] == "[c]"
