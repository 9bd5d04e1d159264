"""The table of a campaign: a row for each kind and form, a column for each outcome, and what is to be mended under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.campaign.cannot_be_told import CANNOT_BE_TOLD
from tests.campaign.case import ERROR, FAULTS, OUTCOMES, Result

GOOD_MESSAGES = 0.95
"""The share of clean errors that must tell file, place, what was found and what is wanted."""


def lines(results: Sequence[Result]) -> list[str]:
    """The table as text."""
    kinds = list(dict.fromkeys(each.case.kind for each in results))
    head = ["kind", "inputs", *OUTCOMES, "not as wanted", "messages"]
    rows = [_row(kind, [each for each in results if each.case.kind == kind]) for kind in kinds]
    rows.append(_row("all", results))
    widths = [max(len(str(row[at])) for row in [head, *rows]) for at in range(len(head))]
    text = ["  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]]
    slowest, largest = max(results, key=lambda each: each.seconds), max(results, key=lambda each: each.megabytes)
    text += ["", f"slowest: {slowest.seconds:.1f} s ({slowest.case.name}); largest: {largest.megabytes:,.0f} MB ({largest.case.name})"]
    text += [f"  {each.outcome}: {each.case.name}: {each.message}" for each in results if each.outcome in FAULTS or not each.as_wanted]
    text += [f"  message: {each.case.name}: {each.message}" for each in results if not each.good_message and each.outcome == ERROR]
    return [*text, "", "Cannot be told from the files:", *(f"  {what}: {why}" for what, why in CANNOT_BE_TOLD)]


def _row(name: str, results: Sequence[Result]) -> list[object]:
    counts = Counter(each.outcome for each in results)
    errors = [each for each in results if each.outcome == ERROR]
    good = f"{100 * sum(each.good_message for each in errors) / len(errors):.0f} %" if errors else "-"
    odd = sum(not each.as_wanted for each in results if each.outcome not in FAULTS)
    return [name, len(results), *(counts[outcome] for outcome in OUTCOMES), odd, good]


def problems(results: Sequence[Result]) -> list[str]:
    """What breaks the targets; nothing where they are all met."""
    wrong = [f"{each.outcome}: {each.case.name}: {each.message}" for each in results if each.outcome in FAULTS or not each.as_wanted]
    errors = [each for each in results if each.outcome == ERROR]
    poor = [each for each in errors if not each.good_message]
    if errors and len(poor) > (1 - GOOD_MESSAGES) * len(errors):
        wrong += [f"a poor message: {each.case.name}: {each.message}" for each in poor]
    return wrong
