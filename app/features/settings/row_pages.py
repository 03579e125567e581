"""The form of one row of the settings, where it is used, and its removal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, NotFound, Problem
from app.features.settings.shown import (
    DeckRow,
    OwnedPart,
    Tab,
    crumbs,
    deck_rows,
    deck_years,
    owned_parts,
    tabs,
)
from app.models import MeasurementUnit, PriceDeck
from app.models.base import Base
from app.people.identity import may
from app.planning import forms
from app.planning.edit import RowChange
from app.planning.offered import Offered, offer_units, offered_shared
from app.planning.parts import Field, Kind
from app.planning.shared.parts import Shared, find_shared
from app.planning.shared.save import find_row, save_shared
from app.planning.shared.uses import COUNTED, Use, where_used
from app.valuation.units import is_built_in
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(prefix="/settings", include_in_schema=False)
NEW = "new"


@dataclass(frozen=True, slots=True)
class SettingPage:
    """The form of one row; `key` is `new` for one that is not stored yet. periods: columns of a schedule."""

    part: Shared
    tabs: Sequence[Tab]
    fields: Sequence[tuple[Field, Kind]]
    key: str
    name: str
    form: Form
    offered: Offered
    editable: bool
    locked: bool
    uses: Sequence[Use] | None
    owned: Sequence[OwnedPart]
    years: Sequence[str]
    grid: Sequence[DeckRow]
    back: str


@router.get("/{part}/{key}", name="setting")
def show(request: Request, session: SessionDep, part: str, key: str) -> Response:
    """Show the form of one row, or of a new one."""
    return _row_page(request, session, find_shared(part), key, None)


@router.post("/{part}/{key}")
def store(request: Request, session: SessionDep, part: str, key: str, form: FormDep) -> Response:
    """Save the row, or show the form again with what was typed and what is wrong with it."""
    found = find_shared(part)
    try:
        change = _change(session, found, key, form)
        form.refuse_if_wrong()
        (touched,) = save_shared(session, [change])
    except InvalidInput as error:
        form.adopt(InvalidInput([_at_its_field(problem) for problem in error.problems]))
        return _row_page(request, session, found, key, form, status=422)
    name = found.name_of(touched.row) if touched.row is not None else found.singular
    to = _after(request, session, found, touched.row, key)
    return redirect(request, to, f"{name} saved.")


@router.post("/{part}/{key}/remove", name="remove_setting")
def remove(request: Request, session: SessionDep, part: str, key: str, form: FormDep) -> Response:
    """Remove a row that nothing uses; the list offers to bring it back."""
    found = find_shared(part)
    row = find_row(session, found, key)
    name, back = found.name_of(row), _back(request, session, found, row)
    version = form.version()
    form.refuse_if_wrong()
    save_shared(session, [RowChange(found.key, key, version, remove=True)])
    way = " The list offers to bring it back." if not found.owner else ""
    return redirect(request, back, f"{name} removed.{way}")


def _change(session: Session, part: Shared, key: str, form: Form) -> RowChange:
    values = forms.read(part, form)
    if key == NEW:
        return RowChange(part.key, values=values)
    row = find_row(session, part, key)
    kept = {field.name for field in part.fields if not field.fixed and not _is_locked(row, field.name)}
    return RowChange(
        part.key, key, form.version(), {name: value for name, value in values.items() if name in kept}
    )


def _is_locked(row: Base | None, name: str = "factor") -> bool:
    """Say whether a field belongs to a unit that is built in."""
    built_in = isinstance(row, MeasurementUnit) and is_built_in(row.code)
    return built_in and name in {"kind", "factor", "system"}


def _at_its_field(problem: Problem) -> Problem:
    """The domain says `changes[0].rate`; the form has one row and says `rate`."""
    return replace(problem, field=problem.field.partition("].")[2] or problem.field)


def _row_page(
    request: Request, session: Session, part: Shared, key: str, form: Form | None, status: int = 200
) -> Response:
    row = None if key == NEW and not part.only else find_row(session, part, key)
    owner = request.query_params.get(part.parents[0][0], "") if part.owner else ""
    offered = offered_shared(session, part, row)
    if form is None:
        form = forms.fill(part, row) if row is not None else _empty(part, owner)
        offer_units(part, form)
    name = part.name_of(row) if row is not None else f"New {part.singular}"
    data = SettingPage(
        part,
        tabs(request, part),
        [
            (field, part.kind(field.name))
            for field in part.fields
            if not (part.owner and field.name == part.parents[0][0])
        ],
        key,
        name,
        form,
        offered,
        may("administer"),
        _is_locked(row),
        where_used(session, part, getattr(row, "code", "")) if row and part.key in COUNTED else None,
        owned_parts(session, part, row) if row is not None else (),
        deck_years(row) if isinstance(row, PriceDeck) else (),
        deck_rows(session, row) if isinstance(row, PriceDeck) else (),
        _back(request, session, part, row, form[part.parents[0][0]] if part.owner else ""),
    )
    trail = crumbs(request, part, *_deeper(part, data, name))
    return page(request, "settings/row.html", data, crumbs=trail, title=name, status=status)


def _deeper(part: Shared, data: SettingPage, name: str) -> tuple[Crumb, ...]:
    if part.owner:
        return (Crumb(data.form[part.parents[0][0]], data.back), Crumb(name))
    return (Crumb(name),)


def _empty(part: Shared, owner: str) -> Form:
    """Return the form of a new row: usual values, and the owner that the address names."""
    filled: dict[str, object] = {}
    for field in part.fields:
        if part.kind(field.name) in {Kind.ROW, Kind.SINGLE}:
            continue
        default = part.column(field.name).default
        filled[field.name] = getattr(default, "arg", "") if default is not None and default.is_scalar else ""
    if part.owner:
        filled[part.parents[0][0]] = owner
    return Form.of(version=1, **filled)


def _after(request: Request, session: Session, part: Shared, row: Base | None, key: str) -> str:
    """A new row with others to go with it is gone on with; anything else leads back."""
    if key == NEW and row is not None and part.key in {"decks", "smelters"}:
        return str(request.app.url_path_for("setting", part=part.key, key=part.key_of(row)))
    return _back(request, session, part, row)


def _back(request: Request, session: Session, part: Shared, row: Base | None, owner_name: str = "") -> str:
    path = request.app.url_path_for
    if part.only:
        return str(path("settings"))
    if not part.owner:
        return str(path("setting_list", part=part.key))
    owner = find_shared(part.owner)
    name = getattr(row, part.parents[0][0]) if row is not None else owner_name
    found = session.scalars(owner.query().where(getattr(owner.model, part.parents[0][1]) == name)).first()
    if found is None:
        raise NotFound(owner.singular, name)
    return str(path("setting", part=owner.key, key=owner.key_of(found)))
