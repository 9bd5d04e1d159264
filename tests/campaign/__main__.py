"""Run the campaign and print its table: ``python -m tests.campaign [words of a name]``; exit code 1 where a target is missed."""

from __future__ import annotations

import re
import sys

from tests.campaign.cases import every_case
from tests.campaign.running import clock, run_all
from tests.campaign.table import lines, problems


def main(words: list[str]) -> int:
    """Every input, or those whose names hold the words."""
    chosen = [case for case in every_case() if re.search(" ".join(words), case.name)]
    results = list(run_all(chosen))
    sys.stdout.write("\n".join([*lines(results), "", f"{clock():.0f} s of processor time", ""]))
    return 1 if problems(results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
