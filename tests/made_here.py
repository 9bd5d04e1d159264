"""Tables as cfanalysis makes them, for tests that build by hand what a view would have built."""

from cfanalysis.foundation.table import Table


def as_a_view(table: Table) -> Table:
    """The table as if a view of cfanalysis had made it: no table of an analyst's own."""
    object.__setattr__(table, "made_in", "cfanalysis.questions")
    return table
