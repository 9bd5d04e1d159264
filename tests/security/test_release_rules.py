"""A release of a sample authority, a part of its children: the audit refuses it where any rule of suppression is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from cfanalysis import sample
from cfanalysis.disclosure.decide import decide
from cfanalysis.disclosure.structure import Earlier
from cfanalysis.foundation.contracts import COLUMNS, Release, empty
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.params import read_params
from cfanalysis.prepare.base import Base, Before, prepare_base
from cfanalysis.prepare.inputs import Inputs, read_inputs
from cfanalysis.releasing.making import about_of, policy_of, prove, structure

closing, cells, decided, equations, withholding = (
    import_module(f"cfanalysis.disclosure.{name}") for name in ("closing", "cells", "decide", "equations", "withhold")
)
SHARE = 0.03125


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> list[Inputs]:
    """The two newest editions of Moorshire, of one child in thirty-two."""
    paths = sample.write_editions(tmp_path_factory.mktemp("written"), "moorshire", months=2, share=SHARE)
    return [read_inputs(read_params(path).model_copy(update={"policy": "dfe"})) for path in paths]


@pytest.fixture(scope="module")
def bases(editions: list[Inputs]) -> list[Base]:
    first = prepare_base(editions[0], hide_below=6)
    return [first, prepare_base(editions[1], hide_below=6, before=Before(first.grains))]


def decided_release(inputs: Inputs, base: Base, earlier: Sequence[Release] = ()) -> Release:
    rules = policy_of(inputs.params)
    before = [Earlier(each["figures"].assign(digest=""), rules) for each in earlier]
    figures = decide(base.cells, structure(base.known), rules, before).figures[list(COLUMNS["figures"])]
    return Release(about_of(inputs, rules, 1), {**{name: empty(name) for name in COLUMNS}, "figures": figures})


def none_of(name: str):
    """Equations of one kind, of which there are none."""

    def no_rows(*about):
        part = equations._part(pd.DataFrame({"row": [], "cell": [], "weight": []}), equations.NEST)
        return part if name == "_sums" else iter([part])

    return no_rows


def without(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """Switch one rule of suppression off."""
    if rule == "primary":
        monkeypatch.setattr(cells, "_small", lambda today, policy: np.zeros(len(today.value), bool))
    elif rule == "secondary":
        monkeypatch.setattr(
            decided, "withhold", lambda matrix, held: withholding.Withheld(held.hidden, held.hidden & False, held.hidden & False)
        )
    elif rule == "names":
        monkeypatch.setattr(cells, "one_name", lambda addresses, value, *about, **how: np.arange(len(addresses)))
        monkeypatch.setattr(decided, "look_alikes", lambda board, shown: np.zeros(len(shown), bool))
    else:
        monkeypatch.setattr(equations, rule, none_of(rule))


def test_as_they_are_the_audit_proves_them(editions: list[Inputs], bases: list[Base]) -> None:
    first = decided_release(editions[0], bases[0])
    assert prove([first, decided_release(editions[1], bases[1], [first])]).wide > 100


@pytest.mark.parametrize("rule", ["primary", "secondary", "names", "_nestings", "_sums", "_shares", "_stocks"])
def test_the_audit_refuses_where_a_rule_is_switched_off(
    editions: list[Inputs], bases: list[Base], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, rule)
    with pytest.raises(ReleaseError, match=r", 20\d\d"):
        prove([decided_release(editions[1], bases[1])])


def test_the_audit_refuses_an_edition_that_forgets_the_one_before(editions: list[Inputs], bases: list[Base]) -> None:
    with pytest.raises(ReleaseError, match=r", 20\d\d"):
        prove([decided_release(each, base) for each, base in zip(editions, bases, strict=True)])
