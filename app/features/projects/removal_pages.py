"""Archiving and deleting in the browser, with what goes along, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput
from app.features.projects import removal
from app.models import Project
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import Key, ProjectDep, ScenarioDep
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window
from app.web.templating import page

router = APIRouter(include_in_schema=False)
KindName = Annotated[str, Path(pattern="^(project|scenario)$")]


@dataclass(frozen=True, slots=True)
class DeletedPage:
    """What was deleted and can be brought back. form: of the row that was refused, else empty."""

    rows: Sequence[removal.DeletedRow]
    form: Form
    pagination: Pagination


@router.post("/projects/{project_slug}/archive", name="archive_project")
def archive(request: Request, session: SessionDep, project: ProjectDep, form: FormDep) -> Response:
    """Archive a project, or take it back."""
    archived = form.flag("archived")
    form.refuse_if_wrong()
    removal.archive(session, project, archived)
    to = request.app.url_path_for("project", project_slug=project.slug)
    return redirect(request, to, f"{project.name} {'archived' if archived else 'restored'}.")


@router.post("/projects/{project_slug}/delete", name="delete_project")
def delete_project(request: Request, session: SessionDep, project: ProjectDep, form: FormDep) -> Response:
    """Delete a project with a way back."""
    form.refuse_if_wrong()
    gone = removal.contents(session, project).in_words()
    removal.delete(session, project)
    return redirect(
        request, _deleted(request), f"{project.name} deleted, with {gone}. You can bring it back."
    )


@router.post("/projects/{project_slug}/scenarios/{scenario_slug}/delete", name="delete_scenario")
def delete_scenario(request: Request, session: SessionDep, scenario: ScenarioDep, form: FormDep) -> Response:
    """Delete a scenario with a way back."""
    form.refuse_if_wrong()
    removal.delete(session, scenario)
    return redirect(request, _deleted(request), f"{scenario.name} deleted. You can bring it back.")


@router.get("/deleted", name="deleted")
def index(request: Request, session: SessionDep, window: WindowDep) -> Response:
    """List what was deleted."""
    return _deleted_page(request, session, Form(), window)


@router.post("/deleted/{kind}/{key}/restore", name="bring_back")
def bring_back(request: Request, session: SessionDep, kind: KindName, key: Key, form: FormDep) -> Response:
    """Undo a deletion."""
    form.refuse_if_wrong()
    found = removal.bring_back(session, kind, key)
    project = found if isinstance(found, Project) else found.project
    to = request.app.url_path_for("project", project_slug=project.slug)
    return redirect(request, to, f"{found.name} is back.")


@router.post("/deleted/{kind}/{key}/erase", name="erase")
def erase(request: Request, session: SessionDep, kind: KindName, key: Key, form: FormDep) -> Response:
    """Delete for good, once its name was typed out."""
    name = form.text("name", longest=200)
    try:
        form.refuse_if_wrong()
        removal.erase(session, kind, key, name)
    except InvalidInput as error:
        form.adopt(error)
        return _deleted_page(request, session, form, Window(), status=422)
    return redirect(request, _deleted(request), f"{name} is gone for good.")


def _deleted_page(
    request: Request, session: SessionDep, form: Form, window: Window, status: int = 200
) -> Response:
    crumbs = (Crumb("Projects", request.app.url_path_for("projects")), Crumb("Deleted"))
    found = removal.list_deleted(session)
    shown = found[window.offset : window.offset + window.limit]
    data = DeletedPage(shown, form, Pagination(window, len(found), _deleted(request), {}))
    return page(request, "projects/deleted.html", data, crumbs=crumbs, status=status)


def _deleted(request: Request) -> str:
    return str(request.app.url_path_for("deleted"))
