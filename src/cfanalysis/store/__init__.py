"""What is kept in private, on the desk, about what was released: every file with its hash, and digests of what each hides."""

from __future__ import annotations

from cfanalysis.store.digests import keep_digests, read_digests, read_secret
from cfanalysis.store.released import Listed, adopt_release, earlier_releases, first_edition_pages, read_listed, record_release

__all__ = [
    "Listed", "adopt_release", "earlier_releases", "first_edition_pages", "keep_digests", "read_digests", "read_listed",
    "read_secret", "record_release",
]  # fmt: skip
