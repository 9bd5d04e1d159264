"""Children in need census files of odd shape and content."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from tests.campaign import writing
from tests.campaign.annex_cells import EITHER, ERROR, NOTHING
from tests.campaign.case import Case, Reading

from cfanalysis import events, indicators, sources

FORM = "census .xml"
YEAR = 2024
CHILDREN = 60
INDICATORS = (
    "referrals",
    "referrals_nfa",
    "cin_open",
    "cin_started",
    "cin_ended",
    "assessments_completed",
    "s47_started",
    "cp_started",
    "cp_open",
)
HEADER = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>2024</Year><ReferenceDate>2024-03-31</ReferenceDate>"
    "</CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>852</LEA><SoftwareCode>X</SoftwareCode><Release>1</Release>"
    "<SerialNo>1</SerialNo><DateTime>2024-05-01T10:00:00</DateTime></Source></Header>"
)


def _start(at: int) -> date:
    return date(2023, 4, 3) + timedelta(days=5 * at)


def _child(at: int) -> str:
    start = _start(at)
    day = lambda days: (start + timedelta(days=days)).isoformat()  # noqa: E731
    nfa, closed, planned = at % 6 == 5, at % 2 == 0 and at % 6 != 5 and at < 50, at % 10 == 3
    identity = f"<ChildIdentifiers><LAchildID>{200_000 + at}</LAchildID><PersonBirthDate>{2010 + at % 8}-0{1 + at % 9}-11</PersonBirthDate><GenderCurrent>1</GenderCurrent></ChildIdentifiers>"
    inner = f"<CINreferralDate>{day(0)}</CINreferralDate><ReferralSource>{('6', '2A', '3E')[at % 3]}</ReferralSource>"
    if nfa:
        inner += "<ReferralNFA>true</ReferralNFA>"
        return f"<Child>{identity}<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics><CINdetails>{inner}</CINdetails></Child>"
    inner += "<PrimaryNeedCode>N1</PrimaryNeedCode>"
    if closed:
        inner += f"<CINclosureDate>{day(60)}</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>"
    inner += "<ReferralNFA>false</ReferralNFA>"
    done = f"<AssessmentAuthorisationDate>{day(30)}</AssessmentAuthorisationDate>" if at < 55 else ""
    inner += f"<Assessments><AssessmentActualStartDate>{day(1)}</AssessmentActualStartDate>{done}<FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>"
    if planned:
        inner += f"<Section47><S47ActualStartDate>{day(3)}</S47ActualStartDate><DateOfInitialCPC>{day(12)}</DateOfInitialCPC><ICPCnotRequired>false</ICPCnotRequired></Section47>"
        inner += f"<ChildProtectionPlans><CPPstartDate>{day(12)}</CPPstartDate><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>"
    return (
        f"<Child>{identity}<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics><CINdetails>{inner}</CINdetails></Child>"
    )


def text() -> str:
    """A faultless file."""
    children = "\n".join(_child(at) for at in range(CHILDREN))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Message>{HEADER}<Children>\n{children}\n</Children></Message>\n'


def right() -> dict[str, float]:
    months = pd.period_range("2023-04", "2024-03", freq="M")
    found: dict[str, float] = {}
    starts = {at: _start(at) for at in range(CHILDREN)}
    helped = [at for at in starts if at % 6 != 5]
    ends = {at: starts[at] + timedelta(days=60) if at % 2 == 0 and at < 50 else None for at in helped}
    plans = [starts[at] + timedelta(days=12) for at in helped if at % 10 == 3]
    for month in months:
        last = month.end_time.date()
        of = lambda days, month=month: sum((d.year, d.month) == (month.year, month.month) for d in days if d)  # noqa: E731
        found[f"referrals {month}"] = of(starts.values())
        found[f"cin_started {month}"] = of(starts[at] for at in helped)
        found[f"cin_ended {month}"] = of(ends.values())
        found[f"cin_open {month}"] = sum(starts[at] <= last and not (ends[at] and ends[at] <= last) for at in helped)
        found[f"assessments_completed {month}"] = of(starts[at] + timedelta(days=30) for at in helped if at < 55)
        found[f"s47_started {month}"] = of(starts[at] + timedelta(days=3) for at in helped if at % 10 == 3)
        found[f"cp_started {month}"] = of(plans)
        found[f"cp_open {month}"] = sum(d <= last for d in plans)
    return found


def read(path: Path) -> Reading:
    extracts = sources.read_cin_census(path)
    log = events.merge_extracts(extracts)
    rows = indicators.compute(
        log, authority="Southampton", names=INDICATORS, breakdowns=False, first=pd.Period("2023-04", "M"), last=pd.Period("2024-03", "M")
    )
    said = [problem.sentence() for extract in extracts for problem in extract.problems] + [p.sentence() for p in log.problems]
    return Reading(writing.figures_of(rows), tuple(said))


def faultless(folder: Path) -> Path:
    return _write(folder, text())


def _write(folder: Path, content: str | bytes, name: str = "census_2023-24.xml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def cases() -> Iterator[Case]:
    """Every census file and folder."""
    for name, change, may in CHANGES:
        yield _case(name, lambda folder, change=change: _write(folder, change(text())), may)
    for name, make, may in FOLDERS:
        yield _case(name, make, may)


def _case(name: str, make: Callable[[Path], Path], may: frozenset[str]) -> Case:
    return Case("census", name, FORM, make, read, right, faultless, may, "", whole=True)


Change = Callable[[str], str | bytes]


def _swap(old: str, new: str, count: int = -1) -> Change:
    return lambda t: t.replace(old, new, count)


def _sub(pattern: str, new: str | Callable[[re.Match[str]], str], count: int = 0) -> Change:
    return lambda t: re.sub(pattern, new, t, count=count)


def _every(element: str, new: str, every: int) -> Change:
    """The value of an element replaced in every so many."""
    seen = [0]

    def one(found: re.Match[str]) -> str:
        seen[0] += 1
        return f"<{element}>{new}</{element}>" if seen[0] % every == 0 else found[0]

    return lambda t: re.sub(rf"<{element}>[^<]*</{element}>", one, t)


def _reversed_fields(found: re.Match[str]) -> str:
    return (
        "<CINdetails>"
        + "".join(
            re.findall(
                r"<(?:CINreferralDate|ReferralSource|PrimaryNeedCode|CINclosureDate|ReasonForClosure|ReferralNFA)>[^<]*</\w+>|<(?:Assessments|Section47|ChildProtectionPlans)>.*?</(?:Assessments|Section47|ChildProtectionPlans)>",
                found[0],
            )[::-1]
        )
        + "</CINdetails>"
    )


def _prefixed(t: str) -> str:
    return re.sub(r"<(/?)([A-Z])", r"<\1cin:\2", t).replace("<cin:Message>", '<cin:Message xmlns:cin="http://example.org/cin">')


DATE = r"(\d{4})-(\d{2})-(\d{2})"
CHANGES: tuple[tuple[str, Change, frozenset[str]], ...] = (
    ("elements in another order", _sub(r"<CINdetails>.*?</CINdetails>", _reversed_fields), NOTHING),
    ("a namespace", _swap("<Message>", '<Message xmlns="http://example.org/cin">'), NOTHING),
    ("a namespace before every name", _prefixed, NOTHING),
    ("names in capitals", _sub(r"<(/?)(\w+)>", lambda m: f"<{m[1]}{m[2].upper()}>"), NOTHING),
    ("names in small letters", _sub(r"<(/?)(\w+)>", lambda m: f"<{m[1]}{m[2].lower()}>"), NOTHING),
    ("CINDetails with a capital D", _swap("CINdetails", "CINDetails"), NOTHING),
    ("booleans as 1 and 0", lambda t: t.replace(">true<", ">1<").replace(">false<", ">0<"), NOTHING),
    ("booleans in capitals", lambda t: t.replace(">true<", ">TRUE<").replace(">false<", ">FALSE<"), NOTHING),
    ("booleans as Y and N", lambda t: t.replace(">true<", ">Y<").replace(">false<", ">N<"), NOTHING),
    ("empty elements", _swap("<PrimaryNeedCode>", "<CINclosureDate/><PrimaryNeedCode>"), NOTHING),
    ("empty elements of two tags", _swap("<PrimaryNeedCode>", "<ReasonForClosure></ReasonForClosure><PrimaryNeedCode>"), NOTHING),
    ("spaces in values", _sub(r">([^<>\s]+)</", r"> \1 </"), NOTHING),
    ("line breaks in values", _sub(r">([^<>\s]+)</", r">\n\1\n</"), NOTHING),
    ("comments", _swap("<CINdetails>", "<!-- an episode --><CINdetails>"), NOTHING),
    ("processing instructions", _swap("<Children>", "<?style x?><Children>"), NOTHING),
    ("CDATA", _sub(r">(N1)<", r"><![CDATA[\1]]><"), NOTHING),
    ("attributes", _swap("<Child>", '<Child seq="1">'), NOTHING),
    ("text between elements", _swap("<CINdetails>", "see file<CINdetails>"), NOTHING),
    ("elements of our own", _swap("<CINdetails>", "<Ward>W1</Ward><CINdetails>"), NOTHING),
    ("an element within a value", _swap("<ReferralSource>6<", "<ReferralSource><b>6</b><"), EITHER),
    ("all on one line", lambda t: t.replace("\n", ""), NOTHING),
    ("indented", lambda t: t.replace("><", ">\n    <"), NOTHING),
    ("UTF-16", lambda t: t.replace("UTF-8", "UTF-16").encode("utf-16"), NOTHING),
    ("a byte order mark", lambda t: t.encode("utf-8-sig"), NOTHING),
    ("Windows-1252 as said", lambda t: t.replace("UTF-8", "windows-1252").encode("cp1252"), NOTHING),
    ("Latin letters in a file said to be UTF-8", lambda t: t.replace("WBRI", "WBRI\u00e9").encode("latin-1"), EITHER),
    ("no declaration", _sub(r"<\?xml[^>]*\?>\n", ""), NOTHING),
    ("an encoding nobody knows", _swap("UTF-8", "KLINGON-1"), ERROR),
    ("blank lines first", lambda t: "\n\n" + t, EITHER),
    ("dates with times", lambda t: t.partition("<Children>")[0] + "<Children>" + re.sub(DATE, r"\g<0>T00:00:00", t.partition("<Children>")[2]), NOTHING),
    ("dates with a Z", lambda t: t.partition("<Children>")[0] + "<Children>" + re.sub(DATE, r"\g<0>Z", t.partition("<Children>")[2]), EITHER),
    ("dates day first throughout", lambda t: t.partition("<Children>")[0] + "<Children>" + re.sub(DATE, r"\3/\2/\1", t.partition("<Children>")[2]), NOTHING),
    ("dates month first throughout", lambda t: t.partition("<Children>")[0] + "<Children>" + re.sub(DATE, r"\2/\3/\1", t.partition("<Children>")[2]), EITHER),
    ("no dates of referral in every fifth", _every("CINreferralDate", "", 5), EITHER),
    ("impossible dates of referral in every fifth", _every("CINreferralDate", "2023-02-31", 5), EITHER),
    ("closures to come", _every("CINclosureDate", "2031-01-01", 4), EITHER),
    ("closures before referral", _every("CINclosureDate", "2020-01-01", 4), EITHER),
    ("years of another century", _every("CINreferralDate", "1923-05-05", 9), EITHER),
    ("sources that are none", _every("ReferralSource", "99", 4), NOTHING),
    ("needs that are none", _every("PrimaryNeedCode", "N77", 4), NOTHING),
    ("NFA that is neither", _every("ReferralNFA", "perhaps", 4), EITHER),
    ("NFA blank", _every("ReferralNFA", "", 4), EITHER),
    ("no ids in every sixth", _every("LAchildID", "", 6), EITHER),
    ("ids of 0 in every sixth", _every("LAchildID", "0", 6), EITHER),
    ("UNBORN for ids in every sixth", _every("LAchildID", "UNBORN", 6), EITHER),
    ("one id for all", _every("LAchildID", "1", 1), EITHER),
    ("4.50E+11 for ids", _sub(r"<LAchildID>\d+", "<LAchildID>4.50E+11"), EITHER),
    ("ids with .0", _sub(r"<LAchildID>(\d+)", r"<LAchildID>\1.0"), NOTHING),
    ("every child twice", _sub(r"(?s)(<Children>\n)(.*)(\n</Children>)", r"\1\2\n\2\3"), EITHER),
    ("no birth dates", _every("PersonBirthDate", "", 1), NOTHING),
    ("birth dates to come", _every("PersonBirthDate", "2030-01-01", 5), NOTHING),
    ("Sex for GenderCurrent", lambda t: t.replace("GenderCurrent>1", "Sex>F").replace("/GenderCurrent", "/Sex"), NOTHING),
    ("no header", _sub(r"<Header>.*?</Header>", ""), ERROR),
    ("no reference date", _sub(r"<ReferenceDate>[^<]*</ReferenceDate>", ""), NOTHING),
    ("no year", _sub(r"<Year>[^<]*</Year>", ""), NOTHING),
    ("neither", _sub(r"<Year>.*</ReferenceDate>", ""), ERROR),
    ("another year than the reference date", _swap("<Year>2024", "<Year>2022"), ERROR),
    ("the year before in the header", lambda t: t.replace("<Year>2024", "<Year>2023").replace("2024-03-31", "2023-03-31"), EITHER),
    ("a reference date of the first of April", _swap("<ReferenceDate>2024-03-31", "<ReferenceDate>2024-04-01"), EITHER),
    ("no LEA", _sub(r"<LEA>[^<]*</LEA>", ""), NOTHING),
    ("no children", _sub(r"(?s)<Children>.*</Children>", "<Children/>"), ERROR),
    ("children without episodes", _sub(r"<CINdetails>.*?</CINdetails>", ""), ERROR),
    ("an episode outside its child", _sub(r"(<CINdetails>.*?</CINdetails>)</Child>", r"</Child>\1", count=3), EITHER),
    ("a child within a child", _sub(r"</Child>\n<Child>", "<Child>", count=1), EITHER),
    ("cut off in the middle", lambda t: t[: len(t) // 2], ERROR),
    ("cut off at the end", lambda t: t[:-12], ERROR),
    ("a tag not closed", _swap("</CINdetails>", "", 1), ERROR),
    ("an ampersand", _swap("WBRI", "W&BRI", 1), ERROR),
    ("a control character", _swap("WBRI", "W\x01BRI", 1), ERROR),
    ("two files joined", lambda t: t + t, ERROR),
    ("a document type declaration", _swap("<Message>", "<!DOCTYPE Message><Message>"), ERROR),
    ("entities within entities", _swap("<Message>", '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Message>'), ERROR),
    ("an outside entity", _swap("<Message>", '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]><Message>'), ERROR),
    ("nested a thousand deep", lambda t: t.replace("<Children>", "<a>" * 1000 + "<Children>"), ERROR),
    ("a value of ten million characters", _swap(">N1<", f">{'N' * 10_000_000}<", 1), ERROR),
    ("a hundred thousand different names", lambda t: t.replace("<Children>", "".join(f"<x{i}/>" for i in range(100_000)) + "<Children>"), ERROR),
    ("another collection: looked after children", lambda t: t.replace("Message", "LAC"), ERROR),
    ("HTML", lambda t: "<html><body>Sign in</body></html>", ERROR),
    ("JSON", lambda t: '{"Message": []}', ERROR),
    ("empty", lambda t: "", ERROR),
    ("binary", lambda t: bytes(range(256)) * 20, ERROR),
    ("a password-protected workbook", lambda t: b"\xd0\xcf\x11\xe0" + b"\0" * 500, ERROR),
)  # fmt: skip


def _folder(*files: tuple[str, Change]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        for name, change in files:
            _write(folder / "census", change(text()), name)
        return folder / "census"

    return make


def _whole(t: str) -> str:
    return t


FOLDERS: tuple[tuple[str, Callable[[Path], Path], frozenset[str]], ...] = (
    ("in a folder", _folder(("a.xml", _whole)), NOTHING),
    ("an ending in capitals", _folder(("A.XML", _whole)), NOTHING),
    ("beside a README", _folder(("a.xml", _whole), ("README.md", lambda t: "# read me")), NOTHING),
    ("the year sent twice", _folder(("a.xml", _swap("RC7", "RC8")), ("b.xml", lambda t: t.replace("2024-05-01T", "2024-06-01T"))), NOTHING),
    ("beside another authority's", _folder(("a.xml", _whole), ("b.xml", _swap("<LEA>852", "<LEA>801"))), ERROR),
    ("beside XML of something else", _folder(("a.xml", _whole), ("b.xml", lambda t: "<x/>")), EITHER),
    ("a folder of none", _folder(("a.txt", _whole)), ERROR),
    ("no such file", lambda folder: folder / "census.xml", ERROR),
)  # fmt: skip
