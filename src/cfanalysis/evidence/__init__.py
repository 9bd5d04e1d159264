"""What a release tells, as the questions ask for it: it takes a release, gives series and tables, and can reach no child's record."""

from __future__ import annotations

from cfanalysis.evidence.released import Evidence

__all__ = ["Evidence"]
