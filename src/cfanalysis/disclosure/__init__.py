"""What may be shown of an authority's edition, decided once for its whole base, and proved apart.

Frames in, frames out: nothing is read or written here. Method and limits: docs/methods/disclosure.md.
"""

from __future__ import annotations

from cfanalysis.disclosure import beside
from cfanalysis.disclosure.audit import TooNarrowError, audit
from cfanalysis.disclosure.decide import Decision, decide
from cfanalysis.disclosure.structure import Earlier, Structure, keyed_digest

__all__ = ["Decision", "Earlier", "Structure", "TooNarrowError", "audit", "beside", "decide", "keyed_digest"]
