"""The indicators again, slowly and obviously: plain Python, one month and one event at a time, written from the definitions alone.

Events are dictionaries with ``datetime.date`` or None. A result is (numerator, denominator, value, flag), None where missing.
Shares no code with the package; only the code sets and bank holidays are read from its data files.
"""

from __future__ import annotations

import statistics
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

Event = dict[str, Any]
Result = tuple[float | None, float | None, float | None, str]

GROUPS = {
    "6": "Police",
    "1A": "Individual",
    "1C": "Individual",
    "2A": "Schools",
    "10": "Unknown",
    "": "Unknown",
    "No referral": "No referral",
}
BY_REFERRER = ("assessments_completed", "assessments_in_45_days", "child_seen")
"""What is broken down by who made the referral that led to it."""
NEEDS = {"N1": "Abuse or neglect", "N2": "Child's disability", "": "Not recorded"}
ABUSE = {"NEG": "Neglect", "PHY": "Physical abuse", "": "Not recorded"}
CLOSURES = {"RC1": "Adopted", "RC2": "Died", "": "Not recorded"}
CARE_ENDED = {"E2": "Died", "": "Not recorded"}
PROVIDERS = {"PR1": "Own provision", "PR4": "Private provision", "": "Not recorded"}
BANDS = [(16, "16 and over"), (10, "10 to 15"), (5, "5 to 9"), (1, "1 to 4"), (0, "Under 1")]
LEAVER_BANDS = [(22, "22 and over"), (19, "19 to 21"), (17, "17 and 18"), (0, "Under 17")]


class Reference:
    """Everything about one log; ``months`` are (year, month)."""

    def __init__(
        self,
        events: list[Event],
        windows: dict[str, list[tuple[date, date]]],
        edges: Any,
        population: dict[int, float],
        holidays: set[date],
    ):
        self.events, self.windows, self.edges, self.population, self.holidays = events, windows, edges, population, holidays
        self.done: dict[tuple[str, tuple[int, int]], tuple] = {}
        self.wholes: dict[tuple[str, date, date], bool] = {}

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    # ---- what is covered

    def whole(self, kind: str, first: date, last: date) -> bool:
        if (kind, first, last) not in self.wholes:
            days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
            windows = self.windows.get(kind, [])
            self.wholes[kind, first, last] = all(any(start <= day <= end for start, end in windows) for day in days)
        return self.wholes[kind, first, last]

    def covers(self, kind: str, month: tuple[int, int], before: int = 0, after: int = 0, days: int = 0) -> bool:
        return self.whole(kind, first_day(step(month, -before)), last_day(step(month, after)) + timedelta(days=days))

    # ---- each indicator in one month: which rows count, out of which

    def result(self, name: str, month: tuple[int, int], dimension: str | None = None, category: str = "") -> Result:
        covered, flow, kind = self.measured(name, month)
        if dimension == "source" and name in BY_REFERRER:
            covered = covered and self.covers("referral", month, before=4)
        if not covered:
            return None, None, None, "x"
        rows, is_hit, is_known = flow
        if is_known and rows and not any(is_known(row) for row in rows):
            return None, None, None, "x"
        ages = LEAVER_BANDS if name.startswith("care_leavers") else BANDS
        chosen = [row for row in rows if dimension is None or label(row, dimension, ages) == category]
        if kind == "count":
            return len(chosen), None, len(chosen), ""
        if kind == "children":
            children = len({row["child_id"] for row in chosen})
            return children, None, children, ""
        if kind == "rate":
            people = self.people(month)
            return (len(chosen), people, 10_000 * len(chosen) / people, "") if people else (None, None, None, "x")
        if kind == "median":
            return (None, len(chosen), statistics.median(is_hit(row) for row in chosen), "") if chosen else (None, 0, None, "z")
        if kind == "mean":
            total = sum(is_hit(row) for row in chosen)
            return (total, len(chosen), total / len(chosen), "") if chosen else (0, 0, None, "z")
        if kind == "per hundred":
            whole = is_hit(None)
            return (len(chosen), whole, 100 * len(chosen) / whole, "") if whole else (len(chosen), 0, None, "z")
        hits = sum(1 for row in chosen if is_hit(row))
        return (hits, len(chosen), 100 * hits / len(chosen), "") if chosen else (0, 0, None, "z")

    def measured(self, name: str, month: tuple[int, int]) -> tuple:
        """Covered or not; the rows that count, what makes one a hit, what makes one known; the kind of figure. Worked out once."""
        if (name, month) not in self.done:
            self.done[name, month] = getattr(self, name)(month)
        return self.done[name, month]

    def people(self, month: tuple[int, int]) -> float | None:
        year, number = month
        june = year - 1 if number <= 3 else year  # the June in which the financial year begins
        for tried in (june, june - 1, june - 2):
            if tried in self.population:
                return self.population[tried]
        return None

    def _flow(self, kind: str, month: tuple[int, int], field: str = "date") -> list[Event]:
        return [
            {**event, "on": event[field]} for event in self.of(kind) if event[field] and (event[field].year, event[field].month) == month
        ]

    def _open(self, kind: str, month: tuple[int, int]) -> list[Event]:
        last = last_day(month)
        return [{**row, "on": last} for row in self.of(kind) if row["date"] <= last and (row["end_date"] is None or row["end_date"] > last)]

    def _count(self, kind: str, month: tuple[int, int], field: str = "date") -> tuple:
        return self.covers(kind, month), (self._flow(kind, month, field), None, None), "count"

    def _stock(self, kind: str, month: tuple[int, int]) -> tuple:
        return self.covers(kind, month), (self._open(kind, month), None, None), "count"

    def contacts(self, month):
        return self._count("contact", month)

    def early_help_started(self, month):
        return self._count("early_help", month)

    def referrals(self, month):
        return self._count("referral", month)

    def referrals_nfa(self, month):
        rows = self._flow("referral", month)
        return self.covers("referral", month), (rows, lambda row: row["outcome"] == "nfa", lambda row: row["outcome"] != ""), "percent"

    def rereferrals(self, month):
        rows = self._flow("referral", month)
        return self.covers("referral", month, before=12), (rows, self._referred_before, None), "percent"

    def _referred_before(self, row: Event) -> bool:
        for place, other in enumerate(self.events):
            if other["event"] != "referral" or other["child_id"] != row["child_id"]:
                continue
            if self.edges.earlier == "not_nfa" and other["outcome"] == "nfa":
                continue
            if self._back(row["date"]) <= other["date"] < row["date"]:
                return True
            if self.edges.same_day and other["date"] == row["date"] and place < row["place"]:
                return True
        return False

    def _back(self, day: date) -> date:
        return day - timedelta(days=365) if self.edges.window == "365 days" else shift_year(day, -1)

    def _forward(self, day: date) -> date:
        return day + timedelta(days=365) if self.edges.window == "365 days" else shift_year(day, 1)

    def rereferrals_after_closure(self, month):
        def comes_back(row: Event) -> bool:
            days = [other["date"] for other in self.of("referral") if other["child_id"] == row["child_id"]]
            soonest = row["end_date"] if self.edges.same_day else row["end_date"] + timedelta(days=1)
            return any(soonest <= day <= self._forward(row["end_date"]) for day in days)

        covered = self.covers("cin_episode", month) and self.covers("referral", month, after=12)
        return covered, (self._flow("cin_episode", month, "end_date"), comes_back, None), "percent"

    def _followed(self, kind: str, by: str, days: int, month: tuple[int, int]) -> tuple:
        def followed(row: Event) -> bool:
            gaps = [(other["date"] - row["date"]).days for other in self.of(by) if other["child_id"] == row["child_id"]]
            return any(0 <= gap <= days for gap in gaps)

        covered = self.covers(kind, month) and self.covers(by, month, days=days)
        return covered, (self._flow(kind, month), followed, None), "percent"

    def contacts_to_referral(self, month):
        return self._followed("contact", "referral", 14, month)

    def referrals_to_assessment(self, month):
        return self._followed("referral", "assessment", 30, month)

    def _assessed(self, month: tuple[int, int]) -> list[Event]:
        return [{**row, "source": self._referrer(row)} for row in self._flow("assessment", month, "end_date")]

    def _referrer(self, row: Event) -> str:
        """The source of the child's newest referral of the thirty days before the assessment began; of two on a day, the later row."""
        newest = None
        for other in self.of("referral"):
            if other["child_id"] == row["child_id"] and 0 <= (row["date"] - other["date"]).days <= 30:
                newest = other if newest is None or other["date"] >= newest["date"] else newest
        return newest["source"] if newest else "No referral"

    def assessments_completed(self, month):
        return self.covers("assessment", month), (self._assessed(month), None, None), "count"

    def assessments_in_45_days(self, month):
        rows = self._assessed(month)
        return self.covers("assessment", month), (rows, lambda row: self._within(row["date"], row["end_date"], 45), None), "percent"

    def _within(self, start: date | None, end: date, limit: int) -> bool:
        """Whether end is no more than so many working days after start, counting from the start day as day 0."""
        if start is None or end < start:
            return False
        days = [start + timedelta(days=number) for number in range((end - start).days)]
        return sum(1 for day in days if day.weekday() < 5 and day not in self.holidays) <= limit

    def child_seen(self, month):
        rows = [row for row in self._assessed(month) if row["category"]]
        rows = [row for row in rows if row["birth_date"] is None or row["birth_date"] <= row["end_date"]]
        return self.covers("assessment", month), (rows, lambda row: row["category"] == "seen", None), "percent"

    def s47_started(self, month):
        return self._count("s47", month)

    def icpcs(self, month):
        return self._count("icpc", month)

    def icpcs_in_15_days(self, month):
        rows = self._flow("icpc", month)
        flow = rows, lambda row: self._within(row["clock_start"], row["date"], 15), lambda row: row["clock_start"] is not None
        return self.covers("icpc", month), flow, "percent"

    def cin_open(self, month):
        return self._stock("cin_episode", month)

    def cin_started(self, month):
        return self._count("cin_episode", month)

    def cin_ended(self, month):
        return self._count("cin_episode", month, "end_date")

    cin_ended_by_reason = cin_ended

    def _duration(self, event, month):
        rows = self._flow(event, month, "end_date")
        return self.covers(event, month), (rows, lambda row: (row["end_date"] - (row["clock_start"] or row["date"])).days, None), "median"

    def cin_duration(self, month):
        return self._duration("cin_episode", month)

    def cp_duration(self, month):
        return self._duration("cp_plan", month)

    def cla_duration(self, month):
        return self._duration("cla_period", month)

    def cp_open(self, month):
        return self._stock("cp_plan", month)

    def cp_started(self, month):
        return self._count("cp_plan", month)

    def cp_ended(self, month):
        return self._count("cp_plan", month, "end_date")

    def cp_subsequent(self, month):
        rows = self._flow("cp_plan", month)
        return (
            self.covers("cp_plan", month),
            (rows, lambda row: row["outcome"] == "subsequent", lambda row: row["outcome"] != ""),
            "percent",
        )

    def cp_two_years(self, month):
        rows = self._open("cp_plan", month)
        return self.covers("cp_plan", month), (rows, lambda row: (last_day(month) - row["date"]).days > 729, None), "percent"

    def cla_open(self, month):
        return self._stock("cla_period", month)

    placements = cla_open

    def cla_started(self, month):
        return self._count("cla_period", month)

    def cla_ended(self, month):
        return self._count("cla_period", month, "end_date")

    def caseload(self, month):
        return self.covers("cin_episode", month), (self._open("cin_episode", month), None, None), "children"

    # ---- what only the census holds

    def _factor(self, month: tuple[int, int], *codes: str) -> tuple:
        rows = [row for row in self._flow("factors", month, "end_date") if row["category"]]
        return self.covers("factors", month), (rows, lambda row: any(code in row["category"].split() for code in codes), None), "percent"

    def factor_domestic_abuse(self, month):
        return self._factor(month, "3A", "3B", "3C")

    def factor_domestic_abuse_parent(self, month):
        return self._factor(month, "3B")

    def factor_mental_health(self, month):
        return self._factor(month, "4A", "4B", "4C")

    def factor_mental_health_child(self, month):
        return self._factor(month, "4A")

    def factor_mental_health_parent(self, month):
        return self._factor(month, "4B")

    def factor_substance_misuse(self, month):
        return self._factor(month, "1A", "1B", "1C", "2A", "2B", "2C")

    def factor_neglect(self, month):
        return self._factor(month, "16A")

    def factor_emotional_abuse(self, month):
        return self._factor(month, "17A")

    def factor_exploitation(self, month):
        return self._factor(month, "11A", "12A", "13A", "24A")

    def factors_per_assessment(self, month):
        covered, (rows, _, _), _ = self._factor(month)
        return covered, (rows, lambda row: len({code for code in row["category"].split() if code != "21"}), None), "mean"

    def complex_assessments(self, month):
        covered, (rows, count, _), _ = self.factors_per_assessment(month)
        return covered, (rows, lambda row: count(row) >= 3, None), "percent"

    def s47_per_100_cin(self, month):
        covered = self.covers("s47", month) and self.covers("cin_episode", month)
        return covered, (self._flow("s47", month), lambda _: len(self._open("cin_episode", month)), None), "per hundred"

    def cin_plans_open(self, month):
        return self._stock("cin_plan", month)

    def cin_plans_started(self, month):
        return self._count("cin_plan", month)

    def cin_plans_ended(self, month):
        return self._count("cin_plan", month, "end_date")

    def cp_reviews_up_to_date(self, month):
        last = last_day(month)
        rows = [row for row in self._open("cp_plan", month) if months_on(row["date"], 3) <= last]

        def reviewed(row: Event) -> bool:
            days = [other["date"] for other in self.of("cp_review") if other["child_id"] == row["child_id"]]
            return any(row["date"] < day <= last <= months_on(day, 6) and not (row["end_date"] and day > row["end_date"]) for day in days)

        covered = self.covers("cp_plan", month) and self.covers("cp_review", month, before=6)
        return covered, (rows, reviewed, None), "percent"

    def pre_proceedings_open(self, month):
        return self._stock("pre_proceedings", month)

    def pre_proceedings_started(self, month):
        return self._count("pre_proceedings", month)

    def _stage(self, event: str, month: tuple[int, int], on: str = "date", since: str = "clock_start") -> tuple:
        rows = [row for row in self._flow(event, month, on) if row[since] and row[since] <= row[on]]
        return self.covers(event, month), (rows, lambda row: (row[on] - row[since]).days, None), "median"

    def pre_proceedings_duration(self, month):
        return self._stage("pre_proceedings", month, "end_date", "date")

    def pre_proceedings_to_letter(self, month):
        return self._stage("pp_letter", month)

    def pre_proceedings_to_meeting(self, month):
        return self._stage("pp_meeting", month)

    def pre_proceedings_to_court(self, month):
        return self._stage("pp_court", month)

    def family_meetings_offered(self, month):
        rows = [row for row in self._flow("pre_proceedings", month) if row["outcome"] in ("offered", "not_offered")]
        return self.covers("pre_proceedings", month), (rows, lambda row: row["outcome"] == "offered", None), "percent"

    def family_meetings_held(self, month):
        rows = [row for row in self._flow("pre_proceedings", month) if row["outcome"] == "offered"]
        rows = [row for row in rows if row["category"] in ("held", "not_held")]
        return self.covers("pre_proceedings", month), (rows, lambda row: row["category"] == "held", None), "percent"

    # ---- what only the Standard Safeguarding Dataset holds

    def contacts_nfa(self, month):
        rows = self._flow("contact", month)
        known = lambda row: row["outcome"] not in ("", "unknown")  # noqa: E731
        return self.covers("contact", month), (rows, lambda row: row["outcome"] == "nfa", known), "percent"

    def icpcs_by_target(self, month):
        rows = self._flow("icpc_target", month)
        return (
            self.covers("icpc_target", month),
            (rows, lambda row: bool(row["clock_start"]) and row["clock_start"] <= row["date"], None),
            "percent",
        )

    def _visited(self, event: str, by: str, days: int, month: tuple[int, int]) -> tuple:
        last = last_day(month)
        rows = [row for row in self._open(event, month) if (last - row["date"]).days >= days]

        def seen(row: Event) -> bool:
            visits = [other for other in self.of(by) if other["child_id"] == row["child_id"] and other["category"] != "not_seen"]
            inside = [
                other["date"]
                for other in visits
                if row["date"] <= other["date"] and not (row["end_date"] and other["date"] > row["end_date"])
            ]
            return any(0 <= (last - day).days <= days for day in inside)

        return self.covers(event, month) and self.covers(by, month, before=1), (rows, seen, None), "percent"

    def cp_visits_up_to_date(self, month):
        return self._visited("cp_plan", "cp_visit", 28, month)

    def cla_visits_up_to_date(self, month):
        return self._visited("cla_period", "cla_visit", 42, month)

    def _children(self, event: str, month: tuple[int, int]) -> list[Event]:
        return list({row["child_id"]: row for row in self._open(event, month)}.values())

    def _of_the_year(self, event: str, child: str, month: tuple[int, int]) -> list[Event]:
        first, last = first_day(step(month, -11)), last_day(month)
        own = [row for row in self.of(event) if row["child_id"] == child]
        return [row for row in own if row["date"] <= last and (row["end_date"] is None or row["end_date"] >= first)]

    def cla_three_placements(self, month):
        covered = self.covers("cla_period", month) and self.covers("placement", month, before=11)
        return (
            covered,
            (self._children("cla_period", month), lambda row: len(self._of_the_year("placement", row["child_id"], month)) >= 3, None),
            "percent",
        )

    def three_workers(self, month):
        def many(row: Event) -> bool:
            return len({other["worker"] for other in self._of_the_year("involvement", row["child_id"], month)} - {""}) >= 3

        covered = self.covers("cin_episode", month) and self.covers("involvement", month, before=11)
        return covered, (self._children("cin_episode", month), many, None), "percent"

    def worker_changes(self, month):
        first, last = first_day(step(month, -11)), last_day(month)

        def changes(row: Event) -> int:
            own = [other for other in self.of("involvement") if other["child_id"] == row["child_id"] and other["worker"]]
            own.sort(key=lambda other: (other["date"], other["end_date"] or date.max, other["place"]))
            pairs = [(before, after) for before, after in pairwise(own) if before["worker"] != after["worker"]]
            taken = [after for before, after in pairs if before["end_date"] is None or (after["date"] - before["end_date"]).days <= 31]
            return sum(first <= after["date"] <= last for after in taken)

        covered = self.covers("cin_episode", month) and self.covers("involvement", month, before=11)
        return covered, (self._children("cin_episode", month), changes, None), "mean"

    def missing_episodes(self, month):
        rows = [row for row in self._flow("missing", month) if row["category"] != "absent"]
        return self.covers("missing", month), (rows, None, None), "count"

    def return_interviews_offered(self, month):
        covered, (rows, _, _), _ = self.missing_episodes(month)
        rows = [row for row in rows if row["outcome"] in ("offered", "not_offered")]
        return covered, (rows, lambda row: row["outcome"] == "offered", None), "percent"

    def care_leavers_pathway(self, month):
        covered, (picture, _, _), kind = self._leavers(month, "outcome", bool)

        def reviewed(row: Event) -> bool:
            return bool(row["clock_start"]) and row["clock_start"] <= row["date"] <= months_on(row["clock_start"], 6)

        return covered, (picture, reviewed, lambda row: row["clock_start"] is not None), kind

    def _leavers(self, month: tuple[int, int], field: str, hit: Callable[[str], bool]) -> tuple:
        rows = self._flow("care_leaver", month)
        living = [row for row in rows if row["outcome"] != "died"]
        newest = max((row["date"] for row in living), default=None)
        picture = [row for row in living if row["date"] == newest]
        return bool(rows), (picture, lambda row: hit(row[field]), lambda row: row[field] != ""), "percent"

    def care_leavers_in_touch(self, month):
        return self._leavers(month, "outcome", lambda text: text == "yes")

    def care_leavers_suitable(self, month):
        return self._leavers(month, "category", lambda text: text == "suitable")

    def care_leavers_eet(self, month):
        return self._leavers(month, "source", lambda text: text[:1] in ("F", "P"))

    def referral_rate(self, month):
        return (*self._count("referral", month)[:2], "rate")

    def cin_rate(self, month):
        return (*self._stock("cin_episode", month)[:2], "rate")

    def cp_rate(self, month):
        return (*self._stock("cp_plan", month)[:2], "rate")

    def cla_rate(self, month):
        return (*self._stock("cla_period", month)[:2], "rate")


def label(row: Event, dimension: str, bands: list[tuple[int, str]]) -> str:
    """The category of one row on the day it counts."""
    kind = row["event"]
    if dimension == "age":
        return age_band(row["birth_date"], row["on"], bands)
    if dimension in ("area", "team"):
        return row[dimension] or "Not recorded"
    if dimension == "source":
        return GROUPS.get(row["source"], "Not recognised")
    if dimension == "provider":
        return PROVIDERS.get(row["source"], "Not recognised")
    if dimension == "reason":
        return (CLOSURES if kind == "cin_episode" else CARE_ENDED).get(row["outcome"], "Not recognised")
    return (ABUSE if kind == "cp_plan" else NEEDS).get(row["category"], "Not recognised")


def age_band(born: date | None, on: date, bands: list[tuple[int, str]]) -> str:
    if born is None:
        return "Not recorded"
    if on < born:
        return "Unborn"
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next(name for age, name in bands if years >= age)


def first_day(month: tuple[int, int]) -> date:
    return date(month[0], month[1], 1)


def last_day(month: tuple[int, int]) -> date:
    return date(month[0], month[1], monthrange(*month)[1])


def step(month: tuple[int, int], count: int) -> tuple[int, int]:
    number = month[0] * 12 + month[1] - 1 + count
    return number // 12, number % 12 + 1


def shift_year(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)


def months_from(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    while first <= last:
        yield first
        first = step(first, 1)


def months_on(day: date, count: int) -> date:
    """The same day so many months on, or the month's last day where there is no such day."""
    month = step((day.year, day.month), count)
    return date(*month, min(day.day, monthrange(*month)[1]))
