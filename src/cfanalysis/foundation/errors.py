"""What goes wrong, told to an analyst: where, what was found, what is wanted, what to do."""

from __future__ import annotations


class CfanalysisError(Exception):
    """The base of every error that is meant to be read by an analyst; the command line prints it without a traceback."""


class ParameterError(CfanalysisError):
    """A parameters or register file that cannot be used as it stands."""


class SourceError(CfanalysisError):
    """A source file that cannot be read, or not without guessing."""


class ContractError(CfanalysisError):
    """A table that breaks its contract: names file, row, column and value."""


class SeriesError(CfanalysisError, ValueError):
    """A series that cannot be analysed: not monthly, unsorted, negative, duplicated."""


class ReleaseError(CfanalysisError):
    """A table or page that must not be released."""


class RunError(CfanalysisError):
    """A run that cannot start or did not finish."""


def at(message: str, *, file: str = "", sheet: str = "", row: int | None = None, column: str = "", line: int | None = None) -> str:
    """Put the place in front of a message.

    >>> at("found 31/02/2024, want a date like 28/02/2024", file="annex_a.xlsx", sheet="List 3", row=7, column="Date of referral")
    'annex_a.xlsx, sheet List 3, row 7, column Date of referral: found 31/02/2024, want a date like 28/02/2024'
    """
    parts = [
        file,
        f"sheet {sheet}" if sheet else "",
        f"line {line}" if line is not None else "",
        f"row {row}" if row is not None else "",
        f"column {column}" if column else "",
    ]
    place = ", ".join(part for part in parts if part)
    return f"{place}: {message}" if place else message
