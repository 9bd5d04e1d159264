"""The edges of a re-referral that DfE's text leaves open, each a parameter."""

from __future__ import annotations

import pytest

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.indicators import RereferralEdges


def count(worked, events: str, month: str, **edges) -> float:
    return worked(events, "rereferrals", month, edges=RereferralEdges(**edges)).loc[("all", month), "numerator"]


@pytest.mark.parametrize(
    ("earlier", "later", "by_months", "by_days"),
    [
        ("2022-05-20", "2023-05-20", 1, 1),  # the anniversary, 365 days
        ("2022-05-19", "2023-05-20", 0, 0),
        ("2023-05-20", "2024-05-20", 1, 0),  # the anniversary across a 29 February, 366 days
        ("2023-02-28", "2024-02-29", 1, 0),  # a year before 29 February is 28 February
        ("2023-02-27", "2024-02-29", 0, 0),
        ("2024-02-29", "2025-02-28", 1, 1),
        ("2024-02-28", "2025-02-28", 1, 0),
    ],
)
def test_twelve_months_or_365_days(worked, earlier: str, later: str, by_months: int, by_days: int) -> None:
    events = f"A referral {earlier}\nA referral {later}"
    assert count(worked, events, later[:7]) == by_months
    assert count(worked, events, later[:7], window="365 days") == by_days


def test_an_earlier_row_on_the_same_day_counts_only_when_asked_for(worked) -> None:
    events = "A referral 2023-05-20\nA referral 2023-05-20\nA referral 2023-05-20\nB referral 2023-05-20"
    assert count(worked, events, "2023-05") == 0
    assert count(worked, events, "2023-05", same_day=True) == 2


def test_a_referral_without_further_action_counts_as_earlier_unless_left_out(worked) -> None:
    events = "A referral 2023-05-01 outcome=nfa\nA referral 2023-05-20\nB referral 2023-05-01\nB referral 2023-05-20 outcome=nfa"
    assert count(worked, events, "2023-05") == 2
    assert count(worked, events, "2023-05", earlier="not_nfa") == 1  # B's first, whose outcome is not known, still counts


def test_same_day_and_no_further_action_together(worked) -> None:
    events = "A referral 2023-05-20 outcome=nfa\nA referral 2023-05-20\nB referral 2023-05-20\nB referral 2023-05-20"
    assert count(worked, events, "2023-05", earlier="not_nfa", same_day=True) == 1


def test_same_day_after_closure(worked) -> None:
    events = "A cin_episode 2022-01-01 2022-05-10\nA referral 2022-05-10"
    frame = worked(events, "rereferrals_after_closure", "2022-05", edges=RereferralEdges(same_day=True))
    assert frame.loc[("all", "2022-05"), "numerator"] == 1


@pytest.mark.parametrize("wrong", [{"window": "6 months"}, {"earlier": "some"}])
def test_an_edge_that_does_not_exist_is_told(wrong: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="want one of"):
        RereferralEdges(**wrong)
