"""From what was read to the base: every figure that may be asked for, by address, before anything is hidden.

Holds true counts, in memory only.
"""
