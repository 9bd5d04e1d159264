"""Overdue, stale, and the tables that carry registers to a page."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from cfanalysis.foundation.wording import likelihood
from cfanalysis.questions.registers import actions_table, commentary_table, events_for, overdue, stale
from cfanalysis.registers.entries import Action, Comment, DatedEvent


def action(name: str, due: str | None, done: str | None = None) -> Action:
    return Action(id=name, asked_on="2017-11-16", asked_by="panel", what=name, owner="lead", due=due, done=done)


ACTIONS = [
    action("later", "2018-06-01"),
    action("late", "2018-01-25"),
    action("later-late", "2018-02-01"),
    action("done", "2018-01-01", "2018-01-20"),
    action("undated", None),
]


def test_overdue_is_past_due_and_not_done_the_longest_first():
    assert [each.id for each in overdue(ACTIONS, date(2018, 3, 1))] == ["late", "later-late"]
    assert overdue(ACTIONS, date(2018, 1, 25)) == ()  # due today is not overdue


def test_actions_as_a_table():
    table = actions_table(ACTIONS, date(2018, 3, 1))
    assert table.frame["state"].tolist() == ["overdue", "overdue", "open", "no date given", "done"]
    assert actions_table([], date(2018, 3, 1)).frame.empty
    not_yet = actions_table(ACTIONS, date(2018, 1, 10)).frame.set_index("what")["state"]
    assert not_yet["done"] == "overdue"  # done on the 20th, not by the 10th


@pytest.mark.parametrize(("dated", "old"), [("2021-01-30", True), ("2021-01-31", False), ("2021-02-11", False)])
def test_commentary_is_stale_when_written_before_its_data_were_in(dated, old):
    comment = Comment(indicator="x", dated=dated, issue="a", response="b")
    assert stale(comment, pd.Period("2021-01", "M")) is old


def test_commentary_as_a_table_newest_first():
    comments = [Comment(indicator="x", dated=day, issue="a", response="b") for day in ("2020-01-01", "2021-02-11")]
    frame = commentary_table(comments, pd.Period("2021-01", "M")).frame
    assert frame["dated"].tolist() == ["2021-02-11", "2020-01-01"]
    assert frame["older_than_data"].tolist() == [False, True]


def test_events_of_an_indicator_in_order():
    events = [
        DatedEvent(date=day, kind="flag", indicators=names, label=day, said_by="me")
        for day, names in (("2020-05-01", "all"), ("2019-05-01", ["x"]), ("2018-05-01", ["y"]))
    ]
    assert [event.label for event in events_for(events, "x")] == ["2019-05-01", "2020-05-01"]


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "less than 1 in 10"),
        (0.049, "less than 1 in 10"),
        (0.05, "about 1 in 10"),
        (0.5, "about 5 in 10"),
        (0.949, "about 9 in 10"),
        (1.0, "more than 9 in 10"),
    ],
)
def test_probabilities_are_spoken_in_tens_and_never_as_certain(probability, words):
    assert likelihood(probability) == words


def test_no_probability_outside_0_and_1():
    with pytest.raises(ValueError):
        likelihood(1.2)
