"""Everything a run reads, put together: the event log, the monthly files and DfE's tables become one series table of one authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from cfanalysis import events, indicators, sources
from cfanalysis.events import EventLog
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.errors import SourceError
from cfanalysis.foundation.months import financial_year
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import settling
from cfanalysis.indicators.settling import Settling
from cfanalysis.params import Comparators, Params, Source
from cfanalysis.reference import PUBLISHED, SYNTHETIC_TABLES
from cfanalysis.reference.comparators import Others, years_over
from cfanalysis.sources import Extract, Joint, Monthly, Problem, Published
from cfanalysis.store import reading
from cfanalysis.store.cache import Cache
from cfanalysis.store.editions import EditionStore, newest, what_changed

OWN_FILES = "the authority's own records"
MONTHLY_FILES = "the authority's monthly figures"

FORMAT_TITLES = {
    "annex_a": "Annex A extract",
    "cin_census": "Children in need census",
    "ssd": "Standard Safeguarding Dataset",
    "monthly": "Monthly figures",
    "published": "DfE published tables",
}
ENGLAND = "England"
COUNTED_WHEN_ENDED = ("assessments_completed", "cin_ended", "cp_ended", "cla_ended")
"""Counts of things by the month they ended in."""


@dataclass(frozen=True)
class Inputs:
    """What a run has read. ``series`` is the authority's own table (series contract); ``yearly`` and ``panel`` hold every authority's."""

    params: Params
    log: EventLog | None
    extracts: tuple[Extract, ...] = field(repr=False)
    monthly: tuple[Monthly, ...] = field(repr=False)
    published: Published | None = field(repr=False)
    series: pd.DataFrame = field(repr=False)
    from_events: frozenset[str]
    from_published: frozenset[str]
    joints: tuple[Joint, ...] = ()
    """Where one source takes over from another within a series."""
    _learnt: dict[tuple[str, ...], list[tuple[pd.Period, pd.DataFrame]]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def events(self) -> pd.DataFrame:
        return self.log.events if self.log else tables.empty("events")

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """DfE's yearly tables, of every authority, region and England: the years that were over at the as-at month."""
        return years_over(self.published.yearly, self.params.as_at) if self.published else tables.empty("yearly")

    @property
    def files(self) -> list[dict[str, object]]:
        """The sources by name, without their folders."""
        rows: list[dict[str, object]] = [
            {"file": sources.shown(each.file), "format": FORMAT_TITLES[each.format], "as_at": each.as_at.isoformat()}
            for each in self.extracts
        ]
        rest = [source for source in self.params.sources if source.format not in ("annex_a", "cin_census", "ssd")]
        rows += [{"file": sources.shown(each.path), "format": FORMAT_TITLES[each.format], "as_at": ""} for each in rest]
        return rows

    @property
    def problems(self) -> list[Problem]:
        """What readers dropped, coerced or noted. A problem may quote a value of the file: it never reaches a page."""
        read: Sequence[Extract | Monthly] = (*self.extracts, *self.monthly)
        found = [problem for each in read for problem in each.problems]
        found += list(self.log.problems) if self.log else []
        found += [joint.problem() for joint in self.joints]
        return found + (list(self.published.problems) if self.published else [])

    def problem_summary(self) -> pd.DataFrame:
        """Problems by list, column and rule: safe to show."""
        return sources.summary(self.problems)

    def rules(self) -> pd.DataFrame:
        """Records that cannot be right together."""
        return events.quality(self.log) if self.log else pd.DataFrame({name: [] for name in ("rule", "event", "count", "of", "meaning")})

    def source_of(self, indicator: str) -> str:
        """Where an indicator comes from, in words."""
        if indicator in self.from_events:
            return OWN_FILES
        published = SYNTHETIC_TABLES if self.params.synthetic else PUBLISHED
        return published if indicator in self.from_published else MONTHLY_FILES

    def categories(self, indicator: str, dimension: str) -> pd.DataFrame | None:
        """An indicator by category, months x categories; None where it has no such breakdown."""
        rows = self.series[(self.series["indicator"] == indicator) & self.series["breakdown"].str.startswith(f"{dimension}: ")]
        return None if rows.empty else rows.pivot(index="month", columns="breakdown", values="value")

    def dates(self, indicator: str) -> pd.Series | None:
        """The dates of the events that an indicator counts one by one; None where it is not a count of one list."""
        known = indicators.catalogue()[indicator]
        if self.log is None or known.kind != "count" or len(known.lists) != 1:
            return None
        counted = "end_date" if indicator in COUNTED_WHEN_ENDED else "date"
        return self.events.loc[self.events["event"] == known.lists[0], counted].dropna()

    def peers(self, indicator: str) -> pd.DataFrame | None:
        """The same indicator of every other authority, months x authorities; None where DfE publishes no monthly figure."""
        return None if self.published is None else self._panel.get(indicator)

    @cached_property
    def _panel(self) -> Mapping[str, pd.DataFrame]:
        monthly = self.published.series if self.published else tables.empty("series")
        areas = self.published.areas if self.published else pd.DataFrame({"area": [], "level": []})
        named = areas.loc[areas["level"] == "authority", "area"]
        others = monthly[
            monthly["authority"].isin(named) & (monthly["authority"] != self.params.authority.name) & (monthly["breakdown"] == ALL)
        ]
        return {str(name): rows.pivot(index="month", columns="authority", values="value") for name, rows in others.groupby("indicator")}

    def settling_of(self, name: str) -> Settling:
        """How the newest months of an indicator settle: from this run's extracts, else from the editions kept, else a stated default."""
        default = settling.OPEN_CASES if name == "cin_open" else None
        return settling.learn_settling(self.editions_of(name), name, default=default)

    def editions_of(self, name: str) -> list[tuple[pd.Period, pd.DataFrame]]:
        """What was made of an indicator at successive dates; one extract says nothing about how months settle."""
        if name not in self.from_events or self.series.empty:
            return []
        lists = indicators.catalogue()[name].lists
        if sum(set(lists) <= set(extract.windows) for extract in self.extracts) < 2:
            return self._kept
        if lists not in self._learnt:  # what is made from the same lists is worked out together: laying them over each other is the work
            alike = [each.name for each in indicators.catalogue().values() if each.lists == lists and each.kind in ("count", "stock")]
            first, authority = self.series["month"].min(), self.params.authority.name
            self._learnt[lists] = reading.successive(self._cache, self.extracts, authority=authority, first=first, names=alike)
        return self._learnt[lists]

    @property
    def _cache(self) -> Cache:
        return Cache(self.params.resolve(self.params.editions))

    @cached_property
    def _kept(self) -> list[tuple[pd.Period, pd.DataFrame]]:
        """The editions kept of earlier runs, and this one's figures."""
        store, authority = EditionStore(self.params.resolve(self.params.editions)), self.params.authority.name
        earlier = [each for each in store.editions(authority) if each.as_at < self.params.as_at]
        return [*newest(earlier), (self.params.as_at, self._own)] if earlier else []

    @property
    def _own(self) -> pd.DataFrame:
        """Counts and stocks, whole: what an edition holds."""
        known = indicators.catalogue()
        counted = self.series["indicator"].map({name: each.kind in ("count", "stock") for name, each in known.items()})
        own = self.series[counted.astype(bool)]
        return own[own["breakdown"] == ALL]

    def keep_edition(self) -> bool:
        """Keep this run's figures in the private store, for later runs; whether that could be done.

        A look back is not kept: it has figures of a month as they came to be, not as they were first recorded.
        """
        last = self.params.as_at.end_time.date()
        if any(pd.Period(extract.as_at, freq="M") - 1 > self.params.as_at for extract in self.extracts if extract.as_at > last):
            return False
        try:
            store = EditionStore(self.params.resolve(self.params.editions))
            store.keep(self._own, authority=self.params.authority.name, as_at=self.params.as_at)
        except OSError:
            return False
        return True

    def changes_since_last_edition(self) -> tuple[pd.DataFrame, pd.Period | None]:
        """Counts and stocks that the edition before this one had otherwise (``what_changed``), and of when that edition was."""
        store = EditionStore(self.params.resolve(self.params.editions))
        before, own = store.last_before(self.params.authority.name, self.params.as_at), self._own
        changes = what_changed(before.read(), own) if before else what_changed(own.iloc[:0], own)
        return changes, before.as_at if before else None

    @cached_property
    def others(self) -> Others:
        """Region, England and neighbours, as the parameters ask and the tables allow."""
        return _others(self.params, self.published)


def read_inputs(params: Params) -> Inputs:
    """Read every source of a run.

    Raises SourceError naming file and fault; nothing half-read goes on.
    """
    cache, paths = Cache(params.resolve(params.editions)), [params.resolve(source.path) for source in params.sources]
    before = sources.take_snapshot(paths)
    extracts = tuple(extract for source in _of(params, "annex_a") for extract in _read_extracts(params, source, cache))
    name, kinds = params.authority.name, {name: each.kind for name, each in indicators.catalogue().items()}
    extracts += tuple(
        extract
        for source in _of(params, "cin_census")
        for extract in reading.read_cin_census(cache, params.resolve(source.path), authority=name, as_at=source.as_at)
    )
    extracts += tuple(
        extract
        for source in _of(params, "ssd")
        for extract in sources.read_ssd(params.resolve(source.path), authority=name, as_at=source.as_at, window_months=source.window_months)
    )
    monthly = tuple(
        reading.read_monthly(cache, params.resolve(source.path), authority=name, kinds=kinds) for source in _of(params, "monthly")
    )
    folders = _of(params, "published")
    if len(folders) > 1:
        raise SourceError(f"{params.file}: {len(folders)} sources of the format published; want one folder that holds all the DfE tables")
    published = reading.read_published(cache, params.resolve(folders[0].path)) if folders else None
    published = sources.named_as_given(published, name, params.authority.code) if published else None
    sources.stop_if_changed(before, paths)
    log = reading.merge_extracts(cache, extracts) if extracts else None
    return _together(params, log, extracts, monthly, published)


def _of(params: Params, format_: str) -> list[Source]:
    return [source for source in params.sources if source.format == format_]


def _read_extracts(params: Params, source: Source, cache: Cache) -> list[Extract]:
    """One extract, or one for every workbook in a folder of editions."""
    path = params.resolve(source.path)
    each = sources.extract_paths(path)
    if len(each) > 1 and source.as_at:
        raise SourceError(
            f"{params.file}: as_at is for one extract; the folder {path.name} holds {len(each)} extracts, name each by itself"
        )
    return [reading.read_annex_a(cache, one, as_at=source.as_at, window_months=source.window_months) for one in each]


def _together(
    params: Params, log: EventLog | None, extracts: tuple[Extract, ...], monthly: tuple[Monthly, ...], published: Published | None
) -> Inputs:
    """One series table. Child-level records come first, then the authority's monthly files, then what DfE has published."""
    name = params.authority.name
    layers = {"events": _from_log(params, log, extracts, published), "monthly": _stack([each.series for each in monthly])}
    layers["published"] = published.series[published.series["authority"] == name] if published else tables.empty("series")
    if not any(len(layer) for layer in layers.values()) and not (published and (published.yearly["authority"] == name).any()):
        raise SourceError(_nothing(params, published))
    joined = sources.join_layers(layers)
    return Inputs(
        params, log, extracts, monthly, published, _to_as_at(params, joined.series),
        from_events=joined.newest["events"], from_published=joined.newest["published"], joints=joined.joints,
    )  # fmt: skip


def _from_log(params: Params, log: EventLog | None, extracts: tuple[Extract, ...], published: Published | None) -> pd.DataFrame:
    if log is None:
        return tables.empty("series")
    edges = indicators.RereferralEdges(**params.rereferral.model_dump())
    first = params.first_month or pd.Period(log.coverage["start"].min(), freq="M")
    return reading.compute(
        Cache(params.resolve(params.editions)), extracts, log, authority=params.authority.name, first=first, last=params.as_at,
        edges=edges, population=_population(params, published), weekends=params.weekends,
    )  # fmt: skip


def _population(params: Params, published: Published | None) -> pd.Series | None:
    """Children 0 to 17 by year of the mid-year estimate: the parameters' own, else the published ones."""
    if params.population:
        return pd.Series(dict(params.population), dtype=float)
    if published is None:
        return None
    rows = published.population[published.population["authority"] == params.authority.name]
    return rows.set_index("year")["value"] if len(rows) else None


def _to_as_at(params: Params, rows: pd.DataFrame) -> pd.DataFrame:
    wanted = rows["month"] <= params.as_at
    if params.first_month is not None:
        wanted &= rows["month"] >= params.first_month
    return tables.validate(rows[wanted].sort_values(["indicator", "breakdown", "month"]), "series")


def _stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else tables.empty("series")


def _nothing(params: Params, published: Published | None) -> str:
    name = params.authority.name
    if published is None:
        return f"{params.file}: the sources hold no figure of {name}; run cfanalysis check on them"
    near = [area for area in sorted(set(published.series["authority"])) if name.lower()[:5] in area.lower()]
    hint = f"; did you mean {', '.join(near[:5])}?" if near else ""
    return f"{params.file}: authority.name: the DfE tables hold no area called {name!r}{hint}"


def _others(params: Params, published: Published | None) -> Others:
    asked = params.comparators
    if published is None:
        return Others()
    known = set(published.yearly["authority"])
    areas = published.areas
    here = areas.loc[(areas["area"] == params.authority.name) & (areas["level"] == "authority") & areas["last_year"].isna(), "region"]
    region = str(here.iloc[0]) if len(here) and asked.region and here.iloc[0] in known else ""
    neighbours = _neighbours(params.authority.name, asked, published)
    recent = published.yearly.loc[published.yearly["year"] >= financial_year(params.as_at) - 1, "authority"]
    gone = tuple(name for name in neighbours if name not in set(recent))
    return Others(region, ENGLAND if asked.england and ENGLAND in known else "", neighbours, gone)


def _neighbours(name: str, asked: Comparators, published: Published) -> tuple[str, ...]:
    if isinstance(asked.neighbours, tuple):
        return sources.known_names(asked.neighbours, published.yearly["authority"])
    rows = published.neighbours
    return tuple(rows.loc[(rows["authority"] == name) & (rows["edition"].astype(str) == asked.neighbours), "neighbour"])
