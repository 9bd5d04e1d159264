"""The Standard Safeguarding Dataset read: what each table gives, shapes met in real extracts, spans, several dates and authorities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import events
from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources import Extract, check, read_ssd

Tables = dict[str, str]
FOLDER = "ssd_2024-03-31"

CHILD: Tables = {
    "ssd_person": "pers_person_id,pers_dob,pers_expected_dob\nA,2015-06-01,\nB,,2024-02-20\n",
    "ssd_contacts": (
        "cont_contact_id,cont_person_id,cont_contact_date,cont_contact_source_code,cont_contact_source_desc,cont_contact_outcome_json\n"
        '1,A,2023-05-09,6,,"{""NEW_REFERRAL_FLAG"":""Y"",""NFA_FLAG"":""N""}"\n'
        '2,A,2023-05-20,LOCAL7,School,"{""ADVICE_FLAG"":""Y"",""NFA_FLAG"":""Y""}"\n'
        '3,B,2023-06-01,10,,"{""NFA_FLAG"":""Y""}"\n'
    ),
    "ssd_early_help_episodes": (
        "earl_episode_id,earl_person_id,earl_episode_start_date,earl_episode_end_date,earl_episode_organisation\n"
        "1,A,2023-01-10,2023-02-20,School\n"
    ),
    "ssd_cin_episodes": (
        "cine_referral_id,cine_person_id,cine_referral_date,cine_cin_primary_need_code,cine_referral_source_code,"
        "cine_referral_source_desc,cine_referral_outcome_json,cine_referral_nfa,cine_close_reason,cine_close_date,"
        "cine_referral_team,cine_referral_worker_id\n"
        "R1,A,2023-05-10,N1,6,,,N,RC7,2024-01-20,T1,W1\n"
        'R2,B,2023-09-01,,2A,,"{""NFA_FLAG"":""Y""}",,,,T1,W1\n'
    ),
    "ssd_cin_assessments": (
        "cina_assessment_id,cina_person_id,cina_assessment_start_date,cina_assessment_child_seen,cina_assessment_auth_date,"
        "cina_assessment_outcome_nfa,cina_assessment_team,cina_assessment_worker_id\n"
        "S1,A,2023-05-11,Y,2023-06-20,N,T2,W2\nS2,A,2024-03-11,,,,T2,W2\n"
    ),
    "ssd_assessment_factors": (
        "cinf_table_id,cinf_assessment_id,cinf_assessment_factors_json\n"
        'F1,S1,"[""3B"", ""16a""]"\nF2,S1,"[""4B""]"\n'
    ),
    "ssd_s47_enquiry": (
        "s47e_s47_enquiry_id,s47e_person_id,s47e_s47_start_date,s47e_s47_end_date,s47e_s47_nfa,s47e_s47_outcome_json,"
        "s47e_s47_completed_by_team,s47e_s47_completed_by_worker_id\n"
        'E1,A,2023-07-01,2023-07-10,,"{""CP_CONFERENCE_FLAG"":""Y""}",T2,W2\n'
        'E2,A,2024-02-01,2024-02-10,,"{""CP_CONFERENCE_FLAG"":""N""}",T2,W2\n'
    ),
    "ssd_initial_cp_conference": (
        "icpc_icpc_id,icpc_s47_enquiry_id,icpc_person_id,icpc_icpc_transfer_in,icpc_icpc_target_date,icpc_icpc_date,"
        "icpc_icpc_outcome_cp_flag,icpc_icpc_team,icpc_icpc_worker_id\n"
        "C1,E1,A,N,2023-07-21,2023-07-12,Y,,\nC2,,B,Y,,2023-08-01,N,,\nC3,,A,N,2024-03-20,,,,\nC4,,A,N,2024-04-09,,,,\n"
    ),
    "ssd_cp_plans": (
        "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date,cppl_cp_plan_initial_category,"
        "cppl_cp_plan_latest_category,cppl_cp_plan_ola\n"
        "P1,A,2023-07-12,,NEG,EMO,N\nP2,B,2023-08-01,,NEG,,Y\n"
    ),
    "ssd_cp_reviews": (
        "cppr_cp_review_id,cppr_person_id,cppr_cp_plan_id,cppr_cp_review_date\nV1,A,P1,2023-10-01\nV2,A,P1,\n"
    ),
    "ssd_cp_visits": "cppv_cp_visit_id,cppv_person_id,cppv_cp_visit_date,cppv_cp_visit_seen\nX1,A,2023-08-01,Y\nX2,A,2023-08-20,N\n",
    "ssd_cin_plans": (
        "cinp_cin_plan_id,cinp_person_id,cinp_cin_plan_start_date,cinp_cin_plan_end_date,cinp_cin_plan_team\nQ1,A,2023-06-21,2023-07-01,\n"
    ),
    "ssd_cla_episodes": (
        "clae_cla_episode_id,clae_person_id,clae_cla_episode_start_date,clae_cla_episode_start_reason,clae_cla_primary_need_code,"
        "clae_cla_episode_ceased_date,clae_cla_episode_ceased_reason,clae_cla_placement_id,clae_entered_care_date\n"
        "L1,A,2018-05-01,P,N1,2019-01-01,X1,M1,2017-11-05\nL2,A,2019-01-01,P,N1,2020-02-01,E4A,M2,2017-11-05\n"
        "L3,A,2023-12-01,S,N5,2024-01-10,X1,M2,2023-12-01\nL4,A,2024-01-11,L,N5,,,M3,2023-12-01\n"
    ),
    "ssd_cla_placement": (
        "clap_cla_placement_id,clap_person_id,clap_cla_placement_start_date,clap_cla_placement_end_date,clap_cla_placement_type,"
        "clap_cla_placement_provider,clap_cla_placement_change_reason\n"
        "M1,A,2018-05-01,2019-01-01,U6,PR1,CARPL\nM2,A,2019-01-01,2020-02-01,U6,PR4,\nM3,A,2024-01-11,,K2,PR4,\n"
    ),
    "ssd_legal_status": (
        "lega_legal_status_id,lega_person_id,lega_legal_status,lega_legal_status_start_date,lega_legal_status_end_date\n1,A,C2,2023-12-01,\n"
    ),
    "ssd_missing": (
        "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,miss_missing_episode_end_date,"
        "miss_missing_rhi_offered\n1,A,2024-02-01,Missing,2024-02-02,Y\n2,A,2024-02-09,Absent,2024-02-09,NA\n"
    ),
    "ssd_care_leavers": (
        "clea_table_id,clea_person_id,clea_care_leaver_in_touch,clea_care_leaver_accom_suitable,clea_care_leaver_activity,"
        "clea_pathway_plan_review_date,clea_care_leaver_allocated_team\n1,Z,YES,1,F2,2023-12-01,T3\n"
    ),
    "ssd_involvements": (
        "invo_involvements_id,invo_person_id,invo_professional_id,invo_professional_role_id,invo_professional_team,"
        "invo_involvement_start_date,invo_involvement_end_date,invo_worker_change_reason\n"
        "1,A,W1,Allocated Case Worker,T1,2023-05-10,2023-07-01,Left\n2,A,W2,Social Worker,T2,2023-07-01,,\n"
        "3,A,W9,Independent Reviewing Officer,T9,2023-08-01,,\n"
    ),
    "ssd_department": "dept_team_id,dept_team_name\nT1,Front door\nT2,Safeguarding North\n",
    "ssd_pre_proceedings": (
        "prep_table_id,prep_person_id,prep_pre_pro_decision_date,prep_agree_stepdown_issue_date,prep_pre_pro_letter_date,"
        "prep_initial_pre_pro_meeting_date\n1,A,2023-10-01,2024-01-01,2023-10-08,2023-10-20\n"
    ),
}  # fmt: skip


def put(tables: Tables, made: Path) -> Path:
    """The tables written into a folder."""
    made.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (made / f"{name}.csv").write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    """The tables of CHILD, read."""
    return read(put(CHILD, tmp_path_factory.mktemp("plain") / FOLDER))


def read(path: Path) -> Extract:
    """The one extract of a folder."""
    (extract,) = read_ssd(path)
    return extract


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    return lambda tables, folder=FOLDER: put(tables, tmp_path / folder)


def told(extract: Extract, event: str, *columns: str) -> list[tuple]:
    """Rows of one kind of event: child, day, and the columns asked for; dates as text."""
    rows = extract.events[extract.events["event"] == event]
    made = [[None if pd.isna(each) else each for each in rows[name]] for name in columns]
    texts = [[f"{each:%Y-%m-%d}" if isinstance(each, pd.Timestamp) else each for each in column] for column in made]
    return list(zip(rows["child_id"], rows["date"].dt.strftime("%Y-%m-%d"), *texts, strict=True))


def rules(extract: Extract) -> set[str]:
    return {problem.rule for problem in extract.problems}


def contacts(days: list[str], *, start: int = 0) -> str:
    """A table of contacts, one a day."""
    head = CHILD["ssd_contacts"].splitlines()[0]
    return "\n".join([head, *(f'{start + number},C{number % 40},{day},6,,"{{}}"' for number, day in enumerate(days)), ""])


def daily(first: str, last: str, step: int = 2) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.date_range(first, last, freq=f"{step}D")]


def test_every_table_gives_its_events(plain: Extract) -> None:
    assert told(plain, "contact", "source", "outcome") == [
        ("A", "2023-05-09", "6", "referral"), ("A", "2023-05-20", "2A", "advice"), ("B", "2023-06-01", "10", "nfa"),
    ]  # fmt: skip
    assert told(plain, "early_help", "end_date", "source") == [("A", "2023-01-10", "2023-02-20", "School")]
    assert told(plain, "referral", "source", "outcome", "team", "worker") == [
        ("A", "2023-05-10", "6", "not_nfa", "Front door", "W1"), ("B", "2023-09-01", "2A", "nfa", "Front door", "W1"),
    ]  # fmt: skip
    assert told(plain, "cin_episode", "end_date", "outcome", "category", "team") == [
        ("A", "2023-05-10", "2024-01-20", "RC7", "N1", "Safeguarding North")
    ]
    assert told(plain, "assessment", "end_date", "outcome", "category", "team") == [
        ("A", "2023-05-11", "2023-06-20", "support", "seen", "Safeguarding North"),
        ("A", "2024-03-11", None, "", "", "Safeguarding North"),
    ]
    assert told(plain, "factors", "category") == [("A", "2023-05-11", "3B 16A 4B")]
    assert told(plain, "s47", "end_date", "outcome") == [
        ("A", "2023-07-01", "2023-07-12", "icpc"),
        ("A", "2024-02-01", None, "icpc_not_needed"),
    ]
    assert told(plain, "icpc", "clock_start", "outcome", "category") == [
        ("A", "2023-07-12", "2023-07-01", "plan", "own"), ("B", "2023-08-01", None, "no_plan", "transfer_in"),
    ]  # fmt: skip
    assert told(plain, "icpc_target", "clock_start") == [("A", "2023-07-21", "2023-07-12"), ("A", "2024-03-20", None)]
    assert told(plain, "cp_plan", "end_date", "category", "team") == [("A", "2023-07-12", None, "EMO", "Safeguarding North")]
    assert told(plain, "cp_review", "clock_start") == [("A", "2023-10-01", "2023-07-12")]
    assert told(plain, "cp_visit", "category") == [("A", "2023-08-01", "seen"), ("A", "2023-08-20", "not_seen")]
    assert told(plain, "cin_plan", "end_date") == [("A", "2023-06-21", "2023-07-01")]
    assert told(plain, "legal_status", "category") == [("A", "2023-12-01", "C2")]
    assert told(plain, "missing", "end_date", "category", "outcome") == [
        ("A", "2024-02-01", "2024-02-02", "missing", "offered"), ("A", "2024-02-09", "2024-02-09", "absent", ""),
    ]  # fmt: skip
    assert told(plain, "care_leaver", "source", "outcome", "category", "clock_start", "team") == [
        ("Z", "2024-03-31", "F2", "yes", "suitable", "2023-12-01", "T3")
    ]
    assert told(plain, "involvement", "end_date", "worker", "team", "outcome") == [
        ("A", "2023-05-10", "2023-07-01", "W1", "Front door", "Left"), ("A", "2023-07-01", None, "W2", "Safeguarding North", ""),
    ]  # fmt: skip
    assert told(plain, "pre_proceedings", "end_date") == [("A", "2023-10-01", "2024-01-01")]
    assert told(plain, "pp_meeting", "clock_start") == [("A", "2023-10-20", "2023-10-08")]
    assert {"plan_of_another", "other_role", "person_not_found"} <= rules(plain)
    born = plain.events.drop_duplicates("child_id").set_index("child_id")["birth_date"]
    assert born.loc[["A", "B"]].tolist() == [pd.Timestamp("2015-06-01"), pd.Timestamp("2024-02-20")]


def test_episodes_of_care_are_put_together(plain: Extract) -> None:
    """Moves and changes of legal status go on; the day care was entered is known for what began before; E4A ended it."""
    assert told(plain, "cla_period", "end_date", "outcome", "category", "source") == [
        ("A", "2017-11-05", "2020-02-01", "E4A", "N1", "PR4"),
        ("A", "2023-12-01", None, "", "N5", "PR4"),
    ]
    assert len(told(plain, "placement")) == 3


def test_left_and_back_the_same_day_is_two_periods(write) -> None:
    head = CHILD["ssd_cla_episodes"].splitlines()[0]
    rows = "L1,A,2022-01-01,S,N1,2022-06-01,E4A,M1,\nL2,A,2022-06-01,S,N1,,,M1,\n"
    rows += "L3,B,2022-01-01,S,N1,2022-06-01,X1,,\nL4,B,2022-06-01,S,N1,,,,\n"
    extract = read(write({**few("ssd_person"), "ssd_cla_episodes": f"{head}\n{rows}"}))
    assert [row[:2] for row in told(extract, "cla_period")] == [("A", "2022-01-01"), ("A", "2022-06-01"), ("B", "2022-01-01")]


def few(*names: str) -> Tables:
    """Some of the tables of CHILD."""
    return {name: CHILD[name] for name in names}


def upper(text: str) -> str:
    head, _, rest = text.partition("\n")
    return f"{head.upper()}\n{rest}"


SHAPES: dict[str, Callable[[str], str]] = {
    "capitals": upper,
    "brackets": lambda text: ",".join(f"[{name}]" for name in text.splitlines()[0].split(",")) + text[text.index("\n") :],
    "byte order mark": lambda text: "\ufeff" + text,
    "windows lines": lambda text: text.replace("\n", "\r\n"),
    "times of day": lambda text: text.replace("2023-05-10,", "2023-05-10 00:00:00.000,").replace("2023-07-01,", "2023-07-01T00:00:00,"),
    "a field more": lambda text: "".join(f"{line},{'x_more' if not n else ''}\n" for n, line in enumerate(text.splitlines())),
    "blank line above": lambda text: "\n" + text,
    "list around the flags": lambda text: text.replace('"{', '"[{').replace('}"', '}]"'),
    "small flags": lambda text: text.replace("NFA_FLAG", "nfa_flag").replace('""Y""', "true"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_met_in_real_extracts_change_nothing(write, plain: Extract, shape: str) -> None:
    made = write({name: SHAPES[shape](text) for name, text in CHILD.items()}, f"odd/{FOLDER}")
    pd.testing.assert_frame_equal(read(made).events, plain.events)


def test_parquet_says_the_same_as_csv(write, plain: Extract, tmp_path: Path) -> None:
    made = tmp_path / "parquet" / FOLDER
    made.mkdir(parents=True)
    for path in write(CHILD).glob("*.csv"):
        frame = pd.read_csv(path, dtype=str)
        dates = [name for name in frame if name.endswith(("_date", "dob"))]
        typed = frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})
        if "cinf_table_id" in typed:
            typed["cinf_assessment_factors_json"] = [["3B", "16a"], ["4B"]]
        typed.rename(columns=str.upper).to_parquet(made / f"{path.stem}.parquet")
    checked = check(made)
    assert (checked.format, checked.error) == ("ssd", "")
    pd.testing.assert_frame_equal(read(made).events, plain.events)


def test_stand_ins_are_not_available_and_never_zero(write) -> None:
    closed = CHILD["ssd_cin_episodes"].replace("2024-01-20", "PLACEHOLDER_DATA").replace('Y""}",,,,T1', 'Y""}",,,1900-01-01,T1')
    stood_in = {
        **CHILD,
        "ssd_cin_episodes": closed,
        "ssd_missing": CHILD["ssd_missing"].replace(",Y\n", ",placeholder_data\n").replace(",NA\n", ",PLACEHOLDER_DATA\n"),
        "ssd_cp_plans": CHILD["ssd_cp_plans"].replace("NEG,EMO", "PLACEHOLDER_DATA,EMO"),
    }
    extract = read(write(stood_in))
    assert "cin_episode" not in extract.windows
    assert "referral" in extract.windows
    assert set(told(extract, "missing", "outcome")) == {("A", "2024-02-01", ""), ("A", "2024-02-09", "")}
    said = {(problem.column, problem.rule) for problem in extract.problems}
    assert {("cine_close_date", "placeholder_column"), ("miss_missing_rhi_offered", "placeholder_column")} <= said
    assert ("cppl_cp_plan_initial_category", "placeholder") in said


def test_a_table_that_is_not_there_or_empty_is_not_zero(write) -> None:
    tables = {name: text for name, text in CHILD.items() if name != "ssd_missing"}
    tables["ssd_cp_plans"] = CHILD["ssd_cp_plans"].splitlines()[0] + "\n"
    path = write(tables)
    extract = read(path)
    assert not {"missing", "cp_plan"} & set(extract.windows)
    assert {"missing_table", "empty_table"} <= {problem.rule for problem in extract.problems}
    assert any("found no table ssd_missing" in line for line in check(path).lines())


def test_periods_of_which_none_ever_ended_are_not_taken_for_open(write) -> None:
    head = CHILD["ssd_cp_plans"].splitlines()[0]
    rows = "".join(f"P{n},C{n},2022-0{1 + n % 9}-01,,NEG,NEG,N\n" for n in range(60))
    (extract,) = read_ssd(write({**few("ssd_contacts"), "ssd_cp_plans": f"{head}\n{rows}"}))
    assert "cp_plan" not in extract.windows
    assert "never_ends" in {problem.rule for problem in extract.problems}


SPANS = {
    "six years": (daily("2016-01-01", "2024-03-31"), ("2018-04-01", "2024-03-31")),
    "begins later": (daily("2021-06-14", "2024-03-31"), ("2021-07-01", "2024-03-31")),
    "old open cases before the system began": (
        daily("2018-01-01", "2021-05-31", 20) + daily("2021-06-01", "2024-03-31"), ("2021-06-01", "2024-03-31"),
    ),
    "stops early": (daily("2018-01-01", "2024-01-15"), ("2018-04-01", "2024-01-14")),
    "a month lost": (daily("2018-01-01", "2022-12-31") + daily("2023-02-01", "2024-03-31"), ("2023-02-01", "2024-03-31")),
    "a step of an authority's own": (
        daily("2018-01-01", "2021-05-31", 2) + daily("2021-06-01", "2024-03-31", 1), ("2018-04-01", "2024-03-31"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPANS)
def test_how_far_back_an_extract_speaks(write, name: str) -> None:
    days, wanted = SPANS[name]
    # the day it was drawn is known: lists that stop are not taken for an earlier one
    (extract,) = read_ssd(write({"ssd_contacts": contacts(days)}), as_at=date(2024, 3, 31))
    first, last = extract.windows["contact"]
    assert (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}") == wanted


def test_thin_tables_take_the_history_of_the_dense_ones(write) -> None:
    path = write({**few("ssd_cp_plans"), "ssd_contacts": contacts(daily("2021-06-01", "2024-03-31"))})
    assert read(path).windows["cp_plan"][0] == date(2021, 6, 1)
    (extract,) = read_ssd(path, window_months=12)
    assert extract.windows["cp_plan"][0] == date(2023, 4, 1)


def test_several_dates_are_one_history(write, tmp_path: Path) -> None:
    tables = few("ssd_cp_plans", "ssd_contacts")
    ended = tables["ssd_cp_plans"].replace("2023-07-12,,", "2023-07-12,2024-05-01,")
    write({**tables, "ssd_cp_plans": ended}, "ssd/2024-06-30")
    write(tables, "ssd/2024-03-31")
    extracts = read_ssd(tmp_path / "ssd")
    assert [extract.as_at for extract in extracts] == [date(2024, 3, 31), date(2024, 6, 30)]
    plans = events.merge_extracts(extracts).of("cp_plan")
    assert plans["end_date"].tolist() == [pd.Timestamp("2024-05-01")]
    assert check(tmp_path / "ssd").ok


def test_one_authority_of_several(write, tmp_path: Path) -> None:
    write(few("ssd_contacts"), "all/Camden/2024-03-31")
    write({"ssd_contacts": contacts(daily("2023-01-01", "2024-03-31"))}, "all/Barnet/2024-03-31")
    (extract,) = read_ssd(tmp_path / "all", authority="Camden")
    assert "A" in set(extract.events["child_id"])
    with pytest.raises(SourceError, match="found extracts of Barnet, Camden, want one of Hertfordshire"):
        read_ssd(tmp_path / "all", authority="Hertfordshire")
    with pytest.raises(SourceError, match="give each its own folder, or name the authority as DfE does"):
        read_ssd(tmp_path / "all")


def test_extracts_of_two_authorities_are_told_by_their_children(write, tmp_path: Path) -> None:
    write({"ssd_contacts": contacts(daily("2023-01-01", "2024-03-31"))}, "all/2024-03-31")
    other = contacts(daily("2023-01-01", "2024-06-30")).replace(",C", ",D")
    write({"ssd_contacts": other}, "all/2024-06-30")
    with pytest.raises(SourceError, match="found no child of one in the other"):
        read_ssd(tmp_path / "all")


WRONG: dict[str, tuple[Tables, str]] = {
    "a field that is needed": (
        {"ssd_cp_plans": CHILD["ssd_cp_plans"].replace("cppl_cp_plan_end_date", "cppl_ended")},
        "ssd_cp_plans.csv, column cppl_cp_plan_end_date: found no such field",
    ),
    "another table's fields": (
        {**CHILD, "ssd_missing": CHILD["ssd_contacts"]}, "found the fields of ssd_contacts, want those of ssd_missing",
    ),
    "a table twice": (
        {**CHILD, "old_ssd_contacts": CHILD["ssd_contacts"]}, "found ssd_contacts twice: old_ssd_contacts.csv and ssd_contacts.csv",
    ),
    "a quote never closed": (
        {"ssd_contacts": contacts(daily("2023-01-01", "2024-03-31")).replace('9,C9,2023-01-19,6,,"{}"', '9,C9,2023-01-19,6,"x,')},
        "ssd_contacts.csv: found a",
    ),
    "most rows shifted": (
        {"ssd_contacts": contacts(daily("2023-01-01", "2024-03-31")).replace(",6,,", ",6,")},
        "rows that cannot be used, for more or fewer cells than fields",
    ),
    "dates month first": (
        {"ssd_contacts": contacts([f"{day:%m/%d/%Y}" for day in pd.date_range("2023-01-01", "2023-12-31")])},
        "ssd_contacts.csv, row 14, column cont_contact_date: found dates written month first",
    ),
    "a field twice": (
        {"ssd_contacts": CHILD["ssd_contacts"].replace("cont_contact_source_desc", "CONT_PERSON_ID")}, "found the field twice",
    ),
    "nothing of it": ({"ssd_family": "fami_table_id,fami_family_id\n1,2\n"}, "found no table that tells of events"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_refused_in_words(write, name: str) -> None:
    tables, said = WRONG[name]
    checked = check(write(tables))
    assert said in checked.error
    assert "report this" not in checked.error


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"\x00" * 200 + b"PAR1", b""])
def test_a_damaged_parquet_file_is_refused(write, content: bytes) -> None:
    path = write(few("ssd_contacts"))
    (path / "ssd_missing.parquet").write_bytes(content)
    assert "ssd_missing.parquet: the Parquet file is damaged or cut off" in check(path).error


def test_what_is_wrong_is_told_by_file_field_and_row(write) -> None:
    many = "".join(f"R{n},C{n},2023-05-{n:02d},N1,6,,,N,RC7,2024-01-20,T1,W1\n" for n in range(10, 20))
    odd = (
        CHILD["ssd_cin_episodes"]
        + many
        + "R3,,2023-05-12,N1,66,,,N,RC7,2023-02-31,T1,W1\nR1,A,2023-05-10,N1,6,,,N,RC7,2024-01-20,T1,W1\nR4,A\n"
    )
    odd = odd.replace("R15,C15,2023-05-15,N1,6", "R15,C15,2023-05-15,N1,66")
    extract = read(write({"ssd_cin_episodes": odd}))
    lines = "\n".join(problem.sentence() for problem in extract.problems)
    assert "ssd_cin_episodes.csv, row 9, column cine_referral_source_code: found '66', want one of 1A" in lines
    assert "ssd_cin_episodes.csv, row 14, column cine_close_date: found '2023-02-31', want a date like 28/02/2024" in lines
    assert "ssd_cin_episodes.csv, row 14, column cine_person_id: found no identifier" in lines
    assert "ssd_cin_episodes.csv, row 15, column cine_referral_id: found the same key again" in lines
    assert "ssd_cin_episodes.csv, row 16: found more or fewer cells than fields, want 12 in every row" in lines


def test_check_says_which_tables_are_there(write) -> None:
    dense = contacts(daily("2018-03-01", "2024-03-31"))
    tables = {"ssd_contacts": dense, "ssd_family": "fami_table_id,fami_family_id,fami_person_id\n1,2,A\n", "notes": "a,b\n1,2\n"}
    lines = check(write(tables)).lines()
    assert lines[0].endswith("Standard Safeguarding Dataset, as at 31/03/2024")
    assert "  ssd_contacts (ssd_contacts.csv): 1,112 rows, April 2018 to March 2024" in lines
    assert "  ssd_family (ssd_family.csv), not used: 1 row" in lines
    assert any(line.startswith("  problem: notes.csv: found a table that is none of the standard") for line in lines)


@pytest.mark.parametrize(("encoding", "mark"), [("cp1252", ","), ("utf-16", ","), ("utf-8", ";"), ("utf-8", "\t")])
def test_text_in_other_encodings_and_with_other_marks(tmp_path: Path, encoding: str, mark: str) -> None:
    made = tmp_path / FOLDER
    made.mkdir()
    text = CHILD["ssd_missing"].replace(",", mark)
    text = text.replace(f"{mark}A{mark}", f"{mark}Zoë{mark}")
    (made / "ssd_missing.csv").write_bytes(text.encode(encoding))
    extract = read(made)
    assert told(extract, "missing", "category") == [("Zoë", "2024-02-01", "missing"), ("Zoë", "2024-02-09", "absent")]
    assert ({"encoding", "delimiter"} & rules(extract)) == ({"delimiter"} if encoding == "utf-8" else {"encoding"})


def test_the_latest_date_is_the_day_it_was_drawn(write) -> None:
    extract = read(write({"ssd_contacts": contacts(daily("2021-06-01", "2024-03-30"))}, "extract"))
    assert extract.as_at == date(2024, 3, 29)
    assert "as_at_from_dates" in rules(extract)


def test_fields_of_the_published_model_are_those_read(shared_data: Path) -> None:
    from cfanalysis.sources.ssd import table_specs

    model = pd.read_csv(shared_data / "samples" / "ssd_fields.csv", dtype=str)
    known = set(zip(model["object_name"], model["field_name"], strict=True))
    used = {(spec.name, field) for spec in table_specs().values() for field in spec.fields}
    assert used <= known
    assert set(table_specs()) <= set(model["object_name"])
