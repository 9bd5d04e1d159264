"""One authority's book: the one thing a notebook holds. It has no logic of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cfanalysis import figures, indicators
from cfanalysis.figures.outputs import Outputs
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import ALL
from cfanalysis.params import Given
from cfanalysis.questions.answers import Workbook
from cfanalysis.questions.findings import RECENT_MONTHS
from cfanalysis.words import sentences as words
from cfanalysis.workbook.desk import Desk, one
from cfanalysis.workbook.latest import Part, show_latest
from cfanalysis.workbook.measure import Measure, check_measure
from cfanalysis.workbook.opening import open_workbook
from cfanalysis.workbook.quality import Quality, read_quality
from cfanalysis.workbook.register import Register
from cfanalysis.workbook.stock import Stock, reach

WINTER_COLUMNS = ["series", "base", "observed", "low", "high", "probability", "answer"]
WINTER_TITLE = "January and February"


def open(
    params: Given,
    policy: str | None = None,
    *,
    as_at: str | None = None,
    first_month: str | None = None,
    horizon: int | None = None,
) -> Book:
    """Open an authority's book.

    params: a parameters file, or a release file, which needs none of the authority's own files.
    policy: what may be seen ("internal", "dfe", "strict", "open"); the file's own if not said.
    as_at, first_month: months such as "2024-03", and horizon: months to look ahead, where they
    are not to be the file's. Raises ParameterError, SourceError or ReleaseError in an analyst's
    words.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "x.yml").write_text(
    ...     "{authority: {name: Nowhere}, as_at: 2024-01,"
    ...     " sources: [{format: monthly, path: x.csv}]}")
    >>> _ = (folder / "x.csv").write_text(
    ...     "month,indicator,breakdown,numerator,denominator,value,flag\\n"
    ...     "2024-01,agency_share,all,10,100,10,\\n")
    >>> book = open(folder / "x.yml", policy="dfe")
    >>> book
    Book of Nowhere, data to January 2024, policy ...
    >>> book.measure("agency_share").series.tolist()
    [10.0]
    >>> book.latest("workforce", "percentages").released.frame["percent"].tolist()
    [10.0]
    """
    changes = {"as_at": as_at, "first_month": first_month, "horizon": horizon}
    return Book(Desk(open_workbook(params, policy=policy, **changes)))


@dataclass(frozen=True, repr=False)
class Book:
    """Everything that can be asked of one authority.

    What is called with brackets, and ``quality``, shows itself in JupyterLab and on a page;
    ``.released`` of it is its table. What is not here is looked for in ``workbook``, which holds
    the figures as they are: nothing in it is released.
    """

    desk: Desk

    @property
    def workbook(self) -> Workbook:
        """The figures themselves, for work on one's own desk."""
        return self.desk.workbook

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or hasattr(type(self), name) or name == "desk":
            raise AttributeError(f"a book has no {name!r}")  # or it failed on the way: say so
        return getattr(self.desk.workbook, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.desk.workbook)})

    def __repr__(self) -> str:
        about = self.workbook.about()
        to = month_label(about["as_at"])
        return f"Book of {self.workbook.authority}, data to {to}, policy {about['policy']}"

    # one thing, and the questions asked of it

    def measure(self, name: str, breakdown: str | None = None) -> Measure:
        """An indicator of docs/indicators.md, or one of its categories ("source: Police")."""
        return Measure(self.desk, name, breakdown or ALL)

    def stock(self, name: str) -> Stock:
        """Children in need ("cin"), on protection plans ("cp"), looked after ("cla")."""
        return Stock(self.desk, name)

    @cached_property
    def register(self) -> Register:
        """What was promised, asked for and said."""
        return Register(self.desk)

    @cached_property
    def quality(self) -> Quality:
        """What was read and what to make of it."""
        return read_quality(self.desk)

    # several at once

    def headlines(self, theme: str | None = None) -> Outputs:
        """The few sentences that matter most, of a theme's page or of the overview."""
        for name in self.workbook.spoken_of(_theme(theme)):
            self.desk.judge(name, newest=RECENT_MONTHS)
        shown = self.desk.shown(self.workbook.headlines(_theme(theme)))
        return one(figures.headlines(words.headlines(shown)), shown)

    def latest(self, theme: str | None = None, *parts: Part) -> Outputs:
        """The newest figures of a theme, or the key measures of all.

        parts: "numbers", "percentages", "averages" (rates among them); all three if none is named.
        """
        return show_latest(self.desk, _theme(theme), parts)

    def winter(self, *names: str, title: str = WINTER_TITLE, table: bool = False) -> Outputs:
        """Was there a fall last January and February, and how likely is the next?

        table: show the figures under the sentences too.
        """
        wanted = [check_measure(name) for name in names]
        shown = self.desk.shown(self.workbook.january_february(*wanted))
        said = figures.note(words.january_february(shown), title=title)
        rows = (figures.show(shown, columns=WINTER_COLUMNS),) if table else ()
        return Outputs((said, *rows), (shown,))

    def lines(self, *names: str) -> Outputs:
        """Several measures on one chart, each with its target where it has one."""
        shown = self.desk.shown(self.workbook.lines(*map(check_measure, names)))
        return one(figures.lines(shown, target="target"), shown)

    def reach(self, *names: str) -> Outputs:
        """What it takes to reach the targets of several stocks ("cin", "cp", "cla")."""
        return reach(*map(self.stock, names))

    def comparisons(self, *names: str) -> Outputs:
        """Several measures beside others: a sentence for each to begin a page with, and charts."""
        tables = tuple(self.measure(name).comparison().released for name in names)
        said = figures.headlines(words.compared(*tables))
        return Outputs((said, *map(figures.comparison, tables)), tables)

    def peers(self) -> Outputs:
        """The newest yearly figures of the authority, its neighbours, region and England."""
        return self.desk.show(self.workbook.peers_table())

    def foot(self, theme: str | None = None) -> Outputs:
        """What stands under a page: the data's date, its edition, the method, and how many of the months shown so far were judged."""
        _theme(theme)
        chance = words.by_chance(sum(self.desk.judged.values()))
        return one(figures.note([*words.foot(self.workbook.about()), chance], role="foot"))


def _theme(name: str | None) -> str | None:
    known = tuple(dict.fromkeys(each.theme for each in indicators.catalogue().values()))
    if name is not None and name not in known:
        raise ParameterError(f"found the theme {name!r}, want one of {', '.join(known)}")
    return name
