"""Files to frames: one reader per format, every problem named and counted, nothing repaired in silence."""

from cfanalysis.sources.annex_a import Extract, read_annex_a
from cfanalysis.sources.checking import Checked, check, identify
from cfanalysis.sources.cin_census import read_cin_census, write_queue
from cfanalysis.sources.codes import source_groups
from cfanalysis.sources.monthly import Monthly, read_monthly
from cfanalysis.sources.problems import Problem, summary
from cfanalysis.sources.published import Published, read_published

__all__ = [
    "Checked",
    "Extract",
    "Monthly",
    "Problem",
    "Published",
    "check",
    "identify",
    "read_annex_a",
    "read_cin_census",
    "read_monthly",
    "read_published",
    "source_groups",
    "summary",
    "write_queue",
]
