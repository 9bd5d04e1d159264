"""What ``cfanalysis check`` says of a release file: what it holds, that it is whole, and every text in it for a person to read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd

from cfanalysis.foundation.contracts import ADDRESS, COLUMNS, DENOMINATOR, FIGURE, NUMERATOR, Release
from cfanalysis.foundation.errors import ReleaseError, at
from cfanalysis.release.layout import part_name
from cfanalysis.release.reading import AGAIN, read_release
from cfanalysis.release.readme import write_readme
from cfanalysis.release.texts import USUALLY_SMALL, count_marked, list_texts, mark_small, plain_text
from cfanalysis.release.writing import put_in_order, write_table

_MOST_LISTED = 20


def check_release(path: Path | str) -> str:
    """What a release file holds, as text for a screen, once it has passed every check. Raises ReleaseError where it does not."""
    release = read_release(path)
    _refuse_other_bytes(Path(path), release)
    return f"{Path(path).name}: a release file, whole, and as cfanalysis writes it\n\n{describe_release(release)}"


def _refuse_other_bytes(path: Path, release: Release) -> None:
    """Every table written again is the same bytes: no blanks, orders or spare digits that could carry something more."""
    with zipfile.ZipFile(path) as packed:
        for name in COLUMNS:
            if packed.read(part_name(name)) != write_table(put_in_order(release[name], name), name):
                raise ReleaseError(at(f"part {part_name(name)} is not as cfanalysis writes it: it was edited; {AGAIN}", file=path.name))


def describe_release(release: Release) -> str:
    """What a release holds: whose, under which rules, how much of it is hidden, and every free text with small numbers marked."""
    head = write_readme(release.about, release.tables).partition("\nA figure's address")[0]
    return "\n".join([*map(plain_text, head.split("\n")), *_small(release), *_texts(release)])


def _small(release: Release) -> list[str]:
    """Figures shown that the policy would hide, were they counts of children."""
    shown = small_shown(release)
    if not release.about.policy.hides or shown.empty:
        return []
    rows = [
        plain_text(f"  {', '.join(map(str, row[:4]))}: {row[4]:g}") for row in shown[[*ADDRESS, "value"]].itertuples(index=False, name=None)
    ]
    more = [f"  and {len(rows) - _MOST_LISTED} more"] if len(rows) > _MOST_LISTED else []
    return [
        f"Figures shown from 1 to {release.about.policy.largest_hidden}: {len(rows)}. Right only where the Department for Education has "
        "published them, or where they are no counts:",
        *rows[:_MOST_LISTED], *more, "",
    ]  # fmt: skip


def small_shown(release: Release) -> pd.DataFrame:
    """Counts that are shown and small: numerators, denominators, and whole figures that stand without parts."""
    figures = release["figures"]
    keys = ["indicator", "breakdown", "period"]
    parts = figures[figures["part"].isin([NUMERATOR, DENOMINATOR])]
    alone = ~pd.MultiIndex.from_frame(figures[keys]).isin(pd.MultiIndex.from_frame(parts[keys])) & (figures["part"] == FIGURE)
    counts = figures["part"].isin([NUMERATOR, DENOMINATOR]) | (alone & (figures["value"] % 1 == 0))
    return figures[counts & figures["value"].between(1, release.about.policy.largest_hidden)]


def _texts(release: Release) -> list[str]:
    largest = min(max(release.about.policy.largest_hidden, USUALLY_SMALL), 20)
    found = list_texts(release)
    marked = sum(count_marked(texts, largest) for texts in found.values())
    lines = [f"Every text in it, to be read by a person before it goes; numbers from 1 to {largest} are marked >>so<< ({marked} texts):"]
    for heading, texts in found.items():
        lines += ["", heading, *(f"  {mark_small(text, largest)}" for text in texts)]
    return [*lines, ""]
