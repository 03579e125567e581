"""The reference page of the settings, written from the settings themselves."""

from __future__ import annotations

from pathlib import Path

from pydantic.fields import FieldInfo

from app.settings import CHECKOUT, COMPOSE_NAMES, Settings, secret_fields

PAGE_HEAD = """\
# Settings

Written by `python scripts/write_reference.py`; do not edit. Settings come from the environment. An unknown
name that begins with `CALMINER_` or `DATABASE_`, or nearly so, stops the start with the nearest right name.

| name | default | meaning |
|---|---|---|
"""


def settings_page() -> str:
    """Return the reference page of every setting as Markdown."""
    lines = []
    for name, field in Settings.model_fields.items():
        secret = name in secret_fields()
        alias = str(field.validation_alias)
        default = "" if secret else shown(field)
        also = f" Or in a file: `{alias}_FILE`." if secret else ""
        lines.append(f"| `{alias}` | {default} | {field.description}{also} |\n")
    compose = ", ".join(f"`{name}`" for name in sorted(COMPOSE_NAMES))
    return f"{PAGE_HEAD}{''.join(lines)}\nRead by the Compose files alone: {compose}.\n"


def shown(field: FieldInfo) -> str:
    """Return a default as the page prints it; paths from the checkout on."""
    if field.default_factory is not None:
        return "by the machine"
    default = field.default
    text = default.relative_to(CHECKOUT) if isinstance(default, Path) else default
    return f"`{text}`" if text != "" else ""
