"""What people said and did, read from YAML: projections, dated events, actions and commentary.

Takes files or their text, gives typed entries. Knows nothing of figures.
"""

from __future__ import annotations

from cfanalysis.foundation.face import open_face

# name -> the module that holds it; nothing is imported until it is used
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
    "write_template": "templates",
}

__all__ = [*_FACE]

__getattr__, __dir__ = open_face(__name__, _FACE)
