"""Hostile text shows as text, everywhere it can come from: categories, titles, events, sentences, notes, authority, headings."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from tests.pages_made import by_source, exported, referrals, shown, words

import cfanalysis as cf
from cfanalysis import figures, page

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "closing": "</script></style></svg></figure><img src=x onerror=alert(1)>",
    "quotes": "\"'><b onmouseover='x()'>\"",
    "path": "../../../etc/passwd",
    "right to left": "Team \u202egnp.exe\u2066 \u200b",
    "emoji": "Team 👩‍👧 🏠",
    "long": "L" * 300,
    "entity": "&lt;script&gt;&#x3C;",
    "comment": "<!-- --> ]]> <!DOCTYPE x>",
    "template": "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    "markdown": "[x](javascript:alert(1)) ![y](http://a/b.png) `c`",
    "formula": '=HYPERLINK("http://a","b")',
    "control": "a\x00b\x08c\x1b[31m",
}


class Seen(HTMLParser):
    """The elements, attributes and text of a page, as a browser would take them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text.append(data)


@cache
def cells_with(text):
    """Cells of every kind that hold a text: made once, whatever becomes of them."""
    source = by_source("Police", "Schools", text)
    outlook = figures.outlook(cf.release(referrals(), "dfe"), title=text, events=[{"month": cf_month("2021-05"), "label": text}])
    released = cf.release(source, "dfe")
    return [
        words(f"## {text.splitlines()[0] if text.strip() else 'x'}\n\n{text}"),
        shown(figures.headlines([text])),
        shown(outlook),
        shown(figures.lines(released)),
        shown(figures.small_multiples(released)),
        shown(figures.show(released, title=text)),
        shown(figures.note(text, title=text)),
        shown(figures.note({text: text})),
        shown(figures.note([text], role="foot")),
    ]


def cf_month(text):
    from cfanalysis.foundation.months import month

    return month(text)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return seen(exported(tmp_path_factory.mktemp("plain"), cells_with("Plain words, long enough for two lines"), interactive=True))


def seen(path):
    reader = Seen()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("interactive", [False, True])
def test_it_shows_as_text(kind, interactive, tmp_path, plain):
    text = HOSTILE[kind]
    made = exported(tmp_path, cells_with(text), title=text, authority=text, interactive=interactive, foot={text: text})
    found = seen(made)
    assert found.tags <= plain.tags | {"code", "em"}
    assert found.attributes <= plain.attributes
    assert page.check_page(made) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_shows_as_text_in_jupyterlab_too(kind, plain):
    reader = Seen()
    for cell in cells_with(HOSTILE[kind])[1:]:
        reader.feed(cell.outputs[0]["data"]["text/html"])
    assert reader.tags <= plain.tags | {"style", "div"}
    assert reader.attributes <= plain.attributes


def test_what_would_turn_text_round_is_taken_out(tmp_path):
    made = exported(tmp_path, cells_with(HOSTILE["right to left"]), title="t").read_text(encoding="utf-8")
    static = re.sub(r"<script.*?</script>", "", made, flags=re.DOTALL)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00-\x08]", static.replace("%E2%80%AE", ""))


def test_nothing_ends_a_block_of_data(tmp_path):
    made = exported(tmp_path, cells_with(HOSTILE["closing"]), interactive=True).read_text(encoding="utf-8")
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', made, re.DOTALL)
    assert blocks
    assert not any("<" in block or ">" in block for block in blocks)


def test_links_of_a_notebook_lead_to_pages_and_secure_sites_only(tmp_path):
    text = "## A\n\n[a](javascript:x) [b](http://plain) [c](https://www.gov.uk/x) [d](other.html) [e](data:text/html,x) [f](file:///etc/x)"
    made = exported(tmp_path, [words(text)]).read_text()
    body = made.split("<main")[1].split("</main>")[0]
    assert re.findall(r'<a href="([^"]+)"', body) == ["https://www.gov.uk/x", "other.html"]
