"""What people said and did: projections, dated events, actions and commentary, and how the projections turned out."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# name -> the module that holds it
_FACE = {
    "Action": "entries",
    "Comment": "entries",
    "DatedEvent": "entries",
    "Projection": "entries",
    "Window": "windows",
    "Registers": "reading",
    "read_actions": "reading",
    "read_commentary": "reading",
    "read_events": "reading",
    "read_projections": "reading",
    "read_registers": "reading",
    "read_entries": "written",
    "write_entries": "written",
    "events_for": "standing",
    "overdue": "standing",
    "stale": "standing",
    "actions_table": "standing",
    "commentary_table": "standing",
    "write_template": "templates",
    "judge": "judging",
    "judge_year_ends": "year_ends",
    "Verdict": "verdicts",
    "verdicts_table": "verdicts",
    "verdict_sentence": "verdicts",
    "promise_line": "verdicts",
    "likelihood": "spoken",
    "flow_table": "stock_tables",
    "why_table": "stock_tables",
    "why_sentence": "stock_tables",
    "what_if_table": "stock_tables",
    "reach_table": "stock_tables",
    "reach_sentence": "stock_tables",
    "question_table": "question",
    "question_years": "question",
    "january_february": "question",
    "JanuaryFebruary": "question",
    "question_sentences": "question_words",
}

__all__ = [*_FACE]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'cfanalysis.registers' has no attribute {name!r}")
    return getattr(import_module(f"cfanalysis.registers.{_FACE[name]}"), name)
