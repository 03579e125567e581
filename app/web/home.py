"""The start page of an installation that has no feature yet."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(include_in_schema=False)


@router.get("/", name="dashboard")
def dashboard(request: Request) -> HTMLResponse:
    """Show where to begin."""
    return page(request, "home.html", crumbs=(Crumb("Dashboard"),))
