"""Cases run one by one, each in a process of its own: what came out, how long it took, how much memory it filled."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.campaign.case import (
    ERROR,
    FAULTS,
    LARGE,
    MOST_MEGABYTES,
    MOST_SECONDS,
    RIGHT,
    SLOW,
    TRACEBACK,
    Case,
    Reading,
    Result,
    is_good_message,
    judged,
    plain,
)

from cfanalysis.foundation.errors import CfanalysisError

KILLED_AFTER = 40
"""Seconds of processor time: nothing in a campaign waits for more."""

HARD_LIMIT = 4 << 30
"""Bytes of address space: an input that fills memory must not take the machine with it."""


def run_all(cases: Iterable[Case]) -> Iterator[Result]:
    """Every case run, in turn."""
    for case in cases:
        yield run(case)


def run(case: Case) -> Result:
    """One case in a child of this process. Its folder is gone afterwards."""
    _usual(case.faultless, case.read)  # before the fork, so that it is worked out once
    with tempfile.TemporaryDirectory(prefix="campaign") as folder:
        path = case.make(Path(folder))
        files = tuple({each.name for each in (path, *Path(folder).rglob("*"))} | {path.stem})
        result = _in_a_child(case, path, files)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, exist_ok=True)
    return result


def _in_a_child(case: Case, path: Path, files: tuple[str, ...]) -> Result:
    reads, writes = os.pipe()
    started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if not child:
        os.close(reads)
        _work(case, path, files, writes)
    os.close(writes)
    with os.fdopen(reads, encoding="utf-8", errors="replace") as pipe:
        said = pipe.read()
    _, status, used = os.wait4(child, 0)
    seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    if os.WIFSIGNALED(status):
        killed = os.WTERMSIG(status)
        outcome = SLOW if killed in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL) else TRACEBACK
        return Result(case, outcome, False, f"killed by signal {killed}", False, seconds, megabytes)
    outcome, wanted, good, message = said.split("\0", 3)
    if seconds > MOST_SECONDS:
        outcome, wanted = SLOW, ""
    elif megabytes > max(MOST_MEGABYTES, started / 1024):
        outcome, wanted = LARGE, ""
    return Result(case, outcome, bool(wanted), message, bool(good), seconds, megabytes)


def _work(case: Case, path: Path, files: tuple[str, ...], pipe: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (KILLED_AFTER, KILLED_AFTER + 1))
    resource.setrlimit(resource.RLIMIT_AS, (HARD_LIMIT, HARD_LIMIT))
    signal.alarm(10 * KILLED_AFTER)  # a pipe that nobody writes to costs no processor time
    said = "\0".join(_outcome(case, path, files))
    with os.fdopen(pipe, "w", encoding="utf-8", errors="replace") as out:
        out.write(said)
    os._exit(0)


def _outcome(case: Case, path: Path, files: tuple[str, ...]) -> tuple[str, str, str, str]:
    try:
        outcome, detail = judged(case, case.read(path), _usual(case.faultless, case.read))
    except CfanalysisError as caught:
        good = is_good_message(case, str(caught), files)
        return ERROR, "yes" if "error" in case.may else "", "yes" if good else "", str(caught)
    except BaseException:  # whatever else comes is a fault of the program
        return TRACEBACK, "", "", traceback.format_exc(limit=-3)
    wanted = outcome == RIGHT or (outcome not in FAULTS and "said" in case.may)
    return outcome, "yes" if wanted else "", "yes", detail


@cache
def _usual(faultless: Callable[[Path], Path], read: Callable[[Path], Reading]) -> frozenset[str]:
    """What is said of a faultless input."""
    with tempfile.TemporaryDirectory(prefix="campaign") as folder:
        return frozenset(plain(sentence) for sentence in read(faultless(Path(folder))).said)


def clock() -> float:
    """Seconds of processor time so far, of this process and of those it waited for."""
    own, waited = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + waited.ru_utime + waited.ru_stime + 0 * time.time()
