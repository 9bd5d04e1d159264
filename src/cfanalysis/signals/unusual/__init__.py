"""Unusual months of a series: one month judged against those before it."""
