"""The census validation rules: counts by rule, as a table fit for a page, and the queue for the desk.

Codes and rules are DfE's (docs/data-log.md); the meanings are in our own words. Rows are those of the kind of element named.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cfanalysis.sources.cin_census.episode_rules import EPISODE_RULES
from cfanalysis.sources.cin_census.parsing import Census
from cfanalysis.sources.cin_census.people_rules import PEOPLE_RULES
from cfanalysis.sources.cin_census.plan_rules import PLAN_RULES
from cfanalysis.sources.cin_census.record_rules import RECORD_RULES
from cfanalysis.sources.cin_census.sight import CensusRule, see

COLUMNS = ("code", "element", "meaning", "rows", "of", "share")
RULES = (*RECORD_RULES, *PEOPLE_RULES, *EPISODE_RULES, *PLAN_RULES)


def scorecard(census: Census, *, as_at: date | None = None) -> pd.DataFrame:
    """Each rule with its code, what it means, how many rows break it, out of how many, and the share in percent: counts only.

    ``as_at``: the last day of the file's year, instead of the one its header gives.
    """
    rows = [(rule.code, rule.element, rule.meaning, int(broken.sum()), len(broken)) for rule, _, broken in _marked(census, as_at)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    return frame.assign(share=100 * frame["rows"] / frame["of"].where(frame["of"] > 0))


def queue(census: Census, *, as_at: date | None = None) -> pd.DataFrame:
    """Rule by rule the children to look at, with the line of the file. Child-level: for the private store only, never a page."""
    parts = [
        pd.DataFrame({"code": rule.code, "child_id": table.loc[broken, "LAchildID"], "line": table.loc[broken, "line"]})
        for rule, table, broken in _marked(census, as_at)
    ]
    return pd.concat(parts, ignore_index=True)


def _marked(census: Census, as_at: date | None) -> Iterator[tuple[CensusRule, pd.DataFrame, pd.Series]]:
    """Each rule of the file's year with the rows it looks at, and which of them break it."""
    seen = see(census, as_at)
    for rule in RULES:
        if rule.since <= seen.last.year:
            table = seen.table(rule.element)
            yield rule, table, rule.find(table, seen).fillna(False).astype(bool)
