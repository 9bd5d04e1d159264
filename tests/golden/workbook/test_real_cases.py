"""Real cases from the panels' minutes and beyond, on DfE's own figures: what is said, written out and read by a person as true.

The counts of months, and of years, are worked out again from the published table with nothing but csv.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.words import sentences as words

C6 = "c6_children_in_need_referrals_by_month_2013_to_2022.csv"
MONTHS = ("April", "May", "June", "July", "August", "September", "October", "November", "December", "January", "February", "March")


class Case:
    """One authority as at one month, from DfE's tables alone."""

    def __init__(self, shared: Path, folder: Path, name: str, as_at: str) -> None:
        path = folder / "x.yml"
        path.write_text(
            f'authority: {{name: "{name}"}}\nas_at: {as_at}\npolicy: open\n'
            f"sources: [{{format: published, path: {(shared / 'published').as_posix()}}}]\n",
            encoding="utf-8",
        )
        book = cf.open(path).workbook
        found = show_released(book.headlines("demand"), book.policy)
        self.head, self.details = words.headlines(found), words.details(found)
        self.winters = " ".join(words.january_february(show_released(book.january_february("referrals"), book.policy)))
        self.months = self._months(shared, name)

    @staticmethod
    def _months(shared: Path, name: str) -> pd.Series:
        """The monthly figures, read with nothing but csv."""
        with (shared / "published" / C6).open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["la_name"] == name]
        found = {}
        for row in rows:
            for place, month in enumerate(MONTHS):
                year = int(row["time_period"]) - (place < 9)
                found[pd.Period(f"{year}-{(place + 3) % 12 + 1:02d}", "M")] = float(row[month]) if row[month].isdigit() else float("nan")
        return pd.Series(found).sort_index()

    def year_to(self, month: str) -> float:
        last = pd.Period(month, "M")
        return float(self.months[last - 11 : last].sum(skipna=False))


Open = Callable[[str, str], Case]


@pytest.fixture
def real(shared_data: Path, tmp_path: Path) -> Open:
    return lambda name, as_at: Case(shared_data, tmp_path, name, as_at)


def test_southampton_in_march_2018_has_a_lower_level_part_of_which_is_gone(real: Open) -> None:
    """The panel was told of a fall of half: it was 54 % when told, and 37 % in the half-year to March 2018."""
    case = real("Southampton", "2018-03")
    assert (case.year_to("2018-03"), case.year_to("2017-03")) == (2613, 3044)
    assert case.head[:2] == [
        "Referrals: 2,613 in the year to March 2018, against 3,044 the year before. The level moved in November 2016.",
        "Referrals fell in November 2016, down about 54%. Part of it is gone: now it is down about 37%.",
    ]
    assert not any("has lasted" in each for each in case.details)
    assert "There were 196 a month, against 199 a month in October to December: down 1%" in case.winters
    assert case.months[["2018-01", "2018-02"]].mean() == pytest.approx(196, abs=0.5)


def test_southampton_in_2019_rises_and_stays(real: Open) -> None:
    case = real("Southampton", "2019-09")
    assert (case.year_to("2019-09"), case.year_to("2018-09")) == (4174, 2274)
    assert case.head[0] == "Referrals: 4,174 in the year to September 2019, 84% more than the year before (2,274)."
    assert case.head[1] == "Referrals moved to a higher level from February 2019, up about 149%, and it has lasted."
    assert "January and February 2019: no fall" in case.winters


def test_surrey_s_november_2016_is_a_spike_and_no_new_level(real: Open) -> None:
    case = real("Surrey", "2017-03")
    assert case.months["2016-11"] == 1293
    assert case.head[:2] == [
        "Referrals: 11,679 in the year to March 2017, about the same as the year before (11,768).",
        "November 2016 was unusually high for referrals: 1,293, when 790 to 1,203 would be usual.",
    ]
    assert not any("level" in each for each in case.details)
    newest = real("Surrey", "2016-11")
    assert newest.head[1] == "Referrals: 1,293 in November 2016. That is unusually high; 790 to 1,203 would be usual."


def test_herefordshire_s_april_2017_stands_out_as_it_comes_and_is_a_level_later(real: Open) -> None:
    april, january = real("Herefordshire, County of", "2017-04"), real("Herefordshire, County of", "2018-01")
    assert april.head[:2] == [
        "Referrals: 1,439 in the year to April 2017, 49% fewer than the year before (2,834).",
        "Referrals: 205 in April 2017. That is unusually high; 60 to 163 would be usual.",
    ]
    assert not any("April 2017, up" in each for each in april.details), "one month is no new level"
    assert (january.year_to("2018-01"), january.year_to("2017-01")) == (3042, 1487)
    assert january.head[:2] == [
        "Referrals: 3,042 in the year to January 2018, 105% more than the year before (1,487).",
        "Referrals moved to a higher level from April 2017, up about 160%, and it has lasted.",
    ]
    assert "April 2017 was unusually high for referrals: 205, when 60 to 163 would be usual." in january.details
    assert "Seen from the end of December 2017, a fall has a chance of about 7 in 10" in january.winters
    assert "mostly because the autumn was high, and numbers tend to come back" in january.winters


def test_herefordshire_s_april_2018_is_low(real: Open) -> None:
    case = real("Herefordshire, County of", "2018-04")
    assert case.months["2018-04"] == 111
    assert case.head[1] == "Referrals: 111 in April 2018. That is very unusually low; 174 to 462 would be usual."
    assert "January and February 2018: no fall" in case.winters


def test_devon_in_2023_is_answered_from_the_years_that_there_are(real: Open) -> None:
    case = real("Devon", "2023-12")
    assert case.head[:2] == [
        "Monthly figures end in March 2022. DfE's yearly figures go to 2022-23.",
        "Referrals: 6,968 in 2022-23, about the same as the year before (7,031).",
    ]
    assert case.year_to("2022-03") == 7031
    assert not any("provisional" in each for each in case.details)
    assert not any(each.startswith("Expect") for each in case.head), "no forecast of a year that is over"
    assert "January and February 2022: no fall" in case.winters


def test_west_northamptonshire_s_first_year_is_not_judged(real: Open) -> None:
    case = real("West Northamptonshire", "2022-03")
    assert case.months.notna().sum() == 12
    assert case.head[0] == (
        "Referrals: 472 in March 2022. We cannot tell whether that is usual: 11 earlier months to judge from, and 12 are needed."
    )
    assert "January and February 2022: cannot tell (there is too little history for a forecast)." in case.winters
    assert not any("year before" in each or "usual (" in each for each in case.details)


@pytest.mark.parametrize("name", ["Isles of Scilly", "City of London"])
def test_where_most_months_are_hidden_nothing_is_worked_out_from_the_others(real: Open, name: str) -> None:
    case = real(name, "2022-03")
    assert "cannot tell (months that would tell are not shown, to protect small numbers)." in case.winters
    assert not any("usual (" in each or "level" in each or each.startswith("Expect") for each in case.details)
    assert any("not shown, to protect small numbers" in each for each in case.head)


def test_the_city_of_london_is_told_by_years_where_months_are_old(real: Open) -> None:
    case = real("City of London", "2025-03")
    assert case.head == [
        "Monthly figures end in March 2022. DfE's yearly figures go to 2024-25.",
        "Referrals: 57 in 2024-25, against 63 the year before, which is no clear change.",
    ]
