"""Files to frames: one reader per format, every problem named and counted, nothing repaired in silence."""

from cfanalysis.sources.annex_a import Extract, read_annex_a
from cfanalysis.sources.cells import source_groups
from cfanalysis.sources.problems import Problem, summary

__all__ = ["Extract", "Problem", "read_annex_a", "source_groups", "summary"]
