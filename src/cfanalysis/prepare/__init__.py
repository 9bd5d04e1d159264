"""From what was read to the base: every figure that may be asked for, by address, before anything is hidden."""

from __future__ import annotations

from cfanalysis.prepare.base import Base, Before, prepare_base

__all__ = ["Base", "Before", "prepare_base"]
