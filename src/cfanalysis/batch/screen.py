"""What a run says while it goes on: one bar on a terminal, a plain line for everything done elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from tqdm import tqdm

from cfanalysis.batch.edition import Edition
from cfanalysis.batch.run import Result

BAR = "{n_fmt}/{total_fmt} |{bar:20}| {desc}{postfix} [{elapsed}, {remaining} left]"

tqdm.monitor_interval = 0  # no thread that looks after bars: processes are started from this one
tqdm.set_lock(threading.RLock())


class Screen:
    """Tells of release files and pages as they are made; ``stream`` is a terminal or not."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm | None = None
        self._ended = self._failed = self._total = 0

    @contextmanager
    def counting(self, total: int) -> Iterator[None]:
        """Count to so many, with a bar on a terminal."""
        self._ended, self._failed, self._total = 0, 0, total
        quiet = not self._stream.isatty() or not total
        with tqdm(
            total=total, file=self._stream, bar_format=BAR, disable=quiet, leave=False, mininterval=0, miniters=1, dynamic_ncols=True
        ) as bar:
            self._bar = None if quiet else bar
            try:
                yield
            finally:
                self._bar = None

    def say(self, line: str) -> None:
        """Write a line, above the bar where there is one."""
        if self._bar is None:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        else:
            self._bar.write(line, file=self._stream)

    def tell_edition(self, edition: Edition) -> None:
        """A release file was made, or could not be."""
        said = f"failed: {edition.error}" if edition.error else edition.told
        if said:
            self.say(f"{edition.authority}: {said}" if edition.error and edition.authority else said)

    def tell_page(self, result: Result) -> None:
        """A notebook has been run. Of an authority without a release file nothing is said: it was, of the whole."""
        job = result.job
        self._ended += 1
        self._failed += bool(result.error)
        said = f"failed: {result.error}" if result.error else "unchanged" if result.unchanged else "done"
        if not job.error and (result.error or self._bar is None):
            self.say(f"[{self._ended}/{self._total}] {job.slug} {job.notebook}: {said} ({result.seconds:.1f} s)")
        if self._bar is not None:
            self._bar.set_description_str(job.authority[:30], refresh=False)
            self._bar.set_postfix_str(f"{self._failed} failed" if self._failed else "", refresh=False)
            self._bar.update()
