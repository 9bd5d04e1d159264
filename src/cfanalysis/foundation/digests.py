"""How a hidden figure is known again without being kept: a digest of its address and value, keyed with a secret of the private store."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable

Address = tuple[str, str, str, str]
Digest = Callable[[Address, float], str]


def keyed_digest(key: bytes) -> Digest:
    """The digest of one secret (HMAC-SHA256): nobody without it can try the values 1 to 5.

    >>> address = ("referrals", "all", "2024-03", "figure")
    >>> keyed_digest(b"secret")(address, 3.0) == keyed_digest(b"other")(address, 3.0)
    False
    """

    def digest(address: Address, value: float) -> str:
        told = json.dumps([*address, repr(float(value))])
        return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()

    return digest
