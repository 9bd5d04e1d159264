"""What records that are still to come mean for an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.judging.winter_question import JanuaryFebruary
from cfanalysis.questions.subject import Subject

SAME_WHOLE = {"cin_ended_by_reason": "cin_ended"}
"""Of these the whole counts the same as another measure, and its months settle as that one's do."""


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
