"""Secrets that CalMiner hands out: 256 random bits each, of which the database keeps a digest alone.

A fast digest is enough for these, unlike for passwords: nobody guesses 256 random bits.
"""

from __future__ import annotations

import hashlib
import secrets

RANDOM_BYTES = 32
LONGEST = 200


def new_secret(prefix: str = "") -> str:
    """Return a new secret that can stand in a cookie or an address."""
    return prefix + secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> bytes:
    """Return what the database knows a secret by."""
    return hashlib.sha256(secret[:LONGEST].encode("utf-8", "replace")).digest()
