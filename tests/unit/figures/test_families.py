"""Every chart family draws, says what it shows, and holds nothing but the released numbers it plots."""

import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from tests.contrast import contrast, too_faint, words_and_marks
from tests.made_here import as_a_view

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.figures import drawing, theme
from cfanalysis.foundation.table import Table

MONTHS = pd.period_range("2022-04", periods=30, freq="M")


def outlook_table():
    rng = np.random.default_rng(4)
    past = pd.DataFrame({"month": MONTHS, "observed": rng.integers(40, 70, 30).astype(float), "future": False})
    past.loc[12, "observed"], past.loc[20, "observed"] = 4.0, np.nan
    past["flag"] = np.where(past["observed"].isna(), "x", "")
    past["expected"], past["low"], past["high"] = 55.0, 45.0, 65.0
    past["severity"], past["provisional"] = np.where(past["observed"] > 66, "alert", "usual"), past.index > 27
    ahead = pd.DataFrame({"month": pd.period_range(MONTHS[-1] + 1, periods=6, freq="M"), "expected": 56.7, "low": 44.1, "high": 70.2})
    ahead = ahead.assign(low95=39.0, high95=77.0, future=True, flag="", severity="", provisional=False)
    frame = pd.concat([past, ahead], ignore_index=True)
    needs = dict.fromkeys(("expected", "low", "high", "low95", "high95", "severity"), ("observed",))
    return Table(frame, "Referrals", counts=("observed",), derived=needs, unit="referrals", source="Annex A", facts={"name": "Referrals"})


def source_table():
    rng = np.random.default_rng(5)
    parts = {name: rng.integers(low, low + 20, 30).astype(float) for name, low in (("Police", 60), ("Schools", 30), ("Housing", 1))}
    parts["All"] = sum(parts.values())
    frame = pd.DataFrame([(month, name, counts[i]) for name, counts in parts.items() for i, month in enumerate(MONTHS)])
    frame.columns = ["month", "category", "observed"]
    return Table(frame, "By source", counts=("observed",), margins={"category": "All"}, unit="referrals")


def category_table():
    frame = pd.DataFrame(
        {"category": ["Police", "Schools", "Housing", "All"], "now": [60.0, 30.0, 3.0, 93.0], "before": [50.0, 41.0, 9.0, 100.0]}
    )
    labels = {"now": "This year", "before": "Last year"}
    return Table(frame, "By source, now", counts=("now", "before"), margins={"category": "All"}, labels=labels, unit="referrals")


def season_table():
    frame = pd.DataFrame({"calendar_month": range(1, 13), "factor": np.linspace(0.83, 1.1, 12)})
    return as_a_view(Table(frame.assign(low=frame["factor"] - 0.02, high=frame["factor"] + 0.02), "Season"))


def comparison_table():
    parties = ("Solentwick", "South East", "England", "Statistical neighbours (median)")
    rows = [(year, who, 20.0 + place + year % 3) for place, who in enumerate(parties) for year in range(2016, 2025)]
    return as_a_view(Table(pd.DataFrame(rows, columns=["year", "who", "value"]), "Compared", unit="percent", published=True))


def steps_table():
    rows = [("Open", "level", 900.0), ("Started", "in", 300.0), ("Ended", "out", 280.0), ("Open now", "level", 920.0)]
    return Table(pd.DataFrame(rows, columns=["step", "kind", "value"]), "Steps", counts=("value",), unit="children")


def spc_table():
    frame = pd.DataFrame({"month": MONTHS, "observed": np.r_[np.full(29, 50.0), 90.0], "mean": 51.0, "lower": 30.0, "upper": 70.0})
    frame["rule"] = np.where(frame["observed"] > 70, "above the upper limit", "")
    needs = dict.fromkeys(("mean", "lower", "upper", "rule"), ("observed",))
    return Table(frame, "XmR", counts=("observed",), derived=needs)


def funnel_table():
    size = np.linspace(300, 9000, 40).round()
    frame = pd.DataFrame(
        {"authority": [f"Area {i}" for i in range(40)], "denominator": size, "value": 20 + 5 * np.sin(size), "centre": 21.0}
    )
    frame.loc[7, "authority"] = "Solentwick"
    limits = frame.assign(low95=21 - 600 / size**0.5, high95=21 + 600 / size**0.5)
    return as_a_view(Table(limits, "Funnel", unit="percent", published=True))


def what_if_table():
    past = pd.DataFrame({"month": MONTHS, "observed": np.linspace(400, 460, 30), "provisional": [False] * 28 + [True] * 2, "scenario": ""})
    ahead = pd.DataFrame({"month": pd.period_range(MONTHS[-2], periods=8, freq="M"), "baseline": 450.0, "baseline_low": 410.0,
                          "baseline_high": 490.0, "what_if": [np.nan] * 2 + [430.0] * 6})  # fmt: skip
    frame = past.merge(ahead, on="month", how="outer")
    frame["provisional"] = frame["provisional"].fillna(False).astype(bool)
    frame["scenario"] = np.where(frame["what_if"].notna(), "What if: 20 more closures a month from July 2024", "")
    needs = dict.fromkeys(("baseline", "baseline_low", "baseline_high", "what_if"), ("observed",))
    title = "Children in need. What if: 20 more closures a month from July 2024"
    return Table(frame, title, counts=("observed",), derived=needs, unit="children", facts={"name": "Children in need"})


MADE = {
    "outlook": lambda policy: figures.outlook(
        cf.release(outlook_table(), policy), events=[{"month": pd.Period("2023-05", "M"), "label": "New front door"}], wide=True
    ),
    "lines": lambda policy: figures.lines(cf.release(source_table(), policy), target=45),
    "bars": lambda policy: figures.bars(cf.release(category_table(), policy)),
    "small_multiples": lambda policy: figures.small_multiples(cf.release(source_table(), policy)),
    "season": lambda policy: figures.season(cf.release(season_table(), policy)),
    "funnel": lambda policy: figures.funnel(cf.release(funnel_table(), policy), highlight="Solentwick"),
    "spc": lambda policy: figures.spc(cf.release(spc_table(), policy)),
    "comparison": lambda policy: figures.comparison(cf.release(comparison_table(), policy)),
    "steps": lambda policy: figures.steps(cf.release(steps_table(), policy)),
    "what_if": lambda policy: figures.what_if(cf.release(what_if_table(), policy)),
}


def parsed(made):
    return ElementTree.fromstring(made.svg())  # noqa: S314 - drawn a moment ago, by this project


def test_every_family_is_tried():
    assert set(MADE) == set(figures.FAMILIES)


@pytest.fixture(scope="module", params=MADE)
def made(request):
    return MADE[request.param]("dfe")


def test_it_is_one_drawing_with_its_alternative_text(made):
    root = parsed(made)
    assert root.tag.endswith("svg")
    assert root.get("role") == "img"
    assert root.get("aria-label") == made.alt
    assert len(made.alt) > 40
    assert sum(1 for element in root.iter() if element.tag.endswith(("path", "line", "rect"))) > 5


def test_marks_are_silent_and_nothing_in_the_drawing_runs_or_loads(made):
    tags = {element.tag.split("}")[-1] for element in parsed(made).iter()}
    assert tags <= {"svg", "g", "path", "line", "rect", "text", "tspan", "circle", "defs", "clipPath"}
    inner = made.svg().split(">", 1)[1]
    assert "aria-" not in inner
    assert "style=" not in inner
    assert "href" not in inner


def test_text_is_horizontal_and_large_enough(made):
    for element in parsed(made).iter():
        if element.tag.endswith("}text"):
            assert "rotate(-90)" not in (element.get("transform") or "")
            assert float((element.get("font-size") or "16px").removesuffix("px")) >= 16


def test_it_is_the_same_every_time(made):
    again = MADE[made.family]("dfe")
    assert again.payload() == made.payload()


def test_it_shows_itself_in_a_notebook_and_to_the_exporter(made):
    bundle = made._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", figures.MIME}
    assert "<figure" in bundle["text/html"]
    assert "Show the data" in bundle["text/html"]
    assert json.loads(json.dumps(bundle[figures.MIME])) == bundle[figures.MIME]


def test_an_analyst_can_have_the_altair_chart(made):
    assert made.chart().to_dict()["config"]["font"] == theme.FONT


def numbers_in(made):
    """Every number a chart's data holds."""
    found = []

    def look(part):
        if isinstance(part, dict):
            for rows in (part.get("values"),) if isinstance(part.get("values"), list) else ():
                found.extend(value for row in rows if isinstance(row, dict) for value in row.values() if isinstance(value, (int, float)))
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(json.loads(json.dumps(dict(made.specification))))
    return [number for number in found if not isinstance(number, bool)]


@pytest.mark.parametrize("family", ["outlook", "lines", "bars", "small_multiples"])
def test_no_hidden_number_is_in_the_chart_the_words_or_the_table(family):
    made, bare = MADE[family]("dfe"), MADE[family]("internal")
    assert made.released.hidden > 0
    column = "now" if family == "bars" else "observed"
    hidden = set(bare.released.frame.loc[made.released.marks[column] == "c", column]) - set(made.released.frame[column])
    assert hidden
    assert hidden <= set(numbers_in(bare))
    assert not hidden & set(numbers_in(made))
    small = {number for number in hidden if number < 6}
    cells = {cell for row in made.shown.rows for cell in row[1:]}
    assert not {f"{number:.0f}" for number in small} & cells
    assert any("[c]" in row for row in made.shown.rows)


def test_only_plotted_columns_reach_a_chart():
    table = outlook_table()
    secret = Table(table.frame.assign(remark="SECRET-REMARK"), **{k: getattr(table, k) for k in ("title", "counts", "derived", "unit")})
    made = figures.outlook(cf.release(secret, "dfe"))
    assert "SECRET-REMARK" not in json.dumps(dict(made.specification))


def test_unusual_months_differ_by_shape_and_the_key_says_so():
    made = MADE["outlook"]("internal")
    assert "triangle-up" in json.dumps(dict(made.specification))
    assert any(entry.endswith("|Unusually high") and entry.startswith("high|") for entry in made.key)
    assert any(entry.startswith("dash|") and entry.endswith("|Forecast") for entry in made.key)


def lines_drawn(made):
    """Colour and dash of every line of a chart."""
    layers = made.specification["layer"]
    marks = [layer["mark"] for layer in layers if layer["mark"]["type"] == "line"]
    return [(mark["color"], tuple(mark.get("strokeDash") or ())) for mark in marks]


def test_a_what_if_is_another_line_with_a_name_and_never_taken_for_the_forecast():
    made = MADE["what_if"]("internal")
    recorded, baseline, what_if = lines_drawn(made)
    assert len({recorded, baseline, what_if}) == 3
    assert what_if[0] != baseline[0]
    assert what_if[1] != baseline[1]
    assert "What if: 20 more closures" in made.title
    assert "is no forecast" in made.subtitle
    assert "A what-if is no forecast" in made.alt
    assert any("What if" in entry for entry in made.key)
    assert any(entry.endswith("|As things stand") for entry in made.key)


@pytest.mark.parametrize("family", ["outlook", "lines", "small_multiples", "spc", "what_if"])
def test_months_still_being_recorded_are_drawn_as_rings(family):
    tables = {"outlook": outlook_table, "lines": source_table, "small_multiples": source_table, "spc": spc_table, "what_if": what_if_table}
    table = tables[family]()
    firm = table.with_frame(table.frame.assign(provisional=False))
    late = table.with_frame(table.frame.assign(provisional=table.frame["month"].isin(MONTHS[-2:])))
    draw = getattr(figures, family)
    assert drawing.RING not in draw(cf.release(firm, "internal")).key
    made = draw(cf.release(late, "internal"))
    assert drawing.RING in made.key
    assert '"fill": "#FFFFFF"' in json.dumps(dict(made.specification))


def test_a_forecast_goes_through_the_figures_at_which_months_are_likely_to_settle():
    table = outlook_table()
    settled = table.frame["observed"].where(table.frame["provisional"].astype(bool)) - 7
    frame = table.frame.assign(settled=settled, settled_low=settled - 2, settled_high=settled + 2)
    made = figures.outlook(cf.release(table.with_frame(frame), "internal"))
    dashed = next(layer for layer in made.specification["layer"] if layer["mark"].get("strokeDash") == [int(n) for n in theme.DASH])
    name = dashed["data"].get("name")
    rows = made.specification["datasets"][name] if name else dashed["data"]["values"]
    by_month = {row["month"][:7]: row["expected"] for row in rows}
    assert by_month[str(MONTHS[-1])] == settled.loc[29]
    assert by_month[str(MONTHS[-3])] == frame.loc[27, "observed"]


def test_a_table_without_a_needed_column_is_named():
    released = cf.release(season_table(), "dfe")
    with pytest.raises(cf.CfanalysisError, match="no column 'month', which this chart needs"):
        figures.outlook(released)


@pytest.mark.parametrize("colour", theme.CATEGORIES)
def test_lines_and_marks_stand_out_three_to_one(colour):
    assert contrast(colour) >= 3


def test_words_and_marks_of_a_drawing_stand_out(made):
    words, marks = words_and_marks(made.svg())
    assert words > 3
    assert marks > 5
    assert list(too_faint(made.svg())) == []


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<text fill="#888">7</text>', "the words '7' in #888"),
        ('<g opacity="0.5"><text fill="#484848">7</text></g>', "the words '7'"),
        ('<path d="M0,0" fill="#B8C7D3"/>', "a path"),
        ('<path d="M0,0" fill="none" stroke="#12436D" opacity="0.2"/>', "a path"),
        ('<circle r="3" fill="#28A197" fill-opacity="0.8"/>', "a circle"),
    ],
)
def test_what_stands_out_too_little_is_found(inside, told):
    (found,) = too_faint(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>')
    assert found.startswith(told)


@pytest.mark.parametrize("family", MADE)
def test_every_family_is_what_the_schema_of_vega_lite_wants(family):
    """Charts are not held against the schema each time one is drawn: that costs a fifth of a page."""
    import altair as alt

    specification = dict(MADE[family]("dfe").specification)
    alt.Chart.from_dict(specification, validate=True)
    with pytest.raises(Exception, match=r".+"):
        alt.Chart.from_dict({**specification, "autosize": {"type": "nonsense"}}, validate=True)
