"""New register files: what each key means, with an example that stays out until it is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cfanalysis.foundation.errors import ParameterError

Kind = Literal["projections", "events", "actions", "commentary"]

TEMPLATES: dict[str, str] = {
    "projections": """\
# What people said would happen. One entry for each claim; take the # away from the example and change it.
# said_on   the day it was said: the claim is compared with what the data alone expected on that day
# direction up or down
# indicator a name in docs/indicators.md; null where nothing measures it, and then measure: says in words what it is about
# breakdown a category, such as "team: Assessment"; leave it out for the whole
# size      a share of the level on that day (0.05 is five per cent), or null where none was given
# number    a change in the indicator's own unit (50 children, 5 percentage points); leave it out where none was given
# target    a value in the indicator's own unit, or null where none was given
# window    {from: 2018-01, to: 2018-02}, a month (2018-01), a season (autumn 2023), or a date (2018-03-31)
#
# - id: fewer-children-in-need
#   said_on: 2017-11-16
#   where: scrutiny panel
#   who: officers
#   indicator: cin_open
#   direction: down
#   size: null
#   target: null
#   window: {from: 2018-01, to: 2018-02}
#   reason: a targeted diversion service
#   source: minutes, item 21
""",
    "events": """\
# Things that happened on a date and show in the figures. Take the # away from the example and change it.
# kind        step (lasts), pulse (passes), break (the counting changed), exclude (months not to be learnt from), flag (only shown)
# until       the last day, for a pulse, an exclude or a flag that lasted; leave it out otherwise
# indicators  a list in square brackets, or the word all
#
# - date: 2018-01-08
#   kind: step
#   indicators: [contacts, referrals]
#   label: New front door
#   said_by: head of service
""",
    "actions": """\
# What a panel resolved or asked for. Take the # away from the example and change it.
# due, done  a date, or null
#
# - id: appraisal-rates
#   asked_on: 2017-11-16
#   asked_by: scrutiny panel
#   what: Appraisal rates across social work teams to be provided
#   owner: service lead
#   due: 2018-01-25
#   done: null
""",
    "commentary": """\
# What an issue is, how the service responds, and what has come of it. Take the # away from the example and change it.
# dated   the day it was written: it is shown as older than the data once newer months are in
# update  text, or null
#
# - indicator: icpcs_in_15_days
#   dated: 2021-02-11
#   issue: Timeliness remains low
#   response: An improvement plan is to be agreed
#   update: null
""",
}


def write_template(kind: str, path: Path | str) -> Path:
    """Write an empty register of one kind, with its keys explained, and say where.

    Raises ParameterError for a kind that there is not, and for a file that is there already: it is never overwritten.
    """
    if kind not in TEMPLATES:
        raise ParameterError(f"there is no register {kind!r}; want one of {', '.join(TEMPLATES)}")
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATES[kind])
    except FileExistsError:
        raise ParameterError(f"{path.as_posix()} is there already; add to it, or choose another name") from None
    return path
