"""What a rule of the readers means, in a few words: the codes that problems of files carry."""

from __future__ import annotations

PROBLEM_RULES = {
    "advice_flag": "advice marked as a contact", "alike_ids": "child ids that look alike",
    "as_at_from_dates": "date taken from the records",
    "as_at_from_name": "date taken from the name of the file", "as_at_too_late": "date of the file later than its records",
    "as_at_unlike_ages": "date of the file does not fit the ages", "bad_breakdown": "breakdown that is not known",
    "before_birth": "date before birth", "births_differ": "more than one date of birth", "beside_the_list": "cells beside the list",
    "blank_child_id": "no child id", "blank_outcome": "no outcome", "blank_value": "no value", "child_twice": "child there twice",
    "column_twice": "column there twice", "days_from_1904": "dates counted from 1904", "denominator_of_count": "denominator of a count",
    "duplicate_row": "row there twice", "empty_list": "list without rows", "empty_table": "table without rows",
    "end_before_start": "end before start", "error_cell": "cell that holds an error", "few_contacts": "few contacts",
    "file_ignored": "file that is not read", "fraction": "fractions in place of percentages", "future_date": "date in the future",
    "future_month": "month in the future", "header_close": "heading that is almost right", "id_cleaned": "child id with stray signs",
    "id_spelling": "child id spelt in two ways", "ids_changed": "child ids changed between extracts",
    "implausible_birth_date": "date of birth that cannot be right", "implausible_date": "date that cannot be right",
    "impossible_date": "no date", "impossible_month": "no month", "impossible_year": "no year", "list_cut_down": "list cut short",
    "list_left_out": "list left out", "list_not_used": "list that is not used", "list_twice": "list there twice",
    "longer_window": "longer span than asked for", "merged_cells": "merged cells", "misplaced_element": "element in the wrong place",
    "missing_column": "column missing", "missing_date": "date missing", "missing_id": "id missing", "missing_table": "table missing",
    "missing_worker": "worker missing", "month_first": "month before the day", "month_format": "month written otherwise",
    "month_twice": "month there twice", "mostly_unusable": "mostly unusable", "name_differs": "name of another authority",
    "negative": "number below 0", "neighbour_gone": "neighbour abolished", "never_ends": "no end", "no_child_id": "no child id",
    "no_common_child": "no child in common with the other extracts", "no_header": "no headings", "no_such_rows": "no such rows",
    "not_a_number": "no number", "not_recorded": "not recorded", "not_whole": "no whole number",
    "numerator_over_denominator": "more than there are in all", "one_sided_outcome": "outcome said one way only",
    "open_into_gap": "open where no extract covers", "opened_american": "month and day changed places",
    "other_authority": "rows of another authority", "over_100": "percentage over 100", "part_year": "part of a year",
    "percent_sign": "percent sign in a number", "perhaps_a_fraction": "perhaps a fraction", "person_not_found": "person not found",
    "placeholder": "placeholder in place of a value", "placeholder_column": "column of placeholders",
    "placeholder_data": "placeholders in place of data", "plan_of_another": "plan of another child", "ragged_row": "row cut short",
    "repeated_element": "element there twice", "repeated_header": "headings there twice", "rounded_id": "child id rounded by a spreadsheet",
    "rows_missing": "rows missing", "shared_id": "id shared by several children", "sheet_ignored": "sheet that is not read",
    "shorter_history": "shorter history than before", "shorter_span": "shorter span than before", "stops_early": "stops early",
    "stray_text": "stray text", "swapped_columns": "columns that changed places", "swapped_staff": "team and worker changed places",
    "table_not_used": "table that is not used", "table_twice": "table there twice", "team_of_people": "names of people in place of teams",
    "thousands_separator": "thousands mark in a number", "too_large": "too large to be right", "total_row": "row of totals",
    "two_digit_year": "year of two digits", "two_figures": "two figures of one month", "two_orders": "days and months in two orders",
    "unknown_area": "area that is not known", "unknown_code": "code that is not known", "unknown_element": "element that is not known",
    "unknown_factor": "factor that is not known", "unknown_flag": "symbol that is not known",
    "unknown_indicator": "measure that is not known", "unknown_neighbour": "neighbour that is not known",
    "unknown_outcome": "outcome that is not known", "unknown_symbol": "symbol that is not known", "value_and_flag": "both value and symbol",
    "value_disagrees": "value that its parts do not give", "worker_breakdown": "figures of single workers",
    "wrong_list": "another list than its name says", "year_sent_twice": "year sent twice",
}  # fmt: skip

ACTIONS = {"dropped": "left out", "coerced": "put right", "kept": "kept as it is", "stopped": "not read"}
"""What was done about it."""


def rule_in_words(code: str) -> str:
    """A rule as a reader understands it; one that is not listed is read out.

    >>> rule_in_words("blank_child_id"), rule_in_words("some_new_rule")
    ('no child id', 'some new rule')
    """
    return PROBLEM_RULES.get(code, code.replace("_", " "))
