"""Parameters and registers as people type them: what is not YAML, what is another type, what no key is called."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.campaign.annex_cells import ERROR, NOTHING
from tests.campaign.case import Case, Reading

from cfanalysis import indicators
from cfanalysis.params import read_params
from cfanalysis.registers.reading import MODELS, read_registers

Change = Callable[[str], str | bytes]

PARAMS = """\
authority: {name: Testshire, code: E10000099}
as_at: 2024-03
first_month: 2019-04
sources:
  - format: annex_a
    path: data/annex_a_2024-03-31.xlsx
    as_at: 2024-03-31
    window_months: 6
  - {format: monthly, path: data/monthly.csv}
indicators: [referrals, cin_open]
horizon: 12
policy: dfe
comparators: {neighbours: "2025", region: true, england: true}
population: {2022: 50000, 2023: 51000}
targets:
  - {indicator: cin_open, value: 900, by: 2025-03}
"""
REGISTERS = {
    "projections": """\
- id: fewer
  said_on: 2023-11-16
  where: scrutiny panel
  who: officers
  indicator: cin_open
  direction: down
  size: 0.05
  window: {from: 2024-01, to: 2024-06}
  reason: early help
  source: minutes of 16 November 2023
""",
    "events": """\
- date: 2023-06-01
  kind: step
  indicators: [referrals]
  label: A new front door
  said_by: officers
""",
    "actions": """\
- id: appraisals
  asked_on: 2023-11-16
  asked_by: scrutiny panel
  what: Statistics on appraisals
  owner: service lead
  due: 2024-01-25
  done: null
""",
    "commentary": """\
- indicator: cin_open
  dated: 2023-11-16
  issue: The number has risen
  response: Resources are aimed at these children
  update: null
""",
}


@cache
def _known() -> frozenset[str]:
    return frozenset(indicators.catalogue())


def _read_params(path: Path) -> Reading:
    params = read_params(path)
    return Reading(
        {"horizon": params.horizon, "sources": len(params.sources), "as_at": params.as_at.ordinal, "name": len(params.authority.name)}
    )


def _read_register(kind: str) -> Callable[[Path], Reading]:
    def read(path: Path) -> Reading:
        entries = getattr(read_registers({kind: path}, known=_known()), kind)
        return Reading({"entries": len(entries), "text": len(str(entries))})

    return read


READ = {"parameters": _read_params, **{kind: _read_register(kind) for kind in MODELS}}
RIGHT = {"parameters": {"horizon": 12, "sources": 2, "as_at": 650, "name": 9}, **{kind: {"entries": 1} for kind in MODELS}}
TEXT = {"parameters": PARAMS, **REGISTERS}


def _write(folder: Path, content: str | bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


FAULTLESS = {kind: (lambda folder, kind=kind: _write(folder, TEXT[kind], f"{kind}.yml")) for kind in TEXT}


def cases() -> Iterator[Case]:
    """Every YAML file."""
    for kind in TEXT:
        for name, change, may in ANY:
            yield _case(kind, name, change, may, whole=True)
        for name, old, new, may in FIELDS[kind]:
            yield _case(kind, name, lambda t, old=old, new=new: _replaced(t, old, new), may, whole=False)
    for name, make in FILES:
        read, right = READ["parameters"], lambda: RIGHT["parameters"]
        yield Case("YAML", name, "parameters .yml", make, read, right, FAULTLESS["parameters"], ERROR, whole=True)


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new)


def _case(kind: str, name: str, change: Change, may: frozenset[str], whole: bool) -> Case:
    make = lambda folder: _write(folder, change(TEXT[kind]), f"{kind}.yml")  # noqa: E731
    return Case("YAML", name, f"{kind} .yml", make, READ[kind], lambda: RIGHT[kind], FAULTLESS[kind], may, whole=whole)


ANY: tuple[tuple[str, Change, frozenset[str]], ...] = (
    ("a byte order mark", lambda t: t.encode("utf-8-sig"), NOTHING),
    ("line ends of Windows", lambda t: t.replace("\n", "\r\n"), NOTHING),
    ("comments", lambda t: "# ours\n" + t.replace("\n", "  # seen\n"), NOTHING),
    ("a document mark first", lambda t: "---\n" + t, NOTHING),
    ("two documents", lambda t: t + "---\n" + t, ERROR),
    ("a tab for indentation", lambda t: t.replace("  ", "\t"), ERROR),
    ("UTF-16", lambda t: t.encode("utf-16"), ERROR),
    ("Latin letters", lambda t: (t + "# \u00e9").encode("latin-1"), ERROR),
    ("a bracket not closed", lambda t: t + "x: [1, 2\n", ERROR),
    ("a quotation mark not closed", lambda t: t + 'x: "abc\n', ERROR),
    ("an anchor", lambda t: t + "x: &a 1\n", ERROR),
    ("anchors within anchors", lambda t: 'a: &a ["x","x"]\n' + "".join(f"b{i}: &b{i} [*{'a' if not i else f'b{i - 1}'},*{'a' if not i else f'b{i - 1}'}]\n" for i in range(30)), ERROR),
    ("nested a thousand deep", lambda t: "[" * 1000 + "]" * 1000, ERROR),
    ("six million bytes", lambda t: t + "# " + "x" * 6_000_000, ERROR),
    ("four hundred thousand values", lambda t: "[" + "1," * 400_000 + "1]", ERROR),
    ("a Python object", lambda t: "!!python/object/apply:os.system ['true']\n", ERROR),
    ("a number of 5,000 digits", lambda t: t + "x: " + "9" * 5000 + "\n", ERROR),
    ("text only", lambda t: "hello", ERROR),
    ("a NUL byte", lambda t: t + "\x00", ERROR),
    ("a control character", lambda t: t + "\x07", ERROR),
    ("HTML", lambda t: "<html><body>Sign in</body></html>", ERROR),
    ("JSON that is YAML too, of something else", lambda t: '{"a": 1}', ERROR),
    ("a smart quotation mark", lambda t: t + "\u201cx\u201d: 1\n", ERROR),
)  # fmt: skip

Field = tuple[str, str, str, frozenset[str]]
FIELDS: dict[str, tuple[Field, ...]] = {
    "parameters": (
        ("a key misspelt", "horizon:", "horizen:", ERROR), ("a key in capitals", "horizon:", "Horizon:", ERROR),
        ("a key twice", "horizon: 12", "horizon: 12\nhorizon: 6", ERROR), ("no as_at", "as_at: 2024-03\n", "", ERROR),
        ("no authority", "authority: {name: Testshire, code: E10000099}\n", "", ERROR), ("no sources", PARAMS[PARAMS.index("sources:") : PARAMS.index("indicators")], "", ERROR),
        ("as_at a day", "as_at: 2024-03\n", "as_at: 2024-03-31\n", ERROR), ("as_at month 13", "as_at: 2024-03\n", "as_at: 2024-13\n", ERROR),
        ("as_at in words", "as_at: 2024-03\n", "as_at: March 2024\n", ERROR), ("as_at a year", "as_at: 2024-03\n", "as_at: 2024\n", ERROR),
        ("as_at in quotes", "as_at: 2024-03\n", 'as_at: "2024-03"\n', NOTHING), ("as_at blank", "as_at: 2024-03\n", "as_at:\n", ERROR),
        ("first month after as_at", "first_month: 2019-04", "first_month: 2029-04", ERROR), ("horizon in words", "horizon: 12", "horizon: twelve", ERROR),
        ("horizon in quotes", "horizon: 12", 'horizon: "12"', ERROR), ("horizon 12.5", "horizon: 12", "horizon: 12.5", ERROR),
        ("horizon 0", "horizon: 12", "horizon: 0", ERROR), ("horizon 400", "horizon: 12", "horizon: 400", ERROR), ("horizon 012", "horizon: 12", "horizon: 012", ERROR),
        ("horizon a list", "horizon: 12", "horizon: [12]", ERROR), ("horizon yes", "horizon: 12", "horizon: yes", ERROR), ("horizon nothing", "horizon: 12", "horizon: ~", ERROR),
        ("a policy nobody knows", "policy: dfe", "policy: secret", ERROR), ("a name that YAML takes for no", "name: Testshire", "name: No", ERROR),
        ("a name that is a number", "name: Testshire", "name: 12", ERROR), ("a blank name", "name: Testshire", 'name: ""', ERROR),
        ("a code in small letters", "E10000099", "e10000099", ERROR), ("a format nobody knows", "format: monthly", "format: excel", ERROR),
        ("no format", "{format: monthly, path", "{path", ERROR), ("no path", "format: monthly, path: data/monthly.csv", "format: monthly", ERROR),
        ("window_months in words", "window_months: 6", "window_months: six", ERROR), ("window_months negative", "window_months: 6", "window_months: -6", ERROR),
        ("as_at of a source day first", "as_at: 2024-03-31", "as_at: 31/03/2024", ERROR), ("as_at of a source that is no day", "as_at: 2024-03-31", "as_at: 2024-02-31", ERROR),
        ("as_at for a monthly CSV", "{format: monthly,", "{format: monthly, as_at: 2024-03-31,", ERROR), ("region perhaps", "region: true", "region: perhaps", ERROR),
        ("region in quotes", "region: true", 'region: "true"', ERROR), ("neighbours of 2019", '"2025"', '"2019"', ERROR), ("neighbours as a number", '"2025"', "2025", ERROR),
        ("a population of none", "2022: 50000", "2022: 0", ERROR), ("a population with a comma", "2022: 50000", "2022: 50,000", ERROR),
        ("a population of a year that is none", "2022: 50000", "22: 50000", ERROR), ("a target below nothing", "value: 900", "value: -900", ERROR),
        ("a target of nan", "value: 900", "value: .nan", ERROR), ("a target without a month", "by: 2025-03", "by: soon", ERROR),
        ("sources that are one", "sources:\n  - format: annex_a\n    path", "sources:\n    format: annex_a\n    path", ERROR),
        ("notebooks nobody knows", "policy: dfe", "policy: dfe\nnotebooks: [summary]", ERROR), ("registers nobody knows", "policy: dfe", "policy: dfe\nregisters: {claims: x.yml}", ERROR),
    ),
    "projections": (
        ("an indicator nobody knows", "cin_open", "cin_opened", ERROR), ("no window", "  window: {from: 2024-01, to: 2024-06}\n", "", ERROR),
        ("a window that ends before it begins", "to: 2024-06", "to: 2023-12", ERROR), ("a window before it was said", "from: 2024-01", "from: 2023-01", ERROR),
        ("a date day first", "2023-11-16\n  where", "16/11/2023\n  where", ERROR), ("a direction that is none", "direction: down", "direction: sideways", ERROR),
        ("a size of 500 %", "size: 0.05", "size: 5", ERROR), ("a size with a sign", "size: 0.05", "size: 5%", ERROR), ("a size below nothing", "size: 0.05", "size: -0.05", ERROR),
        ("who left out", "  who: officers\n", "", ERROR), ("a reason that YAML takes for yes", "reason: early help", "reason: yes", ERROR),
        ("a key twice", "  who: officers", "  who: officers\n  who: officers", ERROR), ("a key nobody knows", "  who: officers", "  who: officers\n  whom: panel", ERROR),
    ),
    "events": (
        ("an indicator nobody knows", "[referrals]", "[refferals]", ERROR), ("one indicator without brackets", "[referrals]", "referrals", ERROR),
        ("no indicators", "[referrals]", "[]", ERROR), ("all", "[referrals]", "all", NOTHING), ("a kind that is none", "kind: step", "kind: jump", ERROR),
        ("a date that is none", "2023-06-01", "2023-06-31", ERROR), ("a date with a time", "2023-06-01", "2023-06-01 10:00", ERROR), ("a date of 1023", "2023-06-01", "1023-06-01", ERROR),
        ("an end before the beginning", "  kind: step", "  until: 2023-05-01\n  kind: pulse", ERROR), ("a label of nothing", "A new front door", '""', ERROR),
    ),
    "actions": (
        ("due before it was asked", "due: 2024-01-25", "due: 2023-01-25", ERROR), ("due soon", "due: 2024-01-25", "due: soon", ERROR), ("done yes", "done: null", "done: yes", ERROR),
        ("done on a day", "done: null", "done: 2024-01-20", NOTHING), ("no owner", "  owner: service lead\n", "", ERROR), ("an id that is a number", "id: appraisals", "id: 12", ERROR),
        ("a key nobody knows", "  done: null", "  done: null\n  status: red", ERROR),
    ),
    "commentary": (
        ("an indicator nobody knows", "cin_open", "cin", ERROR), ("no issue", "  issue: The number has risen\n", "", ERROR), ("a colon in the text", "The number has risen", "The number: it has risen", ERROR),
        ("a colon in the text, in quotes", "The number has risen", '"The number: it has risen"', NOTHING), ("a date that is none", "2023-11-16", "2023-11-31", ERROR),
        ("several lines of text", "issue: The number has risen", "issue: >\n    The number\n    has risen", NOTHING), ("a list of issues", "issue: The number has risen", "issue: [a, b]", ERROR),
    ),
}  # fmt: skip


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "params.yml")
    return folder / "params.yml"


def _folder(folder: Path) -> Path:
    (folder / "params.yml").mkdir()
    return folder / "params.yml"


FILES: tuple[tuple[str, Callable[[Path], Path]], ...] = (
    ("no such file", lambda folder: folder / "params.yml"),
    ("a folder", _folder),
    ("a pipe", _pipe),
    ("an empty file", lambda folder: _write(folder, "", "params.yml")),
    ("a file of comments", lambda folder: _write(folder, "# nothing yet\n", "params.yml")),
    ("a workbook", lambda folder: _write(folder, b"PK\x03\x04" + bytes(range(256)), "params.yml")),
)  # fmt: skip
