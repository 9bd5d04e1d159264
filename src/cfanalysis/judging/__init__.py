"""What was said and asked, held against the figures: the verdict on a projection, and the answer on January and February, as data.

Takes plain series and register entries. Makes no sentence and reaches no file.
"""

from __future__ import annotations

from cfanalysis.foundation.face import open_face

# name -> the module that holds it; nothing is imported until it is used
_FACE = {
    "judge": "projections",
    "judge_year_ends": "year_ends",
    "Verdict": "verdicts",
    "verdicts_table": "verdicts",
    "question_table": "winter_question",
    "question_years": "winter_question",
    "january_february": "winter_question",
    "JanuaryFebruary": "winter_question",
}

__all__ = [*_FACE]

__getattr__, __dir__ = open_face(__name__, _FACE)
