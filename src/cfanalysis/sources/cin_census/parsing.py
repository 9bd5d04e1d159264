"""A census file streamed: XML to one table a kind of element, each row with its child, its episode and its line.

Nothing of the tree is kept, so that a file costs the memory of its values. Order of elements, namespaces, comments, capitals and
empty elements do not matter. A document type declaration is refused: a census file has none, and entities hide in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.finding import stop_unless_plain

ROOT = "Message"
HEADER = (
    "Collection", "Year", "ReferenceDate", "SourceLevel", "LEA", "SoftwareCode", "Release", "SerialNo", "DateTime",
)  # fmt: skip
GROUPS: dict[str, tuple[str, ...]] = {
    "Child": (),
    "ChildIdentifiers": (
        "LAchildID", "UPN", "FormerUPN", "UPNunknown", "PersonBirthDate", "ExpectedPersonBirthDate", "GenderCurrent",
        "Sex", "PersonDeathDate",
    ),
    "ChildCharacteristics": ("Ethnicity",),
    "CINdetails": (
        "CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure", "DateOfInitialCPC",
        "ReferralNFA",
    ),
    "Assessments": ("AssessmentActualStartDate", "AssessmentInternalReviewDate", "AssessmentAuthorisationDate"),
    "CINPlanDates": ("CINPlanStartDate", "CINPlanEndDate"),
    "Section47": ("S47ActualStartDate", "InitialCPCtarget", "DateOfInitialCPC", "ICPCnotRequired"),
    "ChildProtectionPlans": (
        "CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP",
    ),
    "PreProceedingsandFGDM": (
        "PPStartDate", "LBPSentDate", "FGDMMeetingOffer", "FGDMMeetingFac", "InitialPPMeetingDate", "ReviewMeetingsCount",
        "StepDecisionDate", "PPOutcome", "CourtAppDate", "LetterInitCPDate",
    ),
}  # fmt: skip
"""Elements that hold fields, by name, and their fields (CIN_schema_2024.xsd; Sex from 2025-26, pre-proceedings from 2026-27)."""

REPEATED = {"Disability": "ChildCharacteristics", "AssessmentFactors": "Assessments", "CPPreviewDate": "ChildProtectionPlans"}
"""Fields that may stand many times in one element: each is a table of its own, with the column ``value``."""

TOLD_BLANK = ("CPPreviewDate",)
"""Of these a blank one is kept: that a review has no date is itself to be told."""

CONTAINERS = (
    ROOT, "Header", "CollectionDetails", "Source", "Children", "Disabilities", "FactorsIdentifiedAtAssessment", "Reviews", "Content",
)  # fmt: skip
WITHIN = {
    "Child": "", "ChildIdentifiers": "Child", "ChildCharacteristics": "Child", "CINdetails": "Child",
    **dict.fromkeys(("Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans", "PreProceedingsandFGDM"), "CINdetails"),
}  # fmt: skip

DEEPEST = 40
"""A census file nests seven deep."""

LONGEST = 2_000
"""Characters of one value; the longest of a census file has a few dozen."""

MOST_CHILDREN = 1_000_000
"""More than twice the children in need of all England: such a file is no authority's."""

LARGEST = 2 << 30
"""Bytes; the census of the largest authority has some fifty million."""

MOST_NAMES = 1_000
"""Different names of elements; the schema has fifty."""

CHUNK = 1 << 20
KEYS = ("number", "child", "episode", "parent", "line")


@dataclass(frozen=True)
class Census:
    """One file as it stands: its header, a table for each kind of element (text, "" where blank), and what was odd in its shape.

    Tables have ``number`` (of the element among its kind), ``child``, ``episode`` (of the child's CINdetails, -1 outside one),
    ``parent`` (number of the element a repeated field stands in) and ``line``. ``odd`` counts (what, name) with the first line.
    """

    file: str
    header: dict[str, str]
    tables: dict[str, pd.DataFrame] = field(repr=False)
    odd: dict[tuple[str, str], tuple[int, int]] = field(repr=False)


def read_tables(path: str | Path) -> Census:
    """Read one census file.

    Raises SourceError with file and line for what is no XML, no census, holds a document type declaration, or nests too deep.
    """
    stop_unless_plain(Path(path))
    reader = _Reader(Path(path).name)
    try:
        if Path(path).stat().st_size > LARGEST:
            raise SourceError(at(f"found more than {LARGEST >> 30} GB, want one authority's census", file=Path(path).name))
        with Path(path).open("rb") as file:
            while chunk := file.read(CHUNK):
                reader.feed(chunk)
        reader.feed(b"", last=True)
    except OSError as caught:
        raise SourceError(at(f"cannot be opened: {caught.strerror or caught}", file=Path(path).name)) from None
    return reader.census()


@dataclass
class _Open:
    """A group that has begun: its name, row (KEYS, then fields) and where each field goes."""

    name: str
    row: list[Any]
    slots: dict[str, int]


class _Reader:
    """The handlers of one parse."""

    def __init__(self, file: str) -> None:
        self.file, self.header = file, {}  # type: str, dict[str, str]
        self.rows: dict[str, list[list[Any]]] = {name: [] for name in (*GROUPS, *REPEATED)}
        self.counts = dict.fromkeys(self.rows, 0)
        self.odd: Counter[tuple[str, str]] = Counter()
        self.first_line: dict[tuple[str, str], int] = {}
        self.groups: list[_Open] = []
        self.depth, self.child, self.episode = 0, -1, -1
        self.leaf, self.text = "", ""
        self.known: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.slots = {name: {f: len(KEYS) + i for i, f in enumerate(fields)} for name, fields in GROUPS.items()}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as caught:
            said = expat.ErrorString(caught.code)
            wanted = "want a whole XML file; export it again from the case system"
            raise SourceError(at(f"found XML that cannot be read ({said}); {wanted}", file=self.file, line=caught.lineno)) from None
        except (LookupError, ValueError):
            raise SourceError(at("found an encoding that is not known, want UTF-8", file=self.file, line=1)) from None

    def stop(self, message: str) -> NoReturn:
        raise SourceError(at(message, file=self.file, line=self.parser.CurrentLineNumber))

    def _doctype(self, *_: object) -> None:
        self.stop("found a document type declaration (DOCTYPE), want none: a census file needs no entities; take it out")

    def _name(self, raw: str) -> str:
        """The element's name as the schema writes it; "" for an element the census does not have."""
        local = raw.rpartition(" ")[2]
        if len(self.known) > MOST_NAMES:
            self.stop(f"found more than {MOST_NAMES:,} names of elements, want a census file (it has fifty)")
        return self.known.setdefault(raw, _NAMES.get(local.lower(), ""))

    def _start(self, raw: str, _: object) -> None:
        name = self.known.get(raw) or self._name(raw)
        self.depth += 1
        if self.depth > DEEPEST:
            self.stop(f"found elements nested more than {DEEPEST} deep, want a census file (7 deep)")
        if self.depth == 1 and name != ROOT:
            shown = raw.rpartition(" ")[2][:40]
            self.stop(f"found the element {shown!r} at the top, want {ROOT!r}: is this a children in need census file?")
        if self.leaf:
            self._note("nested", self.leaf)
            self.leaf = ""
        if name in _LEAVES:
            self.leaf, self.text = name, ""
        elif name in GROUPS:
            self._begin(name)
        elif not name:
            self._note("unknown", raw.rpartition(" ")[2][:40])

    def _begin(self, name: str) -> None:
        if name == "Child":
            self.child, self.episode = self.counts[name], -1
            if self.child >= MOST_CHILDREN:
                self.stop(f"found more than {MOST_CHILDREN:,} children, want one authority's census")
        elif name == "CINdetails":
            self.episode = self.counts[name]
        row: list[Any] = [self.counts[name], self.child, self.episode, -1, self.parser.CurrentLineNumber]
        self.counts[name] += 1
        self.groups.append(_Open(name, row + [""] * len(GROUPS[name]), self.slots[name]))

    def _characters(self, text: str) -> None:
        if self.leaf:
            self.text += text
            if len(self.text) > LONGEST:
                self.stop(f"found more than {LONGEST:,} characters in {self.leaf}, want a date, a code or an identifier")
        elif not text.isspace():
            self._note("stray", self.groups[-1].name if self.groups else "")

    def _end(self, raw: str) -> None:
        name = self.known[raw]
        self.depth -= 1
        if self.leaf and name == self.leaf:
            self.leaf = ""
            value = self.text.strip()
            self._put(name, self.words.setdefault(value, value))
        elif name in GROUPS and self.groups and self.groups[-1].name == name:
            self._finish(self.groups.pop())

    def _finish(self, group: _Open) -> None:
        around = self.groups[-1].name if self.groups else ""
        if around != WITHIN[group.name]:
            self._note("misplaced", group.name)
            return
        self.rows[group.name].append(group.row)
        if group.name in ("Child", "CINdetails"):
            self.episode = -1

    def _put(self, name: str, value: str) -> None:
        group = self.groups[-1] if self.groups else None
        if group is None:
            if name in HEADER:
                self.header.setdefault(name, value)
            else:
                self._note("misplaced", name)
        elif REPEATED.get(name) == group.name:
            if value or name in TOLD_BLANK:
                line = self.parser.CurrentLineNumber
                self.rows[name].append([self.counts[name], self.child, self.episode, group.row[0], line, value])
                self.counts[name] += 1
        elif name not in group.slots:
            self._note("misplaced", name)
        elif group.row[group.slots[name]] not in ("", value) and value:
            self._note("repeated", name)
        elif value:
            group.row[group.slots[name]] = value

    def _note(self, what: str, name: str) -> None:
        self.odd[what, name] += 1
        self.first_line.setdefault((what, name), self.parser.CurrentLineNumber)

    def census(self) -> Census:
        tables = {name: _frame(self.rows.pop(name), GROUPS.get(name, ("value",))) for name in (*GROUPS, *REPEATED)}
        odd = {key: (count, self.first_line[key]) for key, count in self.odd.items()}
        return Census(self.file, self.header, tables, odd)


def _frame(rows: list[list[Any]], fields: Iterable[str]) -> pd.DataFrame:
    names = [*KEYS, *fields]
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else [()] * len(names)
    typed = {name: pd.Series(list(values), dtype="int64" if name in KEYS else object) for name, values in zip(names, columns, strict=True)}
    return pd.DataFrame(typed)


_LEAVES = frozenset([*HEADER, *REPEATED, *(name for fields in GROUPS.values() for name in fields)])
_NAMES = {name.lower(): name for name in (*_LEAVES, *GROUPS, *CONTAINERS)}
