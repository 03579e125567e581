"""Secrets that have to be read again, sealed with a key that is not in the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import get_settings


def seal(purpose: str, text: str) -> bytes:
    """Return `text` as only this installation's secret key opens it, for this purpose."""
    return _box(purpose).encrypt(text.encode())


def unseal(purpose: str, sealed: bytes) -> str | None:
    """Return what was sealed; None when the secret key is another one than it was."""
    try:
        return _box(purpose).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _box(purpose: str) -> Fernet:
    key = get_settings().secret_key.get_secret_value().encode()
    derived = HKDF(SHA256(), 32, None, f"calminer.{purpose}".encode()).derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
