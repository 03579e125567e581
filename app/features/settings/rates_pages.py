"""The dated rates of a currency in the browser: a block of days and rates, as a spreadsheet pastes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, NotFound
from app.features.settings.shown import Tab, crumbs, tabs
from app.models import Currency, ExchangeRate
from app.people.identity import may
from app.planning.offered import offered_currencies
from app.planning.shared.parts import CURRENCIES
from app.planning.shared.quoted import Pair, TypedRate, count_rates, quoted_currencies, rates_of, save_block
from app.web import context
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import REQUIRED, Form
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window
from app.web.templating import page

router = APIRouter(prefix="/settings/currencies/{code}/rates", include_in_schema=False)
#: Empty lines below the stored rates.
SPARE = 5
MOST_LINES = 2000
DOTTED, DAY = "%d.%m.%Y", "a date such as 2026-07-01"


@dataclass(frozen=True, slots=True)
class RatesPage:
    """The rates of one currency in another. lines: numbers of the lines of the block, empty ones last."""

    currency: Currency
    quoted_in: str
    tabs: Sequence[Tab]
    currencies: Sequence[tuple[str, str]]
    quoted: Sequence[str]
    lines: Sequence[int]
    form: Form
    pagination: Pagination
    editable: bool


@router.get("", name="currency_rates")
def show(
    request: Request, session: SessionDep, code: str, window: WindowDep, quoted_in: str = ""
) -> Response:
    """Show the rates of a currency, in the one that it has rates in or that the address names."""
    currency = _currency(session, code)
    pair = Pair(currency.code, quoted_in or _usual(session, currency.code))
    stored = list(session.scalars(rates_of(pair).limit(window.limit).offset(window.offset)))
    return _rates_page(request, session, currency, pair, window, _form(stored), len(stored) + SPARE)


@router.post("")
def store(
    request: Request, session: SessionDep, code: str, window: WindowDep, form: FormDep, quoted_in: str = ""
) -> Response:
    """Save the block, or show it again with what is wrong in which cell."""
    currency = _currency(session, code)
    pair = Pair(currency.code, quoted_in or _usual(session, currency.code))
    places = sorted(int(n[6:]) for n in form.names() if n.startswith("as_of.") and n[6:].isdecimal())
    places = places[:MOST_LINES]
    typed, emptied = _read(form, places)
    try:
        form.refuse_if_wrong()
        changed = save_block(session, pair, typed, emptied)
    except InvalidInput as error:
        form.adopt(error)
        last = max(places, default=0) + 1
        return _rates_page(request, session, currency, pair, window, form, last, status=422)
    to = f"{request.app.url_path_for('currency_rates', code=code)}?quoted_in={pair.quoted_in}"
    words = "1 rate saved." if changed == 1 else f"{changed} rates saved."
    return redirect(request, to, words if changed else "Nothing had changed.")


def _currency(session: Session, code: str) -> Currency:
    found = session.get(Currency, code)
    if found is None:
        raise NotFound("currency", code)
    return found


def _usual(session: Session, code: str) -> str:
    """Return the currency that rates are shown in first: one that there are rates in, else the dollar."""
    quoted = quoted_currencies(session, code)
    others = [each for each, _ in offered_currencies(session, ()) if each != code]
    return next(iter([*quoted, *(["USD"] if "USD" in others else []), *others]), "")


def _form(stored: Sequence[ExchangeRate]) -> Form:
    texts: dict[str, object] = {}
    for place, row in enumerate(stored):
        texts |= {
            f"as_of.{place}": row.as_of,
            f"rate.{place}": row.rate,
            f"source.{place}": row.source,
            f"was.{place}": row.as_of,
            f"version.{place}": row.version,
        }
    return Form.of(**texts)


def _read(form: Form, places: Sequence[int]) -> tuple[list[TypedRate], list[tuple[date, int]]]:
    typed, emptied = [], []
    for place in places:
        was = form.day(f"was.{place}") if form[f"was.{place}"] else None
        version = form.integer(f"version.{place}", least=1) if was else None
        if not form[f"as_of.{place}"].strip() and not form[f"rate.{place}"].strip():
            if was and version:
                emptied.append((was, version))
            continue
        day = _day(form, f"as_of.{place}")
        rate = form.number(f"rate.{place}")
        source = form.text(f"source.{place}", required=False)
        typed.append(TypedRate(place, day, rate, source, was, version))
    return typed, emptied


def _day(form: Form, name: str) -> date:
    """Read a day as ISO writes it, as the reader's locale does, or with points or slashes between."""
    text, locale = form[name].strip(), context.locale.get()
    slashed = "%m/%d/%Y" if locale.tag == "en-US" else "%d/%m/%Y"
    for pattern in ("%Y-%m-%d", locale.date.replace("%-", "%"), DOTTED, slashed):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    form.refuse(name, DAY if text else REQUIRED)
    return date.min


def _rates_page(
    request: Request,
    session: Session,
    currency: Currency,
    pair: Pair,
    window: Window,
    form: Form,
    lines: int,
    status: int = 200,
) -> Response:
    offered = [each for each in offered_currencies(session, [pair.quoted_in]) if each[0] != currency.code]
    query = {"quoted_in": pair.quoted_in}
    data = RatesPage(
        currency,
        pair.quoted_in,
        tabs(request, CURRENCIES),
        offered,
        quoted_currencies(session, currency.code),
        range(lines),
        form,
        Pagination(window, count_rates(session, pair), request.url.path, query),
        may("administer"),
    )
    path = request.app.url_path_for("setting", part="currencies", key=currency.code)
    trail = crumbs(request, CURRENCIES, Crumb(currency.code, str(path)), Crumb("Rates"))
    title = f"{currency.code} rates"
    return page(request, "settings/rates.html", data, crumbs=trail, title=title, status=status)
