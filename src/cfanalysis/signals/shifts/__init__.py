"""Lasting changes of level, and how they stand now."""
