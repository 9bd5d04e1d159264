"""Sentences: plain, true to the row, and silent about what was hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import Table
from cfanalysis.words import sentences as words

NEEDS = dict.fromkeys(("observed", "expected", "low", "high", "z", "p", "severity", "reason"), ("count", "denominator"))


def row(**given: Any) -> dict[str, Any]:
    plain = {
        "authority": "Solentwick", "indicator": "referrals", "breakdown": "all", "month": pd.Period("2018-03", "M"), "kind": "latest",
        "observed": 214.0, "expected": 220.0, "low": 180.0, "high": 260.0, "z": -0.2, "p": 0.8, "severity": "usual", "reason": "",
        "over_a_year": True,
        "title": "Referrals", "unit": "referrals", "measured": "count", "polarity": "", "count": 214.0, "denominator": np.nan,
    }  # fmt: skip
    return {**plain, **given}


def released(*rows: dict[str, Any], policy: str = "dfe") -> cf.ReleasedTable:
    frame = pd.DataFrame(list(rows))
    return cf.release(Table(frame, "What is worth saying", counts=("count", "denominator"), derived=NEEDS), policy)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Referrals: 214 in March 2018, as usual (180 to 260)."),
        ({"severity": "watch"}, "Referrals: 214 in March 2018, at the edge of what is usual (180 to 260). Worth watching."),
        ({"observed": 402.0, "severity": "alert"}, "Referrals: 402 in March 2018. That is unusually high; 180 to 260 would be usual."),
        ({"observed": 90.0, "severity": "extreme"}, "Referrals: 90 in March 2018. That is exceptionally low; 180 to 260 would be usual."),
        (
            {"low": np.nan, "severity": "", "reason": "Only 11 months of history"},
            "Referrals: 214 in March 2018. We cannot tell whether that is usual: only 11 months of history.",
        ),
        (
            {"kind": "unusual", "observed": 402.0, "severity": "strong"},
            "March 2018 was very unusually high for referrals: 402, when 180 to 260 would be usual.",
        ),
        (
            {"kind": "shift", "observed": 330.0, "expected": 220.0, "high": 360.0, "severity": "shift", "reason": "lasting"},
            "Referrals moved to a higher level from March 2018, up about 50%, and it has lasted.",
        ),
        (
            {"kind": "shift", "observed": 110.0, "expected": 220.0, "high": 110.0, "severity": "shift", "reason": "until August 2018"},
            "Referrals stood at a lower level from March 2018 until August 2018, down about 50%.",
        ),
        (
            {"kind": "shift", "observed": 230.0, "expected": 220.0, "high": 330.0, "severity": "shift", "reason": "over"},
            "Referrals rose in March 2018, up about 50%. It has not lasted: the level is back near what it was.",
        ),
        (
            {"kind": "shift", "observed": 275.0, "expected": 220.0, "high": 330.0, "severity": "shift", "reason": "fading"},
            "Referrals rose in March 2018, up about 50%. Part of it is gone: now it is up about 25%.",
        ),
        (
            {"kind": "shift", "observed": 330.0, "expected": 220.0, "high": 330.0, "severity": "shift", "reason": "new"},
            "Referrals moved to a higher level from March 2018, up about 50%. It is too early to say whether it lasts.",
        ),
        (
            {"kind": "trend", "observed": 2900.0, "expected": 2600.0, "reason": "up"},
            "Referrals: 2,900 in the year to March 2018, 12% more than the year before (2,600).",
        ),
        (
            {"kind": "forecast", "low": 2314.0, "high": 3268.0, "observed": np.nan},
            "Expect 2,300 to 3,300 referrals in the year to March 2018 (8 in 10 chance).",
        ),
        (
            {"kind": "trend", "unit": "percent", "measured": "percent", "observed": 21.8, "expected": 23.1, "reason": "down"},
            "Referrals: 21.8% in the year to March 2018, 1.3 percentage points lower than the year before (23.1%).",
        ),
    ],
)
def test_a_finding_in_words(given: dict[str, Any], said: str) -> None:
    assert words.details(released(row(**given))) == [said]


@pytest.mark.parametrize("kind", ["latest", "unusual", "shift", "trend", "forecast"])
def test_nothing_hidden_is_said(kind: str) -> None:
    found = words.details(released(row(kind=kind, observed=4.0, expected=17.0, low=13.0, high=19.0, count=4.0, severity="alert")))
    said = " ".join(found)
    assert len(found) == (0 if kind == "unusual" else 1), "that a month stood out leans on the hidden count"
    assert not any(number in said.replace("2018", "") for number in ("4", "17", "13", "19"))
    assert "unusual" not in said


def test_the_answer_comes_first_then_what_stands_out() -> None:
    rows = [row(indicator=f"x{number}", title=f"Measure {number}") for number in range(8)]
    rows += [row(indicator="contacts", title="Contacts", observed=900.0, severity="alert"), row(kind="trend", reason="up")]
    said = words.headlines(released(*rows))
    assert len(said) == 2, "what is as usual is no headline"
    assert said[0].startswith("Referrals: 214 in the year to March 2018"), "the answer to the question of the page"
    assert said[1].startswith("Contacts: 900 in March 2018. That is unusually high")


def test_no_more_than_four_headlines() -> None:
    ahead = row(kind="forecast", low=2314.0, high=3268.0)
    rows = [row(indicator=f"x{number}", title=f"Measure {number}", severity="alert", observed=402.0) for number in range(8)]
    said = words.headlines(released(row(kind="trend"), ahead, *rows))
    assert len(said) == 4
    assert not any(sentence.startswith("Expect") for sentence in said), "a forecast gives way while something large is unsaid"
    small = [row(indicator=f"x{number}", title=f"Measure {number}", kind="trend", observed=240.0, reason="up") for number in range(8)]
    said = words.headlines(released(row(kind="trend", observed=290.0, reason="up"), ahead, *small))
    assert len(said) == 4
    assert said[-1].startswith("Expect 2,300 to 3,300 referrals")


def test_where_nothing_stands_out_that_is_said_after_the_answer() -> None:
    assert words.headlines(released(row(), row(indicator="contacts"))) == [
        "Referrals: 214 in March 2018, as usual (180 to 260).",
        "No measure is unusual in its newest month (2 were judged).",
    ]
    assert words.headlines(released(row())) == ["Referrals: 214 in March 2018, as usual (180 to 260)."]


def test_only_what_was_judged_is_counted_as_judged() -> None:
    unknown = row(indicator="contacts", severity="", low=np.nan, reason="9 earlier months to judge from, and 12 are needed")
    assert words.headlines(released(row(), unknown))[-1] == "The newest month is within what is usual."


def test_no_figures_is_said() -> None:
    assert words.headlines(cf.release(Table(pd.DataFrame({"kind": []}), "x"), "dfe")) == ["There are no figures for this page."]


def test_words_are_made_of_released_findings_only() -> None:
    with pytest.raises(ReleaseError, match=r"want cf\.release"):
        words.headlines(pd.DataFrame([row()]))  # type: ignore[arg-type]


@pytest.mark.parametrize(("probability", "said"), [(0.0, "less than 1 in 10"), (0.31, "about 3 in 10"), (0.96, "more than 9 in 10")])
def test_probabilities_are_spoken_in_tens(probability: float, said: str) -> None:
    assert words.likelihood(probability) == said


def test_chance_flags_are_reckoned() -> None:
    assert words.by_chance(132).endswith("By chance alone about 1 of them would be flagged as unusual.")
    assert "less than one" in words.by_chance(20)
