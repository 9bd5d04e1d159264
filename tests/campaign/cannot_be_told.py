"""What no reader can tell from the files, and why: each leaves a table that could as well be right."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

CANNOT_BE_TOLD: tuple[tuple[str, str], ...] = (
    ("A short list cut off or filtered (list 7 with two plans a month; list 1 without the contacts of a team)",
     "Two plans a month make no pace: a month without one is usual. No other list names these children in numbers large enough."),
    ("Dates month first where every day is the 12th or before", "Each is a real date in both orders; nothing after the 12th gives it away."),
    ("A figure mistyped by a digit in a monthly CSV (850 for 580)", "It is a figure an authority can have. Unusual months may show it."),
    ("A percentage of one month as a fraction, where the others are below 4 %", "0.9 beside 2.5 may be 0.9 % as well as 90 %."),
    ("Ids of another child", "An id is right if it is written like an id; births that differ are said, equal ones cannot be."),
    ("A source, need or reason chosen wrongly from the list", "Every code is one of the set."),
    ("A whole authority's file under the name of another", "Annex A names no authority; a census file does (LEA) and is told."),
    ("Records left out of every list alike", "Nothing is left that names them."),
)  # fmt: skip
