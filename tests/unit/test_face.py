"""The public face: every call of a book shows itself, gives its released table, and explains itself when asked wrongly."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from tests import authority_made

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.foundation.errors import ParameterError, ReleaseError
from cfanalysis.page.payload import read_payloads
from cfanalysis.params import cell_params, read_params
from cfanalysis.workbook import measure as measures

ASKED: dict[str, Callable[[cf.Book], Any]] = {
    "outlook": lambda book: book.measure("referrals").outlook(),
    "outlook of a category": lambda book: book.measure("referrals", "source: Police").outlook(),
    "unusual months": lambda book: book.measure("referrals").unusual_months(),
    "by month": lambda book: book.measure("referrals").by("source"),
    "by year": lambda book: book.measure("referrals").by("source", over="year"),
    "season": lambda book: book.measure("referrals").season(),
    "shares": lambda book: book.measure("rereferrals").shares("age"),
    "process chart": lambda book: book.measure("assessments_in_45_days").process_chart(),
    "funnel": lambda book: book.measure("rereferrals").funnel(),
    "comparison": lambda book: book.measure("rereferrals").comparison(),
    "why": lambda book: book.stock("cin").why(),
    "flow": lambda book: book.stock("cp").flow(),
    "steps": lambda book: book.stock("cla").steps(),
    "reach": lambda book: book.stock("cin").reach(),
    "what if": lambda book: book.stock("cin").what_if(starts=-0.10, first="January"),
    "settling": lambda book: book.stock("cin").settling(),
    "headlines": lambda book: book.headlines("demand"),
    "latest": lambda book: book.latest("demand"),
    "winter": lambda book: book.winter("contacts", "referrals"),
    "lines": lambda book: book.lines("agency_share", "vacancy_rate"),
    "reach of several": lambda book: book.reach("cin", "cp"),
    "comparisons": lambda book: book.comparisons("rereferrals", "cin_rate"),
    "peers": lambda book: book.peers(),
    "quality": lambda book: book.quality,
    "quality, one part": lambda book: book.quality.coverage,
    "register": lambda book: book.register.headlines(),
    "promises": lambda book: book.register.promises(),
    "projections": lambda book: book.register.projections(),
    "actions": lambda book: book.register.actions(),
    "commentary": lambda book: book.register.commentary(),
}


@pytest.fixture(scope="module")
def book(sample_params: Path) -> cf.Book:
    return cf.open(sample_params, policy="dfe")


@pytest.fixture(scope="module")
def open_book(sample_params: Path) -> cf.Book:
    return cf.open(sample_params, policy="internal")


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_shows_itself_and_gives_its_table(book: cf.Book, name: str) -> None:
    shown = ASKED[name](book)
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", figures.MIME}
    assert len(read_payloads(bundle[figures.MIME], name)) == len(shown)
    assert bundle["text/html"].count("<style>") == 1
    assert isinstance(shown.released, cf.ReleasedTable)
    assert all(table.policy.name in ("dfe", "open") for table in shown.tables)


def test_the_foot_is_words_and_has_no_table(book: cf.Book) -> None:
    foot = book.foot("demand")
    assert foot.payload()["role"] == "foot"
    with pytest.raises(ReleaseError, match="nothing here comes from a table"):
        _ = foot.released


def test_a_measure_gives_its_numbers_to_work_with(open_book: cf.Book) -> None:
    whole, police = open_book.measure("referrals"), open_book.measure("referrals", "source: Police")
    assert isinstance(whole.series.index, pd.PeriodIndex)
    assert (police.series.dropna() <= whole.series.reindex(police.series.index)).all()
    assert set(police.table["breakdown"]) == {"source: Police"}
    assert "source: Police" in set(whole.table["breakdown"])
    assert whole.forecast is not None
    assert {"month", "severity"} <= set(whole.unusual.columns)
    assert "onset" in whole.shifts.columns
    assert open_book.stock("cin").forecast is not None


def test_a_percentage_over_a_year_is_worked_out_from_its_counts(open_book: cf.Book) -> None:
    """A year's percentage is the year's numerator by its denominator: twelve percentages do not add up."""
    year = open_book.measure("rereferrals").by("age", over="year").released.frame
    assert year["percent"].tolist() == pytest.approx((100 * year["numerator"] / year["denominator"]).tolist(), abs=0.05)


def test_the_newest_figures_come_as_a_whole_or_in_parts(open_book: cf.Book) -> None:
    every = open_book.latest("workforce")
    assert [part.payload()["folded"] for part in every.parts[1:]] == [True] * 3, "the whole tables lie under the one in brief"
    some = open_book.latest("workforce", "percentages", "averages")
    assert [table.title for table in some.tables] == [table.title for table in every.tables[1:]]


def test_the_newest_figures_in_brief_have_a_row_and_a_small_line_for_each_measure(open_book: cf.Book) -> None:
    brief = open_book.latest().parts[0].payload()
    tables = open_book.latest().tables[:3]
    assert [row[0] for row in brief["table"]["rows"]] == [name for table in tables for name in table.frame["measure"]]
    assert len(brief["table"]["columns"]) == 7, "measure, newest, judgement, what is compared, both, change"
    referrals = [row[0] for row in brief["table"]["rows"]].index("Referrals")
    drawn = open_book.measure("referrals").series.tail(36)
    assert brief["lines"][referrals]["values"] == drawn.tolist()
    assert f"last {drawn.iloc[-1]:.0f}" in brief["lines"][referrals]["alt"]
    held = {tuple(figure[:2]) + tuple(figure[2]) for figure in brief["audit"]["figures"]}
    assert ("referrals", "all", str(drawn.index[0])) in held, "what is drawn is held against the release file"


def test_quality_has_its_parts_in_reading_order(open_book: cf.Book) -> None:
    quality = open_book.quality
    parts = [
        quality.headlines, quality.files, quality.coverage, quality.problems, quality.rules, quality.changes,
        quality.since_last_edition, quality.sums,
    ]  # fmt: skip
    assert quality.payload()["parts"] == [part.payload() for part in parts]


WRONG: dict[str, tuple[Callable[[cf.Book], object], str]] = {
    "a measure": (lambda book: book.measure("referals"), "found the indicator 'referals', .*; the nearest is 'referrals'"),
    "a category": (lambda book: book.measure("referrals", "source: Mars"), "no breakdown 'source: Mars'; it has: .*source: Police"),
    "a dimension": (lambda book: book.measure("referrals").by("sauce"), "referrals has no breakdown 'sauce'; it has: .*source"),
    "a category taken apart": (
        lambda book: book.measure("referrals", "source: Police").season(),
        r"is one category; .*book\.measure\('ref",
    ),
    "shares of a count": (lambda book: book.measure("referrals").shares("source"), r"no percentage; want \.by\('source', over='year'\)"),
    "a grain": (lambda book: book.measure("referrals").by("source", over="week"), "found 'week', want 'month' or 'year'"),  # type: ignore[arg-type]
    "a stock": (lambda book: book.stock("cinn"), "found the stock 'cinn', want one of cin, cp, cla"),
    "a theme": (lambda book: book.headlines("demnad"), "found the theme 'demnad', want one of .*demand"),
    "a part": (lambda book: book.latest("demand", "shares"), "found 'shares', want parts of numbers, percentages"),  # type: ignore[arg-type]
    "one of several": (lambda book: book.lines("vacancy_rates"), "the nearest is 'vacancy_rate'"),
    "a winter": (lambda book: book.winter("contact"), "the nearest is 'contacts'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_asked_wrongly_is_told_what_there_is(book: cf.Book, name: str) -> None:
    ask, said = WRONG[name]
    with pytest.raises(ParameterError, match=said):
        ask(book)


def test_a_policy_that_is_not_there_is_told_which_there_are(sample_params: Path) -> None:
    with pytest.raises(ParameterError, match="policy: found 'dfee', want one of dfe, open, strict, internal"):
        cf.open(sample_params, policy="dfee")


def test_a_name_that_is_like_nothing_gets_an_example() -> None:
    with pytest.raises(ParameterError, match="such as 'contacts'"):
        measures.check_measure("zzzz")


@pytest.fixture(scope="module")
def small(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parameters file of three years of a small authority, for what needs many openings."""
    return authority_made.write(tmp_path_factory.mktemp("small"), root / "notebooks")


def test_keywords_go_before_the_file_and_the_cell(small: Path) -> None:
    cell = cell_params(params_file=str(small), as_at="2023-12", policy="dfe")
    for given in (small, str(small), cell, {"params_file": str(small)}):
        book = cf.open(given, policy="internal", as_at="2023-06", first_month="2022-04", horizon=6)
        assert book.policy.name == "internal"
        assert (str(book.data["month"].min()), str(book.data["month"].max())) == ("2022-04", "2023-06")
        assert book.horizon == 6
    again = cf.open(read_params(small), as_at="2023-03")
    assert str(again.data["month"].max()) == "2023-03"
    with pytest.raises(ParameterError, match="first_month 2024-02 is after as_at 2023-06"):
        cf.open(small, as_at="2023-06", first_month="2024-02")


def test_books_of_one_kernel_know_nothing_of_each_other(small: Path) -> None:
    def figures_of(book: cf.Book) -> pd.DataFrame:
        return book.measure("referrals").by("source").released.frame

    alone = cf.open(small, policy="dfe")
    first = [figures_of(alone), alone.measure("referrals").outlook().released.frame]
    strict, inside, turn = (cf.open(small, policy=name) for name in ("strict", "internal", "dfe"))
    strict.measure("contacts").by("source")
    between = [figures_of(turn)]
    strict_first = figures_of(strict)
    assert not figures_of(inside)["observed"].isna().any()
    between.append(turn.measure("referrals").outlook().released.frame)
    for one, other in zip(first, between, strict=True):
        pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(strict_first, figures_of(strict))


def test_what_is_not_on_the_face_is_the_workbook_s(open_book: cf.Book) -> None:
    assert open_book.authority == open_book.workbook.authority
    assert open_book.inputs is open_book.workbook.inputs
    assert "measure" in dir(open_book)
    assert "series" in dir(open_book)
    with pytest.raises(AttributeError):
        _ = open_book.no_such_thing


def run_cells(path: Path, names: dict[str, Any]) -> list[Any]:
    """Run the code cells of a notebook as JupyterLab would; everything that a cell displays, in order."""
    shown: list[Any] = []
    names["display"] = lambda *outputs: shown.extend(outputs)
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code" or "params_file =" in cell.source:
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), path.name, "exec"), names)  # noqa: S102  (the project's own notebooks)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), path.name, "eval"), names)  # noqa: S307
            shown += [] if value is None else [value]
    return shown


def test_every_notebook_shows_released_tables_and_no_child(
    open_book: cf.Book, sample_params: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children, folder = set(open_book.events["child_id"]), str(sample_params.parents[1])
    monkeypatch.setattr(cf, "open", lambda *given, **options: open_book)
    seen = 0
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        names = {"params_file": "x.yml", "policy": "internal", "indicator": "assessments_in_45_days", "breakdown": None}
        names["indicator"] = {"03": "referrals", "09": "rereferrals"}.get(path.name[:2], names["indicator"])
        for shown in run_cells(path, names):
            assert isinstance(shown, figures.Outputs), path.name
            for table in shown.tables:
                text = table.frame.astype(str).to_numpy().ravel().tolist()
                assert not children & set(text), path.name
                assert not [cell for cell in text if folder in str(cell)], path.name
                assert table.synthetic or table.published or table.frame.empty, path.name
                seen += 1
    assert seen > 60


def test_the_foot_counts_the_months_that_the_page_has_shown_as_judged(sample_params: Path) -> None:
    book = cf.open(sample_params, policy="internal")
    assert "were judged" not in " ".join(book.foot().parts[0].payload()["paragraphs"]), "nothing has been shown yet"
    book.measure("rereferrals").unusual_months()
    every = int(book.measure("rereferrals").unusual["z"].notna().sum())
    assert every > 12
    assert f"{every:,} months were judged for this page." in " ".join(book.foot("rereferrals").parts[0].payload()["paragraphs"])
    book.headlines("rereferrals")
    assert f"{every:,} months were judged" in str(book.foot()), "a month shown twice is counted once"
