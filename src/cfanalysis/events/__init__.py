"""The event log: what happened to children, merged from extracts of any dates."""

from cfanalysis.events.log import EventLog
from cfanalysis.events.merge import UNKNOWN, merge_extracts
from cfanalysis.events.quality import quality

__all__ = ["UNKNOWN", "EventLog", "merge_extracts", "quality"]
