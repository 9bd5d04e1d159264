"""Running notebooks for many authorities: release files first, then a job for every page, how one is run (engines), where (runners)."""

from __future__ import annotations

from cfanalysis.batch.edition import Edition
from cfanalysis.batch.editions import make_editions
from cfanalysis.batch.jobs import Job, plan
from cfanalysis.batch.outcome import Failure, Outcome, failures, summary
from cfanalysis.batch.pages import make_pages
from cfanalysis.batch.run import Result, run_jobs
from cfanalysis.batch.selection import Selection

__all__ = [
    "Edition",
    "Failure",
    "Job",
    "Outcome",
    "Result",
    "Selection",
    "failures",
    "make_editions",
    "make_pages",
    "plan",
    "run_jobs",
    "summary",
]
