"""What a disclosure policy says, and the named ones (policies.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cfanalysis.errors import ReleaseError

NATIONAL_LEVELS = ("national", "regional")
"""Rows of these levels are rounded by ``round_totals_to``."""


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
    near_months: int = Field(default=0, ge=0, le=12)
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

    written = yaml.safe_load(files("cfanalysis.release").joinpath("policies.yml").read_text(encoding="utf-8"))
    return {name: Policy(name=name, **keys) for name, keys in written.items()}


def policy(which: str | Policy | Mapping[str, object]) -> Policy:
    """A policy by name, as it is, or from the keys of a parameters file.

    Raises ReleaseError for a name that is not known or keys that do not make a policy.

    >>> policy("dfe").hide_below
    6
    """
    if isinstance(which, Policy):
        return which
    if isinstance(which, str):
        if which not in policies():
            raise ReleaseError(f"found the policy {which!r}, want one of {', '.join(sorted(policies()))}, or a policy of your own")
        return policies()[which]
    try:
        return Policy.model_validate(dict(which))
    except ValidationError as caught:
        told = "; ".join(f"{'.'.join(map(str, error['loc'])) or 'policy'}: {error['msg']}" for error in caught.errors())
        raise ReleaseError(f"these keys do not make a disclosure policy: {told}") from None
