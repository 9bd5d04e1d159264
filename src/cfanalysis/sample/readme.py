"""data/sample/README.md, made from the same plan as the data, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from cfanalysis.foundation.months import month_label
from cfanalysis.sample.demand import LOCKDOWN_LEVEL
from cfanalysis.sample.dirt import KINDS
from cfanalysis.sample.elsewhere import about, years
from cfanalysis.sample.plans import Effect, Plan, plans
from cfanalysis.sample.published import FOLDER, layout

HEAD = """# Synthetic authorities

**Synthetic data: no real children.** Everything in this folder is made by `cfanalysis sample` from a seed; only this page is kept in
the repository. Names are fictional, children's identifiers begin with SYN, every file's name contains `synthetic`, and every sheet says
so above its headings. The same seed gives the same bytes. Levels follow published figures of councils of that kind; the events below are
planted, one set of scrutiny minutes for each. Where minutes give no day, the registers give one that fits them.

How they are made: families come to the front door (working days, England's month profile, mean-reverting level), some become referrals,
some of those come back within the year; assessment, section 47, conference, plan, care and closing follow. Records are entered late, put
right and removed, so that successive extracts differ. Shares marked "by assumption" in the code have no published source.
"""


def readme() -> str:
    """The whole page."""
    return HEAD + "\n" + _published() + "\n" + "\n".join(_section(plan) for plan in plans().values())


def _published() -> str:
    """The tables that compare them: who is in them, and what is hidden or missing."""
    regions = "; ".join(f"{region['name']} ({_members(code, region['of'])})" for code, region in about()["regions"].items())
    missing = "; ".join(_gap(gap) for gap in about()["gaps"])
    everyone = len(about()["authorities"]) + len(plans())
    lines = [
        f"## Whom they are compared with: `{FOLDER}`",
        "",
        f"Tables in the form of the Department for Education's open data, years {years()[0]} to {years()[-1]}: {', '.join(layout())},",
        "children looked after, and mid-year populations. Every area in them is fictional. The five have the figures of their own",
        "simulated years, counted from the truth, and `x` in all others; so their own records differ from these by what was late or wrong",
        f"in the last extract. Another {len(about()['authorities'])} authorities are drawn around England's "
        f"published rates, each with its own",
        "level; nothing is planted in them, and they are independent of one another. Workers who came and went, and days lost, are drawn",
        "for the five too. Percentiles of days are not there (`x`). There is no table of referrals by month, and none of neighbours:",
        "the parameters name them.",
        "",
        f'**"England" is here the sum of these {everyone} authorities, and not the country.** It and the regions count figures that are',
        "hidden, and the five's unlived years at the level of their first one, to the nearest 10. Counts of 1 to 5 are `c`.",
        "",
        f"Regions: {regions}.",
        "",
        f"Missing on purpose: {missing}.",
        "",
    ]
    return "\n".join(lines)


def _members(code: str, stems: list[str]) -> str:
    own = [plans()[stem].name for stem in stems]
    return ", ".join([*own, *(place["name"] for place in about()["authorities"] if place["region"] == code)])


def _gap(gap: Mapping[str, Any]) -> str:
    what = f"{gap['columns'][0]} and what goes with it" if "columns" in gap else "everything"
    return f"{gap['name']} {', '.join(map(str, gap['years']))}: {what} in {', '.join(gap['tables'])} is `{gap['symbol']}`"


def _section(plan: Plan) -> str:
    lines = [
        f"## {plan.name} ({plan.code})",
        "",
        f"After: {plan.after}.",
        f"Data from {month_label(plan.first)} to {month_label(plan.as_at)}; {plan.population:,} children aged 0 to 17.",
        f"As at {month_label(plan.as_at)}: {' '.join(plan.why_as_at.split())}.",
        "",
        f"Files: {_files(plan)}; `monthly_synthetic.csv`. {_style(plan)}",
        "",
        "| planted from | to | what |",
        "|---|---|---|",
        *(_row(effect) for effect in plan.effects),
        *([_lockdown()] if plan.lockdown else []),
        "",
        "Dirt in the last full extract: " + "; ".join(f"{n} {KINDS[kind]}" for kind, n in plan.dirt.items() if n) + ".",
        "",
    ]
    return "\n".join(lines)


def _row(effect: Effect) -> str:
    return f"| {month_label(effect.first)} | {month_label(effect.last) if effect.last else 'the end'} | {effect.note} |"


def _lockdown() -> str:
    levels = ", ".join(f"{period} {level:.2f}" for period, level in LOCKDOWN_LEVEL.items())
    return f"| March 2020 | February 2021 | Lockdown: contacts and referrals against their usual level: {levels}; schools nearly silent. |"


def _files(plan: Plan) -> str:
    made = []
    for (form, window, lists), group in groupby(plan.editions, key=lambda edition: (edition.form, edition.window_months, edition.lists)):
        months = [month_label(edition.as_at) for edition in group]
        when = f"as at {months[0]}" if len(months) == 1 else f"every quarter from {months[0]} to {months[-1]}"
        made.append(f"{form} {'lists 1 to 9' if len(lists) > 1 else f'list {lists[0]}'} {when} ({window} months)")
    return "; ".join(made)


def _style(plan: Plan) -> str:
    codes = "Codes with letters (`a) 1A: Individual`)" if plan.style["codes"] == "lettered" else "Bare codes (`1A`)"
    dates = "real Excel dates in the workbooks" if plan.style["dates"] == "excel" else "dates as text"
    area = ", an extra column Area" if plan.style["area_column"] else ""
    return f"{codes}, {dates}, heading {plan.style['sex']}{area}."
