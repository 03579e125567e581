"""The two API references, from files that CalMiner serves itself."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from app.web.middleware.security_headers import content_policy
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(include_in_schema=False)


@router.api_route("/openapi.json", methods=["GET", "HEAD"], name="openapi")
def document(request: Request) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", name="api_docs")
def swagger(request: Request) -> HTMLResponse:
    """Show the API in Swagger UI, where it can be tried."""
    return page(request, "api_docs/swagger.html", crumbs=(Crumb("API"),))


@router.get("/redoc", name="api_reference")
def redoc(request: Request) -> HTMLResponse:
    """Show the API in ReDoc, for reading.

    ReDoc writes its own style elements and searches in a worker made from a blob; this page alone allows
    both, the styles by a nonce.
    """
    nonce = secrets.token_urlsafe(16)
    policy = content_policy({"style-src": f"'self' 'nonce-{nonce}'", "worker-src": "'self' blob:"})
    headers = {"Content-Security-Policy": policy}
    return page(request, "api_docs/redoc.html", nonce, title="API reference", headers=headers)
