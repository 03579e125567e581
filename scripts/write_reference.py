"""Write the reference pages that follow from the code."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from app.exchange.describe import exchange_page
from app.models.describe import data_model_page
from app.models.describe_settings import settings_page
from app.operate.reference import operator_page

PAGES = {
    "data-model.md": data_model_page,
    "settings.md": settings_page,
    "operator.md": operator_page,
    "files.md": exchange_page,
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (CHECKOUT / "docs" / "reference" / name).write_text(page(), encoding="utf-8")
        print(f"Wrote docs/reference/{name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
