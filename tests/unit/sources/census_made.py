"""Census files made child by child: good ones, and one for each way of breaking a validation rule, with what it breaks.

A breach gives the children it needs and how many rows of each rule's own element they break: what was planted, all of it.
"""

# ruff: noqa: E501  one breach a line reads as a table

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Child = dict[str, Any]
KINDS = ("MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upn(number: int, authority: str = "801") -> str:
    """A pupil number with its right check letter."""
    figures = f"{authority}{number:09d}"
    return LETTERS[sum(int(figure) * weight for weight, figure in enumerate(figures, start=2)) % 23] + figures


def helped(number: int) -> Child:
    """A child assessed, on a child in need plan, then on a protection plan; closed. Breaks nothing."""
    return {
        "id": f"A{number:05d}", "upn": upn(number), "former": "", "unknown": "", "born": "2015-06-01", "due": "", "sex": "1", "died": "",
        "ethnicity": "WBRI", "disabilities": [KINDS[number % 12], KINDS[(number + 1) % 12]],
        "episodes": [{
            "referred": "2023-05-10", "source": "6", "need": "N1", "closed": "2024-03-01", "reason": "RC7", "icpc": "", "nfa": "false",
            "assessments": [{"start": "2023-05-11", "done": "2023-06-20", "factors": ["3B"]}],
            "needs": [{"start": "2023-06-21", "end": "2023-07-01"}],
            "s47": [{"start": "2023-07-03", "target": "2023-07-14", "icpc": "2023-07-12", "not": "false"}],
            "plans": [_plan("2023-07-12", "2024-02-01")],
        }],
    }  # fmt: skip


def _plan(start: str, end: str = "", reviews: Sequence[str] = ("2023-10-02",)) -> dict[str, Any]:
    return {"start": start, "end": end, "first": "NEG", "latest": "EMO", "before": "0", "reviews": list(reviews)}


def plain(number: int) -> Child:
    """The same without an enquiry and a protection plan."""
    return _with(helped(number), s47=[], plans=[])


def opened(child: Child) -> Child:
    """The child with its episode still open."""
    return _with(child, closed="", reason="")


def late(number: int) -> Child:
    """A child referred in the last month of the year, nothing but the referral; open."""
    return _with(opened(plain(number)), referred="2024-03-01", assessments=[], needs=[])


def no_action(number: int) -> Child:
    """A referral with no further action."""
    return _with(late(number), nfa="true", need="", referred="2023-09-01")


def _with(child: Child, **changes: Any) -> Child:
    """A child with some of its episode or of itself otherwise."""
    made = deepcopy(child)
    for key, value in changes.items():
        (made if key in made else made["episodes"][0])[key] = value
    return made


def _part(child: Child, name: str, **changes: Any) -> Child:
    """A child with some of the first assessment, plan or enquiry of its episode otherwise."""
    made = deepcopy(child)
    made["episodes"][0][name][0] |= changes
    return made


def _and(child: Child, name: str, part: Mapping[str, Any]) -> Child:
    made = deepcopy(child)
    made["episodes"][0][name].append(dict(part))
    return made


def _episode(child: Child, **changes: Any) -> Child:
    """A child with a second episode, without anything in it."""
    made = deepcopy(child)
    other = {**deepcopy(made["episodes"][0]), "assessments": [], "needs": [], "s47": [], "plans": [], **changes}
    made["episodes"].append(other)
    return made


@dataclass(frozen=True)
class Breach:
    """A way of breaking rules: its name, the children it takes, and the rows that each rule must mark."""

    name: str
    children: Callable[[int], list[Child]]
    breaks: Mapping[str, int]
    since: int = 0


def _one(make: Callable[[int], Child], breaks: str | Mapping[str, int], since: int = 0) -> Breach:
    marks = dict.fromkeys(breaks.split(), 1) if isinstance(breaks, str) else dict(breaks)
    return Breach(" ".join(marks), lambda number: [make(number)], marks, since)


def _two(make: Callable[[int], list[Child]], breaks: Mapping[str, int]) -> Breach:
    return Breach(" ".join(breaks), make, breaks)


ENQUIRY = {"start": "2024-03-20", "target": "", "icpc": "", "not": "false"}
SECOND = {"start": "2023-08-25", "target": "", "icpc": "2023-09-01", "not": "false"}
UNBORN = {"born": "", "due": "2024-03-20", "referred": "2023-09-01", "assessments": [], "needs": [], "upn": "", "unknown": "UN2"}

BREACHES = (
    _one(lambda n: _with(helped(n), upn=("B" if upn(n)[0] == "A" else "A") + upn(n)[1:]), "1510"),
    _two(lambda n: [_with(helped(n), upn=upn(n)), _with(helped(n + 1), upn=upn(n))], {"1520": 2}),
    _one(lambda n: _with(helped(n), upn=upn(n, "999")), "1530"),
    _one(lambda n: _with(helped(n), upn=upn(n)[:6] + "X" + upn(n)[7:]), "1540"),
    _one(lambda n: _with(helped(n), upn=upn(n)[:12] + "I"), "1550"),
    _one(lambda n: _with(helped(n), former="ABC"), "1560Q"),
    _one(lambda n: _with(helped(n), id="A" * 17 + f"{n:05d}"), "1570", since=2025),
    _one(lambda n: _with(helped(n), id=f"A-{n:05d}"), "1580", since=2025),
    _one(lambda n: _with(plain(n), died="2023-06-20"), "4008 4009Q"),
    _one(lambda n: _with(plain(n), died="2023-06-25"), "4009Q"),
    _one(lambda n: _with(helped(n), sex="5"), "4180"),
    _one(lambda n: _with(helped(n), ethnicity="XXXX"), "4220"),
    _one(lambda n: _with(helped(n), ethnicity=""), "4220"),
    _one(lambda n: _with(plain(n), born="", due="2024-02-10", sex="0"), "8530Q"),
    _one(lambda n: _with(plain(n), died="2010-01-01"), "8535Q 8545Q 8555Q 4008 4009Q"),
    _one(lambda n: _with(helped(n), disabilities=[]), "8540"),
    _one(lambda n: _with(helped(n), disabilities=["XXX"]), "8540"),
    _one(lambda n: _with(helped(n), episodes=[]), "8590"),
    _one(lambda n: _with(plain(n), **UNBORN, sex="1"), "8750"),
    _one(lambda n: _with(helped(n), upn=""), "8770Q"),
    _one(lambda n: _with(helped(n), upn="", unknown="UN7"), "8772"),
    _one(lambda n: _with(helped(n), born="1995-01-01"), "8775Q"),
    _one(lambda n: _with(helped(n), disabilities=["NONE", "LD"]), "8790"),
    _one(lambda n: _with(helped(n), disabilities=["LD", "LD"]), {"8794": 2}),
    _one(lambda n: _with(helped(n), reason="RC8"), "2990"),
    _one(lambda n: _with(helped(n), closed="2023-06-30"), "8565"),
    _one(lambda n: _with(no_action(n), referred="2023-03-01"), "8569Q"),
    _one(lambda n: _with(helped(n), reason="RC2"), "8585Q"),
    _one(lambda n: _episode(opened(plain(n)), referred="2023-09-01"), {"8815": 2, "8816": 1, "8820": 2}),
    _one(lambda n: _episode(opened(plain(n)), referred="2023-09-01", closed="2023-12-01", reason="RC7"), {"8816": 1, "8820": 2}),
    _one(lambda n: _episode(plain(n), referred="2023-09-01"), {"8820": 2}),
    _one(lambda n: _with(plain(n), assessments=[], needs=[], reason="RC8"), "8825Q"),
    _one(lambda n: _with(no_action(n), assessments=[{"start": "2023-09-04", "done": "2023-09-20", "factors": ["3B"]}]), "8831"),
    _one(lambda n: _with(helped(n), source="99"), "8866"),
    _one(lambda n: _with(late(n), assessments=[{"start": "2024-03-04", "done": "", "factors": []}], closed="2024-03-28", reason="RC7"), "8867"),
    _one(lambda n: _with(opened(helped(n)), s47=[ENQUIRY], plans=[], closed="2024-03-28", reason="RC7"), "8868"),
    _one(lambda n: _with(helped(n), icpc="2023-07-12"), "2884"),
    _one(lambda n: _with(helped(n), assessments=[]), "2991Q"),
    _one(lambda n: _with(_part(opened(helped(n)), "s47", icpc=""), plans=[]), "8675Q"),
    _one(lambda n: _part(opened(plain(n)), "assessments", done="", factors=[]), "8670Q"),
    _one(lambda n: _with(opened(helped(n)), s47=[ENQUIRY, {**ENQUIRY, "start": "2024-03-25"}], plans=[]), {"8839": 2, "8890": 2}),
    _one(lambda n: _and(helped(n), "s47", {**ENQUIRY, "start": "2023-07-05", "icpc": "2023-07-14"}), {"8890": 2}),
    _one(lambda n: _with(late(n), assessments=[{"start": "2024-03-04", "done": "", "factors": ["3B"]}]), "8614"),
    _one(lambda n: _and(plain(n), "assessments", {"start": "2023-06-01", "done": "2023-06-30", "factors": ["3B"]}), {"8863Q": 2}),
    _one(lambda n: _part(_with(plain(n), needs=[], reason="RC8"), "assessments", factors=["21", "3B"]), "8869"),
    _one(lambda n: _part(plain(n), "assessments", factors=["21"]), "8873Q"),
    _one(lambda n: _with(late(n), assessments=[{"start": f"2024-03-{d}", "done": "", "factors": []} for d in ("04", "11")]),
         {"8896": 2, "8863Q": 2}),
    _one(lambda n: _part(plain(n), "assessments", factors=[]), "8897Q"),
    _one(lambda n: _part(plain(n), "assessments", factors=["99Z"]), "8897Q"),
    _one(lambda n: _part(plain(n), "assessments", factors=["3B", "3B"]), "8898"),
    _one(lambda n: _part(plain(n), "assessments", factors=["18A"]), "8945Q", since=2025),
    _one(lambda n: _part(plain(n), "assessments", factors=["19A"]), "8950Q", since=2025),
    _one(lambda n: _part(helped(n), "plans", start="2023-07-13"), "2885"),
    _one(lambda n: _part(helped(n), "plans", reviews=["2023-07-12"]), "8841"),
    _one(lambda n: _and(_and(_part(opened(helped(n)), "plans", end=""), "s47", SECOND), "plans", _plan("2023-09-01")), {"8935": 2, "8940": 2}),
    _one(lambda n: _and(_and(helped(n), "s47", SECOND), "plans", _plan("2023-09-01", "2024-02-01")), {"8940": 2}),
    _one(lambda n: _part(_part(opened(helped(n)), "plans", end=""), "needs", end=""), "4001 4017"),
    _one(lambda n: _with(opened(plain(n)), needs=[{"start": "2023-06-21", "end": ""}, {"start": "2023-08-01", "end": ""}]), {"4004": 2, "4014": 2}),
    _one(lambda n: _and(plain(n), "needs", {"start": "2023-06-25", "end": "2023-07-20"}), {"4014": 2}),
    _one(lambda n: _part(helped(n), "needs", start="2023-09-01", end="2023-09-10"), "4016"),
    _one(lambda n: _part(helped(n), "needs", start="2023-07-01", end="2023-07-20"), "4017"),
    _one(lambda n: _part(_part(helped(n), "needs", start="2024-02-05", end="2024-02-20"), "plans", reviews=["2024-02-06"]), "4003"),
    _one(lambda n: _part(helped(n), "plans", reviews=[""]), "8842Q"),
    _one(lambda n: _with(helped(n), id=""), "8500"),
    _two(lambda n: [helped(n), _with(helped(n + 1), id=f"A{n:05d}")], {"8510": 2}),
    _one(lambda n: _with(helped(n), born="2024-04-03"), "8520 8606"),
    _one(lambda n: _with(helped(n), born=""), "8525Q"),
    _one(lambda n: _with(helped(n), nfa="maybe"), "8568"),
    _one(lambda n: _with(helped(n), referred=""), "8600"),
    _one(lambda n: _with(helped(n), born="2024-02-16"), "8606"),
    _one(lambda n: _with(helped(n), need=""), "8610"),
    _one(lambda n: _with(helped(n), closed="2024-04-03"), "8620"),
    _one(lambda n: _with(plain(n), closed="2023-05-09"), "8630 8565"),
    _one(lambda n: _with(helped(n), reason="RC10"), "8640"),
    _one(lambda n: _with(helped(n), need="N11"), "8650"),
    _one(lambda n: _with(helped(n), reason=""), "8805"),
    _one(lambda n: _with(helped(n), closed=""), "8810"),
    _one(lambda n: _part(helped(n), "assessments", start="2023-05-09"), "1103"),
    _one(lambda n: _part(helped(n), "assessments", done="2023-05-10"), "8608"),
    _one(lambda n: _part(opened(helped(n)), "assessments", done="2024-04-03"), "8696"),
    _one(lambda n: _part(_with(opened(plain(n)), referred="2023-02-01"), "assessments", start="2023-03-01", done="", factors=[]), "8736 8670Q"),
    _one(lambda n: _with(_part(helped(n), "s47", start="2023-05-08", icpc="2023-05-09"), plans=[]), "1104 2889"),
    _one(lambda n: _part(helped(n), "s47", start="2023-05-09"), "2889"),
    _one(lambda n: _part(helped(n), "s47", start="2023-07-13"), "8615"),
    _one(lambda n: _with(_part(opened(helped(n)), "s47", icpc="2024-04-03"), plans=[]), "8715"),
    _one(lambda n: _with(_part(opened(helped(n)), "s47", start="2023-03-20", icpc=""), plans=[], referred="2023-03-01"), "8740 8675Q"),
    _one(lambda n: _part(helped(n), "s47", target="2023-07-15"), "8870Q"),
    _one(lambda n: _part(_part(helped(n), "s47", icpc="2023-07-15"), "plans", start="2023-07-15"), "8875"),
    _one(lambda n: _with(plain(n), assessments=[], nfa="true"), "4000"),
    _one(lambda n: _part(helped(n), "needs", start=""), "4010"),
    _one(lambda n: _part(helped(n), "needs", end="2023-06-20"), "4011"),
    _one(lambda n: _part(helped(n), "needs", end="2023-06-21"), "4012Q"),
    _one(lambda n: _part(opened(plain(n)), "needs", end="2024-04-03"), "4013"),
    _one(lambda n: _part(helped(n), "needs", start="2023-05-09"), "4015"),
    _one(lambda n: _part(helped(n), "plans", start="2023-05-09"), "1105 2885 4016"),
    _one(lambda n: _part(helped(n), "plans", start=""), "8720"),
    _one(lambda n: _part(helped(n), "plans", before=""), "8730"),
    _one(lambda n: _with(helped(n), nfa="true"), "4000 8831 8832"),
    _one(lambda n: _part(helped(n), "plans", end="2023-07-12"), "8840"),
    _one(lambda n: _part(helped(n), "plans", first="BAD"), "8905"),
    _one(lambda n: _part(helped(n), "plans", latest=""), "8910"),
    _one(lambda n: _with(helped(n), died="2023-07-11"), "8915 8920"),
    _one(lambda n: _with(helped(n), died="2024-01-15"), "8920"),
    _one(lambda n: _part(helped(n), "plans", end="2023-07-11"), "8925"),
    _one(lambda n: _part(opened(helped(n)), "plans", end="2024-04-03"), "8930"),
)  # fmt: skip

FILES = 20
GOOD = 12


def planted(number: int) -> tuple[str, Counter[str]]:
    """The text of one of the twenty files, and how many rows break each rule in it. The last two are of 2024-25."""
    year = 2025 if number >= FILES - 2 else 2024
    chosen = (
        [b for at, b in enumerate(BREACHES) if at % FILES == number and not b.since] if year == 2024 else [b for b in BREACHES if b.since]
    )
    if year == 2025:
        chosen += [b for at, b in enumerate(BREACHES) if at % FILES == number and not b.since]
    children = [helped(at) for at in range(GOOD)]
    breaks: Counter[str] = Counter()
    for at, breach in enumerate(chosen):
        children += breach.children(1000 + 10 * at)
        breaks.update(breach.breaks)
    return message(children, year), breaks


def message(children: Sequence[Child], year: int = 2024, reference: str = "") -> str:
    """A census file; dates are moved on by the years after 2023-24 that it is of."""
    body = "\n".join(_child(child, "Sex" if year >= 2025 else "GenderCurrent") for child in children)
    for _ in range(year - 2024):
        body = _moved_on(body)
    header = f"<Collection>CIN</Collection><Year>{year}</Year><ReferenceDate>{reference or f'{year}-03-31'}</ReferenceDate>"
    source = "<Source><SourceLevel>L</SourceLevel><LEA>801</LEA><DateTime>2024-06-01T10:00:00</DateTime></Source>"
    return f"<Message><Header><CollectionDetails>{header}</CollectionDetails>{source}</Header><Children>\n{body}\n</Children></Message>\n"


def _moved_on(body: str) -> str:
    """Dates a whole number of weeks later, so that days of the week stay: 364 days, within the year still."""
    return re.sub(r"\d{4}-\d\d-\d\d", lambda found: (date.fromisoformat(found[0]) + timedelta(days=364)).isoformat(), body)


def _tag(name: str, value: Any) -> str:
    return f"<{name}>{value}</{name}>" if value else ""


def _child(child: Child, sex: str) -> str:
    coded = {"1": "M", "2": "F", "0": "U"}.get(child["sex"], child["sex"]) if sex == "Sex" else child["sex"]
    fields = {
        "LAchildID": child["id"], "UPN": child["upn"], "FormerUPN": child["former"], "UPNunknown": child["unknown"],
        "PersonBirthDate": child["born"], "ExpectedPersonBirthDate": child["due"], sex: coded, "PersonDeathDate": child["died"],
    }  # fmt: skip
    identity = "".join(_tag(name, value) for name, value in fields.items())
    disabilities = "".join(f"<Disability>{code}</Disability>" for code in child["disabilities"])
    traits = _tag("Ethnicity", child["ethnicity"]) + _tag("Disabilities", disabilities)
    episodes = "".join(f"<CINdetails>{_of_episode(each)}</CINdetails>" for each in child["episodes"])
    return f"<Child><ChildIdentifiers>{identity}</ChildIdentifiers><ChildCharacteristics>{traits}</ChildCharacteristics>{episodes}</Child>"


def _of_episode(episode: Mapping[str, Any]) -> str:
    named = {
        "CINreferralDate": "referred", "ReferralSource": "source", "PrimaryNeedCode": "need", "CINclosureDate": "closed",
        "ReasonForClosure": "reason", "DateOfInitialCPC": "icpc", "ReferralNFA": "nfa",
    }  # fmt: skip
    own = "".join(_tag(name, episode[key]) for name, key in named.items())
    for each in episode["assessments"]:
        factors = "".join(f"<AssessmentFactors>{code}</AssessmentFactors>" for code in each["factors"])
        inner = _tag("AssessmentActualStartDate", each["start"]) + _tag("AssessmentAuthorisationDate", each["done"])
        own += f"<Assessments>{inner}{_tag('FactorsIdentifiedAtAssessment', factors)}</Assessments>"
    for each in episode["needs"]:
        own += f"<CINPlanDates>{_tag('CINPlanStartDate', each['start'])}{_tag('CINPlanEndDate', each['end'])}</CINPlanDates>"
    for each in episode["s47"]:
        inner = _tag("S47ActualStartDate", each["start"]) + _tag("InitialCPCtarget", each["target"])
        own += f"<Section47>{inner}{_tag('DateOfInitialCPC', each['icpc'])}{_tag('ICPCnotRequired', each['not'])}</Section47>"
    for each in episode["plans"]:
        inner = _tag("CPPstartDate", each["start"]) + _tag("CPPendDate", each["end"]) + _tag("InitialCategoryOfAbuse", each["first"])
        inner += _tag("LatestCategoryOfAbuse", each["latest"]) + _tag("NumberOfPreviousCPP", each["before"])
        reviews = "".join(f"<Reviews><CPPreviewDate>{day}</CPPreviewDate></Reviews>" for day in each["reviews"])
        own += f"<ChildProtectionPlans>{inner}{reviews}</ChildProtectionPlans>"
    return own
