"""Indicators that no child-level list holds: a line of the monthly CSV in, the worked figure out, for every one in the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis.indicators import catalogue
from cfanalysis.sources import read_monthly

MONTHLY = [each for each in catalogue().values() if each.worked_from == "monthly"]
HEAD = "month,indicator,breakdown,numerator,denominator,value,flag\n"


@pytest.mark.parametrize("indicator", MONTHLY, ids=lambda each: each.name)
def test_a_line_of_the_monthly_file_by_hand(tmp_path: Path, indicator: object) -> None:
    name, kind = indicator.name, indicator.kind  # type: ignore[attr-defined]
    line = f"2024-01,{name},all,3,12,,\n" if kind == "percent" else f"2024-01,{name},all,,,17,\n"
    path = tmp_path / "monthly.csv"
    path.write_text(f"{HEAD}{line}2024-02,{name},all,,,,x\n", encoding="utf-8")
    read = read_monthly(path, authority="Solentwick", kinds={each.name: each.kind for each in catalogue().values()})
    rows = read.series.sort_values("month")
    assert rows["value"].iloc[0] == (25.0 if kind == "percent" else 17.0)
    assert rows["value"].isna().iloc[1], "missing is not zero"
    assert rows["flag"].tolist() == ["", "x"]
