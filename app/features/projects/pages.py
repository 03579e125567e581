"""Projects in the browser: the list, one project, the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput
from app.features.projects import edit as editing
from app.features.projects.queries import (
    SORTS,
    ScenarioRow,
    Wanted,
    commodities,
    count_projects,
    list_projects,
    list_scenarios,
)
from app.features.projects.removal import contents
from app.features.projects.valued import ValuedProject, WantedDep, in_address, valued
from app.models import Project
from app.planning.shared.defaults import stored_defaults
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import ProjectDep
from app.web.navigation import Crumb
from app.web.pagination import Pagination, paged
from app.web.templating import fragment, page

router = APIRouter(prefix="/projects", include_in_schema=False)
SORT_LABELS = {
    "name": "Name",
    "commodity": "Commodity",
    "country": "Country",
    "changed": "Last changed",
    "npv": "NPV, by currency",
    "irr": "IRR",
    "payback": "Payback",
}


@dataclass(frozen=True, slots=True)
class ProjectList:
    """The list page. again: where to ask for the rows again while some wait to be valued, else empty."""

    rows: Sequence[ValuedProject]
    pagination: Pagination
    wanted: Wanted
    sort: str
    sorts: Mapping[str, str]
    commodities: Sequence[str]
    again: str


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """One project."""

    project: Project
    scenarios: Sequence[ScenarioRow]
    pagination: Pagination
    contents: str


@dataclass(frozen=True, slots=True)
class EditProject:
    """The form page; `slug` is empty for a new project."""

    form: Form
    slug: str
    currencies: Sequence[tuple[str, str]]


@router.get("", name="projects")
def index(
    request: Request,
    session: SessionDep,
    window: WindowDep,
    wanted: WantedDep,
    sort: Annotated[str, Query(pattern=f"^({'|'.join(SORTS)})$")] = "name",
    rows: bool = False,
) -> Response:
    """List projects with search, filters and sort; with `rows` its table alone, which asks again until all
    of its projects are valued.
    """
    found = valued(
        session, list_projects(session, wanted=wanted, sort=sort, limit=window.limit, offset=window.offset)
    )
    query = in_address(wanted) | {"sort": sort}
    pagination = Pagination(window, count_projects(session, wanted), request.url.path, query)
    waiting = any(each.waits for each in found)
    again = f"{pagination.href(window.number)}&rows=true" if waiting else ""
    data = ProjectList(found, pagination, wanted, sort, SORT_LABELS, commodities(session), again)
    if rows:
        return fragment(request, "projects/_rows.html", data)
    return page(request, "projects/list.html", data, crumbs=(Crumb("Projects"),))


@router.get("/new", name="new_project")
def new(request: Request, session: SessionDep) -> Response:
    """Show an empty form, in the currency of the settings."""
    usual = stored_defaults(session).currency or "USD"
    return _form_page(request, session, Form.of(currency=usual))


@router.post("/new")
def create(request: Request, session: SessionDep, form: FormDep) -> Response:
    """Add a project, or show the form again with what is wrong."""
    wanted = _read(form)
    try:
        form.refuse_if_wrong()
        project = editing.create(session, wanted)
    except InvalidInput as error:
        form.adopt(error)
        return _form_page(request, session, form, status=422)
    to = request.app.url_path_for("project", project_slug=project.slug)
    return redirect(request, to, f"{project.name} created.")


@router.get("/{project_slug}", name="project")
def show(request: Request, session: SessionDep, project: ProjectDep, window: WindowDep) -> Response:
    """Show a project: where its figures come from, and its scenarios."""
    crumbs = (Crumb("Projects", request.app.url_path_for("projects")), Crumb(project.name))
    gone = contents(session, project).in_words()
    scenarios, pagination = paged(list_scenarios(session, project.id), window, request.url.path)
    data = ProjectPage(project, scenarios, pagination, gone)
    return page(request, "projects/show.html", data, crumbs=crumbs)


@router.get("/{project_slug}/edit", name="edit_project")
def edit(request: Request, session: SessionDep, project: ProjectDep) -> Response:
    """Show the form of a project."""
    values = {name: getattr(project, name) for name in editing.LABELS}
    return _form_page(request, session, Form.of(version=project.version, **values), project)


@router.post("/{project_slug}/edit")
def save(request: Request, session: SessionDep, project: ProjectDep, form: FormDep) -> Response:
    """Store the edit, or show the form again with what is wrong."""
    wanted, version = _read(form), form.version()
    try:
        form.refuse_if_wrong()
        editing.change(session, project, wanted, version)
    except InvalidInput as error:
        form.adopt(error)
        return _form_page(request, session, form, project, status=422)
    to = request.app.url_path_for("project", project_slug=project.slug)
    return redirect(request, to, f"{project.name} saved.")


def _read(form: Form) -> editing.ProjectEdit:
    texts = {
        name: form.text(name, required=False, longest=editing.LONGEST_TEXT)
        for name in editing.LABELS
        if name != "name"
    }
    return editing.ProjectEdit(name=form.text("name", longest=editing.LONGEST_NAME), **texts)


def _form_page(
    request: Request, session: Session, form: Form, project: Project | None = None, status: int = 200
) -> Response:
    above = Crumb("Projects", request.app.url_path_for("projects"))
    crumbs = [above, Crumb("New project")]
    if project is not None:
        own = Crumb(project.name, request.app.url_path_for("project", project_slug=project.slug))
        crumbs = [above, own, Crumb("Edit")]
    offered = [(code, f"{code} – {name}") for code, name in editing.currencies(session).items()]
    data = EditProject(form, project.slug if project else "", offered)
    return page(request, "projects/edit.html", data, crumbs=crumbs, status=status)
