"""Pages in a real browser, from disk, with the network off: nothing asked for, nothing complained of, every chart there, WCAG 2.2 AA.

The pages are made here: from every chart family, and from notebooks of a sample authority, run as a batch runs them. Pages of a run are
looked at as well: those in the folder that CFANALYSIS_PAGES names (outputs/ where it is not set), as many as there are.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from tests.contrast import DRAWING, too_faint
from tests.pages_made import every_family, exported

from cfanalysis import figures, page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CFANALYSIS_PAGES", ROOT / "outputs"))
OF_A_RUN = sorted(FOLDER.rglob("*.html")) if FOLDER.is_dir() else []
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "static": exported(folder, every_family(), name="static.html"),
        "interactive": exported(folder, every_family(), name="interactive.html", interactive=True),
        "internal": exported(folder, every_family("internal"), name="all-INTERNAL.html", policy="internal"),
        "code": exported(folder, every_family(), name="code.html", show_code=True),
        "statement": folder / "accessibility.html",
    }
    entries = [{"title": name, "path": path.name, "group": "Solentwick"} for name, path in pages.items()]
    return {**pages, "index": page.write_index(folder, entries, title="Pages of Solentwick", synthetic=True)}


KINDS = ("static", "interactive", "internal", "code", "statement", "index")


def ids(path):
    return path.relative_to(FOLDER).as_posix()


def axe_script():
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(opened):
    opened.page.evaluate(axe_script())
    found = opened.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"][:3]]


def looked_at(opened, path, *, charts):
    if "interactive" in path.name:
        opened.live()
    assert opened.requests == [path.resolve().as_uri()]
    assert opened.complaints == []
    assert violations(opened) == []
    frames = opened.page.locator(".cf-chart")
    assert charts is None or frames.count() == charts
    for place in range(frames.count()):
        assert drawn(frames.nth(place)), f"chart {place + 1} is blank"


def drawn(frame) -> bool:
    """Whether the part of a picture that a chart takes has ink in several places, by the pixels themselves."""
    from base64 import b64encode

    frame.scroll_into_view_if_needed()
    picture = b64encode(frame.screenshot()).decode()
    ink = frame.page.context.new_page()
    share = ink.evaluate(
        """async picture => {
            const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), c => c.charCodeAt(0))]));
            const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const dots = pen.getImageData(0, 0, image.width, image.height).data;
            let inked = 0;
            for (let i = 0; i < dots.length; i += 4) if (dots[i] + dots[i + 1] + dots[i + 2] < 600) inked++;
            return inked / (dots.length / 4);
        }""",
        picture,
    )
    ink.close()
    return 0.002 < share < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_for_nothing_complains_of_nothing_and_meets_wcag(kind, made, open_page):
    charts = len(figures.FAMILIES) if kind in ("static", "interactive", "internal", "code") else 0
    looked_at(open_page(made[kind]), made[kind], charts=charts)


DRAWN = ("outlook", "steps", "what_if", "lines", "season", "process_chart", "funnel", "comparison")
"""What of a book is drawn: each call gives a chart; ``by`` does month by month, ``comparisons`` one for each measure."""


def notebook_of(path):
    (notebook,) = (ROOT / "notebooks").glob(f"[0-9][0-9]_{path.stem.removesuffix('-INTERNAL')}.ipynb")
    return notebook


def wanted(path):
    """How many charts the notebook of a page draws: every such call gives a chart, or the sentence that there is nothing."""
    notebook = notebook_of(path)
    code = "".join(
        "".join(cell["source"]) for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    )
    one_each = re.findall(rf"\.({'|'.join(DRAWN)})\(", code) + re.findall(r'\.by\("[a-z]+"\)', code)
    beside_each_other = [call.count(",") + 1 for call in re.findall(r"\.comparisons\(([^)]*)\)", code)]
    return len(one_each) + sum(beside_each_other)


def whole(opened, path):
    """Everything that is asked of a page of a notebook."""
    text = path.read_text(encoding="utf-8")
    if "cf-bundle" in text:
        opened.live()
    looked_at(opened, path, charts=wanted(path) if 'class="cf-absent"' not in text else None)
    assert [found for drawing in DRAWING.findall(text) for found in too_faint(drawing)] == []
    assert page.check_page(path) == []
    tips_answer(opened)
    keyboard_reaches(opened)
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 700})
        nothing_cut_off(opened, width)
    for width in (320, 1280):
        opened.page.set_viewport_size({"width": width, "height": 700})
        never_sideways(opened, width)
    prints(opened)
    assert opened.complaints == []
    assert opened.requests == [path.resolve().as_uri()]


@pytest.mark.parametrize("path", OF_A_RUN, ids=ids)
def test_pages_of_a_run(path, open_page):
    if path.stem in ("index", "accessibility"):
        looked_at(open_page(path), path, charts=0)
        assert page.check_page(path) == []
    elif path.stat().st_mtime < notebook_of(path).stat().st_mtime:
        pytest.skip("the page is older than its notebook; make it again to have it looked at")
    else:
        whole(open_page(path), path)


OF_A_SAMPLE = ("overview", "comparators", "timeliness")
"""Between them: outlook, process chart, comparison and funnel, tables, notes and the registers. The other notebooks take CI too long."""


@pytest.fixture(scope="module")
def of_a_sample(sample_release, root, tmp_path_factory):
    """Finished pages of a synthetic authority, static and interactive, each notebook run once."""
    from cfanalysis.batch import make_editions, plan
    from cfanalysis.batch.engines import kernel

    folder = tmp_path_factory.mktemp("sample-pages")
    made = {}
    for job in plan(make_editions(sample_release, output=folder), output=folder, start=root, notebooks=OF_A_SAMPLE):
        executed = folder / job.notebook_path.name
        kernel(job.notebook_path, {"params_file": job.release.name, "policy": job.policy}, job.release.parent, executed)
        for kind in ("static", "interactive"):
            made[job.notebook, kind] = page.export(
                executed, folder / kind / f"{job.notebook}.html", title=job.notebook, authority=job.authority, policy=job.policy,
                synthetic=job.synthetic, interactive=kind == "interactive",
            )  # fmt: skip
    return made


@pytest.mark.parametrize("kind", ["static", "interactive"])
@pytest.mark.parametrize("notebook", OF_A_SAMPLE)
def test_pages_of_a_sample_authority(notebook, kind, of_a_sample, open_page):
    made = of_a_sample[notebook, kind]
    assert "hold no figures of these" not in made.read_text(encoding="utf-8")
    whole(open_page(made), made)


def test_axe_finds_what_it_is_for(made, open_page):
    opened = open_page(made["static"])
    opened.page.evaluate("document.querySelector('h1').innerHTML = '<img>'; document.documentElement.removeAttribute('lang')")
    found = violations(opened)
    assert any(one.startswith("image-alt") for one in found)
    assert any(one.startswith("html-has-lang") for one in found)


def test_the_drawing_stands_where_scripts_are_off(made, open_page):
    opened = open_page(made["interactive"], scripts=False)
    drawings = opened.page.locator(".cf-chart > svg")
    assert drawings.count() == len(figures.FAMILIES)
    assert all(drawings.nth(place).is_visible() for place in range(drawings.count()))
    assert opened.page.locator(".cf-live").count() == 0


def tips_answer(opened):
    """Every live chart tells something when the pointer is on one of its marks; Escape takes it away (WCAG 1.4.13)."""
    tip = opened.page.locator(".vega-tip")
    charts = opened.page.locator(".cf-live")
    for place in range(charts.count()):
        chart = charts.nth(place)
        chart.scroll_into_view_if_needed()
        marks = chart.locator(".mark-symbol path, .mark-rect path")
        for mark in range(0, marks.count(), max(1, marks.count() // 30)):
            box = marks.nth(mark).bounding_box()
            opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            if tip.is_visible():
                break
        assert tip.locator("dd").count() >= 1, f"chart {place + 1} tells nothing"
        assert tip.is_visible()
        opened.page.keyboard.press("Escape")
        assert not tip.is_visible()


def test_every_chart_answers_to_the_pointer_and_escape_dismisses_it(made, open_page):
    opened = open_page(made["interactive"])
    opened.live()
    tips_answer(opened)
    assert opened.complaints == []


def test_clicking_a_line_leaves_the_others_faint(made, open_page):
    opened = open_page(made["interactive"])
    opened.live()
    chart = opened.page.locator(
        "figure", has=opened.page.get_by_role("heading", name=re.compile("olice .*in September 2024$"))
    ).first.locator(".cf-live")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    faint = chart.locator("path[stroke-opacity='0.15'], path[opacity='0.15']")
    assert faint.count() == 0
    for step in range(60, 500, 4):
        opened.page.mouse.click(box["x"] + step, box["y"] + box["height"] * 0.25)
        if faint.count():
            break
    assert faint.count() >= 1


def keyboard_reaches(opened):
    """The Tab key comes to everything that can be used, and each shows where it is."""
    opened.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    there = opened.page.evaluate(
        """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
            .filter(e => e.checkVisibility({contentVisibilityAuto: true})).length"""
    )
    reached = []
    for _ in range(there + 5):
        opened.page.keyboard.press("Tab")
        seen = opened.page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
                if (e === document.body) return null;
                const path = [...document.querySelectorAll('*')].indexOf(e);
                const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                return {path, outline, shown: box.width > 0 && box.height > 0};
            }"""
        )
        if seen is None or (reached and seen["path"] == reached[0]["path"]):
            break
        reached.append(seen)
    assert len(reached) == there
    assert all(one["shown"] and one["outline"] for one in reached)


@pytest.mark.parametrize("kind", ["static", "interactive", "code", "index", "statement"])
def test_the_keyboard_reaches_everything_and_sees_where_it_is(kind, made, open_page):
    opened = open_page(made[kind])
    if kind == "interactive":
        opened.live()
    keyboard_reaches(opened)


def test_the_skip_link_leads_past_the_banners(made, open_page):
    opened = open_page(made["static"])
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "main"


def never_sideways(opened, width):
    """The page itself never scrolls sideways, with everything on it opened; what does scroll is labelled and can be reached."""
    opened.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    loose = opened.page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1
            && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)
            && !(e.tabIndex === 0 && (e.getAttribute('aria-label') || e.tagName === 'PRE'))).length"""
    )
    assert loose == 0


WIDTHS = (320, 375, 640, 745, 768, 1024, 1280, 1920)


def nothing_cut_off(opened, width):
    """No table that stands open is wider than its frame, no row of one is a tower of single words, and charts begin at the newest."""
    wide = opened.page.evaluate(
        """() => [...document.querySelectorAll('.cf-table .cf-scroll')]
            .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label'))"""
    )
    assert wide == [], f"at {width} px"
    narrow = opened.page.evaluate(
        """() => [...document.querySelectorAll('.cf-table tbody th:not(.d)')]
            .filter(e => e.checkVisibility() && e.clientWidth < 100).length"""
    )
    assert narrow == 0, f"at {width} px"
    oldest = opened.page.evaluate(
        """() => [...document.querySelectorAll('.cf-time')].filter(e => e.scrollWidth > e.clientWidth + 1)
            .filter(e => e.querySelector('svg').getBoundingClientRect().right > e.getBoundingClientRect().right + 1).length"""
    )
    assert oldest == 0, f"at {width} px"


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off(width, made, open_page):
    nothing_cut_off(open_page(made["static"], width=width), width)


@pytest.mark.parametrize(("width", "scale"), [(320, 1.0), (375, 2.0), (1280, 1.0)])
@pytest.mark.parametrize("kind", ["static", "interactive", "index", "statement"])
def test_the_page_never_scrolls_sideways(kind, width, scale, made, open_page):
    """320 CSS pixels is 1280 at 400 %."""
    opened = open_page(made[kind], width=width, height=700, scale=scale)
    if kind == "interactive":
        opened.live()
    never_sideways(opened, width)


def test_text_can_be_spaced_out(made, open_page):
    """WCAG 1.4.12: nothing is cut off when a reader widens the text."""
    opened = open_page(made["static"], width=1280)
    opened.page.evaluate(
        """() => document.querySelectorAll('p, li, h1, h2, h3, dt, dd, summary, a').forEach(e => {
            e.style.lineHeight = '1.5'; e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em'; })"""
    )
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 1280


def prints(opened):
    """On paper stand the drawings, not the live charts, and nothing that only a screen needs."""
    opened.page.emulate_media(media="print")
    drawings = opened.page.locator(".cf-chart > svg")
    assert all(drawings.nth(place).is_visible() for place in range(drawings.count()))
    assert not any(live.is_visible() for live in opened.page.locator(".cf-live").all())
    assert not any(nav.is_visible() for nav in opened.page.locator(".contents").all())
    assert opened.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert opened.page.pdf(format="A4").startswith(b"%PDF")
    opened.page.emulate_media(media="screen")


def test_it_prints(made, open_page):
    opened = open_page(made["interactive"])
    opened.live()
    prints(opened)


def test_a_download_is_the_table(made, open_page):
    opened = open_page(made["static"])
    opened.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    with opened.page.expect_download() as saved:
        opened.page.locator(".cf-download a").first.click()
    assert saved.value.suggested_filename == "referrals.csv"
    first = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("Month,Recorded,")
