"""What is kept in private, on the desk, about what was released: every file with its hash, and digests of what each hides."""

from __future__ import annotations

from cfanalysis.store.digests import digest_hidden, keep_digests, read_digests, same_as_before
from cfanalysis.store.released import Listed, adopt_release, earlier_releases, first_edition_pages, read_listed, record_release

__all__ = [
    "Listed", "adopt_release", "digest_hidden", "earlier_releases", "first_edition_pages", "keep_digests", "read_digests", "read_listed",
    "record_release", "same_as_before",
]  # fmt: skip
