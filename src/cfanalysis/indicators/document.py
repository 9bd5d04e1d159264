"""docs/indicators.md, made from the catalogue: ``python -m cfanalysis.indicators.document [--check] [FILE]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cfanalysis.indicators.catalogue import Comparator, Dimension, Indicator, catalogue
from cfanalysis.indicators.compute import POPULATION_CARRIED_YEARS
from cfanalysis.indicators.rereferrals import RereferralEdges

PAGE = Path("docs") / "indicators.md"

_THEMES = {
    "demand": "Demand", "rereferrals": "Re-referrals", "children_in_need": "Children in need", "timeliness": "Timeliness",
    "protection_and_care": "Child protection and care", "workforce": "Workforce and practice", "comparators": "Comparators only",
}  # fmt: skip
_KINDS = {
    "count": "count of the month", "stock": "open on the last day of the month", "percent": "percentage",
    "rate": "rate per 10,000 children", "measure": "measure",
}  # fmt: skip
_SEASONS = {
    "reference": "borrowed from the published monthly profile of referrals", "own": "learnt from its own months", "none": "none",
}  # fmt: skip
_POLARITY = {"high_good": "higher is better", "low_good": "lower is better", None: "neither way is better"}
_WORKED_FROM = {"events": "child-level lists", "monthly": "a monthly CSV", "published": "DfE's yearly tables"}


def page() -> str:
    """The whole page, as Markdown."""
    parts = [_head()]
    for theme, title in _THEMES.items():
        members = [indicator for indicator in catalogue().values() if indicator.theme == theme]
        parts += [f"## {title}\n", *(_section(indicator) for indicator in members)]
    return "\n".join(parts).rstrip() + "\n"


def _head() -> str:
    edges = RereferralEdges()
    return f"""# Indicators

Made from `src/cfanalysis/indicators/catalogue.yml` by `python -m cfanalysis.indicators.document`; change the catalogue, not this page.
How they are worked out, and how that is checked: [methods/indicators.md](methods/indicators.md).

- A month outside the dates that a list covers is shown as not available (`x`), never as 0. A share of nothing is not applicable (`z`).
  A true zero is 0.
- A list also has to reach back or forward where the definition does: 12 months before for re-referrals, the window after for what a
  contact or referral led to.
- Rates use the mid-year population estimate that DfE uses: that of the June in which the financial year begins. Where it is not
  published yet, the newest before it, up to {POPULATION_CARRIED_YEARS} years older.
- Re-referrals: the edges that the published definition leaves open are parameters (`rereferral` in a parameters file). The defaults:
  a window of {edges.window}, the anniversary included; an earlier record on the same day is not a previous referral
  (`same_day: {str(edges.same_day).lower()}`); every earlier referral counts, also one with no further action (`earlier: {edges.earlier}`).
- Breakdowns follow what the list holds. A child's worker is never one.
"""


def _section(indicator: Indicator) -> str:
    facts = {
        "Numerator": indicator.numerator,
        "Denominator": indicator.denominator,
        "Unit": f"{indicator.unit}; {_KINDS[indicator.kind]}; {_POLARITY[indicator.polarity]}",
        "Worked out from": _sources(indicator),
        "Window": indicator.window and f"{indicator.window.days} days. {indicator.window.reason}",
        "Published as": indicator.comparator and _published(indicator.comparator),
        "Season": _SEASONS[indicator.season] + ("; follows working days" if indicator.calendar else ""),
        "Newest months that still change": str(indicator.provisional_months),
        "Broken down by": ", ".join(_broken_down(indicator, dimension) for dimension in indicator.breakdowns) or "nothing",
    }
    lines = [f"### {indicator.title}", "", f"`{indicator.name}`", "", indicator.definition, "", "| What | How |", "|---|---|"]
    lines += [f"| {name} | {fact} |" for name, fact in facts.items() if fact]
    lines += ["", *(f"- {caveat}" for caveat in indicator.caveats), ""]
    return "\n".join(lines)


def _sources(indicator: Indicator) -> str:
    lists = f" ({', '.join(indicator.lists)})" if indicator.lists and indicator.worked_from == "events" else ""
    return _WORKED_FROM[indicator.worked_from] + lists


def _broken_down(indicator: Indicator, dimension: Dimension) -> str:
    crossing = indicator.crossings.get(dimension)
    return f"{dimension} (of the newest {crossing.of} in the {crossing.days} days before it began)" if crossing else dimension


def _published(comparator: Comparator) -> str:
    named = {"numerator": comparator.numerator, "denominator": comparator.denominator, "value": comparator.value}
    return f"table {comparator.table}: " + ", ".join(f"{name} `{columns}`" for name, columns in named.items() if columns)


def main(arguments: Sequence[str]) -> int:
    """Write the page; with --check only say whether it is in step (exit code 1 where it is not)."""
    names = [argument for argument in arguments if argument != "--check"]
    path = Path(names[0]) if names else PAGE
    if "--check" in arguments:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != page())
    path.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
