"""From DfE's tables to our indicators: which column is which stands in reference/published_tables.yml, what a symbol means here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.foundation.table import ALL, FLAGS, YEARLY_COLUMNS, empty
from cfanalysis.reference import read_yaml
from cfanalysis.sources.dfe.one_figure import disagreements
from cfanalysis.sources.problems import Problem

UNPUBLISHED = ":"
"""The flag of a cell that is blank or holds a symbol DfE does not explain."""

RATE_PER = 10_000

MOST = 1e9
"""No figure of England is larger; a smaller one than 0 there is none."""

FRACTION = 0.001
"""How near the share of published to worked percentage must be to a hundredth."""

FEWEST_CHILDREN = 1_000
SMALLEST = ("Isles of Scilly", "City of London")
"""Every authority but these has more children than that: fewer, and the table counts in thousands."""


@dataclass(frozen=True)
class PublishedTable:
    """One edition of one table: its cells as text under lower-case names, with the area, level and year of every row."""

    name: str
    edition: str
    file: str
    frame: pd.DataFrame

    @property
    def label(self) -> str:
        """How the table is cited."""
        return f"{self.name} {self.edition} edition"


def read_population(tables: Iterable[PublishedTable]) -> pd.DataFrame:
    frames = []
    for table in sorted(tables, key=lambda t: t.edition, reverse=True):
        about = read_yaml("published_tables.yml")["tables"][table.name].get("population")
        if about:
            rows = table.frame[table.frame[about["rows"]].str.strip() == about["where"]]
            values, _ = read_symbols(rows[about["column"]])
            _stop_if_thousands(table, rows, values)
            rows = pd.DataFrame({"authority": rows["authority"], "year": rows["year"], "value": values})
            frames.append(rows.assign(edition=table.edition, file=table.file))
    if not frames:
        return pd.DataFrame({"authority": pd.Series(dtype=str), "year": pd.Series(dtype=int), "value": pd.Series(dtype=float)})
    every = pd.concat(frames, ignore_index=True).dropna(subset="value")
    _stop_if_split(every)
    every = every.drop(columns=["edition", "file"])
    return every.drop_duplicates(["authority", "year"]).reset_index(drop=True)


def _stop_if_thousands(table: PublishedTable, rows: pd.DataFrame, values: pd.Series) -> None:
    own = values[(rows["level"] == "authority") & ~rows["authority"].isin(SMALLEST)].dropna()
    if len(own) and float(own.median()) < FEWEST_CHILDREN:
        found, wanted = f"a population of {own.median():g} children in an authority", "children, not thousands of them; multiply the column"
        raise SourceError(at(f"found {found}, want {wanted}", file=table.file))


def _stop_if_split(every: pd.DataFrame) -> None:
    """Raises SourceError for two populations of one area and year in one edition: parts of it, without the whole."""
    several = every.groupby(["authority", "year", "edition"])["value"].transform("nunique") > 1
    if several.any():
        first = every[several].iloc[0]
        found = f"several populations of {first['authority']} in {first['year']}"
        raise SourceError(at(f"found {found}, want one row of all children (sex: Total); delete the rest", file=first["file"]))


def read_figures(tables: Sequence[PublishedTable], population: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """Every edition's yearly rows (the first of an area, indicator, breakdown and year is the one to use), the monthly series, and
    odd symbols."""
    newest_first = sorted(tables, key=lambda table: table.edition, reverse=True)
    yearly, monthly, problems = [], [], []
    for table in newest_first:
        about = read_yaml("published_tables.yml")["tables"][table.name]
        for measure in about["measures"]:
            if (rows := _measure(table, about, measure, population)) is not None:
                for step in (_of_hundred, _possible):
                    rows, said = step(rows, measure, table.file)
                    problems += said
                yearly.append(rows.assign(second=bool(measure.get("second")), edition=int(table.edition), file=table.file))
        if "monthly" in about:
            monthly.append(_monthly(table, about["monthly"]).assign(file=table.file))
        problems += [*_odd_symbols(table, about), *_no_such_rows(table, about)]
    if not yearly:
        return empty("yearly"), pd.DataFrame(), problems
    every = pd.concat(yearly, ignore_index=True)
    problems += disagreements(every)
    every["known"] = every["value"].notna()
    # A second source of the same figure (C6 holds the total of C1) and an old code's blank rows never come before the real thing.
    every = every.sort_values(["second", "edition", "known"], ascending=[True, False, False], kind="stable")
    every = every.drop_duplicates(["authority", "indicator", "breakdown", "year", "source_table"]).reset_index(drop=True)
    series = pd.concat(monthly, ignore_index=True) if monthly else pd.DataFrame()
    if len(series):
        months = series.assign(year=series["month"].astype(str), source_table=series["edition"].astype(str))
        problems += disagreements(months)
        series = series.assign(known=series["value"].notna()).sort_values(["edition", "known"], ascending=False, kind="stable")
        series = series.drop_duplicates(["authority", "indicator", "breakdown", "month"]).drop(columns=["edition", "known", "file"])
        series = series.sort_values(["authority", "month"], kind="stable").reset_index(drop=True)
    return every[list(YEARLY_COLUMNS)], series, problems


def _of_hundred(rows: pd.DataFrame, measure: Mapping[str, Any], file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Percentages that a spreadsheet has turned into shares of 1, told by their own numerators and denominators: taken a hundred times."""
    worked = 100 * rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0)
    known = worked.notna() & rows["value"].notna() & (worked > 0)
    if "percent" not in measure or not known.any() or abs(float((rows["value"] / worked)[known].median()) - 0.01) > FRACTION:
        return rows, []
    first = rows[known].iloc[0]
    found = f"{first['value']:g} for {first['indicator']} of {first['authority']} in {first['year']}"
    wanted = "a percentage from 0 to 100 (taken a hundred times, as its numerator and denominator say)"
    problem = Problem(file, "", None, "", found, wanted, "coerced", "fraction", int(known.sum()))
    return rows.assign(value=100 * rows["value"]), [problem]


def _no_such_rows(table: PublishedTable, about: Mapping[str, Any]) -> list[Problem]:
    """Rows that figures are read from and that a table does not have: what rests on them is not available."""
    asked = [(about["rows"], each["where"]) for each in about["measures"] if "where" in each]
    if "population" in about:
        asked.append((about["population"]["rows"], about["population"]["where"]))
    return [
        Problem(table.file, "", None, column, f"no row of {where!r}", f"{where!r} in {column}", "kept", "no_such_rows")
        for column, where in dict.fromkeys(asked)
        if where not in set(table.frame[column].str.strip())
    ]


def _possible(rows: pd.DataFrame, measure: Mapping[str, Any], file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows without percentages above 100, and what was taken out."""
    over = ((rows["value"] > 100) & ("percent" in measure)).to_numpy()
    if not over.any():
        return rows, []
    first = rows[over].iloc[0]
    found = f"{first['value']:g} % for {first['indicator']} of {first['authority']} in {first['year']}"
    wanted = "a percentage from 0 to 100 (read as not available)"
    problem = Problem(file, "", None, "", found, wanted, "coerced", "over_100", int(over.sum()))
    return rows.assign(value=rows["value"].mask(over), flag=rows["flag"].mask(over, UNPUBLISHED)), [problem]


_SYMBOL = re.compile(r"^\[?([A-Za-z:]+)\]?$")


def read_symbols(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Numbers and flags of a column of DfE figures: a symbol is a value missing with its reason, a blank is not available.

    >>> values, flags = read_symbols(pd.Series(["1,234", "c", "0", "", "[x]"]))
    >>> values.tolist(), flags.tolist()
    ([1234.0, nan, 0.0, nan, nan], ['', 'c', '', ':', 'x'])
    """
    codes, texts = pd.factorize(cells.fillna("").to_numpy(dtype=object))
    read = [_figure(text) for text in texts]
    numbers = np.array([number for number, _ in read], dtype=float)
    flags = np.array([flag for _, flag in read], dtype=object)
    return pd.Series(numbers[codes], index=cells.index), pd.Series(flags[codes], index=cells.index, dtype=object)


def _figure(text: str) -> tuple[float, str]:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = np.nan
    if np.isfinite(number) and 0 <= number <= MOST:
        return number, ""
    symbol = _SYMBOL.match(text.strip())
    flag = symbol[1].lower() if symbol else UNPUBLISHED
    return np.nan, flag if flag in FLAGS else UNPUBLISHED


def _odd_symbols(table: PublishedTable, about: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for column in columns_used(table.frame.columns, about):
        text = table.frame[column]
        odd_texts = [t for t in text.unique() if _figure(t)[1] == UNPUBLISHED and t.strip() not in ("", UNPUBLISHED, f"[{UNPUBLISHED}]")]
        if odd_texts:
            odd = text.isin(odd_texts).to_numpy()
            row = int(np.flatnonzero(odd)[0])
            wanted = f"a number or one of {' '.join(FLAGS)} (read as not available)"
            problems.append(
                Problem(table.file, "", row + 2, column, repr(text.iloc[row]), wanted, "coerced", "unknown_symbol", int(odd.sum()))
            )
    return problems


def columns_used(columns: Iterable[str], about: Mapping[str, Any]) -> list[str]:
    """The columns of a table that figures are read from."""
    present = set(columns)
    named: list[str] = list(about.get("monthly", {}).get("months", []))
    for measure in about["measures"]:
        for part in ("count", "numerator", "denominator", "percent", "rate", "ratio"):
            asked = measure.get(part, [])
            named += asked["sum"] if isinstance(asked, dict) else asked
    named += [about["population"]["column"]] if "population" in about else []
    return [column for column in dict.fromkeys(name.lower() for name in named) if column in present]


def _read(frame: pd.DataFrame, asked: Any) -> tuple[pd.Series, pd.Series] | None:
    """The figures of a column, of the first of several that is there, or the sum of several (missing where any part is)."""
    if isinstance(asked, dict):
        total, flags = _sum(frame, asked["sum"])
        if "rest" in asked:
            whole, rest = read_symbols(frame[asked["of"].lower()])[0], _sum(frame, asked["rest"])[0]
            total = total.fillna(whole - rest)
        return total, flags.mask(total.notna(), "")
    column = next((name.lower() for name in asked if name.lower() in frame.columns), None)
    return read_symbols(frame[column]) if column else None


def _breakdown(text: str) -> str:
    """A breakdown as it is shown: a code written ``@set CODE`` by its name."""
    found = re.match(r"^(\w+): @(\w+) (\w+)$", text)
    return f"{found[1]}: {read_yaml('code_sets.yml')[found[2]]['codes'][found[3]]['names'][0]}" if found else text


def _sum(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.Series, pd.Series]:
    """Columns added up; missing where any part is, for the first reason there is."""
    parts = [read_symbols(frame[column.lower()]) for column in columns]
    total = pd.concat([values for values, _ in parts], axis=1).sum(axis=1, skipna=False)
    flags = pd.concat([part for _, part in parts], axis=1).replace("", np.nan).bfill(axis=1).iloc[:, 0].fillna("")
    return total, flags


def _measure(table: PublishedTable, about: Mapping[str, Any], measure: Mapping[str, Any], population: pd.DataFrame) -> pd.DataFrame | None:
    frame = table.frame
    if "where" in measure:
        frame = frame[frame[about["rows"]].str.strip() == measure["where"]]
    label = table.label
    if "count" in measure:
        found = _read(frame, measure["count"])
        if found is None:
            return None
        numerator, flag = found
        denominator, value = pd.Series(np.nan, index=frame.index), numerator
    else:
        share = _share(frame, measure, population)
        if share is None:
            return None
        numerator, denominator, value, flag, derived = share
        label = f"{label} and mid-year populations" if derived else label
    rows = frame[["authority", "level", "year"]].assign(indicator=measure["indicator"], breakdown=_breakdown(measure.get("breakdown", ALL)))
    return rows.assign(numerator=numerator, denominator=denominator, value=value, flag=flag, source_table=label)


def _share(
    frame: pd.DataFrame, measure: Mapping[str, Any], population: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series, bool] | None:
    found = _read(frame, measure["numerator"])
    if found is None:
        return None
    numerator, flag = found
    kind = next(kind for kind in ("percent", "rate", "ratio") if kind in measure)
    given = _read(frame, measure["denominator"]) if "denominator" in measure else None
    denominator = given[0] if given else _children(frame, population)
    published = _read(frame, measure[kind])
    if published is not None:
        return numerator, denominator, published[0], published[1], False
    scale = {"percent": 100, "rate": RATE_PER, "ratio": 1}[kind]
    value = scale * numerator / denominator.where(denominator > 0)
    other = given[1] if given else pd.Series(UNPUBLISHED, index=frame.index, dtype=object)
    missing = flag.where(flag != "", other.where(other != "", "z"))
    return numerator, denominator, value, missing.where(value.isna(), ""), given is None


def _children(frame: pd.DataFrame, population: pd.DataFrame) -> pd.Series:
    """Children aged 0 to 17 at the mid-year before: the year to March 2024 is set against mid-2023, as DfE does."""
    known = population.set_index(["authority", "year"])["value"]
    keys = pd.MultiIndex.from_arrays([frame["authority"], frame["year"] - 1])
    return pd.Series(known.reindex(keys).to_numpy(dtype=float), index=frame.index)


def _monthly(table: PublishedTable, about: Mapping[str, Any]) -> pd.DataFrame:
    frames = []
    for place, name in enumerate(about["months"]):
        values, flags = read_symbols(table.frame[name.lower()])
        number = (place + 3) % 12 + 1
        year = table.frame["year"] - int(number >= 4)
        month = pd.PeriodIndex([f"{y}-{number:02d}" for y in year], freq="M")
        rows = {"authority": table.frame["authority"], "indicator": about["indicator"], "breakdown": ALL, "month": month}
        frames.append(
            pd.DataFrame(
                {**rows, "numerator": values, "denominator": np.nan, "value": values, "flag": flags, "edition": int(table.edition)}
            )
        )
    return pd.concat(frames, ignore_index=True)
