"""From an executed notebook to a page: what is on it, what stops it, and that it appears whole or not at all."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_output
from tests.made_here import as_a_view
from tests.pages_made import by_source, every_family, exported, notebook, referrals, shown, words

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import Table
from cfanalysis.page.check import MOST_BYTES, MOST_BYTES_INTERACTIVE


@pytest.fixture(scope="module")
def cells():
    """Cells with every kind of output, made once: what is asked of them here is the page they become."""
    return every_family()


@pytest.fixture(scope="module")
def whole(cells, tmp_path_factory):
    return exported(tmp_path_factory.mktemp("page"), cells, foot={"Method": "docs/methods.md"})


@pytest.fixture(scope="module")
def text(whole):
    return whole.read_text(encoding="utf-8")


def test_a_page_has_no_problems(whole):
    assert page.check_page(whole) == []


def test_one_heading_with_authority_and_period(text):
    heading = re.sub(r"<[^>]+>", "", re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)[1])
    assert heading == "Solentwick, April 2019 to September 2024: Demand"


def test_headlines_come_first(text):
    assert text.index("Referrals rose.") < text.index('id="contents"') < text.index('id="the-outlook"')


def test_the_contents_lead_to_every_section(text):
    links = re.findall(r'<a href="#([a-z0-9-]+)">', text.split("<nav")[1].split("</nav>")[0])
    assert len(links) == len(figures.FAMILIES)
    assert all(f'id="{link}"' in text for link in links)


def test_the_foot_says_policy_method_version_and_links_the_statement(whole, text):
    foot = text.split("<footer>")[1]
    for said in ("Department for Education rules", "docs/methods.md", f"cfanalysis {cf.__version__}", "Data as at March 2024."):
        assert said in foot
    assert 'href="accessibility.html"' in foot
    assert page.check_page(whole.parent / "accessibility.html") == []


def test_symbols_are_explained_where_they_appear(text):
    for figure in re.findall(r"<figure.*?</figure>", text, re.DOTALL):
        assert ("[c]</td" in figure or ">[c]" in figure) == ("[c] hidden" in figure)


def test_words_of_the_field_are_explained_once(text):
    terms = re.findall(r"<dt>([^<]+)", text.split('class="glossary"')[1].split("</dl>")[0])
    assert "Referral" in terms
    assert "Contact" not in terms  # the page explains it itself


def test_synthetic_is_said_in_title_banner_and_foot(text):
    assert "<title>SYNTHETIC: Demand - Solentwick" in text
    assert 'class="banner synthetic"' in text
    assert "synthetic data" in text.split("<footer>")[1]


def test_a_synthetic_table_makes_a_synthetic_page(tmp_path):
    made = exported(tmp_path, [shown(figures.show(cf.release(by_source(), "dfe")))], synthetic=False)
    assert "SYNTHETIC" in made.read_text()


def test_internal_is_said_in_title_heading_banner_and_file_name(tmp_path):
    cells = [shown(figures.show(cf.release(by_source(), "internal")))]
    with pytest.raises(ReleaseError, match=r"found the file name demand.html, want one with INTERNAL in it \(demand-INTERNAL.html\)"):
        exported(tmp_path, cells, policy="internal")
    text = exported(tmp_path, cells, policy="internal", name="demand-INTERNAL.html").read_text()
    assert "<title>INTERNAL: " in text
    assert 'class="banner internal"' in text
    assert '<span class="mark">INTERNAL</span>' in text
    assert page.check_page(tmp_path / "demand-INTERNAL.html") == []


def test_a_figure_released_under_another_policy_stops_the_page(tmp_path):
    with pytest.raises(ReleaseError, match=r"'Referrals by source' was released under the policy 'internal', and this page .* 'dfe'"):
        exported(tmp_path, [shown(figures.show(cf.release(by_source(), "internal")))])


def test_several_outputs_of_one_cell_are_the_page_of_each_in_its_own(tmp_path):
    table = cf.release(by_source(), "dfe")
    parts = (figures.show(table), figures.note("Beside it."), figures.small_multiples(table))
    together = exported(tmp_path, [shown(figures.Outputs(parts, (table,)))], name="a.html").read_text()
    assert together == exported(tmp_path, [shown(part) for part in parts], name="a.html").read_text()


def bare(**data):
    return new_code_cell("look", outputs=[new_output("execute_result", data=data, execution_count=1)])


STOPPED = {
    "a bare frame": (bare(**{"text/html": "<table></table>", "text/plain": "x"}), "shows a bare table or HTML"),
    "a bare value": (bare(**{"text/plain": "3"}), "shows a bare value"),
    "a plot": (bare(**{"image/png": "aaaa", "text/plain": "<Figure>"}), "shows a picture"),
    "a drawing": (bare(**{"image/svg+xml": "<svg/>"}), "shows a drawing"),
    "an altair chart": (bare(**{"application/vnd.vegalite.v6+json": {}}), "shows something"),
    "a widget": (bare(**{"application/vnd.jupyter.widget-view+json": {}}), "shows something"),
    "a print": (new_code_cell("print(x)", outputs=[new_output("stream", name="stdout", text="child 123")]), "printed something"),
    "a warning": (new_code_cell("x", outputs=[new_output("stream", name="stderr", text="child 123")]), "printed something"),
    "an error": (new_code_cell("x", outputs=[new_output("error", ename="KeyError", evalue="child 123")]), "stopped with KeyError"),
    "an unknown kind": (bare(**{figures.MIME: {"version": 1, "kind": "html", "html": "<b>"}}), "does not say what it is"),
    "another version": (bare(**{figures.MIME: {"version": 2, "kind": "headlines", "sentences": []}}), "version"),
    "an extra field": (bare(**{figures.MIME: {"version": 1, "kind": "headlines", "sentences": [], "html": "x"}}), "html"),
    "a wrong type": (bare(**{figures.MIME: {"version": 1, "kind": "headlines", "sentences": "x"}}), "sentences"),
    "several that are none": (bare(**{figures.MIME: {"version": 1, "kind": "several", "parts": "x"}}), "outputs that do not fit"),
    "several with more beside": (bare(**{figures.MIME: {"version": 1, "kind": "several", "parts": [], "html": "x"}}), "do not fit"),
    "several with HTML among them": (
        bare(**{figures.MIME: {"version": 1, "kind": "several", "parts": [{"version": 1, "kind": "html"}]}}), "does not say what it is"),
    "several inside several": (
        bare(**{figures.MIME: {"version": 1, "kind": "several", "parts": [{"version": 1, "kind": "several", "parts": []}]}}),
        "does not say what it is"),
}  # fmt: skip


@pytest.mark.parametrize("case", STOPPED)
def test_any_other_output_stops_the_page_naming_the_cell_and_not_its_content(case, tmp_path):
    cell, told = STOPPED[case]
    with pytest.raises(ReleaseError, match=rf"^cell 2 .*{told}") as stopped:
        exported(tmp_path, [words("## One"), cell])
    assert "child 123" not in str(stopped.value)
    assert [path.name for path in tmp_path.iterdir()] == ["executed.ipynb"]


def test_a_failing_page_leaves_the_one_before_in_its_place(tmp_path):
    made = exported(tmp_path, [shown(figures.note("The first."))])
    before = made.read_bytes()
    with pytest.raises(ReleaseError):
        exported(tmp_path, [STOPPED["a print"][0]])
    assert made.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_what_is_not_a_notebook_is_told(tmp_path):
    (tmp_path / "x.ipynb").write_text("no")
    with pytest.raises(ReleaseError, match=r"x.ipynb cannot be read as a notebook"):
        page.export(tmp_path / "x.ipynb", tmp_path / "x.html", title="t", authority="a", policy="dfe", synthetic=True)


@pytest.mark.parametrize("interactive", [False, True])
def test_same_inputs_same_bytes(tmp_path, interactive, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    pages = []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        pages.append(exported(tmp_path / run, every_family(), interactive=interactive).read_bytes())
    assert pages[0] == pages[1]
    assert b'<time class="made">14 November 2023</time>' in pages[0]


def test_the_day_it_was_made_is_the_only_thing_that_changes(cells, tmp_path, monkeypatch):
    made = []
    for day in ("1700000000", "1710000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", day)
        made.append(exported(tmp_path, cells).read_text())
    stripped = [re.sub(r'<time class="made">.*?</time>', "", text) for text in made]
    assert made[0] != made[1]
    assert stripped[0] == stripped[1]


def test_sizes(cells, tmp_path):
    assert exported(tmp_path, cells).stat().st_size < MOST_BYTES == 350_000
    assert exported(tmp_path, cells, interactive=True).stat().st_size < MOST_BYTES_INTERACTIVE == 1_400_000


def test_a_page_without_scripts_has_none_and_an_interactive_one_has_one_bundle(cells, tmp_path):
    static = exported(tmp_path, cells).read_text()
    assert "<script" not in static.replace('<script type="application/json"', "")
    assert "script-src 'none'" in static
    live = exported(tmp_path, cells, interactive=True).read_text()
    assert live.count("cf-bundle") == 1
    assert live.count('class="cf-spec"') == len(figures.FAMILIES)
    assert "unsafe" not in re.search(r'Content-Security-Policy" content="([^"]*)"', live)[1]
    assert "Copyright (c) 2015-2023, University of Washington" in live


def test_the_same_figure_twice_keeps_its_names_apart(tmp_path):
    one = shown(figures.outlook(cf.release(referrals(), "dfe")))
    assert page.check_page(exported(tmp_path, [one, one], interactive=True)) == []


def test_code_is_hidden_unless_an_analyst_asks_and_parameters_always(tmp_path):
    secret = new_code_cell("params_file = 'params/PATH-CANARY.yml'", metadata={"tags": ["injected-parameters"]})
    cells = [secret, shown(figures.note("Words."), source="figures.note('Words & <more>')")]
    assert "figures.note" not in exported(tmp_path, cells).read_text()
    with_code = exported(tmp_path, cells, show_code=True).read_text()
    assert "figures.note(&#x27;Words &amp; &lt;more&gt;&#x27;)" in with_code
    assert "PATH-CANARY" not in with_code


def defined(*names):
    facts = {"definitions": {name: f"What {name} are." for name in names}}
    return shown(figures.show(cf.release(replace(by_source(), facts=facts), "dfe")))


def test_a_measure_is_defined_under_the_first_figure_that_shows_it(tmp_path):
    made = exported(tmp_path, [defined("contacts"), defined("contacts", "plans")]).read_text()
    assert made.count("What contacts are.") == made.count("What plans are.") == 1
    assert made.index("What contacts are.") < made.index("What plans are.")


def test_many_definitions_are_folded_and_do_not_stand_for_one_under_a_figure(tmp_path):
    made = exported(tmp_path, [defined("a", "b", "c", "d"), defined("a")]).read_text()
    assert "What these measures are" in made
    assert made.count("What a are.") == 2


def test_a_long_table_is_folded(tmp_path):
    frame = pd.DataFrame({"category": [f"Row {place}" for place in range(31)], "now": 1000.0})
    made = exported(tmp_path, [shown(figures.show(cf.release(Table(frame, "Long", counts=("now",)), "dfe")))])
    assert "Show the table, 31 rows" in made.read_text()
    assert page.check_page(made) == []


def test_a_page_by_year_says_its_months(tmp_path):
    frame = pd.DataFrame({"year": [2016, 2017], "who": ["A", "A"], "value": [1.0, 2.0]})
    made = exported(tmp_path, [shown(figures.show(cf.release(as_a_view(Table(frame, "Yearly", published=True)), "dfe")))]).read_text()
    assert "Solentwick, April 2015 to March 2017" in made


def test_an_empty_page_is_a_page(tmp_path):
    assert page.check_page(exported(tmp_path, [words("# Only words\n\nNothing to show.")])) == []


def test_a_long_table_is_left_to_the_workbook_and_the_page_says_nothing_false(tmp_path):
    frame = pd.DataFrame({"category": [f"Row {place}" for place in range(8000)], "now": 1000.0})
    made = exported(tmp_path, [shown(figures.show(cf.release(Table(frame, "Long", counts=("now",)), "dfe")))]).read_text()
    assert "Download this table" not in made


def test_the_notebook_file_may_be_a_string(tmp_path):
    path = notebook(tmp_path / "n.ipynb", [words("x")])
    assert page.export(str(path), str(tmp_path / "n.html"), title="t", authority="a", policy="dfe", synthetic=False).exists()


def test_what_no_file_holds_is_said_once_and_leaves_no_empty_section(tmp_path):
    """A chart and a table without rows become names in one list; a section of nothing else goes with its heading."""
    months = pd.PeriodIndex([], freq="M")
    none = cf.release(
        as_a_view(Table(pd.DataFrame({"month": months, "observed": []}), "Contacts: no figures", counts=("observed",))), "dfe"
    )
    rows = cf.release(as_a_view(Table(pd.DataFrame({"event": []}), "What the files cover: no child-level file was read")), "dfe")
    never = cf.release(
        as_a_view(Table(pd.DataFrame({"title": []}), "What has changed", note="There is no edition before this one.")), "dfe"
    )
    why = cf.release(as_a_view(Table(pd.DataFrame({"part": []}), "Plans: a month is not shown, so it cannot be taken apart")), "dfe")
    cells = [
        words("# Demand"), shown(figures.show(why)), words("## Contacts"), shown(figures.lines(none)),
        shown(figures.note("Plans at month end: no figures.", title="What it takes")),
        words("## The files"), shown(figures.show(rows)), shown(figures.show(never)), shown(figures.show(cf.release(by_source(), "dfe"))),
    ]  # fmt: skip
    made = exported(tmp_path, cells).read_text()
    assert "nothing to list" not in made
    assert "<h3>Contacts" not in made
    assert 'id="contacts"' not in made, "the heading of an empty section goes with it"
    assert 'id="the-files"' in made
    assert made.count('<li class="cf-absent">') == 3
    assert '<li class="cf-absent">What the files cover</ul>' in made
    assert "There is no edition before this one." in made
    assert "<h3>Plans: a month is not shown, so it cannot be taken apart</h3></div>" in made, "a title that says why stands by itself"
    assert "hold no figures of these" not in exported(tmp_path, [words("# Demand"), shown(figures.note("Nothing is missing."))]).read_text()
