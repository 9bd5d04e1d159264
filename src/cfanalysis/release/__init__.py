"""The release file: one small zip between children's records and everything that is said. Written, read and validated here.

Takes and gives ``foundation.contracts.Release``; it cannot reach what a release was made from.
"""
