"""The rules of the house that no linter knows, each a function from file texts to what breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

#: Path below the checkout, with "/" between folders, to the text of the file.
Files = Mapping[str, str]
Rule = Callable[[Files], Iterator[str]]

READ_SUFFIXES = {".css", ".html", ".js", ".mjs", ".py", ".svg"}
READ_FOLDERS = ("app", "scripts", "static", "templates", "tests")

#: Who may commit: one transaction per request, per setup step and per job, ended at its edge.
MAY_COMMIT = {
    "app/db.py",
    "app/jobs/worker.py",
    "app/migrations/api.py",
    "app/migrations/env.py",
    "app/seed/demo.py",
    "app/seed/setup.py",
}
#: What the engine may import; `numpy.random` comes in as a Generator that the caller made.
ENGINE_MAY_IMPORT = {
    *(
        "__future__",
        "abc",
        "calendar",
        "collections",
        "concurrent",
        "contextlib",
        "dataclasses",
        "datetime",
        "difflib",
        "enum",
    ),
    *("contextvars", "functools", "itertools", "math", "operator", "types", "typing"),
    *("app", "numpy", "scipy"),
}
#: SciPy offers its Sobol direction numbers as a file of its own package, and nowhere else;
#: the door to the compiled kernel finds and loads its library.
ENGINE_EXCEPTIONS = {
    ("app/engine/simulation/sobol.py", "pathlib.Path"),
    ("app/engine/native/__init__.py", "ctypes"),
    ("app/engine/native/__init__.py", "hashlib"),
    ("app/engine/native/__init__.py", "sysconfig"),
    ("app/engine/native/__init__.py", "pathlib.Path"),
}
LONGEST_FILE = {"app/engine/": 300, "static/js/": 200, "": 400}
LONGEST_FUNCTION = {"app/engine/": 40, "": 60}

COLOUR = re.compile(
    # Not `href="#add"`: a fragment or a selector can look like a colour.
    r"(?<!href=[\"'])(?<!hx-target=[\"'])(?<!hx-select=[\"'])(?<!hx-indicator=[\"'])"
    r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?![^{};]*\{)"
    r"|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(",
    re.IGNORECASE,
)
NAMED_COLOUR = re.compile(
    r"(?:^|[\s;{\"'])(?:[\w-]*color|background|border[\w-]*|outline|fill|stroke|box-shadow)\s*[:=]\s*[\"']?"
    r"[^;\"'}]*\b(?:black|white|red|green|blue|yellow|orange|purple|pink|brown|gr[ae]y|cyan|magenta|navy|"
    r"teal|silver|gold|maroon|olive|lime|aqua|fuchsia|indigo|violet|crimson|tomato|salmon|coral)\b",
    re.IGNORECASE,
)
EXTERNAL = re.compile(
    r"(?:src|srcset|poster|data-src)\s*=\s*[\"']?(?:https?:)?//"
    r"|<link\b[^>]*href\s*=\s*[\"']?(?:https?:)?//"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//"
    r"|url\(\s*[\"']?(?:https?:)?//"
    r"|(?:fetch|import|importScripts|EventSource|WebSocket|Worker|sendBeacon)\(\s*[\"'`](?:https?:|wss?:)?//"
    r"|from\s+[\"'](?:https?:)?//",
    re.IGNORECASE,
)
INLINE = re.compile(
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/(?:json|ld\+json)[\"'])"
    r"|<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:",
    re.IGNORECASE,
)


def read_files(root: Path) -> dict[str, str]:
    """Return the texts that the rules read, vendored files left out."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for folder in READ_FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in READ_SUFFIXES and path.is_file() and "vendor" not in path.parts
    } | ({"main.py": (root / "main.py").read_text(encoding="utf-8")} if (root / "main.py").exists() else {})


def no_commit_outside_the_edge(files: Files) -> Iterator[str]:
    """Only the edge ends a transaction."""
    for path, tree in _python(_saying(files, "commit"), "app/", "main.py"):
        if path in MAY_COMMIT:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func).endswith(".commit"):
                yield f"{path}:{node.lineno}: commit() outside the edge"
            if isinstance(node, ast.Constant) and _is_sql_commit(node.value):
                yield f"{path}:{node.lineno}: COMMIT in SQL outside the edge"


def no_literal_colour(files: Files) -> Iterator[str]:
    """Colours are custom properties, so that light and dark never drift apart."""
    for path, text in files.items():
        if not path.startswith(("static/", "templates/")) or path == "static/css/tokens.css":
            continue
        for number, line in enumerate(_without_comments(path, text).splitlines(), 1):
            if COLOUR.search(line) or NAMED_COLOUR.search(line):
                yield f"{path}:{number}: literal colour: {line.strip()[:80]}"


def no_global_random_state(files: Files) -> Iterator[str]:
    """Every draw comes from a Generator that was handed in."""
    saying = _saying(files, "random", "default_rng")
    for path, tree in _python(saying, "app/", "scripts/", "main.py", "tests/"):
        for node in ast.walk(tree):
            if any(module.split(".")[0] == "random" for module in _imported(node)):
                yield f"{path}:{node.lineno}: the module random has global state"
            elif isinstance(node, ast.Call) and _draws_globally(_name(node.func)):
                yield f"{path}:{node.lineno}: {_name(node.func)}() uses global random state"
            elif (
                isinstance(node, ast.Call)
                and path.startswith("app/engine/")
                and _name(node.func).endswith("default_rng")
                and not node.args
                and not node.keywords
            ):
                yield f"{path}:{node.lineno}: the engine draws no seed of its own"


def no_long_files(files: Files) -> Iterator[str]:
    """A file is read in one sitting."""
    for path, text in files.items():
        if not path.endswith((".py", ".js", ".mjs")) or path.startswith("app/migrations/versions/"):
            continue
        lines, limit = len(text.splitlines()), _limit(LONGEST_FILE, path)
        if lines > limit:
            yield f"{path}: {lines} lines, and {limit} is the limit"


def no_long_functions(files: Files) -> Iterator[str]:
    """A function fits on a screen; its docstring and decorators do not count."""
    for path, tree in _python(files, ""):
        if path.startswith("app/migrations/versions/"):
            continue
        for function in _functions(tree):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            limit = _limit(LONGEST_FUNCTION, path)
            if lines > limit:
                yield f"{path}:{function.lineno}: {function.name} has {lines} lines, and {limit} is the limit"


def no_inline_script_or_style(files: Files) -> Iterator[str]:
    """The Content-Security-Policy forbids them, so they would be dead."""
    for path, text in files.items():
        if path.startswith("templates/"):
            for number, line in enumerate(_without_comments(path, text).splitlines(), 1):
                if INLINE.search(line):
                    yield f"{path}:{number}: inline script or style: {line.strip()[:80]}"


def no_external_asset(files: Files) -> Iterator[str]:
    """No page asks another origin for anything; links that a reader follows are fine."""
    for path, text in files.items():
        if path.startswith(("static/", "templates/")):
            for number, line in enumerate(text.splitlines(), 1):
                if EXTERNAL.search(line):
                    yield f"{path}:{number}: loads from another origin: {line.strip()[:80]}"


def engine_says_what_it_does(files: Files) -> Iterator[str]:
    """Every public engine function has a docstring."""
    for path, tree in _python(files, "app/engine/"):
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                yield f"{path}:{node.lineno}: {node.name} has no docstring"


def engine_is_pure(files: Files) -> Iterator[str]:
    """The engine imports what computes, and asks neither clock nor files."""
    for path, tree in _python(files, "app/engine/"):
        for node in ast.walk(tree):
            for module in _imported(node):
                inside = module.split(".")[0] != "app" or module.startswith("app.engine")
                if (path, module) in ENGINE_EXCEPTIONS:
                    continue
                if module.split(".")[0] not in ENGINE_MAY_IMPORT or not inside:
                    yield f"{path}:{node.lineno}: the engine imports {module}"
            if isinstance(node, ast.Call) and re.search(
                r"(^open|^print|^input|\.now|\.today|\.utcnow)$", _name(node.func)
            ):
                yield f"{path}:{node.lineno}: the engine calls {_name(node.func)}()"


def no_feature_imports_another(files: Files) -> Iterator[str]:
    """Features link to each other by route name only."""
    for path, tree in _python(files, "app/features/"):
        own = PurePosixPath(path).parts[2]
        for node in ast.walk(tree):
            for module in _imported(node):
                parts = module.split(".")
                if parts[:2] == ["app", "features"] and parts[2:3] not in ([], [own]):
                    yield f"{path}:{node.lineno}: imports {module}"


RULES: tuple[Rule, ...] = (
    no_commit_outside_the_edge,
    no_literal_colour,
    no_global_random_state,
    no_long_files,
    no_long_functions,
    no_inline_script_or_style,
    no_external_asset,
    engine_says_what_it_does,
    engine_is_pure,
    no_feature_imports_another,
)


def _saying(files: Files, *words: str) -> Files:
    """Return the files with one of these words, in whatever case: no other has to be parsed."""
    said = re.compile("|".join(words), re.IGNORECASE)
    return {path: text for path, text in files.items() if said.search(text)}


def _python(files: Files, *starts: str) -> Iterator[tuple[str, ast.Module]]:
    for path, text in files.items():
        if path.endswith(".py") and path.startswith(starts):
            yield path, parsed(text, path)


@cache
def parsed(text: str, path: str) -> ast.Module:
    """Read a file once for all rules; none of them changes the tree."""
    return ast.parse(text, path)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function; they stand among statements, so that no expression has to be looked into."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _functions(node)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        # `from app.features import costs` names a feature too.
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _draws_globally(name: str) -> bool:
    last = name.rpartition(".")[2]
    made_here = {"default_rng", "Generator", "SeedSequence", "PCG64", "PCG64DXSM", "Philox", "SFC64"}
    return bool(re.fullmatch(r"(np|numpy)\.random\.\w+", name)) and last not in made_here


def _is_sql_commit(value: object) -> bool:
    return isinstance(value, str) and value.strip().rstrip(";").upper() == "COMMIT"


def _limit(limits: Mapping[str, int], path: str) -> int:
    return next(limit for start, limit in limits.items() if path.startswith(start))


def _without_comments(path: str, text: str) -> str:
    """Blank out comments, keeping the line numbers."""
    pattern = r"\{#.*?#\}|<!--.*?-->" if path.endswith((".html", ".svg")) else r"/\*.*?\*/|(?m:^\s*//.*$)"
    return re.sub(pattern, lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)
