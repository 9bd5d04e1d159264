"""Running notebooks for many authorities: jobs, how one is run (engines), where (runners), and the indexes above the pages."""

from __future__ import annotations

from cfanalysis.batch.indexes import write_indexes
from cfanalysis.batch.jobs import Job, plan
from cfanalysis.batch.run import Result, run_jobs
from cfanalysis.batch.together import together

__all__ = ["Job", "Result", "plan", "run_jobs", "together", "write_indexes"]
