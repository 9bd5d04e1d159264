"""What is shown of a base: small counts never, what has been shown always, zeros always, and the audit agrees."""

import itertools
from importlib import import_module
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from tests.made_base import STRUCTURE, made_base

from cfanalysis.disclosure.audit.proving import Audited, audit
from cfanalysis.disclosure.decide import Decision, decide, show_nothing_new
from cfanalysis.disclosure.names import one_name
from cfanalysis.disclosure.structure import Earlier, Structure, keyed_digest, period_parts
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import policy

cells_room, decide_room, withhold_room = (import_module(f"cfanalysis.disclosure.{name}") for name in ("cells", "decide", "withhold"))
DFE = policy("dfe")
KEPT = {"stocks": STRUCTURE.stocks, "rest": STRUCTURE.rest, "percents": STRUCTURE.percents}


def proved(*files) -> int:
    return audit([(each.figures if isinstance(each, Decision) else each, DFE) for each in files], **KEPT).wide


@pytest.mark.parametrize("seed", range(4))
def test_small_counts_are_hidden_and_the_audit_proves_them(seed):
    base = made_base(seed)
    found = decide(base, STRUCTURE, DFE)
    hidden = found.figures["flag"] == "c"
    assert hidden[base["value"].between(1, 5)].all()
    assert not hidden[base["value"] == 0].any()
    assert (found.figures["value"][~hidden] == base["value"][~hidden]).all()
    assert proved(found) > 0
    assert found.exposed.empty
    assert found.withheld == hidden.sum() < 0.5 * len(base)


def test_what_is_hidden_says_why_and_keeps_a_digest():
    base, digest = made_base(1), keyed_digest(b"kept in the store")
    found = decide(base, STRUCTURE, DFE, (), digest)
    hidden = found.figures["flag"] == "c"
    assert set(found.roles[hidden]) == {"small", "guard"}
    assert (found.figures["digest"][hidden] != "").all()
    assert (found.figures["digest"][~hidden] == "").all()


def test_missing_is_not_hidden():
    base = made_base(2)
    base.loc[5, ["value", "flag"]] = [np.nan, "x"]
    found = decide(base, STRUCTURE, DFE)
    assert found.figures.loc[5, "flag"] == "x"
    assert proved(found)


@pytest.mark.parametrize("name", ["internal", "open"])
def test_these_policies_hide_nothing(name):
    base = made_base(3)
    assert decide(base, STRUCTURE, policy(name)).withheld == 0


def test_strict_shows_multiples_of_five_and_is_proved():
    strict = policy("strict")
    found = decide(made_base(0), STRUCTURE, strict)
    shown = found.figures["value"].dropna()
    assert (shown % 5 == 0).all()
    assert audit([(found.figures, strict)], **KEPT).wide


def test_one_count_under_two_names_is_hidden_under_both():
    found = decide(made_base(0), STRUCTURE, DFE).figures
    keys = ["breakdown", "period"]
    one = found[(found["indicator"] == "referrals")].set_index(keys)["flag"]
    two = found[(found["indicator"] == "nfa") & (found["part"] == "denominator")].set_index(keys)["flag"]
    assert (one == two.reindex(one.index)).all()
    assert (one == "c").any()


def test_what_everybody_knows_guards_nothing():
    base = made_base(0)
    first = decide(base, STRUCTURE, DFE)
    guard = base[(first.roles == "guard") & (base["period"].str.len() == 7) & (base["breakdown"] == "all")]
    address = tuple(guard.iloc[0][["indicator", "breakdown", "period", "part"]])
    known = {address: float(guard.iloc[0]["value"])}
    structure = type(STRUCTURE)(STRUCTURE.stocks, STRUCTURE.rest, STRUCTURE.percents, known)
    found = decide(base, structure, DFE)
    at = guard.index[0]
    assert found.figures.loc[at, "flag"] == ""
    assert audit([(found.figures, DFE)], **KEPT, published=known).wide


class TestEditions:
    """Twelve months running, each with late records for the newest three."""

    @pytest.fixture(scope="class")
    def editions(self):
        digest, earlier, bases = keyed_digest(b"secret"), [], []
        for month in range(24, 36):
            base = made_base(7, month, late=3)
            bases.append((base, decide(base, STRUCTURE, DFE, earlier, digest)))
            earlier.append(Earlier(bases[-1][1].figures, DFE))
        return bases

    def test_nothing_can_be_recovered_from_all_together(self, editions):
        assert proved(*(found for _, found in editions))
        assert all(found.exposed.empty for _, found in editions)

    def test_what_was_shown_stays_shown_and_what_was_hidden_stays_hidden(self, editions):
        key = ["indicator", "breakdown", "period", "part"]
        for (base, found), (later, after) in itertools.pairwise(editions):
            both = base.assign(flag=found.figures["flag"]).merge(later.assign(flag=after.figures["flag"]), on=key, suffixes=("", "_after"))
            same = both["value"] == both["value_after"]
            assert (both["flag"][same] == both["flag_after"][same]).all()

    def test_a_shown_count_that_is_revised_is_shown(self, editions):
        _base, found = editions[0]
        _later, after = editions[1]
        key = ["indicator", "breakdown", "period", "part"]
        both = found.figures.merge(after.figures, on=key, suffixes=("", "_after"))
        assert ((both["value"] != both["value_after"]) & both["value"].notna() & both["value_after"].notna()).any()

    def test_little_more_is_hidden_than_alone(self, editions):
        base, found = editions[-1]
        assert found.withheld <= 1.15 * decide(base, STRUCTURE, DFE).withheld


def test_corrections_of_earlier_months_cost_no_edition():
    """Records come late, turn out to be none, or move: what is taken for unchanged is at times known to have changed."""
    digest, earlier, revised = keyed_digest(b"secret"), [], 0
    for month in range(18, 23):
        base = made_base(4, month, size=0.5, corrections=3)
        found = decide(base, STRUCTURE, DFE, earlier, digest)
        earlier.append(Earlier(found.figures, DFE))
        assert proved(*(each.figures for each in earlier))
        revised += shown_otherwise(earlier) if len(earlier) > 1 else 0
    assert revised > 0
    assert found.withheld <= 1.15 * decide(base, STRUCTURE, DFE).withheld


def shown_otherwise(earlier) -> int:
    """How many figures of the last two files are shown in both, and differ."""
    both = earlier[-2].figures.merge(earlier[-1].figures, on=["indicator", "breakdown", "period", "part"])
    return int((both["value_x"].notna() & both["value_y"].notna() & (both["value_x"] != both["value_y"])).sum())


def made_quarter(total: float, *months: float) -> pd.DataFrame:
    """A quarter and its months; hidden where there is no number."""
    periods = ["2024-Q1", "2024-01", "2024-02", "2024-03"]
    frame = pd.DataFrame({"period": periods, "value": [total, *months]}).assign(indicator="contacts", breakdown="all", part="figure")
    return frame.assign(flag=np.where(frame["value"].isna(), "c", ""))


def test_the_audit_takes_what_is_hidden_in_one_file_for_what_the_next_one_shows():
    first, second = made_quarter(74, np.nan, np.nan, 41), made_quarter(74, 30, np.nan, 41)
    with pytest.raises(ReleaseError, match="2024-02: a hidden figure can be worked out to lie between 3 and 3"):
        audit([(first, DFE), (second.iloc[1:2], DFE)])


def test_the_audit_does_not_ask_for_what_a_later_file_shows():
    first, second = made_quarter(74, np.nan, np.nan, 41), made_quarter(74, 17, 16, 41)
    assert audit([(first, DFE), (second, DFE)]).wide == 2


YEAR = {("contacts", "all", "2024-Q1", "figure"): 74.0}


def test_what_earlier_files_and_the_department_give_away_is_no_fault_of_the_newest():
    """Two months were shown before the third was counted; the whole is the Department's: no file can hide the third."""
    first = made_quarter(np.nan, 30, 41, np.nan).iloc[1:3]
    second = made_quarter(74, 30, 41, np.nan)
    assert audit([(first, DFE), (second, DFE)], published=YEAR) == Audited(0, 1)
    with pytest.raises(ReleaseError, match="2024-03: a hidden figure can be worked out to lie between 3 and 3"):
        audit([(first, DFE), (second, DFE)])


def test_a_file_that_shows_what_gives_a_figure_away_is_to_blame_whatever_follows():
    second, third = made_quarter(74, 30, 41, np.nan), made_quarter(74, 30, 41, np.nan)
    with pytest.raises(ReleaseError, match="2024-03: a hidden figure can be worked out"):
        audit([(second, DFE), (third, DFE)], published=YEAR)
    assert audit([(second, DFE), (third, DFE)], published=YEAR, since=1) == Audited(0, 1)


def test_a_figure_that_was_shown_and_is_hidden_has_changed():
    """Were nothing else changed it would be what it was; but then it would be shown: so something else is not what it was either."""
    first = pd.concat([made_quarter(64, np.nan, np.nan, 30), of_team(made_quarter(np.nan, np.nan, np.nan, 20))])
    second = pd.concat([made_quarter(64, np.nan, np.nan, np.nan), of_team(made_quarter(np.nan, np.nan, np.nan, 20))])
    assert audit([(first, DFE), (second, DFE)]).wide


def of_team(quarter: pd.DataFrame) -> pd.DataFrame:
    return quarter.assign(breakdown="team: North")


def test_around_a_figure_that_is_too_narrow_everything_new_is_withheld():
    base = made_base(2)
    first = decide(base, STRUCTURE, DFE)
    shown = base[(first.figures["flag"] == "") & (base["value"] > 0) & (base["period"].str.len() == 7)].iloc[0]
    address = tuple(shown[["indicator", "breakdown", "period", "part"]])
    second = decide(base, STRUCTURE, DFE, around={address: 1})
    assert second.figures.loc[shown.name, "flag"] == "c"
    assert second.withheld > first.withheld
    again = decide(base, STRUCTURE, DFE, [Earlier(first.figures, DFE)], around={address: 1})
    assert again.figures.loc[shown.name, "flag"] == "", "what has been shown stays shown"


@pytest.mark.parametrize("place", [0, 7, 14])
def test_a_shown_count_that_a_correction_makes_small_is_hidden_and_protected(place):
    """The totals over it have changed as well, so they can be hidden with it: shown, they would give it away."""
    base = made_base(1)
    first = decide(base, STRUCTURE, DFE)
    months = base[(first.figures["flag"] == "") & (base["indicator"] == "started") & base["breakdown"].str.startswith("age: ")]
    month = months[months["period"].str.fullmatch(r"202\d-(0\d|1[012])")].iloc[place]
    after = corrected(base, month, month["value"] - 3)
    second = decide(after, STRUCTURE, DFE, [Earlier(first.figures, DFE)])
    assert second.figures.loc[month.name, "flag"] == "c"
    assert second.exposed.empty
    assert proved(first, second)


def corrected(base: pd.DataFrame, month: pd.Series, less: float) -> pd.DataFrame:
    """The base with fewer records in one category of a month, in every sum over it, and in the stock from then on."""
    _, quarter, year = period_parts(month["period"])
    after = base.copy()
    over = after["breakdown"].isin([month["breakdown"], "all"]) & after["period"].isin([month["period"], quarter, year])
    seen = (after["indicator"] == "seen") & (after["part"] == "numerator")
    after.loc[over & ((after["indicator"] == "started") | ((after["indicator"] == "seen") & ~seen)), "value"] -= less
    at = seen & (after["breakdown"] == month["breakdown"]) & (after["period"] == month["period"])
    after.loc[over & seen, "value"] -= max(float(after.loc[at, "value"].iloc[0]) - 3, 0)
    after.loc[(after["indicator"] == "open") & (after["period"].str[:7] >= month["period"]), "value"] -= less
    return after


def test_another_policy_after_the_first_shows_nothing_that_was_hidden():
    strict, base = policy("strict"), made_base(4)
    first = decide(base, STRUCTURE, strict)
    second = decide(base, STRUCTURE, DFE, [Earlier(first.figures, strict)])
    assert (second.figures["flag"][first.figures["flag"] == "c"] == "c").all()
    assert audit([(first.figures, strict), (second.figures, DFE)], **KEPT).wide


def test_it_never_refuses_where_everything_around_a_small_count_is_known():
    base = made_base(0, 3)
    small = base[base["value"].between(1, 5)].iloc[0]
    around = base.drop(small.name)
    known = {tuple(row[:4]): float(row[4]) for row in around[["indicator", "breakdown", "period", "part", "value"]].itertuples(index=False)}
    structure = type(STRUCTURE)(STRUCTURE.stocks, STRUCTURE.rest, STRUCTURE.percents, known)
    found = decide(base, structure, DFE)
    assert found.figures.loc[small.name, "flag"] == "c"
    assert len(found.exposed), "and it says what cannot be protected any more"


def made_list(whole: float, *parts: float, date: str = "2024-03-31", names: str = "abcdefgh") -> pd.DataFrame:
    """One count on one day with its parts by team."""
    rows = [("held", "all", date, "figure", whole)]
    rows += [("held", f"team: {name}", date, "figure", value) for name, value in zip(names, parts, strict=False)]
    return pd.DataFrame(rows, columns=["indicator", "breakdown", "period", "part", "value"]).assign(flag="", priority=0)


class TestListsOfWhichEverybodyKnowsTheWhole:
    known: ClassVar = {("held", "all", "2024-03-31", "figure"): 6.0}

    def decided(self, base, earlier=()):
        return decide(base, Structure(published=self.known), DFE, earlier)

    def test_one_that_would_give_its_parts_away_shows_no_zero_either(self):
        found = self.decided(made_list(6, 1, 2, 3, 0))
        assert found.figures["flag"].tolist() == ["", "c", "c", "c", "c"]
        assert found.exposed.empty
        assert audit([(found.figures, DFE)], published=self.known).wide == 4

    def test_with_the_zero_shown_the_audit_refuses(self):
        figures = self.decided(made_list(6, 1, 2, 3, 0)).figures
        figures.loc[4, ["value", "flag"]] = [0.0, ""]
        with pytest.raises(ReleaseError, match="between 1 and 4"):
            audit([(figures, DFE)], published=self.known)

    def test_one_that_does_not_shows_its_zeros(self):
        assert self.decided(made_list(6, 1, 5, 0)).figures["flag"].tolist() == ["", "c", "c", ""]

    def test_it_stays_closed_in_the_next_edition(self):
        first, base = self.decided(made_list(6, 1, 2, 3, 0)), made_list(6, 1, 2, 3, 0)
        second = self.decided(base, [Earlier(first.figures, DFE)])
        assert second.figures["flag"].tolist() == ["", "c", "c", "c", "c"]
        assert audit([(first.figures, DFE), (second.figures, DFE)], published=self.known).wide


def test_parts_of_an_earlier_extract_add_up_to_their_own_whole():
    """The stock is 9 by now; the teams are of a day when 10 were known: 3 of them follow from 10, not from 9."""
    base = pd.concat([made_list(9, 3, 7), pd.DataFrame([{"indicator": "held", "breakdown": "team", "period": "2024-03-31",
                      "part": "figure", "value": 10.0, "flag": "", "priority": 0}])], ignore_index=True)  # fmt: skip
    found = decide(base, Structure(), DFE)
    assert found.figures["flag"].tolist() in (["", "c", "c", ""], ["", "c", "", "c"])
    assert audit([(found.figures, DFE)]).wide > 0
    figures = base.assign(value=[9.0, np.nan, 7.0, 10.0], flag=["", "c", "", ""])
    with pytest.raises(ReleaseError, match="between 3 and 3"):
        audit([(figures, DFE)])


def test_names_that_are_one_by_definition_are_hidden_together_however_few_their_periods():
    one = made_list(20, 3, 17)
    base = pd.concat([one, one.assign(indicator="share", part="denominator")], ignore_index=True)
    same = ((("share", "denominator"), ("held", "figure")),)
    found = decide(base, Structure(same=same), DFE).figures
    assert found["flag"].tolist()[:3] == found["flag"].tolist()[3:]
    assert audit([(found, DFE)], same=same).wide
    alone = found.assign(value=found["value"].where(found["indicator"] == "held", base["value"]))
    alone.loc[alone["value"].between(1, 5), "value"] = np.nan
    alone["flag"] = np.where(alone["value"].isna(), "c", "")
    with pytest.raises(ReleaseError):
        audit([(alone, DFE)], same=same)


def weakened(monkeypatch, rule: str) -> None:
    """Switch one rule of suppression off."""
    if rule == "secondary":
        none = lambda matrix, cells: withhold_room.Withheld(cells.hidden, cells.hidden & False, cells.hidden & False)  # noqa: E731
        monkeypatch.setattr(decide_room, "withhold", none)
    elif rule == "primary":
        monkeypatch.setattr(cells_room, "_small", lambda today, policy: np.zeros(len(today.value), bool))
    elif rule == "names":
        monkeypatch.setattr(cells_room, "one_name", lambda addresses, value, *about, **how: np.arange(len(addresses)))
        monkeypatch.setattr(decide_room, "look_alikes", lambda board, shown: np.zeros(len(shown), bool))
    else:
        from cfanalysis.disclosure import equations

        def no_rows(table, *about):
            part = equations._part(pd.DataFrame({"row": [], "cell": [], "weight": []}), equations.NEST)
            return part if rule == "_sums" else iter([part])

        monkeypatch.setattr(equations, rule, no_rows)


@pytest.mark.parametrize("rule", ["primary", "secondary", "names", "_nestings", "_sums", "_shares", "_stocks"])
def test_the_audit_refuses_where_a_rule_is_switched_off(monkeypatch, rule):
    weakened(monkeypatch, rule)
    base = made_base(0, 36)
    with pytest.raises(ReleaseError, match="20"):
        proved(decide(base, STRUCTURE, DFE))


def test_the_audit_refuses_an_edition_that_forgets_the_earlier_one():
    first, second = (decide(made_base(7, month, late=3), STRUCTURE, DFE) for month in (24, 30))
    with pytest.raises(ReleaseError):
        proved(first, second)


def test_two_names_that_an_earlier_file_showed_apart_are_two_counts_though_they_agree_by_now():
    """A correction brings one to the number that the other has always had: that number is new under its own name, and can be hidden."""
    periods = [str(each) for each in pd.period_range("2023-01", periods=14, freq="M")]
    addresses = pd.DataFrame(
        [(name, "source: a", period, "figure") for name in ("x", "y") for period in periods],
        columns=["indicator", "breakdown", "period", "part"],
    )
    value = np.tile(np.arange(20.0, 34.0), 2)
    before = value.copy()
    before[14 + 6] += 7
    alike = one_name(addresses, value, ())
    assert (alike[:14] == alike[14:]).all(), "without a file that says otherwise they are one"
    apart = one_name(addresses, value, (), [(np.zeros(28, bool), before)], by_value=True)
    assert (apart[:14] == apart[14:]).tolist() == [place != 6 for place in range(14)]


DIGEST = keyed_digest(b"secret")


def in_turn(*lists: pd.DataFrame, digest=None) -> list[Decision]:
    """Editions with all before them in mind; the audit agrees."""
    found = []
    for each in lists:
        found.append(decide(each, Structure(), DFE, [Earlier(before.figures, DFE) for before in found], digest))
    assert audit([(each.figures, DFE) for each in found]).wide
    return found


def hidden_in(found: Decision) -> set[str]:
    return set(found.figures.loc[found.figures["flag"] == "c", "breakdown"])


class TestWhatHasChanged:
    """A hidden figure that its digest says is another now may be shown, where that gives nothing of the earlier files away."""

    first = made_list(54, 4, 20, 30)

    def test_it_is_shown_where_everything_hidden_has_changed(self):
        before, after = in_turn(self.first, made_list(63, 9, 23, 31), digest=DIGEST)
        assert len(hidden_in(before)) == 2
        assert not hidden_in(after)

    def test_without_digests_it_counts_as_unchanged(self):
        before, after = in_turn(self.first, made_list(63, 9, 23, 31))
        assert hidden_in(after) == hidden_in(before)

    def test_it_stays_hidden_where_the_rest_would_give_away_what_it_was(self):
        """Its guard is what it was: beside the new figure and the new whole it would follow, and with it the old small count."""
        before, after = in_turn(self.first, made_list(59, 9, 20, 30), digest=DIGEST)
        assert {"team: a"} < hidden_in(before) <= hidden_in(after)

    def test_what_is_shown_after_it_was_hidden_is_taken_for_what_it_was(self):
        """A reader does not see that it has changed: in the file that hid it, others would follow."""
        lists = [made_list(40, 4, 6, 30), made_list(42, 6, 6, 30), made_list(44, 8, 6, 30)]
        for each in in_turn(*lists, digest=DIGEST):
            assert {"team: a", "team: b"} <= hidden_in(each)


def test_the_last_resort_shows_what_was_shown_and_hides_what_the_policy_hides():
    """A file of looser rules has shown 8; under stricter ones that is small, whoever knows it."""
    loose, strict = decide(made_list(40, 8, 12, 20), Structure(), DFE), policy("strict").model_copy(update={"round_to": 1})
    assert not hidden_in(loose)
    later = made_list(41, 8, 13, 20)
    assert hidden_in(show_nothing_new(later, Structure(), DFE, [Earlier(loose.figures, DFE)])) == {"all", "team: b"}
    last = show_nothing_new(later, Structure(), strict, [Earlier(loose.figures, DFE)])
    assert hidden_in(last) == {"all", "team: a", "team: b"}
    assert dict(zip(last.figures["breakdown"], last.roles, strict=True))["team: a"] == "small"
