"""What a person reads first who opens a release file."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cfanalysis.foundation.contracts import COLUMNS, About
from cfanalysis.foundation.months import month, month_label
from cfanalysis.release.layout import TITLES, part_name

HIDDEN = "c"


def count_hidden(frame: pd.DataFrame) -> int:
    """How many figures of a table are hidden to protect small numbers."""
    return int((frame["flag"] == HIDDEN).sum()) if "flag" in frame.columns else 0


def write_readme(about: About, tables: Mapping[str, pd.DataFrame]) -> str:
    """``README.txt``: what this is, whose, under which rules, and how much of it is hidden."""
    return "\n".join([*_heading(about), "", *_rules(about), "", *_tables(tables), "", *_looking(), ""])


def _heading(about: About) -> list[str]:
    made_up = ["These figures are synthetic: no real child is in them.", ""] if about.synthetic else []
    code = f" ({about.code})" if about.code else ""
    return [
        f"{about.authority}{code}: children's services figures to {month_label(month(about.as_at))}",
        f"Edition {about.edition}, made by cfanalysis {about.version}",
        "",
        *made_up,
        "This file holds figures that may be shown: counts of contacts, referrals, assessments, plans and children,",
        "and what was written of them. It holds no record of a child. Pages are made from it and from nothing else.",
    ]


def _rules(about: About) -> list[str]:
    policy = about.policy
    return [
        f"Rules for small numbers: {policy.title} ({policy.name})",
        policy.meaning,
        *([policy.source] if policy.source else []),
        "A hidden figure is blank and has the flag c. A figure beside a small number is hidden with it where it would give it away.",
        "Other flags: x not available, z not applicable, u unreliable, : not available, low and k round to 0. A 0 is a true 0.",
        "The rules are written out whole in datapackage.json.",
    ]


def _tables(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    rows = [(part_name(name), f"{len(tables[name]):,}", f"{count_hidden(tables[name]):,}", TITLES[name]) for name in COLUMNS]
    return [
        f"{'Table':<18}{'Rows':>9}{'Hidden':>9}  What it holds",
        *(f"{part:<18}{size:>9}{hidden:>9}  {title}" for part, size, hidden, title in rows),
    ]


def _looking() -> list[str]:
    return [
        "A figure's address is indicator, breakdown, period and part. A period is a month (2024-03), a quarter (2024-Q1), a year to March",
        "or a date (2024-03-31). Text that a spreadsheet could take for a formula stands behind an apostrophe.",
        "Look, but do not save: a file that was changed is refused. Before it is sent on, run",
        "  cfanalysis check FILE.zip",
        "which prints every text in it for a person to read.",
    ]
