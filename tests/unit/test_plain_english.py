"""Every sentence that a page can say is short and plain."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.plain_english import faults, sentences

import cfanalysis as cf
from cfanalysis import indicators
from cfanalysis.claims.stock import cause_of
from cfanalysis.claims.winter import winter_of
from cfanalysis.judging import winter_question as question
from cfanalysis.judging.projections import evidence
from cfanalysis.words import sentences as words
from cfanalysis.words.january_february import question_sentences
from cfanalysis.words.stock import CAUSES, why_sentence

THEMES = (None, *dict.fromkeys(each.theme for each in indicators.catalogue().values()))
WINTERS = ("contacts", "referrals", "cin_open", "rereferrals")


@pytest.fixture(scope="module")
def book(sample_release: Path) -> cf.Book:
    return cf.open(sample_release)


def test_the_rule_finds_what_it_is_for() -> None:
    long = " ".join(["word"] * 26)
    assert len(faults(f"{long}. What came of it is short.")) == 2
    assert sentences("One of 2.5 per cent. Two, e.g. this.") == ["One of 2.5 per cent.", "Two, e.g. this."]


@pytest.mark.parametrize("theme", THEMES)
def test_findings_are_plain(book: cf.Book, theme: str | None) -> None:
    shown = book.desk.shown(book.workbook.headlines(theme))
    said = [*words.headlines(shown), *words.details(shown)]
    assert said
    assert faults("\n".join(said)) == []


def test_registers_winters_and_stocks_are_plain(book: cf.Book) -> None:
    register = book.register._judged
    said = [*words.promises(register), *words.verdicts(register)]
    said += words.january_february(book.desk.shown(book.workbook.january_february(*WINTERS)))
    for stock in (book.stock(name) for name in ("cin", "cp", "cla")):
        said += [words.why(stock.why().released), *words.reach(stock.reach().released)]
    assert len(said) > 20
    assert faults("\n".join(said)) == []


def test_outlooks_quality_comparisons_and_the_foot_are_plain(book: cf.Book) -> None:
    said = [str(part) for part in (book.foot(), book.quality.headlines, book.comparisons("rereferrals", "cin_rate")[0])]
    said += [words.outlook(book.measure(name).outlook().released) for name in indicators.catalogue() if book.workbook.has(name)]
    assert faults("\n".join(said)) == []


def test_what_can_be_said_and_is_not_said_of_the_sample_is_plain() -> None:
    """Every cause, reason and answer there is, whatever data they come of."""
    facts = {"first": "December 2022", "last": "November 2023"}
    ends = [{"kind": "total", "children": 2310.0}, {"kind": "total", "children": 2270.0}]
    said = [why_sentence(cause_of({**facts, "cause": cause}, ends)) for cause in CAUSES]
    for observed, change, kind in ((10.0, -0.5, "count"), (30.0, -0.1, "count"), (30.0, 0.1, "count"), (30.0, 0.1, "stock")):
        answer, because = question._in_words(observed, change, 20.0, kind)
        said += question_sentences(winter_of({"year": 2018, "kind": kind, "answer": answer, "because": because, "probability": None}))
    said += [
        f"Cannot tell: {evidence('fall', changed, likely, beyond)}."
        for changed in (None, True, False) for likely in (True, False) for beyond in (True, False)
    ]  # fmt: skip
    assert faults("\n".join(said)) == []
