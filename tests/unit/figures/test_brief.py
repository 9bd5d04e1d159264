"""Small line charts, and tables that a narrow screen sets row under row."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cfanalysis.figures.block import small_line
from cfanalysis.figures.cells import Cells
from cfanalysis.figures.markup import table
from cfanalysis.figures.render import tidied
from cfanalysis.page.payload import TablePayload


def test_a_small_line_begins_at_nought_and_leaves_gaps() -> None:
    drawn = small_line({"values": [10.0, 20.0, None, 20.0], "alt": "Plans: <four>"})
    assert 'aria-label="Plans: &lt;four&gt;"' in drawn
    assert "M3.0,16.0L45.0,3.0M129.0,3.0" in drawn, "10 lies half way up, and the gap is not bridged"
    assert small_line({"values": [None, None], "alt": ""}) == ""


def test_a_drawing_leaves_out_what_nobody_sees() -> None:
    """The points that answer to a pointer on a live chart were a quarter of a page."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0,0L9,9" opacity="0"/><path d="M1,1L2,2" opacity="1"/></svg>'
    )
    assert tidied(drawing, "A line", "x").count("<path") == 1


def test_a_wide_table_names_the_column_of_every_cell_for_a_narrow_screen() -> None:
    few = Cells(("Measure", "Figure"), (False, True), (("Plans", "3"),))
    many = Cells(tuple("abcdefgh"), (False,) * 8, (tuple("ABCDEFGH"),))
    assert "data-of" not in table(few, "Few", stacked=True), "two columns fit everywhere"
    assert 'class="cf-stack cf-many"' in table(many, "Many", stacked=True)
    assert 'data-of="c">C' in table(many, "Many", stacked=True)
    assert "data-of" not in table(many, "Many")
    assert 'class="cf-stack cf-lines"' in table(many, "Many", stacked=True, beside=["<svg></svg>"], drawn="Line")


def test_there_are_as_many_small_lines_as_rows_or_none() -> None:
    written = {"columns": ["Measure"], "numeric": [False], "rows": [["Plans"], ["Referrals"]]}
    given = {
        "version": 1, "kind": "table", "id": "f0123456789", "title": "", "subtitle": "", "source": "", "note": "", "synthetic": True,
        "policy": "dfe", "hidden": 0, "period": [], "definitions": {}, "table": written, "audit": {},
    }  # fmt: skip
    assert TablePayload.model_validate(given).lines == []
    with pytest.raises(ValidationError, match="as many small line charts as there are rows"):
        TablePayload.model_validate({**given, "lines": [{"values": [1.0], "alt": "x"}]})
