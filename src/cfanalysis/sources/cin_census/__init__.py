"""The children in need census as sent to DfE, 2013-14 on: XML streamed to the events of each year."""

from cfanalysis.sources.cin_census.folder import census_files, read_cin_census
from cfanalysis.sources.cin_census.parsing import Census, read_tables
from cfanalysis.sources.cin_census.queueing import write_queue
from cfanalysis.sources.cin_census.reading import read_census_file
from cfanalysis.sources.cin_census.rules import scorecard

__all__ = ["Census", "census_files", "read_census_file", "read_cin_census", "read_tables", "scorecard", "write_queue"]
