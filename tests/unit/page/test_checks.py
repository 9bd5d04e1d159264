"""The checks of a finished page find what they are for; the index; downloads."""

import csv
import io

import pytest

from cfanalysis import page
from cfanalysis.page.downloads import csv_text, plain_cell, slug
from cfanalysis.page.payload import WrittenTable

GOOD = (
    '<!DOCTYPE html><html lang="en-GB"><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    "<title>t</title></head><body><h1>One</h1><h2 id=a>Two</h2><a href='#a'>a</a></body></html>"
)


def problems(tmp_path, text, name="p.html"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return page.check_page(tmp_path / name)


def test_a_good_page_has_none(tmp_path):
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<h1>One</h1>", "<h1>One</h1><h1>Two</h1>", "found 2 first-level headings"),
        ("<h1>One</h1>", "", "found 0 first-level headings"),
        ("<h2 id=a>Two</h2>", "<h3 id=a>Two</h3>", "heading of level 3 follows one of level 1"),
        (' lang="en-GB"', "", "does not say its language"),
        ("<h2 id=a>", "<h2 id=a><b id=a></b>", "'a' is given to more than one element"),
        ("#a", "#b", "'#b' leads nowhere"),
        ("default-src 'none'", "default-src 'self'", "does not forbid everything"),
        ("default-src 'none'", "default-src 'none'; script-src 'unsafe-eval'", "allows unsafe-eval"),
        ("</body>", "<img src=http://a/b.png></body>", "would load 'http://a/b.png'"),
        ("</body>", "<script src=x.js></script></body>", "would load 'x.js'"),
        ("</body>", "<link rel=stylesheet href=x.css></body>", "<link> may not be"),
        ("</body>", "<p onclick=x()>x</p></body>", "handler onclick"),
        ("</body>", "<p style='color:red'>x</p></body>", "style of its own"),
        ("</body>", "<a href='javascript:x()'>x</a></body>", "runs a script"),
        ("</body>", "<svg><path/></svg></body>", "no alternative text"),
        ("</body>", "<iframe></iframe></body>", "<iframe> may not be"),
        ("<title>t", "<title>INTERNAL: t", "do not say the same"),
        ("</body>", "x" * 350_000 + "</body>", "want at most 350,000"),
    ],
)
def test_each_fault_is_found(tmp_path, old, new, told):
    assert old in GOOD
    assert any(told in problem for problem in problems(tmp_path, GOOD.replace(old, new)))


def test_the_index_links_what_is_there_and_says_what_is_not(tmp_path):
    (tmp_path / "a b.html").write_text("x")
    (tmp_path.parent / "outside.html").write_text("x")
    entries = [
        {"title": "Here & now", "path": "a b.html", "group": "Solentwick"},
        {"title": "Failed", "path": "gone.html", "group": "Solentwick", "note": "cell 4 <stopped>"},
        {"title": "Elsewhere", "path": "../outside.html"},
    ]
    text = page.write_index(tmp_path, entries, title="Pages of a run", synthetic=True).read_text()
    assert page.check_page(tmp_path / "index.html") == []
    assert '<a href="a%20b.html">Here &amp; now</a>' in text
    assert "cell 4 &lt;stopped&gt;" in text
    assert "gone.html" not in text
    assert "outside" not in text
    assert "SYNTHETIC" in text


TABLE = WrittenTable(
    columns=["Team", "Referrals", "Share"],
    numeric=[False, True, True],
    rows=[["=HYPERLINK(1)", "1,204", "12.5"], ["+44", "[c]", "-3.5"], ['say "hi"', "-5", ""], ["@sum", "−7", "=1+1"]],
)


def test_csv_is_safe_and_exact():
    rows = list(csv.reader(io.StringIO(csv_text(TABLE))))
    assert rows == [
        ["Team", "Referrals", "Share"],
        ["'=HYPERLINK(1)", "1204", "12.5"],
        ["'+44", "[c]", "-3.5"],
        ['say "hi"', "-5", ""],
        ["'@sum", "-7", "'=1+1"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "|", "%", " =", "\u00a0=", "\ufeff=", "＝", "＋", "－", "＠"])
def test_no_text_begins_like_a_formula(start):
    assert plain_cell(f"{start}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("title", ["../../etc/passwd", "a\\b", "\u202egnp.exe", "x" * 300, "", "CON:", "<>"])
def test_a_file_name_is_only_letters_digits_and_hyphens(title):
    assert slug(title).replace("-", "").isalnum()
    assert len(slug(title)) <= 60
