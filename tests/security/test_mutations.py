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

from cfanalysis import words
from cfanalysis.figures import cells
from cfanalysis.page import exporter
from cfanalysis.release import control, publication, suppress
from cfanalysis.release.memory import Memory
from cfanalysis.release.places import Places
from cfanalysis.release.publication import Publication
from cfanalysis.release.suppress import _Work

Patch = pytest.MonkeyPatch
CHECKS = [
    reader.every_small_count_is_hidden, reader.no_hidden_count_follows_from_the_totals, reader.no_hidden_count_follows_from_another_table,
    reader.no_hidden_month_follows_from_a_sum_of_twelve, reader.no_mean_is_taken_over_a_hidden_month,
    reader.what_is_computed_falls_with_its_count, reader.strict_shows_multiples_of_five, reader.sentences_quote_nothing_hidden,
    reader.numbers_among_facts_fall, reader.downloads_and_pages_hold_no_hidden_count, reader.an_unsafe_page_is_refused,
    reader.a_looser_figure_is_refused, reader.an_earlier_edition_gives_nothing_away,
]  # fmt: skip


def made(check: reader.Check, folder: Path) -> None:
    check(*([folder] if inspect.signature(check).parameters else []))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_given_away(check: reader.Check, tmp_path: Path) -> None:
    made(check, tmp_path)


def nothing_is_small(patch: Patch) -> None:
    for room in (suppress, publication):
        patch.setattr(room, "sensitive", lambda values, policy: np.zeros(len(values), dtype=bool))


def no_guards(patch: Patch) -> None:
    patch.setattr(_Work, "grown", lambda self, hidden: hidden)


def tables_for_themselves(patch: Patch) -> None:
    patch.setattr(publication, "add_links", lambda system, tables: None)


def sums_for_themselves(patch: Patch) -> None:
    patch.setattr(Places, "tie", lambda self, policy: None)


def nothing_leans(patch: Patch) -> None:
    def never(self: Publication, table: object, columns: object) -> pd.DataFrame:
        return pd.DataFrame(False, index=range(len(table.frame)), columns=list(columns))  # type: ignore[attr-defined, call-overload]

    patch.setattr(Publication, "leaning", never)


def computed_stays(patch: Patch) -> None:
    patch.setattr(control, "_hidden_derived", lambda frame, *rest: pd.Series(False, index=frame.index))


def computed_stays_next_month(patch: Patch) -> None:
    patch.setattr(control, "_spread", lambda frame, from_hidden, months: from_hidden)


def nothing_is_rounded(patch: Patch) -> None:
    patch.setattr(control, "_rounded", lambda frame, table, policy: frame.copy())


def shares_are_not_made_anew(patch: Patch) -> None:
    patch.setattr(control, "_scale", lambda frame, column, needs: None)


def marked_but_still_there(patch: Patch) -> None:
    patch.setattr(control, "_blanked", lambda values, marks: values)


def facts_stay(patch: Patch) -> None:
    patch.setattr(control, "_facts", lambda facts, any_hidden: dict(facts))


def sentences_from_what_was_not_released(patch: Patch) -> None:
    """Words take figures from somewhere else than the released table: here a hidden figure reappears where there is none."""
    patch.setattr(words, "_rows", lambda found: found.frame.fillna({"observed": 3.0, "low": 768.0, "high": 786.0}))


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


def the_audit_sleeps(patch: Patch) -> None:
    patch.setattr(publication, "unsafe", lambda low, *rest: np.zeros(len(low), dtype=bool))


def the_page_takes_any_policy(patch: Patch) -> None:
    patch.setattr(exporter, "_check_policies", lambda pieces, policy: None)


def earlier_editions_are_forgotten(patch: Patch) -> None:
    patch.setattr(Memory, "of", classmethod(lambda cls, written: Memory()))


MUTATIONS: dict[Callable[[Patch], None], reader.Check] = {
    nothing_is_small: reader.every_small_count_is_hidden,
    no_guards: reader.no_hidden_count_follows_from_the_totals,
    tables_for_themselves: reader.no_hidden_count_follows_from_another_table,
    sums_for_themselves: reader.no_hidden_month_follows_from_a_sum_of_twelve,
    nothing_leans: reader.no_mean_is_taken_over_a_hidden_month,
    computed_stays: reader.what_is_computed_falls_with_its_count,
    computed_stays_next_month: reader.what_is_computed_falls_with_its_count,
    nothing_is_rounded: reader.strict_shows_multiples_of_five,
    shares_are_not_made_anew: reader.strict_shows_multiples_of_five,
    marked_but_still_there: reader.every_small_count_is_hidden,
    facts_stay: reader.numbers_among_facts_fall,
    sentences_from_what_was_not_released: reader.sentences_quote_nothing_hidden,
    cells_written_whole: reader.downloads_and_pages_hold_no_hidden_count,
    the_audit_sleeps: reader.an_unsafe_page_is_refused,
    the_page_takes_any_policy: reader.a_looser_figure_is_refused,
    earlier_editions_are_forgotten: reader.an_earlier_edition_gives_nothing_away,
}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutation_is_noticed(mutation: Callable[[Patch], None], tmp_path: Path, monkeypatch: Patch) -> None:
    mutation(monkeypatch)
    with pytest.raises(AssertionError):
        made(MUTATIONS[mutation], tmp_path)
