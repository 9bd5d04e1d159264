"""The rules scorecard: breaches planted one by one and twenty files of them, and the public files beside the published validator."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from tests.unit.sources.census_made import BREACHES, FILES, GOOD, KINDS, Breach, Child, helped, message, planted

from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources import check
from cfanalysis.sources.cin_census import read_tables, write_queue
from cfanalysis.sources.cin_census.rules import COLUMNS, RULES, queue, scorecard


def good() -> list[Child]:
    return [helped(number) for number in range(GOOD)]


def broken(text: str, folder: Path) -> Counter[str]:
    """Rows that break each rule."""
    return Counter({str(row.code): int(row.rows) for row in scorecard(read_tables(written(text, folder))).itertuples() if row.rows})


def written(text: str, folder: Path) -> Path:
    path = folder / "census.xml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("year", [2024, 2025])
def test_a_good_file_breaks_no_rule(year: int, tmp_path: Path) -> None:
    assert not broken(message(good(), year), tmp_path)


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.name)
def test_a_planted_breach_is_found_and_nothing_else(breach: Breach, tmp_path: Path) -> None:
    text = message([*good(), *breach.children(1000)], breach.since or 2024)
    assert broken(text, tmp_path) == Counter(breach.breaks)


@pytest.mark.parametrize("number", range(FILES))
def test_twenty_files_break_what_was_planted_rule_by_rule(number: int, tmp_path: Path) -> None:
    text, breaks = planted(number)
    assert breaks
    assert broken(text, tmp_path) == breaks


def without(field: str, value: object = "") -> list[Child]:
    return [{**child, field: value} for child in good()]


def test_rules_about_the_whole_file(tmp_path: Path) -> None:
    children = good()
    children[0]["episodes"][0]["s47"] = []
    assert broken(message(children), tmp_path) == {"2883": 1, "2885": 1}
    assert broken(message(without("sex", "9")), tmp_path) == {"2886Q": 1}
    assert broken(message(without("disabilities", list(KINDS[:7]))), tmp_path) == {"2887Q": 1}
    single = [{**child, "disabilities": child["disabilities"][:1]} for child in good()]
    assert broken(message(single), tmp_path) == {"2888Q": 1}
    assert broken(message(good(), reference="2024-03-30"), tmp_path)["100"] == 1


def test_rules_of_a_later_year_are_not_asked_of_an_earlier_one(tmp_path: Path) -> None:
    late = {rule.code for rule in RULES if rule.since}
    assert late == {"1570", "1580", "8945Q", "8950Q"}
    for year, wanted in ((2024, set()), (2025, late)):
        card = scorecard(read_tables(written(message(good(), year), tmp_path)))
        assert late & set(card["code"]) == wanted


def test_every_published_rule_is_there(shared_data: Path) -> None:
    with (shared_data / "samples" / "cin_rules.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert {rule.code for rule in RULES} == codes
    assert len(RULES) == len(codes) == 109


def test_the_card_counts_and_the_queue_names(tmp_path: Path) -> None:
    child = helped(7)
    child["episodes"][0]["plans"][0]["first"] = "BAD"
    census = read_tables(written(message([*good(), child]), tmp_path))
    card = scorecard(census)
    assert tuple(card.columns) == COLUMNS
    assert tuple(card.set_index("code").loc["8905", ["rows", "of", "share"]]) == (1, GOOD + 1, 100 / (GOOD + 1))
    assert [row for row in queue(census).to_dict("records") if row["code"] == "8905"] == [
        {"code": "8905", "child_id": "A00007", "line": 14}
    ]


# What csc-validator-be-cin 0.1.13 finds in rows of the rule's own element, of the rules that look at one record.
PUBLISHED = {
    "cin-2022.xml": (2022, {"1103": 1, "1104": 1, "1105": 1, "2889": 1, "4013": 1, "8525Q": 1, "8545Q": 1, "8620": 1, "8696": 1,
                            "8715": 1, "8930": 1}),
    "CIN2rows.xml": (2024, {"1104": 1, "1105": 2, "2889": 1, "4013": 1, "8620": 1, "8715": 1, "8736": 1, "8930": 2}),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_public_files_are_scored_as_the_published_validator_scores_them(name: str, shared_data: Path) -> None:
    from cfanalysis.sources.cin_census.record_rules import RECORD_RULES

    year, wanted = PUBLISHED[name]
    card = scorecard(read_tables(shared_data / "samples" / name), as_at=date(year, 3, 31))
    single = {rule.code for rule in RECORD_RULES}
    assert {row.code: row.rows for row in card.itertuples() if row.rows and row.code in single} == wanted


def test_the_queue_is_written_for_its_owner_only(tmp_path: Path) -> None:
    child = helped(7)
    child["episodes"][0]["plans"][0]["first"] = "BAD"
    source, target = written(message([*good(), child]), tmp_path), tmp_path / "private" / "queue.csv"
    assert write_queue([source], target) == 5  # two of one identifier, two of one pupil number, and the category
    assert "8905,A00007,14,census.xml\n" in target.read_text(encoding="utf-8")
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(SourceError, match="found no census file"):
        write_queue([tmp_path / "list_3.csv"], target)


def test_check_tells_which_rules_a_file_breaks(tmp_path: Path) -> None:
    child = helped(900)
    child["episodes"][0]["reason"] = "RC10"
    checked = check(written(message([*good(), child]), tmp_path))
    assert checked.ok
    assert any("1 of 13 CINdetails: a reason for closure that is no code, want none (rule 8640)" in line for line in checked.lines())
