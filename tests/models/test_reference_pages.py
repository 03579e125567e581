from __future__ import annotations

from pathlib import Path

import pytest

from app.exchange.describe import exchange_page
from app.models.describe import data_model_page
from app.models.describe_settings import settings_page
from app.operate.reference import operator_page

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("data-model.md", data_model_page),
        ("settings.md", settings_page),
        ("operator.md", operator_page),
        ("files.md", exchange_page),
    ],
)
def test_the_page_is_up_to_date(name: str, page: object) -> None:
    assert callable(page)
    assert (REFERENCE / name).read_text(encoding="utf-8") == page(), "run python scripts/write_reference.py"
