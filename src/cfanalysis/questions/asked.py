"""Which measures panels ask about, and on which of them pages say nothing by themselves."""

from __future__ import annotations

KEY_MEASURES = (
    "contacts", "referrals", "rereferrals", "assessments_in_45_days", "s47_started", "icpcs_in_15_days", "cin_open", "cp_open",
    "cla_open", "agency_share", "caseload_average",
)  # fmt: skip
"""What the five panels of the minutes ask about first, in the order of a child's way through the system."""

ASKED_OF_WINTER = ("contacts", "referrals", "cin_open", "cin_started")
"""Measures whose January and February more than one page asks about."""

SAID_BY_OTHERS = ("cin_ended_by_reason", "placements", "caseload")
"""Measures that are there for their parts: their whole is another measure. Rates, too, only repeat their counts."""
