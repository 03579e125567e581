"""What the OpenAPI document says of every operation alike: problem details, and the token of a call."""

from __future__ import annotations

from typing import Any

MEDIA_TYPE = "application/problem+json"
REFERENCE = {"$ref": "#/components/schemas/Problem"}
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
REPLACED = ("HTTPValidationError", "ValidationError")

FIELD_ERROR = {
    "type": "object",
    "required": ["field", "value", "allowed"],
    "properties": {
        "field": {"type": "string", "description": "Which value was rejected."},
        "value": {"description": "What was sent; null where it was missing."},
        "allowed": {"type": "string", "description": "What is allowed there."},
    },
}
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API token, made on the page “Account”; in a browser the sign-in does as well.",
}
SIDE = {"type": "object", "additionalProperties": True}
PROBLEM = {
    "type": "object",
    "description": "What went wrong, as RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "description": "A name for this kind of problem, stable across versions."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "request_id": {"type": "string", "description": "What to look for in the log."},
        "errors": {"type": "array", "items": FIELD_ERROR},
        "theirs": SIDE | {"description": "Of a conflict: what is stored now."},
        "yours": SIDE | {"description": "Of a conflict: what was sent."},
    },
}


def describe_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Name problem details as the answer to every failure, and the token that every operation takes."""
    answer = {"description": "Problem details", "content": {MEDIA_TYPE: {"schema": REFERENCE}}}
    for path in document.get("paths", {}).values():
        for method, operation in path.items():
            if method in METHODS:
                if "422" in operation["responses"]:
                    operation["responses"]["422"] = answer | {"description": "Some values are not allowed"}
                operation["responses"]["default"] = answer
                operation["security"] = [{"token": []}]
    document.setdefault("components", {})["securitySchemes"] = {"token": TOKEN}
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in REPLACED:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    return document
