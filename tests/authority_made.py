"""A small authority for tests of whole runs: real files in every format, with canaries and hostile text planted where files hold text.

The canaries are what must never leave the files: children, workers, dates of birth, remarks, the folder they lie in. The hostile texts are
names that pages may show, as text.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import yaml

CHILD, WORKER, REMARK, UPN, FOLDER = "CHILD-7F3A91", "WORKER-Q8812", "REMARK-CANARY", "Z999000123", "FOLDER-CANARY"
BORN = date(2009, 9, 19)
BIRTHS = ("2009-09-19", "19/09/2009", "19 September 2009", "20090919")
CANARIES = (CHILD, WORKER, REMARK, UPN, FOLDER, *BIRTHS)

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "quotes": "\"'><img src=x onerror=alert(2)>",
    "path": "../../../etc/cron.d/x",
    "turned": "Team \u202egnp.exe\u2066 \u200b",
    "emoji": "Team 👩‍👧 🏠",
    "long": "L" * 300,
    "formula": '=HYPERLINK("http://a.example","b")',
    "plus": "+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)",
}
"""Names of teams and of whatever else may come from a file."""

AUTHORITY = '<b>Saint "Quote\'s"</b> ../=1+1'
FIRST, LAST = date(2021, 4, 1), date(2024, 3, 31)

BASIS = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)")
LISTS: dict[str, tuple[str, ...]] = {
    "list_1_contacts.csv": (*BASIS, "Date of Contact", "Contact Source", "UPN", "Remarks"),
    "list_3_referrals.csv": (
        *BASIS, "Date of referral", "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months", "Allocated Team",
        "Allocated Worker", "Remarks",
    ),
    "list_4_assessments.csv": (
        *BASIS, "Does the Child have a Disability", "Continuous Assessment Start Date", "Child Seen During Continuous Assessment",
        "Continuous Assessment Date of Authorisation", "Was the child assessed as requiring LA children's social care support?",
        "Allocated Team", "Allocated Worker",
    ),
    "list_6_children_in_need.csv": (
        *BASIS, "Does the Child have a Disability", "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date",
        "Reason for Closure", "Case Status", "Allocated Team", "Allocated Worker",
    ),
}  # fmt: skip

SOURCES = ("e) 2A: Schools", "l) 3F: Health services", "k) 3E: Police", "a) 1A: Individual")
TEAMS = ("North", "South", *HOSTILE.values())


def write(folder: Path, notebooks: Path, *, per_month: int = 30, faulty: bool = False, seed: int = 1) -> Path:
    """Files, registers and parameters of the authority; returns the parameters file. ``faulty`` adds a file that cannot be read."""
    data = folder / FOLDER / "extract"
    data.mkdir(parents=True)
    for name, rows in _lists(per_month, seed).items():
        _csv(data / name, LISTS[name], rows)
    _monthly(folder / FOLDER / "monthly.csv")
    _workbook(data, folder / FOLDER / "extract.xlsx")
    (folder / "params").mkdir()
    (folder / "notebooks").symlink_to(notebooks)
    return _params(folder, faulty=faulty)


def _child(place: int) -> tuple[str, ...]:
    return f"{CHILD}{place:05d}", "b) Female", "a) WBRI", BORN.isoformat(), "14"


def _days(per_month: int, rng: random.Random) -> Iterable[date]:
    for day in range((LAST - FIRST).days):
        for _ in range(rng.choice((0, 1, 1, 2)) * per_month // 30):
            yield FIRST + timedelta(days=day)


def _lists(per_month: int, seed: int) -> dict[str, list[Sequence[str]]]:
    rng = random.Random(seed)
    lists: dict[str, list[Sequence[str]]] = {name: [] for name in LISTS}
    for place, day in enumerate(_days(per_month, rng)):
        child, source = _child(place % 400), rng.choices(SOURCES, (50, 30, 15, 3))[0]
        team = TEAMS[0 if rng.random() < 0.6 else rng.randrange(len(TEAMS))]
        worker = f"{WORKER}{place % 9}"
        lists["list_1_contacts.csv"].append((*child, day.isoformat(), source, UPN, f"{REMARK} seen at home"))
        if rng.random() < 0.5:
            continue
        lists["list_3_referrals.csv"].append((*child, day.isoformat(), source, "b) No", "0", team, worker, REMARK))
        done = day + timedelta(days=rng.randrange(5, 90))
        ended = done + timedelta(days=rng.randrange(10, 200))
        seen = "a) Yes" if rng.random() < 0.9 else "b) No"
        lists["list_4_assessments.csv"].append(
            (*child, "b) No", day.isoformat(), seen, _until(done), "a) Yes" if done <= LAST else "", team, worker)
        )
        closed = _until(ended)
        reason = "RC7 - Services ceased for any other reason, including child no longer in need" if closed else ""
        state = "e) Closed episode" if closed else "a) Looked after child" if rng.random() < 0.1 else "c) Child in need plan"
        lists["list_6_children_in_need.csv"].append(
            (*child, "b) No", day.isoformat(), "N1 - Abuse or neglect", _until(done), closed, reason, state, team, worker)
        )
    return lists


def _until(day: date) -> str:
    return day.isoformat() if day <= LAST else ""


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def _monthly(path: Path) -> None:
    rows = []
    for place in range(36):
        month = f"{2021 + (3 + place) // 12}-{(3 + place) % 12 + 1:02d}"
        rows.append((month, "agency_share", "all", 3 + place % 4, 40, round(100 * (3 + place % 4) / 40, 1), ""))
        rows.append((month, "audits_completed", "all", "", "", 12 + place % 5, ""))
    _csv(path, ("month", "indicator", "breakdown", "numerator", "denominator", "value", "flag"), rows)


def _workbook(folder: Path, path: Path) -> None:
    """The same extract as one workbook."""
    from openpyxl import Workbook

    book = Workbook()
    for sheet, name in enumerate(sorted(LISTS)):
        made = book.active if sheet == 0 else book.create_sheet()
        assert made is not None
        made.title = name.removesuffix(".csv")[:31]
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for line in csv.reader(file):
                made.append([f"'{cell}" if cell.startswith("=") else cell for cell in line])
    book.save(path)


def _params(folder: Path, *, faulty: bool) -> Path:
    registers = folder / "params" / "registers"
    registers.mkdir()
    text = HOSTILE["script"] + HOSTILE["quotes"]
    entries: dict[str, list[dict[str, object]]] = {
        "actions": [{
            "id": "one", "asked_on": "2023-01-04", "asked_by": text, "what": HOSTILE["formula"], "owner": HOSTILE["turned"],
            "due": "2023-01-31", "done": None,
        }],
        "commentary": [{
            "indicator": "referrals", "dated": "2023-02-11", "issue": text, "response": HOSTILE["at"], "update": HOSTILE["long"],
        }],
        "events": [{
            "date": "2022-09-01", "kind": "flag", "indicators": ["referrals"], "label": HOSTILE["script"], "said_by": HOSTILE["path"],
        }],
        "projections": [{
            "id": "fewer", "said_on": "2022-11-16", "where": HOSTILE["emoji"], "who": text, "indicator": "referrals", "direction": "down",
            "window": {"from": "2023-01", "to": "2023-03"}, "reason": HOSTILE["plus"], "source": HOSTILE["quotes"],
        }],
    }  # fmt: skip
    for name, held in entries.items():
        (registers / f"{name}.yml").write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False), encoding="utf-8")
    said = {
        "authority": {"name": AUTHORITY}, "as_at": "2024-03", "first_month": "2021-04", "synthetic": True,
        "sources": [
            {"format": "annex_a", "path": f"../{FOLDER}/{'gone' if faulty else 'extract'}", "as_at": "2024-03-31", "window_months": 36},
            {"format": "monthly", "path": f"../{FOLDER}/monthly.csv"},
        ],
        "registers": {name: f"registers/{name}.yml" for name in entries}, "policy": "dfe",
    }  # fmt: skip
    path = folder / "params" / "made.yml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def copied(folder: Path, to: Path) -> Path:
    """The same authority somewhere else; returns its parameters file."""
    shutil.copytree(folder, to, symlinks=True)
    return to / "params" / "made.yml"
