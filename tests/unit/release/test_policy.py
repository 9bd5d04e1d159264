"""The named policies, on their boundaries, and policies of an authority's own."""

import numpy as np
import pytest

from cfanalysis.disclosure.own.suppress import sensitive
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy, policies, policy


@pytest.mark.parametrize(
    ("name", "hidden", "shown"),
    [("dfe", [1, 2, 5], [0, 6, 7]), ("strict", [1, 5, 9], [0, 10, 11]), ("open", [], [0, 1, 5, 6]), ("internal", [], [0, 1, 5, 6])],
)
def test_boundaries(name, hidden, shown):
    values = np.array([*hidden, *shown], dtype=float)
    assert sensitive(values, policy(name)).tolist() == [True] * len(hidden) + [False] * len(shown)


def test_zeros_by_policy():
    own = Policy(name="own", title="t", meaning="m", hide_below=6, hide_zeros=True)
    assert sensitive(np.array([0.0, 3.0, 6.0]), own).tolist() == [True, True, False]


def test_only_internal_carries_a_banner():
    assert {name for name, rules in policies().items() if rules.banner} == {"internal"}


def test_a_policy_of_its_own_from_the_keys_of_a_parameters_file():
    own = policy({"name": "ours", "title": "Under 8", "meaning": "Under 8 hidden.", "hide_below": 8})
    assert own.largest_hidden == 7
    assert own.min_width == 6  # as wide as the range it protects, where it does not say


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("dfee", "found the policy 'dfee', want one of dfe, internal, open, strict"),
        ({"name": "x"}, "do not make a disclosure policy"),
        ({"name": "x", "title": "t", "meaning": "m", "hide_below": -1}, "hide_below"),
        ({"name": "x", "title": "t", "meaning": "m", "hide_below": 6, "hide_bellow": 6}, "hide_bellow"),
        ({"name": "x", "title": "t", "meaning": "m", "hide_below": "6"}, "hide_below"),
        ({"name": "x", "title": "t", "meaning": "m", "hide_below": 6, "near_months": 1}, "near_months"),
    ],
)
def test_what_is_not_a_policy_is_refused(given, told):
    with pytest.raises(ReleaseError, match=told):
        policy(given)
