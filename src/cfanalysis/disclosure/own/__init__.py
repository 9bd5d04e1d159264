"""A table of an analyst's own, released by itself alone, and what any released table is."""
