"""Suppression switched off in one place at a time: each time a check notices. And with nothing switched off all of them pass."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.security import reader

from cfanalysis.disclosure.own import control, hiding, structure, suppress
from cfanalysis.disclosure.own.suppress import _Work
from cfanalysis.figures import cells
from cfanalysis.page import exporter

Patch = pytest.MonkeyPatch
CHECKS = [
    reader.every_small_count_is_hidden, reader.no_hidden_count_follows_from_the_totals, reader.what_is_computed_falls_with_its_count,
    reader.strict_shows_multiples_of_five, reader.numbers_among_facts_fall, reader.downloads_and_pages_hold_no_hidden_count,
    reader.a_looser_figure_is_refused,
]  # fmt: skip


def made(check: reader.Check, folder: Path) -> None:
    check(*([folder] if inspect.signature(check).parameters else []))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_given_away(check: reader.Check, tmp_path: Path) -> None:
    made(check, tmp_path)


def nothing_is_small(patch: Patch) -> None:
    patch.setattr(suppress, "sensitive", lambda values, policy: np.zeros(len(values), dtype=bool))


def no_guards(patch: Patch) -> None:
    patch.setattr(_Work, "grown", lambda self, hidden: hidden)


def totals_say_nothing(patch: Patch) -> None:
    patch.setattr(structure, "_sums", lambda table, frame: ())


def computed_stays(patch: Patch) -> None:
    patch.setattr(control, "hidden_derived", lambda table, *rest: pd.Series(False, index=range(len(table.frame))))


def computed_stays_in_other_months(patch: Patch) -> None:
    patch.setattr(hiding, "_of_its_row", lambda frame, column, counts: True)


def nothing_is_rounded(patch: Patch) -> None:
    patch.setattr(control, "_rounded", lambda frame, table, policy: frame.copy())


def shares_are_not_made_anew(patch: Patch) -> None:
    patch.setattr(control, "_scale", lambda frame, column, needs: None)


def marked_but_still_there(patch: Patch) -> None:
    patch.setattr(control, "_blanked", lambda values, marks: values)


def facts_stay(patch: Patch) -> None:
    patch.setattr(control, "_facts", lambda facts, any_hidden: dict(facts))


def cells_written_whole(patch: Patch) -> None:
    known = {0: "3", 1: "7,919", 2: "8,009", 3: "15,931"}
    before = cells.cells

    def whole(released: object, *rest: object, **more: object) -> cells.Cells:
        written = before(released, *rest, **more)  # type: ignore[arg-type]
        rows = tuple((row[0], known.get(place, row[1]), *row[2:]) for place, row in enumerate(written.rows))
        return cells.Cells(written.columns, written.numeric, rows)

    for room in [room for name, room in sys.modules.items() if name.startswith("cfanalysis.")]:
        for name in [name for name, held in vars(room).items() if held is before]:
            patch.setattr(room, name, whole)


def the_page_takes_any_policy(patch: Patch) -> None:
    patch.setattr(exporter, "_check_policies", lambda pieces, policy: None)


MUTATIONS: dict[Callable[[Patch], None], reader.Check] = {
    nothing_is_small: reader.every_small_count_is_hidden,
    no_guards: reader.no_hidden_count_follows_from_the_totals,
    totals_say_nothing: reader.no_hidden_count_follows_from_the_totals,
    computed_stays: reader.what_is_computed_falls_with_its_count,
    computed_stays_in_other_months: reader.what_is_computed_falls_with_its_count,
    nothing_is_rounded: reader.strict_shows_multiples_of_five,
    shares_are_not_made_anew: reader.strict_shows_multiples_of_five,
    marked_but_still_there: reader.every_small_count_is_hidden,
    facts_stay: reader.numbers_among_facts_fall,
    cells_written_whole: reader.downloads_and_pages_hold_no_hidden_count,
    the_page_takes_any_policy: reader.a_looser_figure_is_refused,
}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutation_is_noticed(mutation: Callable[[Patch], None], tmp_path: Path, monkeypatch: Patch) -> None:
    mutation(monkeypatch)
    with pytest.raises(AssertionError):
        made(MUTATIONS[mutation], tmp_path)
