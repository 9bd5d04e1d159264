"""What may be shown of an authority's edition, decided once for its whole base.

The audit stands apart (``audit``), and so does a table of one's own (``own``). Frames in, frames out: nothing
is read or written here. Method and limits: docs/methods/disclosure.md.
"""
