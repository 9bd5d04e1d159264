"""Registers are read strictly: every mistake is named with file, line and key, all of them at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.registers.reading import read_actions, read_commentary, read_events, read_projections, read_registers
from cfanalysis.registers.templates import write_template

KNOWN = ["cin_open", "referrals", "icpcs_in_15_days"]

CLAIM = """\
- id: fewer
  said_on: 2017-11-16
  where: scrutiny panel
  who: officers
  indicator: cin_open
  direction: down
  size: null
  target: null
  window: {from: 2018-01, to: 2018-02}
  reason: a targeted diversion service
  source: minutes, item 21
"""


@pytest.fixture
def write(tmp_path: Path):
    def _write(text: str, name: str = "projections.yml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_a_claim_is_read_as_it_is_written(write):
    (claim,) = read_projections(write(CLAIM), known=KNOWN)
    assert (claim.said_on, claim.indicator, claim.breakdown, claim.direction) == (date(2017, 11, 16), "cin_open", "all", "down")
    assert (str(claim.window.first), str(claim.window.last)) == ("2018-01", "2018-02")
    assert claim.size is None
    assert claim.target is None
    assert claim.known_to == pd.Period("2017-10", "M")


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("indicator: cin_open", "indicator: cin_opne"), 5, "there is no indicator 'cin_opne'; did you mean cin_open?"),
        (("from: 2018-01", "from: 2017-01"), 9, "before the claim was made"),
        (("  said_on: 2017-11-16\n", ""), 1, "said_on: this key is missing"),
        (("said_on: 2017-11-16", "said_on: 16/11/2017"), 2, "want a date that exists, written like 2024-03-31"),
        (("said_on: 2017-11-16", "said_on: 2017-11-31"), 2, "want a date that exists"),
        (("said_on: 2017-11-16", "said_on: 1917-11-16"), 2, "want a date from 1990"),
        (("direction: down", "direction: downwards"), 6, "want 'up' or 'down'"),
        (("who: officers", "who: no"), 4, "put it in quotes"),
        (("size: null", "size: 010"), 7, "base 8"),
        (("size: null", "size: '0.05'"), 7, "want"),
        (("size: null", "size: 5"), 7, "nothing falls by more than all of it"),
        (("size: null", "size: .nan"), 7, "finite"),
        (("size: null", "size: -0.05"), 7, "greater than 0"),
        (("target: null", "target: null\n  colour: red"), 9, "unknown key"),
        (("who: officers", "who: officers\n  who: members"), 5, "given twice"),
        (("to: 2018-02}", "to: 2017-12}"), 9, "ends (2017-12) before it starts"),
        (("to: 2018-02}", "until: 2017-12}"), 9, "found the keys from, until"),
        (("window: {from: 2018-01, to: 2018-02}", "window: shortly"), 9, "is no month"),
        (("window: {from: 2018-01, to: 2018-02}", "window: 2018-13"), 9, "is no month"),
        (("to: 2018-02}", "to: 2038-02}"), 9, "longer than 60 months"),
    ],
)
def test_every_mistake_is_named_with_file_line_and_key(write, change, line, words):
    with pytest.raises(ParameterError) as caught:
        read_projections(write(CLAIM.replace(*change)), known=KNOWN)
    message = str(caught.value)
    assert f"projections.yml, line {line}: " in message
    assert words in message


def test_all_mistakes_of_a_file_are_told_at_once(write):
    second = CLAIM.replace("officers", "members").replace("cin_open", "cin")
    third = CLAIM.replace("said_on: 2017-11-16", "said_on: soon")
    with pytest.raises(ParameterError) as caught:
        read_projections(write(CLAIM + second + third), known=KNOWN)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [f"projections.yml, line {n}" for n in (12, 16, 24)]
    assert "used by an entry above (line 1)" in lines[0]


def test_what_yaml_would_change_is_told_with_the_rest(write):
    twice = CLAIM.replace("who: officers", "who: officers\n  who: members")
    no = CLAIM.replace("fewer", "second").replace("who: officers", "who: no")
    unknown = CLAIM.replace("fewer", "third").replace("cin_open", "cin")
    with pytest.raises(ParameterError) as caught:
        read_projections(write(twice + no + unknown), known=KNOWN)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [f"projections.yml, line {n}" for n in (5, 16, 28)]
    assert "given twice" in lines[0]
    assert "true or false" in lines[1]
    assert "no indicator 'cin'" in lines[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- id: a\x07\n", "this is not YAML: found a character that nobody sees"),
        ("-\tid: a\n\tsaid_on: 2017-11-16\n", "line 1: this is not YAML: found a tab"),
        ("- {id: a\n", "this is not YAML"),
        (CLAIM + "---\n" + CLAIM, "line 12: this is not YAML: found a second document"),
    ],
)
def test_what_is_no_yaml_is_a_message_too(write, text, words):
    with pytest.raises(ParameterError, match=r"projections\.yml") as caught:
        read_projections(write(text))
    assert words in str(caught.value)


def test_an_empty_file_is_an_empty_register(write):
    assert read_projections(write("")) == ()
    assert read_projections(write("# only words\n")) == ()


def test_a_breakdown_that_the_indicator_does_not_have_is_named(write):
    known = {"cin_open": ("team", "area"), "referrals": ("source",), "icpcs_in_15_days": ()}
    part = CLAIM.replace("indicator: cin_open", 'indicator: cin_open\n  breakdown: "team: North"')
    assert read_projections(write(part), known=known)[0].breakdown == "team: North"
    for found, wanted in (("source: Police", "'team' with a category"), ("North", "'team' with a category")):
        with pytest.raises(ParameterError) as caught:
            read_projections(write(part.replace("team: North", found)), known=known)
        assert "projections.yml, line 6: [1].breakdown" in str(caught.value)
        assert wanted in str(caught.value)


def test_a_claim_that_nothing_measures_is_written_down_all_the_same(write):
    saving = CLAIM.replace("indicator: cin_open", "indicator: null\n  measure: Savings in the long term")
    (claim,) = read_projections(write(saving), known=KNOWN)
    assert (claim.indicator, claim.measure) == (None, "Savings in the long term")
    for text in (CLAIM.replace("indicator: cin_open", "indicator: null"), CLAIM + "  measure: also in words\n"):
        with pytest.raises(ParameterError, match="want an indicator, or indicator: null and a measure in words"):
            read_projections(write(text), known=KNOWN)


@pytest.mark.parametrize("text", ["fewer: true\n", "just words\n", "- just words\n", "- - nested\n"])
def test_a_file_that_is_not_a_list_of_entries_is_refused(write, text):
    with pytest.raises(ParameterError, match=r"projections\.yml, line 1"):
        read_projections(write(text))


@pytest.mark.parametrize(
    ("window", "first", "last", "label"),
    [
        ("autumn 2018", "2018-09", "2018-11", "autumn 2018"),
        ("autumn", "2017-11", "2017-11", ""),  # said in November: this autumn had begun before the claim
        ("winter", "2017-12", "2018-02", "winter 2017-18"),
        ("Winter 2018-19", "2018-12", "2019-02", "winter 2018-19"),
        ("2018-03-31", "2018-03", "2018-03", "March 2018"),
        ("2018-04", "2018-04", "2018-04", "April 2018"),
        ("spring", "2018-03", "2018-05", "spring 2018"),
    ],
)
def test_windows_in_words_and_dates(write, window, first, last, label):
    path = write(CLAIM.replace("window: {from: 2018-01, to: 2018-02}", f"window: {window}"))
    if window == "autumn":
        with pytest.raises(ParameterError, match="before the claim"):
            read_projections(path)
        return
    (claim,) = read_projections(path)
    assert (str(claim.window.first), str(claim.window.last), claim.window.label) == (first, last, label)


EVENT = """\
- date: 2018-01-08
  kind: step
  indicators: [cin_open, referrals]
  label: New front door
  said_by: head of service
"""


def test_events_touch_the_indicators_they_name(write):
    step, pulse = read_events(
        write(EVENT + EVENT.replace("step", "pulse\n  until: 2018-03-02").replace("[cin_open, referrals]", "all")), known=KNOWN
    )
    assert step.touches("referrals")
    assert not step.touches("icpcs_in_15_days")
    assert pulse.touches("icpcs_in_15_days")
    assert [str(month) for month in pulse.months] == ["2018-01", "2018-02", "2018-03"]
    assert [str(month) for month in step.months] == ["2018-01"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("kind: step", "kind: jump"), "'step', 'pulse', 'break', 'exclude' or 'flag'"),
        (("kind: step", "kind: step\n  until: 2018-02-01"), "a step has no end"),
        (("kind: step", "kind: pulse\n  until: 2018-01-01"), "ends (2018-01-01) before it starts"),
        (("[cin_open, referrals]", "cin_open"), "list of indicators in square brackets"),
        (("[cin_open, referrals]", "[]"), "at least one indicator"),
        (("[cin_open, referrals]", "[cin_open, contacts]"), "there is no indicator 'contacts'"),
        (("  said_by: head of service\n", ""), "said_by: this key is missing"),
    ],
)
def test_events_that_cannot_be_used(write, change, words):
    with pytest.raises(ParameterError, match=r"projections\.yml, line ") as caught:
        read_events(write(EVENT.replace(*change)), known=KNOWN)
    assert words in str(caught.value)


def test_actions_and_commentary(write):
    action = "- {id: a, asked_on: 2017-11-16, asked_by: panel, what: Appraisal rates, owner: lead, due: 2018-01-25, done: null}\n"
    comment = "- {indicator: cin_open, dated: 2021-02-11, issue: High, response: Under review, update: null}\n"
    assert read_actions(write(action))[0].due == date(2018, 1, 25)
    assert read_commentary(write(comment), known=KNOWN)[0].update is None
    with pytest.raises(ParameterError, match=r"due \(2016-01-25\) is before it was asked for"):
        read_actions(write(action.replace("due: 2018", "due: 2016")))
    with pytest.raises(ParameterError, match="no indicator"):
        read_commentary(write(comment), known=["contacts"])


@pytest.mark.parametrize("kind", ["projections", "events", "actions", "commentary"])
def test_a_template_is_an_empty_register_whose_example_works(tmp_path, kind):
    path = write_template(kind, tmp_path / "new" / f"{kind}.yml")
    assert getattr(read_registers({kind: path}), kind) == ()
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# - "))
    path.write_text("\n".join(line[2:] for line in lines[start:]), encoding="utf-8")
    assert len(getattr(read_registers({kind: path}), kind)) == 1


def test_a_template_never_overwrites(tmp_path):
    path = write_template("events", tmp_path / "events.yml")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ParameterError, match="is there already"):
        write_template("events", path)
    assert path.read_text(encoding="utf-8") == "[]"
    with pytest.raises(ParameterError, match="no register 'minutes'"):
        write_template("minutes", tmp_path / "minutes.yml")


def test_a_register_that_is_named_must_be_there(tmp_path):
    with pytest.raises(ParameterError, match=r"gone\.yml: there is no such file"):
        read_registers({"events": tmp_path / "gone.yml"})
    with pytest.raises(ParameterError, match="there is no register minutes"):
        read_registers({"minutes": None})
