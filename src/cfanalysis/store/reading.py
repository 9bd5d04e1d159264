"""What was read, kept: extracts, monthly files, DfE's tables and the event log, each by the content of its files.

Tables that several authorities read are kept once. The functions have the signatures of those that
read, with the cache before them; ``content`` of what they give is what later steps are kept by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis import events, indicators, sources
from cfanalysis.events import EventLog
from cfanalysis.foundation.months import month
from cfanalysis.indicators import RereferralEdges, settling
from cfanalysis.reference.working_days import Weekends
from cfanalysis.sources import Extract, Monthly, Problem, Published
from cfanalysis.sources.cin_census.lines import LineProblem
from cfanalysis.store.cache import Cache, Entry, key

PUBLISHED_FRAMES = ("series", "yearly", "yearly_editions", "population", "neighbours", "areas")
CHUNK = 1 << 20


def read_annex_a(cache: Cache, path: Path, *, as_at: date | None, window_months: int | None) -> Extract:
    """An extract, as ``sources.read_annex_a`` reads it."""
    digest = content_of(path)
    if digest is None:
        return sources.read_annex_a(path, as_at=as_at, window_months=window_months)
    name = key("extract", digest, path.parent.name, path.name, as_at, window_months)

    def make() -> Entry:
        return _kept([sources.read_annex_a(path, as_at=as_at, window_months=window_months)], path)

    (extract,) = _extracts(cache.remember(name, make), path, name)
    return extract


def read_cin_census(cache: Cache, path: Path, *, authority: str, as_at: date | None) -> tuple[Extract, ...]:
    """The years of a census, as ``sources.read_cin_census`` reads them."""
    digest = content_of(path)
    if digest is None:
        return sources.read_cin_census(path, authority=authority, as_at=as_at)
    name = key("census", digest, path.name, authority, as_at)

    def make() -> Entry:
        return _kept(sources.read_cin_census(path, authority=authority, as_at=as_at), path)

    return _extracts(cache.remember(name, make), path, name)


def _kept(read: Sequence[Extract], path: Path) -> Entry:
    """Extracts as an entry: the events of each in a table, the rest as facts."""
    frames = {str(place): each.events for place, each in enumerate(read)}
    return Entry(frames, {"extracts": [_facts_of(each, path) for each in read]})


def _facts_of(extract: Extract, path: Path) -> dict[str, Any]:
    windows = {event: [day.isoformat() for day in window] for event, window in extract.windows.items()}
    return {
        "name": extract.name, "inside": Path(extract.file).relative_to(path).as_posix(), "as_at": extract.as_at.isoformat(),
        "windows": windows, "problems": _said(extract.problems), "rows": dict(extract.rows), "format": extract.format,
    }  # fmt: skip


def _extracts(entry: Entry, path: Path, name: str) -> tuple[Extract, ...]:
    """Extracts from their entry; each has its place in it as its content."""
    return tuple(_extract(facts, entry.frames[str(place)], path, f"{name}/{place}") for place, facts in enumerate(entry.facts["extracts"]))


def _extract(facts: Mapping[str, Any], held: pd.DataFrame, path: Path, content: str) -> Extract:
    windows = {event: (_day(first), _day(last)) for event, (first, last) in facts["windows"].items()}
    return Extract(
        facts["name"], str(path / facts["inside"]), _day(facts["as_at"]), windows, held, _problems(facts["problems"]), facts["rows"],
        content=content, format=facts["format"],
    )  # fmt: skip


def read_monthly(cache: Cache, path: Path, *, authority: str, kinds: Mapping[str, str]) -> Monthly:
    """Monthly figures, as ``sources.read_monthly`` reads them."""
    digest = content_of(path)
    if digest is None:
        return sources.read_monthly(path, authority=authority, kinds=kinds)

    def make() -> Entry:
        read = sources.read_monthly(path, authority=authority, kinds=kinds)
        return Entry({"series": read.series}, {"problems": _said(read.problems), "rows": dict(read.rows)})

    entry = cache.remember(key("monthly", digest, path.name, authority, dict(kinds)), make)
    return Monthly(entry.frames["series"], _problems(entry.facts["problems"]), entry.facts["rows"])


def read_published(cache: Cache, path: Path) -> Published:
    """DfE's tables, as ``sources.read_published`` reads them."""
    digest = content_of(path)
    if digest is None:
        return sources.read_published(path)

    def make() -> Entry:
        read = sources.read_published(path)
        facts = {"problems": _said(read.problems), "tables": dict(read.tables), "rows": dict(read.rows)}
        return Entry({name: getattr(read, name) for name in PUBLISHED_FRAMES}, facts)

    entry = cache.remember(key("published", digest, path.name), make)
    facts = {"problems": _problems(entry.facts["problems"]), **{name: entry.facts[name] for name in ("tables", "rows")}}
    return Published(**{**entry.frames, **facts})


def merge_extracts(cache: Cache, extracts: Sequence[Extract]) -> EventLog:
    """One history from extracts, as ``events.merge_extracts`` makes it."""
    name = key_of("log", extracts)
    if name is None:
        return events.merge_extracts(extracts)

    def make() -> Entry:
        log = events.merge_extracts(extracts)
        frames = {"events": log.events, "coverage": log.coverage, "changes": log.changes}
        if log.pictures is not None:
            frames["pictures"] = log.pictures
        return Entry(frames, {"problems": _said(log.problems), "extracts": list(log.extracts)})

    entry = cache.remember(name, make)
    return EventLog(**entry.frames, problems=_problems(entry.facts["problems"]), extracts=tuple(entry.facts["extracts"]))


def compute(
    cache: Cache,
    extracts: Sequence[Extract],
    log: EventLog,
    *,
    authority: str,
    first: pd.Period,
    last: pd.Period,
    edges: RereferralEdges,
    population: pd.Series | None,
    weekends: Weekends = "next",
) -> pd.DataFrame:
    """The series of a log made from extracts, as ``indicators.compute`` works them out."""

    def make() -> Entry:
        rows = indicators.compute(log, authority=authority, first=first, last=last, edges=edges, population=population, weekends=weekends)
        return Entry({"series": rows})

    people = None if population is None else population.to_dict()
    name = key_of("series", extracts, authority, str(first), str(last), asdict(edges), people, weekends)
    return (cache.remember(name, make) if name else make()).frames["series"]


def successive(
    cache: Cache, extracts: Sequence[Extract], *, authority: str, first: pd.Period, names: Sequence[str]
) -> list[tuple[pd.Period, pd.DataFrame]]:
    """What successive extracts made of some indicators, as ``settling.successive`` works it out.

    All editions are kept together for the next run with the same files, and each by itself for next
    month's, whose files are one more.
    """

    def one(upto: Sequence[Extract], start: pd.Period, last: pd.Period, work: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        name = key_of("edition", upto, authority, str(start), str(last), list(names))
        return cache.remember(name, lambda: Entry({"series": work()})).frames["series"] if name else work()

    def make() -> Entry:
        made = settling.successive(extracts, authority=authority, first=first, names=names, remember=one)
        return Entry({str(as_at): rows for as_at, rows in made})

    name = key_of("editions", extracts, authority, str(first), list(names))
    entry = cache.remember(name, make) if name else make()
    return [(month(as_at), rows) for as_at, rows in entry.frames.items()]


def key_of(kind: str, extracts: Sequence[Extract], *parts: Any) -> str | None:
    """The name of what is made from extracts; None where one of them was not read from files."""
    contents = [extract.content for extract in extracts]
    return key(kind, contents, *parts) if all(contents) else None


def content_of(path: Path) -> str | None:
    """A digest of the names and bytes of a file, or of the files of a folder and the folders in it; None where none can be read."""
    digest = hashlib.sha256()
    try:
        found = _inside(path) if path.is_dir() else [path]
        for each in found:
            name = each.relative_to(path).as_posix() if path.is_dir() else each.name
            digest.update(f"{name}\n{each.stat().st_size}\n".encode(errors="surrogateescape"))
            with each.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest() if found else None


def _inside(folder: Path) -> list[Path]:
    """The files of a folder and of the folders in it, but hidden ones, in order of their names."""
    named = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    return [file for each in named for file in (_inside(each) if each.is_dir() else [each])]


def _said(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [{**asdict(problem), "lines": isinstance(problem, LineProblem)} for problem in problems]


def _problems(said: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Problems as they were: of rows, or of lines of a census file."""
    return tuple(_problem({**each, "rows": tuple(each["rows"])}) for each in said)


def _problem(said: dict[str, Any]) -> Problem:
    return (LineProblem if said.pop("lines") else Problem)(**said)


def _day(text: str) -> date:
    return date.fromisoformat(text)
