"""What a disclosure policy says, and the named ones (policies.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cfanalysis.foundation.errors import ReleaseError

NATIONAL_LEVELS = ("national", "regional")
"""Rows of these levels are rounded by ``round_totals_to``."""

SMALLEST_OWN = 2
"""Counts below this are hidden by every policy but ``internal`` and ``open``: a 1 is one child."""


class Policy(BaseModel):
    """One disclosure policy: which counts are hidden, and how wide the bounds on them must stay.

    >>> Policy(name="own", title="Under 8 hidden", meaning="Counts of 1 to 7 are hidden.", hide_below=8).largest_hidden
    7
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")
    title: str = Field(min_length=1, max_length=120)
    meaning: str = Field(min_length=1, max_length=400)
    source: str = ""
    hide_below: int = Field(ge=0, le=100)
    hide_zeros: bool = False
    hide_full: bool = False
    min_width: int = Field(default=0, ge=0, le=100)
    round_to: int = Field(default=1, ge=1, le=100)
    round_totals_to: int = Field(default=1, ge=1, le=1000)
    banner: str = Field(default="", max_length=20)

    @model_validator(mode="before")
    @classmethod
    def _wide_enough(cls, keys: Any) -> Any:
        """A policy that does not say how wide bounds on guards must be wants them as wide as the range it protects."""
        below = keys.get("hide_below") if isinstance(keys, dict) else None
        if isinstance(below, int) and below > 1 and not keys.get("min_width"):
            return {**keys, "min_width": max(below - 2, 1)}
        return keys

    @property
    def hides(self) -> bool:
        """Whether it hides anything at all."""
        return self.hide_below > 1 or self.hide_zeros

    @property
    def smallest_hidden(self) -> int:
        """The low end of the range that a reader must not be able to narrow."""
        return 0 if self.hide_zeros else 1

    @property
    def largest_hidden(self) -> int:
        """The high end of that range."""
        return max(self.hide_below - 1, 0)


@cache
def policies() -> Mapping[str, Policy]:
    """The named policies, by name.

    >>> sorted(policies())
    ['dfe', 'internal', 'open', 'strict']
    """
    import yaml

    written = yaml.safe_load(files("cfanalysis.foundation").joinpath("policies.yml").read_text(encoding="utf-8"))
    return {name: Policy(name=name, **keys) for name, keys in written.items()}


def policy(which: str | Policy | Mapping[str, object]) -> Policy:
    """A policy by name, as it is, or from the keys of a parameters file.

    Raises ReleaseError for a name that is not known or keys that do not make a policy.

    >>> policy("dfe").hide_below
    6
    """
    if isinstance(which, Policy):
        return _itself(which)
    if isinstance(which, str):
        if which not in policies():
            raise ReleaseError(f"found the policy {which!r}, want one of {', '.join(sorted(policies()))}, or a policy of your own")
        return policies()[which]
    try:
        return _itself(Policy.model_validate(dict(which)))
    except ValidationError as caught:
        told = "; ".join(f"{'.'.join(map(str, error['loc'])) or 'policy'}: {error['msg']}" for error in caught.errors())
        raise ReleaseError(f"these keys do not make a disclosure policy: {told}") from None


def _itself(given: Policy) -> Policy:
    """The policy, where it is what its name says and hides something: pages and readers know policies by their names.

    Raises ReleaseError for one that has a known name and other rules, and for one of an analyst's own that hides no small count.
    """
    known = policies().get(given.name)
    if known is not None and given != known:
        other = next(key for key in Policy.model_fields if getattr(given, key) != getattr(known, key))
        raise ReleaseError(
            f"found a policy that is named {given.name!r} and is not that policy: {other} is {getattr(given, other)!r}, want "
            f"{getattr(known, other)!r}; give rules of your own a name of their own"
        )
    if known is None and given.hide_below < SMALLEST_OWN:
        raise ReleaseError(
            f"policy {given.name!r}: found hide_below {given.hide_below}, want {SMALLEST_OWN} or more; only 'internal', for your own desk, "
            "hides nothing"
        )
    return given
