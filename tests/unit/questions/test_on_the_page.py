"""A headline speaks of nothing that its page does not show in a table or a chart."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cfanalysis import indicators
from cfanalysis.indicators import FLOWS
from cfanalysis.questions.asked import SAID_BY_OTHERS
from cfanalysis.questions.findings import ABOUT, on_page

KINDS = {"numbers": ("count", "stock"), "percentages": ("percent",), "averages": ("measure",)}
STOCKS = {"cin": "cin_open", "cp": "cp_open", "cla": "cla_open"}


def code_of(root: Path, theme: str) -> str:
    (page,) = (root / "notebooks").glob(f"*_{theme}.ipynb")
    return "\n".join("".join(cell["source"]) for cell in json.loads(page.read_text("utf-8"))["cells"] if cell["cell_type"] == "code")


def shown_by(code: str) -> set[str]:
    """The measures that a notebook puts in a table or a chart, by name."""
    known = indicators.catalogue()
    quoted = {name for name in re.findall(r'"(\w+)"', code) if name in known}
    for call in re.findall(r"book\.latest\((.*?)\)", code):
        theme, *kinds = re.findall(r'"(\w+)"', call)
        wanted = {kind for name in kinds for kind in KINDS[name]}
        quoted |= {name for name, each in known.items() if each.theme == theme and each.kind in wanted}
    for open_ in (STOCKS[name] for name in re.findall(r'book\.stock\("(\w+)"\)', code)):
        quoted |= {open_, *FLOWS[open_]}
    return quoted


@pytest.mark.parametrize("theme", ABOUT)
def test_every_measure_of_a_headline_is_on_the_page(root: Path, theme: str) -> None:
    shown = shown_by(code_of(root, theme))
    known = indicators.catalogue().items()
    spoken = {name for name, each in known if each.theme == theme and on_page(theme, each) and each.kind != "rate"} - set(SAID_BY_OTHERS)
    assert ABOUT[theme] in spoken
    assert not spoken - shown
