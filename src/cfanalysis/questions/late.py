"""Records that are still to come: where months settle, and what that means for an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.indicators import FLOWS
from cfanalysis.judging.winter_question import JanuaryFebruary
from cfanalysis.questions.flows import SAME_WHOLE, Flows
from cfanalysis.questions.subject import HIDDEN, Subject
from cfanalysis.release.evidence import Evidence

Bare = Callable[[str], Subject]
"""Gives an indicator as it is recorded."""


def trio_of(indicator: str) -> tuple[str, ...]:
    """The stock, what starts and what ends that an indicator is one of; none for any other.

    >>> trio_of("cin_started"), trio_of("referrals")
    (('cin_open', 'cin_started', 'cin_ended'), ())
    """
    name = SAME_WHOLE.get(indicator, indicator)
    trios = ((open_, *flows) for open_, flows in FLOWS.items())
    return next((trio for trio in trios if name in trio), ())


def see_together(bare: Bare, evidence: Evidence, trio: Sequence[str]) -> Flows:
    """A stock with its flows as they are recorded, and where their months are likely to settle."""
    stock, starts, ends = (bare(each) for each in trio)
    return Flows(stock, starts, ends, settling=likely_months(bare, evidence, trio[:2]))


def likely_months(bare: Bare, evidence: Evidence, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Where the newest months of a stock and of what starts are likely to settle."""
    return {each: evidence.settled(bare(each).figures, each) for each in names}


def unless_turned(answer: JanuaryFebruary, subject: Subject) -> JanuaryFebruary:
    """The answer, unless closures still to come may turn what it says of a stock.

    Both figures are taken at the low ends of what they may settle at, and at the high ends.
    """
    if answer.kind != "stock" or not np.isfinite(answer.observed):
        return answer
    december, february = (pd.Period(month, freq="M") for month in (f"{answer.year - 1}-12", f"{answer.year}-02"))
    before, after = _ends(subject, december, answer.base), _ends(subject, february, answer.observed)
    if len({np.sign(late - early) for early, late in zip(before, after, strict=True)}) == 1:
        return answer
    because = "closures still to be recorded may turn it either way"
    return replace(answer, answer="cannot tell", because=because)


def _ends(subject: Subject, month: pd.Period, figure: float) -> tuple[float, float]:
    return subject.likely_range(month) if subject.moved([month]) else (figure, figure)


def without_hidden(causes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Causes, none of which names a category whose figure of that month is not shown: what it had to do with it, nobody can tell.

    rows: the indicator's rows of the series table.
    """
    shown = rows[rows["value"].notna()]
    there = set(zip(shown["breakdown"], shown["month"], strict=True))
    every = set(rows["breakdown"])
    named = zip(causes["cause"] + ": " + causes["detail"].fillna(""), causes["month"], strict=True)
    silent = np.array([name in every and (name, month) not in there for name, month in named], bool)
    blank = {"verdict": "cannot tell", "detail": "", "sentence": ""}
    return causes.assign(**{column: causes[column].mask(silent, value) for column, value in blank.items()}) if silent.any() else causes


def with_hidden(subject: Subject, judged: pd.DataFrame) -> pd.DataFrame:
    """Judged months, those whose figure is there and is not shown told apart from those without one."""
    gone = judged["month"].isin(subject.months[subject.flags.eq(HIDDEN).to_numpy()])
    return judged.assign(reason=judged["reason"].where(~gone, NOT_SHOWN)) if gone.any() else judged


NO_VALUE = "no value: the last known month is"
"""What a forecast says of missing months at the end of a series."""


def of_late_months(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Notes of a forecast that was not shown the newest months: they have figures, but not all of them."""
    shown = tuple(note for note in notes if NO_VALUE not in note)
    return shown if len(shown) == len(notes) else (*shown, "The newest months are still being recorded: nothing is learnt from them.")
