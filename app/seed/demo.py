"""Demo projects: documents in `demo/`, each put in once and never again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.models import Project
from app.seed.document import load_project
from app.seed.reference import remember, remembered

DEMO = Path(__file__).parent / "demo"
LEDGER_NAME = "demo"


def documents() -> dict[str, dict[str, Any]]:
    """Return the demo projects by slug."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DEMO.glob("*.json"))]
    return {document["project"]["slug"]: document for document in found}


def missing_demos(connection: Connection) -> list[str]:
    """Return the slugs of the demo projects that are not there and were never there."""
    present = set(connection.scalars(select(Project.slug)))
    return [slug for slug in documents() if slug not in present | remembered(connection, LEDGER_NAME)]


def plant_demos(connection: Connection) -> list[str]:
    """Put in the missing demo projects and return their slugs."""
    new = missing_demos(connection)
    with Session(connection) as session:
        for slug in new:
            load_project(session, documents()[slug])
        session.flush()
    remember(connection, LEDGER_NAME, list(documents()))
    return new
