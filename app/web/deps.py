"""What routes ask for by type."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request

from app.db import Transactions, get_session, get_transactions
from app.settings import Settings, get_settings
from app.web import csrf
from app.web.forms import Form
from app.web.pagination import Window, window

#: The session of the request's one transaction; it is committed when the route has returned.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
#: Short transactions, for the few routes that must not hold one from end to end.
TransactionsDep = Annotated[Transactions, Depends(get_transactions)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
#: Which part of a list is wanted, from `?page=`.
WindowDep = Annotated[Window, Depends(window)]

MOST_FIELDS = 5000


async def read_form(request: Request) -> Form:
    """Read what a form sent and refuse it without the form token of this browser."""
    sent = await request.form(max_fields=MOST_FIELDS, max_part_size=get_settings().max_body_bytes)
    texts: dict[str, list[str]] = {}
    files: dict[str, UploadFile] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            files[name] = value
        else:
            texts.setdefault(name, []).append(value)
    csrf.check(request, sent)
    texts.pop(csrf.FIELD, None)
    return Form(texts, files, posted=True)


#: What the browser posted; every page route that changes something takes it.
FormDep = Annotated[Form, Depends(read_form)]
