"""Processes that end with the one that started them, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent ends. Linux only."""


def end_with_parent(parent: int) -> None:
    """From now on this process ends when ``parent``, which started it, ends; at once if it has.

    Elsewhere than on Linux a process notices when it next waits for its parent.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
