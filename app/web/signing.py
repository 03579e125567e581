"""Small signed values that travel through the browser and come back untouched, or not at all."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.settings import get_settings


def sign(purpose: str, value: object) -> str:
    """Return `value` (anything JSON can hold) as signed text that is good for this purpose only."""
    return _serializer(purpose).dumps(value)


def unsign(purpose: str, text: str, max_age: int) -> object | None:
    """Return what was signed for this purpose within `max_age` seconds, or `None`."""
    try:
        value: object = _serializer(purpose).loads(text, max_age=max_age)
    except BadSignature:
        return None
    return value


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(get_settings().secret_key.get_secret_value(), salt=f"calminer.{purpose}")
