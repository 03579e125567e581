"""A PostgreSQL 18 server inside the checkout, for people and tests that bring none.

The server comes from the optional extra `embedded`; the production image does not contain it, and a
setting of `DATABASE_HOST` replaces it.
"""

from app.embedded.server import Connection, ensure_running, is_running, remove, stop
from app.embedded.shared import hold, is_held

__all__ = ["Connection", "ensure_running", "hold", "is_held", "is_running", "remove", "stop"]
