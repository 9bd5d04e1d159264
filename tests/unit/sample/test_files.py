"""The files: the same bytes every time, readable by anyone, and plainly synthetic."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cfanalysis.params import read_params
from cfanalysis.runs import read_runs
from cfanalysis.sample import names, write
from cfanalysis.sample.files import BANNER, HEADER_ROW, write_xlsx
from cfanalysis.sample.plans import plans
from cfanalysis.sample.published import neighbours
from cfanalysis.sample.style import ETHNIC_ORDER, styled


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("sample")
    return {stem: write(folder, authorities=[stem]) for stem in ("wealdshire", "moorshire", "marchfordshire")}


def _lists(paths: list[Path], number: int) -> list[Path]:
    return [path for path in paths if f"list_{number}_" in path.name]


def test_the_same_seed_gives_the_same_bytes(written, tmp_path) -> None:
    """Workbooks too: no clock, no user, no machine in them."""
    for stem in ("moorshire", "marchfordshire"):
        again = write(tmp_path, authorities=[stem])
        assert [path.name for path in again] == [path.name for path in written[stem]]
        assert [_digest(path) for path in again] == [_digest(path) for path in written[stem]]


def test_every_file_says_that_it_is_synthetic(written) -> None:
    for paths in written.values():
        assert all("synthetic" in path.name for path in paths)


def test_every_sheet_says_so_above_its_headings(written) -> None:
    workbooks = [path for path in written["moorshire"] if path.suffix == ".xlsx"]
    assert len(workbooks) == 8
    for path in workbooks:
        sheets = pd.read_excel(path, sheet_name=None, header=None, nrows=HEADER_ROW, engine="calamine")
        assert len(sheets) == 9
        assert {frame.iloc[0, 0] for frame in sheets.values()} == {BANNER}
        assert {frame.iloc[HEADER_ROW - 1, 0] for frame in sheets.values()} == {"Child Unique ID"}
    assert openpyxl.load_workbook(workbooks[0], read_only=True).properties.description == BANNER


def test_every_child_is_marked(written) -> None:
    for paths in written.values():
        for path in paths:
            if path.suffix == ".csv" and "list_" in path.name:
                ids = pd.read_csv(path, dtype=str)["Child Unique ID"].dropna()
                assert ids.str.fullmatch(r"SYN[A-Z]\d{6}").all(), path.name
            elif path.suffix == ".xlsx":
                for frame in pd.read_excel(path, sheet_name=None, header=HEADER_ROW - 1, engine="calamine").values():
                    assert frame["Child Unique ID"].dropna().str.startswith("SYN").all(), path.name


def test_one_authority_writes_lettered_codes_and_text_dates_another_bare_codes_and_excel_dates(written) -> None:
    lettered = pd.read_csv(_lists(written["wealdshire"], 3)[0])
    newest = [path for path in written["moorshire"] if path.suffix == ".xlsx"][-1]
    bare = pd.read_excel(newest, sheet_name="Referrals", header=HEADER_ROW - 1, engine="calamine")
    assert lettered["Referral Source"].str.match(r"^[a-u]1?\) \w+: ").all()
    assert set(lettered["Referral NFA?"]) <= {"a) Yes", "b) No", "c) Unknown"}
    assert lettered["Date of referral"].str.fullmatch(r"\d\d/\d\d/\d{4}").all()
    assert set(bare["Referral NFA?"]) <= {"Yes", "No", "Unknown"}
    assert bare["Date of referral"].dtype.kind == "M"
    assert "Gender" in lettered
    assert "Sex" in bare


def test_a_workbook_can_hold_text_dates() -> None:
    """Solentwick's workbooks do."""
    shown = styled(pd.DataFrame({"Date of referral": pd.to_datetime(["2018-03-31", None])}), plans()["solentwick"].style, "xlsx")
    assert shown["Date of referral"].tolist() == ["31/03/2018", None]


def test_one_authority_has_areas(written) -> None:
    areas = pd.read_csv(_lists(written["wealdshire"], 3)[0])["Area"]
    assert set(areas) == {"North East", "North West", "South East", "South West"}
    assert areas.value_counts().idxmax() == "South East"


def test_columns_are_annex_a_s_own(written) -> None:
    wanted = {
        1: ["Date of Contact", "Contact Source"],
        3: [
            "Date of referral", "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months", "Allocated Team",
            "Allocated Worker",
        ],
        6: [
            "Does the Child have a Disability", "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date",
            "Reason for Closure", "Case Status", "Allocated Team", "Allocated Worker",
        ],
    }  # fmt: skip
    prefix = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]
    for number, columns in wanted.items():
        assert pd.read_csv(_lists(written["marchfordshire"], number)[0], nrows=1).columns.tolist() == prefix + columns


def test_the_dirt_that_the_plan_names_is_there(written) -> None:
    plan, paths = plans()["marchfordshire"], written["marchfordshire"]
    one, three, four, six = (pd.read_csv(_lists(paths, number)[0], dtype=str) for number in (1, 3, 4, 6))
    assert one["Child Unique ID"].isna().sum() == plan.dirt["blank_ids"]
    assert three.duplicated().sum() == plan.dirt["duplicates"]
    assert four["Continuous Assessment Start Date"].str.startswith("31/02").sum() == plan.dirt["impossible_dates"]
    starts, ends = (pd.to_datetime(six[name], format="%d/%m/%Y") for name in ("CIN Start Date", "CIN Closure Date"))
    assert (ends < starts).sum() == plan.dirt["end_before_start"]
    assert (pd.to_datetime(three["Date of referral"], format="%d/%m/%Y") > plan.as_at.end_time).sum() == plan.dirt["future_dates"]


def test_children_are_plausibly_spread(written) -> None:
    frame = pd.read_csv(_lists(written["marchfordshire"], 6)[0])
    assert 0.46 < (frame["Gender"] == "F").mean() < 0.52
    assert 0.10 < (frame["Does the Child have a Disability"] == "Yes").mean() < 0.14
    assert 0.68 < (frame["Ethnicity"] == "WBRI").mean() < 0.79
    assert set(frame["Ethnicity"]) <= set(ETHNIC_ORDER)


def test_the_monthly_file_has_its_columns_targets_and_reasons(written) -> None:
    (file,) = [path for path in written["moorshire"] if path.name == "monthly_synthetic.csv"]
    rows = pd.read_csv(file, dtype={"flag": str}, keep_default_na=False, na_values=[""])
    assert rows.columns.tolist() == ["month", "indicator", "breakdown", "numerator", "denominator", "value", "flag"]
    assert not rows.duplicated(["month", "indicator", "breakdown"]).any()
    assert (rows["value"].isna() == rows["flag"].notna()).all()
    shares = rows[(rows["breakdown"] == "all") & (rows["indicator"] == "agency_share") & rows["value"].notna()]
    assert shares["value"].to_numpy() == pytest.approx((100 * shares["numerator"] / shares["denominator"]).to_numpy(), abs=0.051)
    targets = rows[rows["breakdown"] == "target"]
    assert set(targets["indicator"]) >= {"contact_decision_in_time", "agency_share", "audits_completed", "caseload_average"}
    audits = rows[(rows["indicator"] == "audits_completed") & (rows["breakdown"] == "all")].set_index("month")
    assert audits.loc["2020-04", "flag"] == ":"
    assert audits.loc["2016-04", "flag"] == "x"


def test_the_parameters_point_at_every_file_that_is_written(root, written) -> None:
    base = (root / "data" / "sample").resolve()
    for stem, paths in written.items():
        params = read_params(root / "params" / f"{stem}.yml")
        wanted = {params.resolve(source.path).relative_to(base).as_posix() for source in params.sources}
        top = paths[0].parents[next(i for i, part in enumerate(paths[0].parents) if part.name == stem) + 1]
        there = [path.relative_to(top).as_posix() for path in paths]
        assert all(any(path == source or path.startswith(f"{source}/") for source in wanted) for path in there)
        assert all(any(path == source or path.startswith(f"{source}/") for path in there) for source in wanted)


def test_the_batch_file_lists_all_five_and_marks_them_synthetic(root) -> None:
    batch, unread = read_runs([root / "params" / "sample.yml"])
    assert not unread
    assert [params.authority.name for params in batch] == [plans()[stem].name for stem in names()]
    assert all(params.synthetic for params in batch)
    for params, plan in zip(batch, plans().values(), strict=True):
        assert (params.as_at, params.first_month, params.authority.code) == (plan.as_at, plan.first, plan.code)
        assert set(params.population.values()) <= {plan.population}
        assert list(params.comparators.neighbours) == neighbours(plan.stem)


def test_a_workbook_keeps_text_numbers_dates_and_blanks_apart(tmp_path) -> None:
    frame = pd.DataFrame({
        "text": ["a & b", None], "number": [3, 0], "date": pd.to_datetime(["2018-03-31", None]),
    })  # fmt: skip
    path = write_xlsx({"One & two": frame}, tmp_path / "x.xlsx", title="<t>", created="2018-03-31")
    rows = list(openpyxl.load_workbook(path)["One & two"].iter_rows(min_row=HEADER_ROW, values_only=True))
    assert rows[0] == ("text", "number", "date")
    assert rows[1] == ("a & b", 3, pd.Timestamp("2018-03-31").to_pydatetime())
    assert rows[2] == (None, 0, None)
    assert {entry.date_time for entry in zipfile.ZipFile(path).infolist()} == {(1980, 1, 1, 0, 0, 0)}
