"""Headlines of charts that nobody has written one for: what is shown, and nothing where it is hidden."""

import numpy as np
import pandas as pd
from tests.made_here import as_a_view

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.figures import alternative, finding
from cfanalysis.foundation.table import Table

MONTHS = list(pd.period_range("2023-01", periods=14, freq="M"))


def test_a_month_is_not_set_beside_the_same_month_a_year_before_and_two_years_are_where_they_are_known():
    values = [20.0, 22.5, *[30.0] * 11, 24.0]
    assert finding.newest("Caseload", MONTHS, values) == "Caseload: 24 in February 2024"
    year = {"now": 81.73, "before": 75.1, "span": "in the year to August 2017", "ago": "the year before"}
    said = finding.newest("In time", MONTHS, values, unit="percent", year=year)
    assert said == "In time: 81.7% in the year to August 2017, 75.1% the year before"
    assert finding.newest("How long plans lasted", MONTHS, values, unit="days") == "How long plans lasted: 24 days in February 2024"
    assert finding.newest("Caseload", MONTHS[:3], values[:3]) == "Caseload: 30 in March 2023"
    assert finding.newest("Caseload", MONTHS, [np.nan] * 14) == "Caseload: no figures can be shown"


def test_an_alternative_text_tells_no_direction_and_its_extremes_are_of_settled_months():
    months = list(pd.period_range("2022-01", periods=25, freq="M"))
    late = [False] * 24 + [True]
    share = alternative.over_time("In time", months, [20.0] * 12 + [26.0] * 12 + [90.0], unit="percent", provisional=late)
    assert not any(word in share for word in ("rise", "average")), "a mean of monthly percentages is not the year's"
    assert "latest 90% (still being recorded)" in share
    assert "The highest is 26% in " in share
    count = alternative.over_time("Referrals", months, [100.0] * 12 + [130.0] * 12 + [5.0], provisional=late)
    assert "The average month had 100 in the first year and 130 in the latest." in count
    assert "the lowest 100 in January 2022" in count


def test_a_single_category_is_neither_the_highest_nor_the_lowest():
    assert alternative.across("Average month", ["Neglect"], [12.0]) == "Average month: Neglect, 12."


def test_several_lines_are_told_of_one_month_and_a_hidden_one_is_not():
    frame = pd.DataFrame({"month": [MONTHS[0]] * 3, "series": ["In time", "Child seen", "Small"], "y": [81.0, 97.5, np.nan]})
    assert finding.newest_of_each("x", frame, unit="percent") == "In time 81%, child seen 97.5% in January 2023"
    assert finding.newest_of_each("Nothing", frame.assign(y=np.nan)) == "Nothing"


def test_the_largest_is_called_so_only_among_those_that_can_be_compared():
    assert finding.largest("By source", ["Police", "Schools"], [58.0, 30.0]) == "By source: Police highest, 58"
    assert finding.largest("By source", ["Police", "Schools"], [58.0, np.nan]) == "By source: Police highest of those shown in full, 58"
    assert finding.largest("By source", ["Police"], [np.nan]) == "By source"


def test_a_season_an_authority_among_others_and_a_funnel():
    assert finding.ends_of_season("The season", ["May", "August"], [8.2, -17.0]) == (
        "The season: lowest in August (17% below average), highest in May (8% above average)"
    )
    rows = [("A", "2022-23", 5.0), ("A", "2023-24", 6.26), ("England (all)", "2023-24", 7.0), ("Region", "2022-23", 1.0)]
    frame = pd.DataFrame(rows, columns=["who", "label", "y"])
    assert finding.beside_others("Rate", frame) == "Rate: A 6.3 in 2023-24; England 7"
    assert finding.beside_others("Agency", frame.assign(label="30 September 2024")[:2]).startswith("Agency: A 6.3 at 30 September 2024")
    own = pd.Series({"y": 30.0, "low95": 10.0, "high95": 28.0, "low998": 8.0, "high998": 32.0})
    assert finding.in_the_funnel("Rate", own, "A") == "Rate: A 30, further out than 19 areas in 20 would be"
    assert finding.in_the_funnel("Rate", own.replace(30.0, 33.0), "A").endswith("further out than 998 areas in 1,000 would be")
    assert (
        finding.in_the_funnel("Rate", own.replace(30.0, 20.0), "A")
        == "Rate: A 20, within chance and the ordinary differences between areas"
    )
    assert finding.in_the_funnel("Rate", None, "A") == "Rate"


def test_steps_are_not_told_where_one_is_hidden():
    kinds = ["level", "in", "out", "level"]
    assert finding.steps_between("Open", kinds, [900.0, 300.0, 280.0, 920.0]) == "Open: 900 to 920; 300 started, 280 ended"
    assert finding.steps_between("Open", kinds, [900.0, np.nan, 280.0, 920.0]) == "Open"


def drawn(target):
    rows = [(month, name, 50.0 + place) for place, name in enumerate(("A", "B")) for month in MONTHS]
    frame = pd.DataFrame(rows, columns=["month", "series", "observed"])
    frame["target"] = frame["series"].map(target)
    return figures.lines(cf.release(as_a_view(Table(frame, "Two", published=True)), "dfe"), target="target").svg()


def test_each_line_keeps_its_own_target_and_one_for_all_is_said_once():
    apart = drawn({"A": 95.0, "B": 48.0})
    assert "(target 95)" in apart
    assert "(target 48)" in apart
    together = drawn({"A": 60.0, "B": 60.0})
    assert ">Target<" in together
    assert "(target" not in together


def test_events_of_a_table_are_drawn_without_asking():
    frame = pd.DataFrame({"month": MONTHS, "observed": 50.0})
    events = [{"month": MONTHS[3], "label": "New front door"}, {"month": MONTHS[12], "label": "Reorganisation"}]
    made = figures.outlook(cf.release(as_a_view(Table(frame, "Referrals", published=True, facts={"events": events})), "dfe")).svg()
    assert "New front door" in made
    assert "Reorganisation" in made


def test_whole_counts_days_and_empty_columns_are_written_as_a_reader_expects():
    frame = pd.DataFrame({"who": ["a", "b"], "posts": [68.0, 16.5], "due": ["2018-06-30", "no date given"], "why": [" ", ""]})
    shown = figures.show(cf.release(Table(frame, "t", counts=("posts",)), "internal")).shown
    assert shown.columns == ("Area", "Posts", "Due")
    assert shown.rows == (("a", "68", "30 June 2018"), ("b", "16.5", "no date given"))
