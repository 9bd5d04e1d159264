"""DfE tables in miniature: symbols, areas that changed, editions, columns of both years."""

# ruff: noqa: E501  rows read as tables

import pandas as pd
import pytest

from cfanalysis.foundation.table import validate
from cfanalysis.sources import identify, read_published
from cfanalysis.sources.dfe.areas import all_areas, gone, names_by_code

TEN = range(10, 130, 10)
C1_OLD = [
    "Referrals",
    "Re_referrals",
    "Re_referrals_percent",
    "No_Further_Action",
    "No_Further_Action_percent",
    "Not_in_Need",
    "Not_in_Need_percent",
]
C1_NEW = ["referral_count", "rereferral_count", "rereferral_percent", "no_further_action_count", "no_further_action_percent", "not_in_need_count", "not_in_need_percent"]  # fmt: skip


def c1(annex, folder, columns, *rows, name="c1.csv"):
    return annex.text(folder, [[*annex.AREA, *columns], *rows], name)


def value(published, year=2024, indicator="rereferrals", authority="Southampton"):
    rows = published.yearly.query("authority == @authority and year == @year and indicator == @indicator and breakdown == 'all'")
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_year_becomes_twelve_months_from_april(annex, tmp_path) -> None:
    series = read_published(annex.c6(tmp_path, [*annex.area(2024), 780, *TEN])).series
    assert str(series["month"].iloc[0]) == "2023-04"
    assert str(series["month"].iloc[-1]) == "2024-03"
    assert series["value"].tolist() == list(TEN)
    assert set(series["indicator"]) == {"referrals"}


@pytest.mark.parametrize("symbol", ["c", "x", "z", "u", ":", "low", "k"])
def test_every_symbol_is_a_reason_and_nought_is_nought(annex, tmp_path, symbol) -> None:
    published = read_published(annex.c6(tmp_path, [*annex.area(2024), symbol, symbol, 0, *range(1, 11)]))
    assert published.series["flag"].tolist() == [symbol, *[""] * 11]
    assert pd.isna(published.series["value"].iloc[0])
    assert published.series["value"].iloc[1] == 0
    assert value(published, indicator="referrals")["flag"] == symbol
    assert published.problems == ()


def test_quoted_blanks_a_byte_order_mark_and_thousands(annex, tmp_path) -> None:
    path = annex.c6(tmp_path, [*annex.area(2024), "", "1,234", *range(11)], encoding="utf-8-sig")
    published = read_published(path)
    assert published.series["value"].iloc[0] == 1234
    assert value(published, indicator="referrals")["flag"] == ":"


@pytest.mark.parametrize("columns", [C1_OLD, C1_NEW])
def test_columns_of_both_editions(annex, tmp_path, columns) -> None:
    published = read_published(c1(annex, tmp_path, columns, [*annex.area(2024), 1000, 220, 22.0, 60, 6.0, 300, 30.0]))
    row = value(published)
    assert (row["numerator"], row["denominator"], row["value"], row["level"], row["source_table"]) == (
        220,
        1000,
        22.0,
        "authority",
        "C1 2024 edition",
    )
    assert value(published, indicator="assessed_not_in_need")["numerator"] == 300


def test_the_newest_edition_wins_and_the_other_is_kept(annex, tmp_path) -> None:
    c1(annex, tmp_path, C1_OLD, [*annex.area(2023), 1000, 220, 22.0, 60, 6.0, 300, 30.0], name="older.csv")
    c1(annex, tmp_path, C1_NEW, [*annex.area(2024), 900, 90, 10.0, 60, 6.0, 300, 30.0], [*annex.area(2023), 1010, 230, 22.8, 60, 6.0, 300, 30.0], name="a_newer.csv")  # fmt: skip
    published = read_published(tmp_path)
    assert value(published, 2023)["value"] == 22.8
    both = published.yearly_editions.query("year == 2023 and indicator == 'rereferrals'")
    assert dict(zip(both["source_table"], both["value"], strict=True)) == {"C1 2024 edition": 22.8, "C1 2023 edition": 22.0}
    validate(published.yearly_editions, "yearly")


def test_a_rate_without_a_column_is_set_against_the_mid_year_before(annex, tmp_path) -> None:
    c1(annex, tmp_path, C1_NEW, [*annex.area(2024), 500, 90, 10.0, 60, 6.0, 300, 30.0])
    header = [*annex.AREA[:-1], "age_group", "population_estimate"]
    annex.text(
        tmp_path,
        [
            header,
            [*annex.area(2023)[:-1], "Children aged 0 to 17 years", 50000],
            [*annex.area(2024)[:-1], "Children aged 0 to 17 years", 99999],
        ],
        "mye.csv",
    )
    published = read_published(tmp_path)
    row = value(published, indicator="referral_rate")
    assert (row["value"], row["denominator"], row["source_table"]) == (100.0, 50000, "C1 2024 edition and mid-year populations")
    assert published.population.to_dict("records") == [
        {"authority": "Southampton", "year": 2023, "value": 50000.0},
        {"authority": "Southampton", "year": 2024, "value": 99999.0},
    ]


def test_a_rate_without_a_population_is_missing(annex, tmp_path) -> None:
    row = value(
        read_published(c1(annex, tmp_path, C1_NEW, [*annex.area(2024), 500, 90, 10.0, 60, 6.0, 300, 30.0])), indicator="referral_rate"
    )
    assert pd.isna(row["value"])
    assert row["flag"] == ":"


def test_one_history_through_a_change_of_code_two_through_a_change_of_boundary(annex, tmp_path) -> None:
    rows = [
        [*annex.area(2020, code="E10000002", name="Buckinghamshire"), 1, *TEN], [*annex.area(2021, code="E06000060", name="Buckinghamshire"), 2, *TEN],
        [*annex.area(2019, code="E10000009", name="Dorset", region="South West"), 3, *TEN], [*annex.area(2020, code="E06000059", name="Dorset", region="South West"), 4, *TEN],
        [*annex.area(2020, code="E10000006", name="Cumbria", region="North West"), 5, *TEN],
    ]  # fmt: skip
    yearly = read_published(annex.c6(tmp_path, *rows)).yearly
    assert yearly.sort_values("value").groupby("authority")["value"].apply(list).to_dict() == {
        "Buckinghamshire": [1, 2],
        "Cumbria": [5],
        "Dorset": [4],
        "Dorset (to 2019)": [3],
    }


def test_an_old_codes_blank_row_does_not_hide_the_new_codes_figure(annex, tmp_path) -> None:
    rows = [
        [*annex.area(2021, code="E10000002", name="Buckinghamshire"), *["x"] * 13],
        [*annex.area(2021, code="E06000060", name="Buckinghamshire"), 780, *TEN],
    ]
    published = read_published(annex.c6(tmp_path, *rows))
    assert published.series["value"].tolist() == list(TEN)
    assert published.yearly["value"].tolist() == [780]


def test_england_and_regions_by_name(annex, tmp_path) -> None:
    rows = [
        [*annex.area(level="National", code="", name="", region=""), 7, *TEN],
        [*annex.area(level="Regional", code="", name=""), 8, *TEN],
    ]
    yearly = read_published(annex.c6(tmp_path, *rows)).yearly
    assert dict(zip(yearly["authority"], yearly["level"], strict=True)) == {"England": "national", "South East": "regional"}


def test_a_part_that_is_hidden_hides_the_sum_unless_the_rest_is_known(annex, tmp_path) -> None:
    bins = ["Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days", "41-45_days", "46-50_days", "51-60_days", "61+_days"]
    rows = [
        [*annex.area(2024), 100, "c", 10, 10, 10, 10, 10, 5, "c", 8],
        [*annex.area(2023), 100, "c", 10, 10, 10, 10, 10, 5, 5, 8],
        [*annex.area(2022), 100, 1, 10, 10, 10, 10, 10, "c", "c", 8],
    ]
    published = read_published(annex.text(tmp_path, [[*annex.AREA, "Assessments_completed", *bins], *rows], "c2.csv"))
    assert value(published, 2024, "assessments_in_45_days")["flag"] == "c"
    assert value(published, 2023, "assessments_in_45_days")["value"] == 82
    assert value(published, 2022, "assessments_in_45_days")["value"] == 51


def test_two_authorities_that_return_together_are_kept_under_both_names(annex, tmp_path) -> None:
    row = annex.area(2024, code="E06000061 / E06000062", name="North Northamptonshire / West Northamptonshire")
    published = read_published(annex.c6(tmp_path, [*row, 780, *TEN]))
    assert set(published.series["authority"]) == {"North Northamptonshire / West Northamptonshire"}
    assert [problem.rule for problem in published.problems] == ["joint_return"]


def neighbours(annex, folder, edition, codes):
    if edition == "2025":
        pairs = [text for n in range(1, 11) for text in (f"SN_{n}", f"SN_{n}P")]
        head = ["old_la_code", "la_name", "region_ind", "region_name"]
    else:
        pairs = [text for n in range(1, 11) for text in (f"SN{n}", "SNP")]
        head = ["LA num", "LA Name", "LA number", "GOInd"]
    cells = [cell for code in codes for cell in (code, "Close ")]
    return annex.text(
        folder,
        [[*head, *pairs], ["852", "Southampton", "7", "South East", *cells], ["941", "West Northamptonshire", "1", "", *[""] * 20]],
        f"n{edition}.csv",
    )


@pytest.mark.parametrize("edition", ["2021", "2025"])
def test_neighbours_by_name_nearest_first_those_gone_said(annex, tmp_path, edition) -> None:
    path = neighbours(annex, tmp_path, edition, ["851", "909", "825", *["803"] * 7])
    assert identify(path) == "published"
    published = read_published(path)
    top = published.neighbours.query("rank <= 3")
    assert top["neighbour"].tolist() == ["Portsmouth", "Cumbria", "Buckinghamshire"]
    assert set(top["authority"]) == {"Southampton"}
    assert set(top["edition"]) == {edition}
    assert [(p.rule, "Cumbria (to 2023)" in p.found) for p in published.problems] == [("neighbour_gone", True)]


def test_a_strange_neighbour_is_left_out_and_said(annex, tmp_path) -> None:
    published = read_published(neighbours(annex, tmp_path, "2025", ["999", *["803"] * 9]))
    assert len(published.neighbours) == 9
    assert [(p.rule, p.row, p.column, p.found) for p in published.problems] == [("unknown_neighbour", 2, "SN_1", "'999'")]


def test_every_area_once_and_in_a_region() -> None:
    areas = all_areas()
    assert areas["area"].is_unique
    authorities = areas[areas["level"] == "authority"]
    assert set(authorities["region"]) <= set(areas.loc[areas["level"] == "regional", "area"])
    assert authorities["last_year"].isna().sum() == 153
    assert set(gone()) == set(authorities.loc[authorities["last_year"].notna(), "area"])
    assert names_by_code()["E10000009"] == "Dorset (to 2019)"
