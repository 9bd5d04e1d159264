"""From what was read to a release: the base prepared, disclosure control decided once, and everything beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Protocol, cast

import numpy as np
import pandas as pd

from cfanalysis import __version__, indicators
from cfanalysis.disclosure import beside
from cfanalysis.disclosure.audit.blame import TooNarrowError
from cfanalysis.disclosure.audit.proving import Audited, audit
from cfanalysis.disclosure.decide import decide, show_nothing_new
from cfanalysis.disclosure.structure import Earlier, Structure
from cfanalysis.foundation.contracts import ADDRESS, COLUMNS, FIGURE, About, Release, empty
from cfanalysis.foundation.digests import Digest, keyed_digest
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.periods import Grain
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.policy import policy as named_policy
from cfanalysis.indicators import settling
from cfanalysis.params import Params
from cfanalysis.prepare.base import SETTLING, Base, Before, prepare_base
from cfanalysis.prepare.grains import Key
from cfanalysis.prepare.inputs import Inputs
from cfanalysis.prepare.known import Address, read_published_counts


def make_release(inputs: Inputs, earlier: Sequence[Release] = (), *, edition: int = 1) -> Release:
    """The release of what was read, under the policy of its parameters.

    ``earlier`` are the release files of the authority before this one, of every policy, oldest first: what they show stays shown, and
    nothing that they hide is given away. A figure they hide counts as unchanged wherever that contradicts nothing shown.
    """
    return release_with_digests(inputs, earlier, edition=edition)[0]


Digests = Mapping[Address, str]


def release_with_digests(
    inputs: Inputs,
    earlier: Sequence[Release] = (),
    *,
    edition: int = 1,
    secret: bytes | None = None,
    kept: Sequence[Digests | None] = (),
    proved: bool = False,
) -> tuple[Release, Digests]:
    """A release, and the digests of what it hides, to be kept in the private store beside its secret (none without one).

    ``kept`` are the digests kept of each earlier file, in their order, None where they are lost: a hidden figure whose digest says that
    it has changed is no longer taken for today's. ``proved``: beside all earlier files; where the audit finds a figure too narrow, what
    is new around it is withheld too.

    Raises ReleaseError where the audit finds a figure too narrow even where nothing new is shown, which it should not.
    """
    rules = policy_of(inputs.params)
    base = prepare_base(inputs, hide_below=rules.hide_below if rules.hides else 0, before=_before(_of_policy(earlier, rules)))
    told = [_told(each, digests) for each, digests in zip_longest(earlier, kept)]
    digest = keyed_digest(secret) if secret else None

    def attempt(around: Mapping[Address, int], *, by_value: bool = False, new: bool = True) -> tuple[Release, Digests]:
        figures, digests = _figures(base, rules, told, digest, around, by_value=by_value, new=new)
        return _release(inputs, base, figures, earlier, edition), digests

    return _first_proved(attempt, earlier) if proved and rules.hides else attempt({})


class Attempt(Protocol):
    """A release and its digests, with what is new around some figures withheld; or with nothing new at all."""

    def __call__(self, around: Mapping[Address, int], *, by_value: bool = False, new: bool = True) -> tuple[Release, Digests]: ...


def _first_proved(attempt: Attempt, earlier: Sequence[Release]) -> tuple[Release, Digests]:
    """The attempt that withholds least among those that the audit lets pass.

    What is new around a figure that is too narrow is withheld, ever farther; then what agrees only by now is told apart, for that may
    be what could not be withheld; at last nothing new is shown at all, which cannot tell more than the files before have.
    """
    for by_value in (False, True):
        around: dict[Address, int] = {}
        while True:
            made = attempt(around, by_value=by_value)
            try:
                prove([*earlier, made[0]], since=len(earlier))
            except TooNarrowError as caught:
                wider = {each: around.get(each, 0) + 1 for each in caught.found if around.get(each, 0) < FARTHEST}
            except ReleaseError:
                wider = {}
            else:
                return made
            if not wider:
                break
            around |= wider
    made = attempt({}, new=False)
    prove([*earlier, made[0]], since=len(earlier))
    return made


FARTHEST = 6
"""How many equations away from a figure that is too narrow all that is new may be withheld."""


def _of_policy(releases: Sequence[Release], rules: Policy) -> list[Release]:
    return [each for each in releases if each.about.policy.name == rules.name]


def _release(inputs: Inputs, base: Base, figures: pd.DataFrame, earlier: Sequence[Release], edition: int) -> Release:
    """The figures that are shown, with everything beside them."""
    rules = policy_of(inputs.params)
    last = next(reversed(_of_policy(earlier, rules)), None)
    revised, since = _revisions(inputs, rules, figures, last)
    tables = {
        **base.tables,
        "figures": figures,
        "averages": beside.show_averages(base.averages, figures, rules, last["averages"] if last else None),
        "largest_days": beside.show_days(base.days, figures, rules),
        "settling": _settling(base, figures, rules),
        "revisions": revised,
        "quality": beside.show_quality(base.tables["quality"], rules),
    }
    return Release(about_of(inputs, rules, edition, since), {name: _typed(tables[name], name) for name in COLUMNS})


def _told(release: Release, digests: Digests | None) -> Earlier:
    """An earlier file with what is known again of what it hides."""
    figures, kept = release["figures"], digests or {}
    addresses = figures[list(ADDRESS)].itertuples(index=False, name=None) if kept else ()
    return Earlier(figures.assign(digest=[kept.get(address, "") for address in addresses] if kept else ""), release.about.policy)


def policy_of(params: Params) -> Policy:
    """The policy that the parameters ask for, whole."""
    asked = params.policy
    return named_policy(asked if isinstance(asked, str) else asked.model_dump())


def _before(same: Sequence[Release]) -> Before:
    """The grains of earlier editions: the newest that names a series decides."""
    held: dict[tuple[str, str], str] = {}
    for release in same:
        grains = release["grains"]
        held |= dict(zip(zip(grains["indicator"], grains["breakdown"], strict=True), grains["grain"], strict=True))
    return Before(cast("dict[Key, Grain]", held))


def _figures(
    base: Base,
    rules: Policy,
    earlier: Sequence[Earlier],
    digest: Digest | None,
    around: Mapping[Address, int] | None = None,
    *,
    by_value: bool = False,
    new: bool = True,
) -> tuple[pd.DataFrame, Digests]:
    """The cells of the base as they may be shown, with all earlier files in mind; and the digests of what is hidden."""
    columns = list(COLUMNS["figures"])
    own, digests = base.cells[columns], {}
    if rules.hides:
        told = structure(base.known)
        decision = (
            decide(base.cells, told, rules, earlier, digest, around=around, by_value=by_value)
            if new
            else show_nothing_new(base.cells, told, rules, earlier, digest)
        )
        decided = decision.figures
        own, hidden = decided[columns], decided[decided["digest"] != ""]
        digests = dict(zip(hidden[list(ADDRESS)].itertuples(index=False, name=None), hidden["digest"], strict=True))
    parts = [part[columns] for part in (own, base.public) if len(part)]
    return (pd.concat(parts, ignore_index=True) if parts else own), digests


def structure(known_to_all: Mapping[Address, float]) -> Structure:
    """What everybody knows: which stocks are moved by which flows, what is a share of what, and the Department's yearly figures."""
    known = indicators.catalogue()
    return Structure(
        stocks=tuple((open_, *flows) for open_, flows in indicators.FLOWS.items()),
        rest=frozenset(name for name, each in known.items() if each.rest),
        percents=frozenset(name for name, each in known.items() if each.kind == "percent"),
        published=known_to_all,
        same=tuple(
            ((name, part), (other, part if known[other].denominator else FIGURE))
            for name, each in known.items()
            for part, other in each.same.items()
        ),
    )


def prove(releases: Sequence[Release], *, since: int = 0) -> Audited:
    """How many hidden figures all these release files of an authority, oldest first, leave wide enough, by the audit apart.

    since: the first of them that is on trial. The Department's yearly figures are those of the newest file. Raises ReleaseError naming
    the first figure that can be worked out.
    """
    if not releases:
        return Audited(0)
    last = releases[-1]
    known = read_published_counts(last["yearly"], last.about.authority)
    told, files = structure(known), [(each["figures"], each.about.policy) for each in releases]
    offered = [list(zip(each["grains"]["indicator"], each["grains"]["breakdown"], strict=True)) for each in releases]
    return audit(
        files, stocks=told.stocks, rest=told.rest, percents=told.percents, published=known, same=told.same, offered=offered, since=since
    )


def _settling(base: Base, figures: pd.DataFrame, rules: Policy) -> pd.DataFrame:
    rows = []
    for name in SETTLING:
        editions = beside.settling_editions(base.editions.get(name, []), name, figures, rules)
        learnt = settling.learn_settling(editions, name, default=settling.OPEN_CASES if name == "cin_open" else None)
        rows.append(learnt.ratios.assign(indicator=name, source=learnt.source))
    return pd.concat(rows, ignore_index=True)[list(COLUMNS["settling"])]


def _revisions(inputs: Inputs, rules: Policy, figures: pd.DataFrame, last: Release | None) -> tuple[pd.DataFrame, str]:
    """What this edition says otherwise than the one before, and of which month that one was."""
    if rules.hides:
        return beside.revisions(figures, last["figures"] if last else None), last.about.as_at if last else ""
    changes, since = inputs.changes_since_last_edition()
    return changes.assign(period=changes["month"].astype(str), part=FIGURE), "" if since is None else str(since)


def about_of(inputs: Inputs, rules: Policy, edition: int, since: str = "") -> About:
    """What a release says of itself."""
    params = inputs.params
    days = sorted(str(row["as_at"]) for row in inputs.files if row["as_at"])
    return About(
        authority=params.authority.name,
        code=params.authority.code,
        slug=params.slug,
        as_at=str(params.as_at),
        first_month=None if params.first_month is None else str(params.first_month),
        edition=edition,
        policy=rules,
        version=__version__,
        horizon=params.horizon,
        indicators=params.indicators,
        rereferral=params.rereferral.model_dump(),
        synthetic=params.synthetic,
        data_date=days[-1] if days else "",
        comparators=params.comparators.model_dump(),
        notebooks=params.notebooks,
        revised_since=since,
    )


_KINDS = {"string": object, "number": np.float64, "integer": np.int64}


def _typed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table with the columns and types that a release gives it."""
    if frame.empty:
        return empty(name)
    columns = COLUMNS[name]
    return pd.DataFrame({column: _as_kind(frame[column], kind) for column, kind in columns.items()}).reset_index(drop=True)


def _as_kind(values: pd.Series, kind: str) -> pd.Series:
    if kind == "string":
        return values.fillna("").astype(str)
    return values.astype(_KINDS[kind])
