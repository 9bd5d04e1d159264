"""Month axes, labels that do not overlap, cells as text."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from tests.made_here import as_a_view

import cfanalysis as cf
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.figures import render
from cfanalysis.figures.cells import cells, pivoted
from cfanalysis.figures.drawing import MOST_LABELS, alone, month_ticks, spread
from cfanalysis.figures.render import tidied
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import Table


@pytest.mark.parametrize("months", [1, 2, 7, 12, 25, 60, 144, 300])
def test_a_month_axis_has_few_labels_at_the_same_month_of_the_year(months):
    ticks = month_ticks(list(pd.period_range("2013-04", periods=months, freq="M")))
    assert 1 <= len(ticks) <= MOST_LABELS
    if months > 12 * MOST_LABELS:
        assert {tick[5:7] for tick in ticks} == {"04"}


def test_labels_move_apart_and_stay_in_order_and_inside():
    moved = spread({"a": 99.0, "b": 98.0, "c": 97.5, "d": 10.0}, gap=6, low=0, high=100)
    ordered = [moved[name] for name in ("d", "c", "b", "a")]
    assert all(after - before >= 6 - 1e-6 for before, after in pairwise(ordered))
    assert max(ordered) <= 100


def test_a_value_between_two_gaps_gets_a_point():
    assert alone(pd.Series([1, np.nan, 2, np.nan, 3, 4.0])).tolist() == [True, False, True, False, False, False]


def released():
    frame = pd.DataFrame(
        {"month": pd.period_range("2024-01", periods=3, freq="M"), "observed": [1234.0, np.nan, np.nan], "flag": ["", "c", "x"]}
    )
    frame["percent"] = [12.345, np.nan, np.nan]
    table = Table(frame, "t", counts=("observed",), derived={"percent": ("observed",)}, labels={"percent": "Share"})
    return show_released(table, policy("dfe"))


def test_cells_are_written_as_a_reader_expects_them():
    shown = cells(released())
    assert shown.columns == ("Month", "Recorded", "Share")
    assert shown.rows[0] == ("January 2024", "1,234", "12.3")
    assert shown.rows[1] == ("February 2024", "[c]", "[c]")
    assert shown.rows[2] == ("March 2024", "[x]", "[x]")
    assert set(shown.symbols) == {"c", "x"}


def test_a_long_table_written_wide():
    frame = pd.DataFrame({"year": [2023, 2023, 2024], "who": ["A", "B", "A"], "value": [1.5, 2.5, 3.5]})
    shown = pivoted(cf.release(as_a_view(Table(frame, "t", published=True)), "dfe"), "year", "who", "value")
    assert shown.columns == ("Year to March", "A", "B")
    assert shown.rows == (("2022-23", "1.5", "2.5"), ("2023-24", "3.5", "[x]"))


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="x.png"/>',
        "<foreignObject><p/></foreignObject>",
        "<style>*{}</style>",
        "<a/>",
        "<animate/>",
    ],
)
def test_a_drawing_with_anything_that_runs_or_loads_is_refused(inside):
    with pytest.raises(ReleaseError, match="may not be on a page"):
        tidied(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>', "alt", "f1")


def test_a_drawing_with_a_declaration_is_refused():
    with pytest.raises(ReleaseError, match="declaration"):
        tidied('<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>', "alt", "f1")


def test_handlers_and_styles_of_a_drawing_are_dropped():
    made = tidied(
        '<svg xmlns="http://www.w3.org/2000/svg"><rect onclick="x()" style="fill:url(http://a/b)" width="3.14159"/></svg>', 'say "hi"', "f"
    )
    assert "onclick" not in made
    assert "style" not in made
    assert 'width="3.1"' in made
    assert "say &quot;hi&quot;" in made


def test_a_drawing_does_not_depend_on_those_before_it():
    """The library numbers clip paths over all drawings of a process."""
    values = [{"x": place, "y": place} for place in range(3)]
    layer = {
        "mark": {"type": "line", "clip": True},
        "encoding": {name: {"field": name, "type": "quantitative"} for name in "xy"},
    }
    chart = {"data": {"values": values}, "layer": [layer, {**layer, "mark": {"type": "point", "clip": True}}]}
    drawn = []
    for _ in range(2):
        render._drawn.cache_clear()
        render._drawn_and_tidied.cache_clear()
        drawn.append(render.svg(chart, "alt", "f1"))
    assert drawn[0] == drawn[1]
    ids = re.findall(r'id="(.*?)"', drawn[0])
    assert "f1-clip1" in ids
    assert 'id="f2-f1-clip1"' in tidied(drawn[0], "alt", "f2"), "two drawings on one page keep their ids apart"
    assert set(re.findall(r"url\(#(.*?)\)", drawn[0])) == {each for each in ids if "clip" in each}
