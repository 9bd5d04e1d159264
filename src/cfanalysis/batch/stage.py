"""Files of a run that are not to be seen yet: made in a hidden folder of the output, and put in their places when they are finished.

A file in its place is always whole: it gets there by one rename, and what lay there before stays until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cfanalysis.foundation.errors import RunError
from cfanalysis.foundation.refused import why_refused
from cfanalysis.foundation.scratch import staging
from cfanalysis.page.shell import write_whole


@dataclass(frozen=True)
class Stage:
    """A hidden folder laid out as the output is."""

    folder: Path
    output: Path

    def place_of(self, path: Path) -> Path:
        """Where a file of the output is made."""
        return self.folder / path.relative_to(self.output)

    def write(self, path: Path, words: str | bytes) -> None:
        """Make a file of the output."""
        place = self.place_of(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, words)

    def show(self, paths: Iterable[Path]) -> dict[Path, str]:
        """Put files that have been made in their places; gives those that could not be, and why not."""
        refused = {}
        for path in paths:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self.place_of(path).replace(path)
            except PermissionError:
                refused[path] = f"{path.name} is open in another program or write-protected; close it (in Excel), then run this again"
            except OSError as caught:
                refused[path] = why_refused(caught)
        return refused


@contextmanager
def open_stage(output: Path) -> Iterator[Stage]:
    """A stage for one run, gone afterwards. Raises RunError where the output folder cannot be written to."""
    with ExitStack() as held:
        try:
            folder = held.enter_context(staging(output))
        except OSError as caught:
            raise RunError(f"the folder for the pages cannot be used: {why_refused(caught)}") from None
        yield Stage(folder, output)
