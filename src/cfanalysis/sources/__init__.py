"""Files to frames: one reader per format, every problem named and counted, nothing repaired in silence."""

from cfanalysis.sources.annex_a.reading import Extract, read_annex_a
from cfanalysis.sources.checking import Checked, check, identify
from cfanalysis.sources.cin_census import read_cin_census, write_queue
from cfanalysis.sources.codes import source_groups
from cfanalysis.sources.dfe.naming import known_names, named_as_given
from cfanalysis.sources.dfe.published import Published, read_published
from cfanalysis.sources.finding import extract_paths, folder_entries, shown
from cfanalysis.sources.joining import Joint, join_layers
from cfanalysis.sources.monthly.reading import Monthly, read_monthly
from cfanalysis.sources.problems import Problem, summary
from cfanalysis.sources.snapshot import stop_if_changed, take_snapshot
from cfanalysis.sources.ssd import read_ssd

__all__ = [
    "Checked",
    "Extract",
    "Joint",
    "Monthly",
    "Problem",
    "Published",
    "check",
    "extract_paths",
    "folder_entries",
    "identify",
    "join_layers",
    "known_names",
    "named_as_given",
    "read_annex_a",
    "read_cin_census",
    "read_monthly",
    "read_published",
    "read_ssd",
    "shown",
    "source_groups",
    "stop_if_changed",
    "summary",
    "take_snapshot",
    "write_queue",
]
