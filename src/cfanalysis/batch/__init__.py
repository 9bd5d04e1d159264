"""Running notebooks for many authorities: release files first, then a job for every page, how one is run (engines), where (runners)."""

from __future__ import annotations

from cfanalysis.batch.editions import Edition, make_editions
from cfanalysis.batch.finish import finish
from cfanalysis.batch.indexes import write_indexes
from cfanalysis.batch.jobs import Job, plan
from cfanalysis.batch.run import Result, run_jobs

__all__ = ["Edition", "Job", "Result", "finish", "make_editions", "plan", "run_jobs", "write_indexes"]
