"""A whole project as one document, and the rows it becomes.

The document mirrors the models: `{"format": "calminer-project/1", "project": {...}, "scenarios": [{...}]}`,
where each key is an attribute of the model, each list a relationship, and a quantity is `{"value": 3500,
"unit": "¤/oz"}`, its value a list where it runs by period, with a `"driver"` where one scales it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Column, inspect, text
from sqlalchemy.orm import Mapper, RelationshipProperty, Session

from app.errors import InvalidInput, Problem
from app.models import Project, Scenario
from app.models.base import Base
from app.models.entered import ENTERED
from app.seed.readers import COMPOSITES, Rejected, read_column

FORMAT = "calminer-project/1"
#: Attributes that a document does not carry: keys, stamps and what the installation adds itself.
NOT_IN_DOCUMENT = frozenset(
    {
        *("id", "scenario_id", "project_id", "created_at", "updated_at", "version"),
        *("archived_at", "deleted_at"),
    }
)
NOT_OWNED = frozenset({"project", "scenario", "scenarios", "runs"})
Model = TypeVar("Model", bound=Base)


def load_project(session: Session, document: Mapping[str, Any]) -> Project:
    """Add a project with its scenarios to the session, flushed; `InvalidInput` names every bad value."""
    project = build_project(document)
    # Parts name each other, and the unit of work does not know in which order the names must exist.
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.add(project)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    return project


def build_project(document: Mapping[str, Any]) -> Project:
    """Return a project with its scenarios, not stored; `InvalidInput` names every bad value."""
    problems: list[Problem] = []
    builder = Builder(problems)
    if document.get("format") != FORMAT:
        builder.reject("format", document.get("format"), f"it must be {FORMAT}")
    for key in sorted(document.keys() - {"format", "project", "scenarios"}):
        builder.reject(key, "(given)", "a document has format, project and scenarios")
    project = builder.build(Project, document.get("project"), "project")
    scenarios = document.get("scenarios", [])
    if not isinstance(scenarios, list):
        builder.reject("scenarios", scenarios, "it must be a list")
        scenarios = []
    project.scenarios.extend(
        builder.build(Scenario, part, f"scenarios[{index}]") for index, part in enumerate(scenarios)
    )
    if problems:
        raise InvalidInput(problems)
    return project


class Builder:
    """Turns objects of a document into instances of the models, collecting every problem on the way."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def reject(self, path: str, value: object, allowed: str) -> None:
        """Note a bad value."""
        self.problems.append(Problem(path, value, allowed))

    def build(
        self, model: type[Model], part: object, path: str, given: frozenset[str] = frozenset()
    ) -> Model:
        """Return an instance of `model`; `given` names the columns that its parent fills in."""
        mapper: Mapper[Model] = inspect(model)
        if not isinstance(part, Mapping):
            self.reject(path, part, "it must be an object")
            return model()
        columns = plain_columns(mapper, given)
        owned = {rel.key: rel for rel in mapper.relationships if rel.key not in NOT_OWNED}
        allowed = columns.keys() | owned.keys() | {prop.key for prop in mapper.composites}
        values: dict[str, Any] = {}
        for key, value in part.items():
            where = f"{path}.{key}"
            if key not in allowed:
                self.reject(where, value, f"there is no such field; {path} has {', '.join(sorted(allowed))}")
            elif key in owned:
                values[key] = self.children(owned[key], value, where)
            else:
                values[key] = self.value(mapper, columns, key, value, where)
        for key in sorted(required(mapper, columns) - part.keys()):
            self.reject(f"{path}.{key}", None, "it is required")
        return model(**values)

    def children(self, relation: RelationshipProperty[Any], value: object, path: str) -> Any:
        """Return the instances behind one relationship, in the order of the document."""
        model = relation.mapper.class_
        filled = frozenset(str(target.key) for _, target in relation.synchronize_pairs)
        if not relation.uselist:
            return self.build(model, value, path, filled)
        if not isinstance(value, list):
            self.reject(path, value, "it must be a list")
            return []
        made = [self.build(model, part, f"{path}[{index}]", filled) for index, part in enumerate(value)]
        for index, instance in enumerate(made):
            if "position" in relation.mapper.columns:
                instance.position = index
        return made

    def value(
        self, mapper: Mapper[Any], columns: Mapping[str, Column[Any]], key: str, value: object, path: str
    ) -> Any:
        """Return what one plain field or one quantity holds, None where it was rejected."""
        try:
            if key in columns:
                return read_column(columns[key], value)
            return COMPOSITES[mapper.composites[key].composite_class](value)
        except Rejected as error:
            self.reject(path, value, str(error))
            return None


def plain_columns(mapper: Mapper[Any], given: frozenset[str]) -> dict[str, Column[Any]]:
    """Return the columns that are fields of their own in a document."""
    return {
        attribute.key: column
        for attribute in mapper.column_attrs
        for column in attribute.columns
        if isinstance(column, Column)
        and ENTERED not in column.info
        and attribute.key not in NOT_IN_DOCUMENT | given
    }


def required(mapper: Mapper[Any], columns: Mapping[str, Column[Any]]) -> set[str]:
    """Return the fields that a document may not leave out."""
    plain = {
        key
        for key, column in columns.items()
        if not column.nullable and column.default is None and column.server_default is None
    }
    return plain | {prop.key for prop in mapper.composites if not prop.columns[0].nullable}
