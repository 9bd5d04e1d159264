"""Tables to the cells of a list: fields by the keys of reference/ssd.yml, other tables joined, JSON put into words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import as_text
from cfanalysis.sources.codes import code_set, read_code, read_codes
from cfanalysis.sources.listings import Listing
from cfanalysis.sources.problems import Place, Problem
from cfanalysis.sources.ssd.columns import SsdTable
from cfanalysis.sources.ssd.joins import clean, joined
from cfanalysis.sources.ssd.outcomes import contact_outcome, factor_codes, said_of, spread, unreadable
from cfanalysis.sources.ssd.specs import BORN, PERSONS, SsdSpec

Tables = Mapping[str, SsdTable]

OTHER_ROLES = re.compile(
    r"\biro\b|review|chair|conference|supervis|manag|advis|support|admin|foster|adopt|nurse|therap|health|educat|school|police|duty|mentor",
    re.IGNORECASE,
)
"""Roles of people who are not a child's own social worker."""


@dataclass(frozen=True)
class Shaped:
    """The cells of a list with the row of the table each came from, and what was left out on the way."""

    cells: pd.DataFrame
    kept: np.ndarray
    problems: tuple[Problem, ...] = ()


def shape(tables: Tables, spec: SsdSpec) -> tuple[Listing | None, list[Problem]]:
    """The cells of one list; None where its table is not there, or lacks what makes an event."""
    table = tables.get(spec.table)
    if table is None or (spec.beside and spec.beside not in tables):
        return None, []
    lacking = [column.title for column in spec.columns.values() if column.needed == "stop" and column.title in table.absent]
    if lacking or table.cells.empty:
        return None, []
    keys = {key: column.title for key, column in spec.columns.items() if key != BORN or spec.title == PERSONS}
    cells = pd.DataFrame({key: _field(table, title) for key, title in keys.items()})
    shaped = _MADE.get(spec.title, _as_it_is)(tables, cells)
    cells = _with_teams(tables, shaped.cells)
    place = Place(table.place.file, "", spec.title, table.place.rows[shaped.kept])
    return Listing(spec, cells.reset_index(drop=True), place, len(table.cells)), list(shaped.problems)


def _field(table: SsdTable, title: str) -> np.ndarray:
    held = table.cells.get(title)
    return np.full(len(table.cells), "", dtype=object) if held is None else held.to_numpy(dtype=object)


def _as_it_is(_: Tables, cells: pd.DataFrame) -> Shaped:
    return Shaped(cells, np.ones(len(cells), dtype=bool))


def _only(cells: pd.DataFrame, kept: pd.Series | np.ndarray, *problems: Problem) -> Shaped:
    chosen = np.asarray(kept, dtype=bool)
    return Shaped(cells[chosen], chosen, problems)


def _with_teams(tables: Tables, cells: pd.DataFrame) -> pd.DataFrame:
    """Team ids as the departments' names; an id that no department has stays."""
    if "team" not in cells or "ssd_department" not in tables:
        return cells
    names = joined(cells["team"], tables["ssd_department"], "dept_team_id", "dept_team_name")
    return cells.assign(team=np.where(names == "", cells["team"], names))


def _source(table: SsdTable, code: str, described: str) -> np.ndarray:
    """A source by its code; where that is none of DfE's, by its description."""
    codes, words = table.cells[code], table.cells[described]
    known = np.array(
        [bool(each) for each in spread(codes, lambda text: read_code(text, code_set("source")))],
        dtype=bool,
    )
    named = np.array(
        [bool(each) for each in spread(words, lambda text: read_code(text, code_set("source")))],
        dtype=bool,
    )
    return np.asarray(np.where(~known & named, words, codes))


def _contacts(tables: Tables, cells: pd.DataFrame) -> Shaped:
    table = tables["ssd_contacts"]
    source = _source(table, "cont_contact_source_code", "cont_contact_source_desc")
    odd = np.array(spread(cells["outcome"], unreadable), dtype=bool)
    problems = []
    if odd.any():
        wanted = 'flags as JSON, like {"NFA_FLAG": "Y"} (read as unknown)'
        problems.append(
            table.place.problem(
                "cont_contact_outcome_json",
                "unknown_outcome",
                "text that is no flags",
                wanted,
                "coerced",
                odd,
            )
        )
    return Shaped(
        cells.assign(contact_source=source, outcome=spread(cells["outcome"], contact_outcome)),
        np.ones(len(cells), dtype=bool), tuple(problems),
    )  # fmt: skip


def _no_action(table: SsdTable) -> np.ndarray:
    """Whether a referral ended with no further action: the flag, else the outcome."""
    said = table.cells["cine_referral_nfa"]
    worded = spread(table.cells["cine_referral_outcome_json"], said_of("NFA_FLAG"))
    return np.asarray(np.where(said.to_numpy() == "", worded, said))


def _referrals(tables: Tables, cells: pd.DataFrame) -> Shaped:
    table = tables["ssd_cin_episodes"]
    source = _source(table, "cine_referral_source_code", "cine_referral_source_desc")
    return _as_it_is(tables, cells.assign(referral_source=source, nfa=_no_action(table)))


def _in_need(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """Episodes: referrals with no further action are none."""
    ended = read_codes(pd.Series(_no_action(tables["ssd_cin_episodes"]), dtype=object), "yes_no").data == "yes"
    return _only(cells, ~ended)


def _factors(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """Assessments that are done, with their factors as one text of codes."""
    table, factors = tables["ssd_cin_assessments"], tables["ssd_assessment_factors"]
    codes = spread(factors.cells["cinf_assessment_factors_json"], factor_codes)
    odd = np.array([each is None for each in codes], dtype=bool)
    keys = clean(factors.cells["cinf_assessment_id"])
    words = pd.Series([" ".join(each or ()) for each in codes], index=keys.to_numpy(), dtype=object)
    whole = _one_text(words[words != ""])
    place = whole.index.get_indexer(pd.Index(clean(table.cells["cina_assessment_id"])))
    values = np.array([*whole.tolist(), ""], dtype=object)
    problems = []
    if odd.any():
        wanted = 'codes as JSON, like ["3B", "16A"] (read as not recorded)'
        problems.append(
            factors.place.problem(
                "cinf_assessment_factors_json",
                "unknown_factor",
                "text that is no factor codes",
                wanted,
                "coerced",
                odd,
            )
        )
    return _only(cells.assign(factors=values[place]), (cells["authorised"] != ""), *problems)


def _one_text(words: pd.Series) -> pd.Series:
    """The codes of several rows of one assessment as one text."""
    again = words.index.duplicated(keep=False)
    several: dict[str, dict[str, None]] = {}
    for key, text in words[again].items():
        several.setdefault(str(key), {}).update(dict.fromkeys(text.split()))
    return pd.concat(
        [
            words[~again],
            pd.Series({key: " ".join(codes) for key, codes in several.items()}, dtype=object),
        ]
    )


def _enquiries(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """Enquiries with the day of their conference; what is said of a conference only where the enquiry is over."""
    table, conferences = tables["ssd_s47_enquiry"], tables.get("ssd_initial_cp_conference")
    held = joined(table.cells["s47e_s47_enquiry_id"], conferences, "icpc_s47_enquiry_id", "icpc_icpc_date")
    asked = spread(table.cells["s47e_s47_outcome_json"], said_of("CP_CONFERENCE_FLAG"))
    over = table.cells["s47e_s47_end_date"].to_numpy() != ""
    unneeded = np.where(over & (asked == "no"), "yes", np.where(asked == "yes", "no", ""))
    said = cells["unnecessary"].to_numpy()
    return _as_it_is(tables, cells.assign(icpc_date=held, unnecessary=np.where(said == "", unneeded, said)))


def _conferences(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """Conferences held; a child who moved in while on a plan has no enquiry here."""
    table = tables["ssd_initial_cp_conference"]
    begun = joined(
        table.cells["icpc_s47_enquiry_id"],
        tables.get("ssd_s47_enquiry"),
        "s47e_s47_enquiry_id",
        "s47e_s47_start_date",
    )
    return _only(cells.assign(s47_start=begun), cells["icpc_date"] != "")


def _dated(key: str) -> Callable[[Tables, pd.DataFrame], Shaped]:
    """Rows that have a date: those without are of what has not happened yet."""
    return lambda _, cells: _only(cells, cells[key] != "")


def _plans(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """Plans of the authority's own; DfE counts a plan with the authority that made it."""
    table = tables["ssd_cp_plans"]
    elsewhere = (read_codes(table.cells["cppl_cp_plan_ola"], "yes_no").data == "yes").to_numpy()
    if not elsewhere.any():
        return _as_it_is(tables, cells)
    found, wanted = "a plan of another authority (Y)", "the authority's own plans"
    return _only(
        cells,
        ~elsewhere,
        table.place.problem("cppl_cp_plan_ola", "plan_of_another", found, wanted, "dropped", elsewhere),
    )


def _reviews(tables: Tables, cells: pd.DataFrame) -> Shaped:
    table = tables["ssd_cp_reviews"]
    begun = joined(
        table.cells["cppr_cp_plan_id"],
        tables.get("ssd_cp_plans"),
        "cppl_cp_plan_id",
        "cppl_cp_plan_start_date",
    )
    return _only(cells.assign(start=begun), cells["review"] != "")


def _care(tables: Tables, cells: pd.DataFrame) -> Shaped:
    table = tables["ssd_cla_episodes"]
    placed = joined(
        table.cells["clae_cla_placement_id"],
        tables.get("ssd_cla_placement"),
        "clap_cla_placement_id",
        "clap_cla_placement_provider",
    )
    return _as_it_is(tables, cells.assign(provider=placed))


def _missing(tables: Tables, cells: pd.DataFrame) -> Shaped:
    kinds = spread(
        cells["type"],
        lambda text: "absent" if "absen" in text.lower() else "missing" if text else "",
    )
    return _as_it_is(tables, cells.assign(type=kinds))


def _leavers(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """One row a person, the last: the table is what is known of each now."""
    again = cells["child_id"].duplicated(keep="last").to_numpy()
    if not again.any():
        return _as_it_is(tables, cells)
    found, wanted = "several rows of one person", "what is known now (the last row was kept)"
    place = tables["ssd_care_leavers"].place
    return _only(
        cells,
        ~again,
        place.problem("clea_person_id", "same_thing", found, wanted, "dropped", again),
    )


def _workers(tables: Tables, cells: pd.DataFrame) -> Shaped:
    """Involvements of social workers; those of others are counted by nobody."""
    place = tables["ssd_involvements"].place
    others = np.array(spread(cells["role"], lambda text: bool(OTHER_ROLES.search(text))), dtype=bool)
    unnamed = (cells["worker"] == "").to_numpy() & ~others
    problems = []
    if others.any():
        names = ", ".join(repr(name) for name in sorted(set(cells.loc[others, "role"].map(as_text)))[:5])
        problems.append(
            place.problem(
                "invo_professional_role_id",
                "other_role",
                names,
                "social workers (not counted as a worker)",
                "dropped",
                others,
            )
        )
    if unnamed.any():
        problems.append(
            place.problem(
                "invo_professional_id",
                "missing_worker",
                "no worker",
                "a worker in every row",
                "dropped",
                unnamed,
            )
        )
    return _only(cells, ~(others | unnamed), *problems)


_MADE: Mapping[str, Callable[[Tables, pd.DataFrame], Shaped]] = {
    "Contacts": _contacts,
    "Referrals": _referrals,
    "Children in need": _in_need,
    "Factors found at assessment": _factors,
    "Section 47 enquiries": _enquiries,
    "Initial child protection conferences": _conferences,
    "Target dates of conferences": _dated("target"),
    "Child protection plans": _plans,
    "Reviews of child protection plans": _reviews,
    "Children looked after": _care,
    "Missing episodes": _missing,
    "Care leavers": _leavers,
    "Involvements": _workers,
}
