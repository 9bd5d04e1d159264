"""Age bands: of flows on the day, of stocks on the last day of the month."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("born", "day", "band"),
    [
        ("2023-06-11", "2023-06-10", "Unborn"),
        ("2023-06-10", "2023-06-10", "Under 1"),
        ("2020-02-29", "2021-02-28", "Under 1"),  # born on 29 February: a year older on 1 March
        ("2020-02-29", "2021-03-01", "1 to 4"),
        ("2018-06-11", "2023-06-10", "1 to 4"),
        ("2018-06-10", "2023-06-10", "5 to 9"),
        ("2013-06-10", "2023-06-10", "10 to 15"),
        ("2007-06-11", "2023-06-10", "10 to 15"),
        ("2007-06-10", "2023-06-10", "16 and over"),
        ("1990-06-10", "2023-06-10", "16 and over"),
    ],
)
def test_the_age_on_the_day(worked, born: str, day: str, band: str) -> None:
    frame = worked(f"A contact {day} birth_date={born}", "contacts", day[:7])
    assert list(frame.index) == [("all", day[:7]), (f"age: {band}", day[:7])]


def test_a_child_moves_from_band_to_band_while_a_case_is_open(worked) -> None:
    frame = worked("A cin_episode 2022-11-01 2024-03-15 birth_date=2022-12-15", "cin_open", "2022-11", "2024-03")["value"]
    assert frame["age: Unborn"].tolist() == [1] + 16 * [0]
    assert frame["age: Under 1"].tolist() == [0] + 12 * [1] + 4 * [0]
    assert frame["age: 1 to 4"].tolist() == 13 * [0] + 3 * [1] + [0]


def test_the_bands_of_a_stock_add_up_to_the_whole(worked) -> None:
    events = (
        "\n".join(f"C{n} cin_episode 2022-{n:02d}-01 birth_date=20{n + 5:02d}-02-28" for n in range(1, 13)) + "\nD cin_episode 2022-03-03"
    )
    frame = worked(events, "cin_open", "2022-01", "2023-12")["value"].unstack()
    ages = [name for name in frame.index if name.startswith("age: ")]
    assert (frame.loc[ages].sum() == frame.loc["all"]).all()
