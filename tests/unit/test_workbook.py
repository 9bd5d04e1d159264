"""The workbook of a synthetic authority: what its tables hold, and what they agree on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests import authority_made

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import ALERTS, ALL
from cfanalysis.indicators import FLOWS
from cfanalysis.params import cell_params
from cfanalysis.store.editions import EditionStore
from cfanalysis.words import sentences as words


@pytest.fixture(scope="module")
def book(sample_params: Path) -> cf.Workbook:
    return cf.open(sample_params, policy="internal").workbook


def test_series_and_tables_are_what_the_contract_says(book: cf.Workbook) -> None:
    referrals = book.series("referrals")
    assert isinstance(referrals.index, pd.PeriodIndex)
    assert referrals.index[-1] == book.as_at
    rows = book.table("referrals")
    pd.testing.assert_frame_equal(tables.validate(rows, "series"), rows)
    whole = rows[rows["breakdown"] == ALL].set_index("month")["value"]
    by_source = rows[rows["breakdown"].str.startswith("source: ")].groupby("month")["value"].sum()
    assert (whole.dropna() == by_source.reindex(whole.dropna().index)).all()


def test_findings_keep_their_contract_and_become_sentences(book: cf.Workbook) -> None:
    found = book.findings("demand")
    pd.testing.assert_frame_equal(tables.validate(found, "findings"), found)
    said = words.headlines(show_released(book.headlines("demand"), book.policy))
    assert 3 <= len(said) <= words.HEADLINES
    assert all(sentence.endswith(".") for sentence in said)


def test_the_planted_block_is_told_as_two_shifts(book: cf.Workbook) -> None:
    """April 2017 to March 2018: referrals threefold, most without further action (data/sample/README.md)."""
    onsets = set(book.shifts("referrals")["onset"].astype(str))
    assert {"2017-04", "2018-04"} <= onsets


def test_a_parameters_cell_narrows_the_months(sample_params: Path) -> None:
    cell = cell_params(params_file=str(sample_params), as_at="2017-12", first_month="2014-04", policy="internal", indicator="contacts")
    book = cf.open(cell)
    assert str(book.data["month"].max()) == "2017-12"
    assert str(book.data["month"].min()) == "2014-04"
    assert (book.indicator, book.policy.name) == ("contacts", "internal")


def test_unknown_names_are_told_plainly(book: cf.Workbook, sample_params: Path) -> None:
    with pytest.raises(ParameterError, match="found the indicator 'refferals', want one of contacts"):
        book.series("refferals")
    with pytest.raises(ParameterError, match="referrals has no breakdown 'source: Mars'; it has: "):
        book.series("referrals", "source: Mars")
    with pytest.raises(ParameterError, match=r"found 'refferals', want a name of docs/indicators\.md"):
        cf.open(cell_params(params_file=str(sample_params), indicator="refferals"))


def test_the_steps_of_a_stock_add_up(book: cf.Workbook) -> None:
    frame = book.steps("cin_open", "cin_started", "cin_ended").frame
    sign = frame["kind"].map({"in": 1, "out": -1})
    first, last = frame["value"].iloc[0], frame["value"].iloc[-1]
    assert first + (sign * frame["value"]).iloc[1:-1].sum() == last


def test_a_stock_its_starts_and_its_ends_are_one_forecast_on_every_page(book: cf.Workbook) -> None:
    for open_, (started, ended) in FLOWS.items():
        ahead = book.joint(open_)
        assert ahead is not None
        newest = book.subject(open_).newest
        for name, part in ((open_, ahead.stock), (started, ahead.starts), (ended, ahead.ends)):
            shown = book.forecast(name)
            assert shown is not None
            assert (shown.paths == part.after(newest).paths).all()
            assert str(shown.months[0]) == str(newest + 1)
        table = book.outlook(open_).frame
        assert table.loc[table["provisional"].astype(bool), "settled"].notna().all()
        lines = book.what_if(open_, started, ended, more_closures=2).frame.set_index("month")
        assert (lines["baseline"].dropna()[newest + 1 :] == ahead.stock.after(newest).median.round()).all()


def test_no_months_still_being_recorded_are_learnt_from_or_claimed(book: cf.Workbook) -> None:
    for name in ("cin_open", "cin_ended", "cp_ended", "referrals"):
        subject, judged = book.subject(name), book.unusual(name)
        late = judged[judged["month"] > subject.settled]
        low = late["observed"] < late["expected"]
        assert not late.loc[low, "severity"].isin(("watch", *ALERTS)).any()
        assert (book.shifts(name)["onset"] <= subject.settled).all()


def test_every_opening_keeps_its_edition_but_a_look_back_does_not(root: Path, tmp_path: Path) -> None:
    small = authority_made.write(tmp_path, root / "notebooks")
    store = EditionStore(small.parent / "private" / "editions")
    cf.open(small, policy="internal")
    kept = store.editions(authority_made.AUTHORITY)
    assert [str(each.as_at) for each in kept] == ["2024-03"]
    cf.open(cell_params(params_file=str(small), as_at="2023-03", policy="internal"))
    cf.open(cell_params(params_file=str(small), first_month="2022-04", policy="internal"))
    cf.open(small, policy="internal")
    assert store.editions(authority_made.AUTHORITY) == kept
    earlier, text = small.with_name("earlier.yml"), small.read_text(encoding="utf-8")
    earlier.write_text(text.replace("as_at: 2024-03\n", "as_at: 2023-09\n"), encoding="utf-8")
    assert earlier.read_text(encoding="utf-8") != text
    cf.open(earlier, policy="internal")  # of September the files of March know more than was known in September
    assert store.editions(authority_made.AUTHORITY) == kept


def test_targets_of_the_parameters_are_answered(sample_params: Path) -> None:
    text = sample_params.read_text(encoding="utf-8")
    wanted = sample_params.with_name("wanted.yml")
    wanted.write_text(text + "targets:\n  - {indicator: cp_open, value: 150, by: 2019-06}\n", encoding="utf-8")
    (said,) = words.reach(
        show_released(cf.open(wanted, policy="internal").workbook.reach("cp_open", "cp_started", "cp_ended"), policy("internal"))
    )
    assert said.startswith("Child protection plans at month end at 150 by the end of June 2019: a chance of ")
    wanted.write_text(text + "targets:\n  - {indicator: referrals, value: 150, by: 2019-06}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"targets: found 'referrals', want a stock: cin_open"):
        cf.open(wanted)


def test_what_has_no_figures_is_an_empty_table_and_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "monthly.csv").write_text(
        "month,indicator,breakdown,numerator,denominator,value,flag\n2024-01,agency_share,all,10,100,10,\n", encoding="utf-8"
    )
    (tmp_path / "x.yml").write_text(
        "authority: {name: Nowhere}\nas_at: 2024-01\nsources: [{format: monthly, path: monthly.csv}]\n", encoding="utf-8"
    )
    book = cf.open(tmp_path / "x.yml").workbook
    assert book.has("agency_share")
    assert not book.has("referrals")
    for table in (
        book.outlook("referrals"),
        book.by("referrals", "source"),
        book.lines("contacts"),
        book.steps("cin_open", "cin_started", "cin_ended"),
    ):
        assert show_released(table, policy("dfe")).frame.empty
    said = figures.outlook(show_released(book.outlook("referrals"), policy("dfe")))
    assert isinstance(said, figures.Note)
    assert (said.title, said.paragraphs) == ("Referrals", ("The files of this page hold no figures of this.",))
    assert book.forecast("referrals") is None
    assert words.headlines(show_released(book.headlines("demand"), policy("dfe"))) == ["There are no figures for this page."]
