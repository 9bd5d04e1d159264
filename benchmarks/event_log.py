"""Writes a made-up Annex A of any size, as list CSVs or a workbook: ``python benchmarks/event_log.py FOLDER [--children N] [--xlsx]``.

Only for measuring: numbers of events per child and delays are about right for an authority over eight years, nothing else is meant.
Two overlapping extracts are written, so that merging has work to do.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

START, END = np.datetime64("2016-04-01"), np.datetime64("2024-03-31")
EXTRACTS = ((np.datetime64("2020-09-30"), 54), (END, 48))
"""As-at date and months of window: the later one looks back over half a year of the earlier."""

SOURCES = ["a) 1A: Individual", "e) 2A: Schools", "i) 3C: Health services", "q) 6: Police", "o) 5B: LA services", "8", "10: Unknown"]
# about what one in an authority's hundred thousand children ever known meets in eight years
PER_CHILD = {"contacts": 2.0, "early_help": 0.2, "referrals": 1.2, "s47": 0.35}


def lists(children: int, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Lists 1 to 9 with every event from 2016 to 2024; dates are datetime64, texts as an authority writes them."""
    rng = np.random.default_rng(seed)
    born = START - rng.integers(-200, 14 * 365, children).astype("timedelta64[D]")
    team = np.array([f"Team {number}" for number in range(24)])
    area = np.array(["North", "South", "East", "West"])

    def people(who: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
        base = {"Child Unique ID": np.char.add("C", who.astype(str)), "Gender": "U", "Ethnicity": "NOBT", "Date of Birth": born[who]}
        where = {"Allocated Team": team[who % len(team)], "Allocated Worker": "W", "Area": area[who % len(area)]}
        return pd.DataFrame(base | columns | where)

    def after(days: np.ndarray, mean: float) -> np.ndarray:
        return days + rng.exponential(mean, len(days)).astype("timedelta64[D]")

    def unless_later(days: np.ndarray) -> np.ndarray:
        return np.where(days > END, np.datetime64("NaT"), days)

    def some(rate: float) -> tuple[np.ndarray, np.ndarray]:
        number = int(children * rate)
        return rng.integers(0, children, number), START + rng.integers(0, (END - START).astype(int) + 1, number).astype("timedelta64[D]")

    def pick(values: list[str], number: int) -> np.ndarray:
        return rng.choice(np.array(values), number)

    who, day = some(PER_CHILD["contacts"])
    helped, help_day = some(PER_CHILD["early_help"])
    child, referred = some(PER_CHILD["referrals"])
    nfa = rng.random(len(child)) < 0.08
    assessed = np.flatnonzero(~nfa & (rng.random(len(child)) < 0.9))
    began = after(referred[assessed], 2)
    enquired, enquiry = some(PER_CHILD["s47"])
    held = rng.random(len(enquired)) < 0.33
    conference = np.where(held, unless_later(after(enquiry, 14)), np.datetime64("NaT"))
    in_need = np.flatnonzero(~nfa)
    planned = np.flatnonzero(~np.isnat(conference) & (rng.random(len(enquired)) < 0.87))
    cared, taken = some(0.05)
    left = rng.integers(0, children, children // 40)
    return {
        "1 Contacts": people(who, **{"Date of Contact": day, "Contact Source": pick(SOURCES, len(who))}),
        "2 Early help": people(helped, **{
            "Assessment start date": help_day, "Assessment completion date": unless_later(after(help_day, 30)),
            "Organisation completing assessment": pick(["School", "Health"], len(helped)),
        }),
        "3 Referrals": people(child, **{
            "Date of referral": referred, "Referral Source": pick(SOURCES, len(child)), "Referral NFA?": np.where(nfa, "a) Yes", "b) No"),
        }),
        "4 Assessments": people(child[assessed], **{
            "Continuous Assessment Start Date": began,
            "Child Seen During Continuous Assessment": pick(["a) Yes", "a) Yes", "b) No"], len(assessed)),
            "Continuous Assessment Date of Authorisation": unless_later(after(began, 40)),
            "Was the child assessed as requiring LA children's social care support?": pick(["a) Yes", "b) No"], len(assessed)),
        }),
        "5 Section 47": people(enquired, **{
            "Strategy discussion initiating Section 47 Enquiry Start Date": enquiry,
            "Was an Initial Child Protection Conference deemed unnecessary?": np.where(held, "b) No", "a) Yes"),
            "Date of Initial Child Protection Conference": conference,
            "Did the Initial Child Protection Conference Result in a Child Protection Plan": np.where(held, "a) Yes", ""),
        }),
        "6 Children in need": people(child[in_need], **{
            "CIN Start Date": referred[in_need], "Primary Need Code": pick(["N1", "N2", "N4", "N5"], len(in_need)),
            "CIN Closure Date": unless_later(after(referred[in_need], 250)),
            "Reason for Closure": pick(["RC7", "RC8", "RC9", "RC5"], len(in_need)), "Case Status": "e) Closed episode",
        }),
        "7 Child protection": people(enquired[planned], **{
            "Child Protection Plan Start Date": conference[planned],
            "Initial Category of Abuse": pick(["NEG", "EMO", "PHY"], len(planned)),
            "Latest Category of Abuse": pick(["NEG", "EMO"], len(planned)),
            "Child Protection Plan End Date": unless_later(after(conference[planned], 300)),
            "Number of Previous Child Protection Plans": rng.integers(0, 2, len(planned)),
        }),
        "8 Children looked after": people(cared, **{
            "Child's Category of Need": "N1", "Date Started to be Looked After": taken,
            "Date Ceased to be Looked After": unless_later(after(taken, 700)), "Reason Ceased to be Looked After": "E8",
            "Placement Provider": pick(["PR1", "PR4", "PR5"], len(cared)),
        }),
        "9 Care leavers": people(left, **{
            "Eligibility Category": "c) Former relevant child", "LA in Touch": pick(["a) Yes", "a) Yes", "b) No"], len(left)),
            "Type of Accommodation": "U", "Suitability of Accommodation": pick(["a) Suitable", "b) Unsuitable"], len(left)),
            "Activity Status": pick(["F2", "F4", "G5"], len(left)),
        }),
    }  # fmt: skip


_SPANS = {
    "1 Contacts": ("Date of Contact", None), "2 Early help": ("Assessment start date", None), "3 Referrals": ("Date of referral", None),
    "4 Assessments": ("Continuous Assessment Start Date", None),
    "5 Section 47": ("Strategy discussion initiating Section 47 Enquiry Start Date", None),
    "6 Children in need": ("CIN Start Date", "CIN Closure Date"),
    "7 Child protection": ("Child Protection Plan Start Date", "Child Protection Plan End Date"),
    "8 Children looked after": ("Date Started to be Looked After", "Date Ceased to be Looked After"),
}  # fmt: skip


def seen_from(whole: dict[str, pd.DataFrame], as_at: np.datetime64, months: int) -> dict[str, pd.DataFrame]:
    """What an extract of a day holds: things that began in its window, periods that overlap it; later ends are not known yet."""
    first = (as_at.astype("datetime64[M]") - months + 1).astype("datetime64[D]")
    found = dict(whole)
    for name, (begins, ends) in _SPANS.items():
        rows = whole[name]
        inside = rows[begins] <= as_at
        inside &= (rows[begins] >= first) if ends is None else (rows[ends].isna() | (rows[ends] >= first))
        dates = rows.loc[inside].select_dtypes("datetime").columns.drop("Date of Birth")
        found[name] = rows[inside].assign(**{column: rows.loc[inside, column].where(rows.loc[inside, column] <= as_at) for column in dates})
    return found


def write(folder: Path, children: int, *, xlsx: bool = False) -> dict[str, int]:
    """Write both extracts; returns the rows written to each."""
    whole, rows = lists(children), {}
    for as_at, months in EXTRACTS:
        extract, name = seen_from(whole, as_at, months), f"annex_a_{as_at}"
        rows[name] = sum(len(frame) for frame in extract.values())
        texts = {title: frame.apply(_as_text) for title, frame in extract.items()}
        if xlsx:
            with pd.ExcelWriter(folder / f"{name}.xlsx", engine="openpyxl") as book:
                for title, frame in texts.items():
                    frame.to_excel(book, sheet_name=f"List {title}", index=False)
        else:
            (folder / name).mkdir(parents=True)
            for title, frame in texts.items():
                frame.to_csv(folder / name / f"list {title}.csv", index=False)
    return rows


def _as_text(column: pd.Series) -> pd.Series:
    return column.dt.strftime("%d/%m/%Y") if pd.api.types.is_datetime64_any_dtype(column) else column


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--xlsx", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for extract, count in write(given.folder, given.children, xlsx=given.xlsx).items():
        print(f"{extract}: {count:,} rows")
