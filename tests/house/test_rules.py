"""The house keeps its rules, and each rule turns red when it is broken."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

from tests.house.rules import RULES, Files, Rule, parsed, read_files

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    """All files, read and parsed once for all rules; there is no garbage among what is parsed."""
    gc.disable()
    yield read_files(CHECKOUT)
    parsed.cache_clear()
    gc.enable()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_keeps(rule: Rule, files: Files) -> None:
    assert list(rule(files)) == []


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 61
LONG_ENGINE_FUNCTION = 'def f():\n    """Say."""\n' + "    x = 1\n" * 41

VIOLATIONS = [
    ("no_commit_outside_the_edge", "app/features/costs/pages.py", "def f(session):\n    session.commit()\n"),
    ("no_commit_outside_the_edge", "app/valuation/runs.py", "def f(s):\n    s.get_transaction().commit()\n"),
    (
        "no_commit_outside_the_edge",
        "main.py",
        "def f(s, text):\n    s.execute(text('commit;'))\n",
    ),
    ("no_literal_colour", "static/css/app.css", ".a { color: #FFF; }\n"),
    ("no_literal_colour", "static/css/app.css", ".a {\n  border: 1px solid\n    rgb(0 0 0 / 10%);\n}\n"),
    ("no_literal_colour", "static/css/app.css", ".a { background: white; }\n"),
    ("no_literal_colour", "static/js/charts.js", 'const line = "#1a2b3c";\n'),
    ("no_literal_colour", "templates/base.html", '<meta name="theme-color" content="#ffffff">\n'),
    ("no_literal_colour", "templates/base.html", '<path fill="red"/>\n'),
    ("no_global_random_state", "app/engine/a.py", "import numpy as np\nnp.random.seed(1)\n"),
    ("no_global_random_state", "tests/engine/test_a.py", "import numpy as np\nx = np.random.normal(0, 1)\n"),
    ("no_global_random_state", "app/valuation/a.py", "from random import choice\n"),
    ("no_global_random_state", "scripts/a.py", "import random\n"),
    ("no_global_random_state", "app/engine/a.py", "import numpy as np\nrng = np.random.default_rng()\n"),
    ("no_long_files", "app/engine/a.py", "x = 1\n" * 301),
    ("no_long_files", "app/web/a.py", "x = 1\n" * 401),
    ("no_long_files", "static/js/a.js", "let x;\n" * 201),
    ("no_long_functions", "app/web/a.py", LONG_FUNCTION),
    ("no_long_functions", "app/web/a.py", "class A:\n" + indent(LONG_FUNCTION, "    ")),
    ("no_long_functions", "app/engine/a.py", LONG_ENGINE_FUNCTION),
    ("no_inline_script_or_style", "templates/a.html", "<script>alert(1)</script>\n"),
    ("no_inline_script_or_style", "templates/a.html", '<p style="margin:0">\n'),
    ("no_inline_script_or_style", "templates/a.html", "<style>p {}</style>\n"),
    ("no_inline_script_or_style", "templates/a.html", '<button onclick="go()">\n'),
    ("no_inline_script_or_style", "templates/a.html", '<a href="javascript:go()">\n'),
    ("no_external_asset", "templates/a.html", '<script src="https://cdn.example/x.js"></script>\n'),
    ("no_external_asset", "templates/a.html", '<link rel="stylesheet" href="//cdn.example/x.css">\n'),
    ("no_external_asset", "static/css/a.css", '@import url("https://fonts.example/x.css");\n'),
    ("no_external_asset", "static/css/a.css", ".a { background: url(http://x.example/y.png); }\n"),
    ("no_external_asset", "static/js/a.js", 'import { x } from "https://esm.example/x";\n'),
    ("no_external_asset", "static/js/a.js", "fetch(`https://api.example/`);\n"),
    ("engine_says_what_it_does", "app/engine/a.py", "def npv(x):\n    return x\n"),
    ("engine_is_pure", "app/engine/a.py", "import os\n"),
    ("engine_is_pure", "app/engine/a.py", "from pathlib import Path\n"),
    ("engine_is_pure", "app/engine/a.py", "from app.models import base\n"),
    ("engine_is_pure", "app/engine/a.py", "import pandas\n"),
    ("engine_is_pure", "app/engine/a.py", "from datetime import date\nx = date.today()\n"),
    ("engine_is_pure", "app/engine/a.py", "x = open('a')\n"),
    ("no_feature_imports_another", "app/features/a/pages.py", "from app.features.b.forms import F\n"),
    ("no_feature_imports_another", "app/features/a/pages.py", "from app.features import b\n"),
    ("no_feature_imports_another", "app/features/a/pages.py", "import app.features.b\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), VIOLATIONS)
def test_a_violation_is_reported(rule: str, path: str, text: str, tmp_path: Path) -> None:
    broken = tmp_path / path
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text(text)
    reported = next(check for check in RULES if check.__name__ == rule)(read_files(tmp_path))
    assert [line.split(":")[0] for line in reported] == [path]


INNOCENT = {
    "app/db.py": "def f(session):\n    session.commit()\n",
    "app/engine/a.py": (
        "import numpy as np\nfrom app.engine import kinds\n\n"
        'def draw(rng: np.random.Generator, key: int):\n    """Draw."""\n'
        "    return np.random.Generator(np.random.PCG64(key)).random()\n"
    ),
    "app/features/a/pages.py": "from app.features.a import forms\nfrom app.web import deps\n",
    "static/css/tokens.css": ":root { --ink: #123456; }\n",
    "static/css/app.css": "#add:hover { color: var(--ink); background: transparent; }\n/* #fff is white */\n",
    "static/js/a.js": 'const id = "#chart";\n// colour: "#fff"\n',
    "templates/a.html": (
        '<script type="module" src="/static/js/a.js"></script>\n<a href="https://example.org">Source</a>\n'
        '<script type="application/json" id="data">{}</script>\n<a href="#face">skip</a>\n'
    ),
}


def test_the_innocent_pass() -> None:
    assert [line for rule in RULES for line in rule(INNOCENT)] == []


def test_every_rule_has_a_violation() -> None:
    assert {rule.__name__ for rule in RULES} == {name for name, _, _ in VIOLATIONS}
