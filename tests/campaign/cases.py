"""All inputs of the campaign, and a sample of them."""

from __future__ import annotations

import random
from collections import defaultdict

from tests.campaign import annex_cells, annex_extracts, annex_shape, annex_workbooks, census, dfe, monthly, yaml_files
from tests.campaign.case import Case

ROOMS = (annex_cells, annex_shape, annex_workbooks, annex_extracts, monthly, dfe, census, yaml_files)


def every_case() -> list[Case]:
    """Every input, in the order of the rooms they are made in."""
    return [case for room in ROOMS for case in room.cases()]


def sample(count: int, seed: int) -> list[Case]:
    """So many inputs, as many of each kind as its share of all (at least one), the same for the same seed."""
    every = every_case()
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in every:
        kinds[case.kind].append(case)
    chosen = random.Random(seed)
    taken = [case for own in kinds.values() for case in chosen.sample(own, max(1, count * len(own) // len(every)))]
    rest = [case for case in every if all(case is not other for other in taken)]
    return [*taken, *chosen.sample(rest, max(0, count - len(taken)))]
