"""Builds the application: middleware, error pages, static files, routers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.datastructures import URLPath
from starlette.types import ASGIApp

from app.features.account import (
    api as account_api,
    pages as account_pages,
    second as account_second,
    tokens as account_tokens,
)
from app.features.comments import (
    api as comments_api,
    mention_api,
    mention_pages,
    pages as comments_pages,
)
from app.features.dashboard import pages as dashboard_pages
from app.features.exchange import api as exchange_api, pages as exchange_pages
from app.features.history import api as history_api, pages as history_pages
from app.features.inputs import api as inputs_api, pages as inputs_pages
from app.features.members import pages as members_pages
from app.features.parameters import (
    api as parameters_api,
    correlation_api,
    correlation_pages,
    fit_pages as parameters_fit_pages,
    pages as parameters_pages,
)
from app.features.parts import (
    api as parts_api,
    pages as parts_pages,
    plan_api,
    plan_pages,
    preset_api,
    preset_pages,
    row_pages,
)
from app.features.parts.derived import api as derived_api
from app.features.people import api as people_api, pages as people_pages
from app.features.projects import (
    api as projects_api,
    lifecycle_api,
    pages as projects_pages,
    removal_pages,
    scenario_pages,
)
from app.features.proof import api as proof_api, pages as proof_pages
from app.features.record import pages as record_pages
from app.features.reporting import api as reporting_api
from app.features.scenarios import api as scenarios_api, pages as scenarios_pages
from app.features.settings import (
    api as settings_api,
    pages as settings_pages,
    rates_pages as settings_rates_pages,
    row_pages as settings_row_pages,
    taking_api,
    taking_pages,
)
from app.features.signin import (
    links as signin_links,
    pages as signin_pages,
    provider as signin_provider,
    second as signin_second,
    sign_up as signin_sign_up,
)
from app.features.simulations import (
    api as simulations_api,
    founding as simulations_founding,
    pages as simulations_pages,
)
from app.people.logs import log_with_request_ids
from app.settings import get_settings
from app.web import api_docs, assets, errors, health, styleguide
from app.web.access import authorize
from app.web.addresses import Addresses
from app.web.middleware.body_limit import BodyLimit
from app.web.middleware.request_context import RequestContext
from app.web.middleware.same_origin import SameOrigin
from app.web.middleware.security_headers import SecurityHeaders
from app.web.openapi import describe_problems
from app.web.templating import version

#: Tells everybody; to find out who asks would be to wait for the threads of other requests.
NEVER_WAITS = health.router
#: Every router, in the order in which addresses are tried; a feature adds its `pages` and `api` here.
ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    api_docs.router,
    dashboard_pages.router,
    projects_pages.router,
    projects_api.router,
    projects_api.places,
    scenario_pages.router,
    removal_pages.router,
    lifecycle_api.router,
    scenarios_pages.router,
    scenarios_api.router,
    inputs_pages.router,
    inputs_api.router,
    parts_pages.router,
    plan_pages.router,
    plan_api.router,
    derived_api.router,
    preset_pages.router,
    preset_api.router,
    preset_api.listed,
    row_pages.router,
    parts_api.router,
    parts_api.described,
    parameters_pages.router,
    parameters_fit_pages.router,
    correlation_pages.router,
    correlation_api.router,
    parameters_api.router,
    simulations_pages.router,
    simulations_api.router,
    history_pages.router,
    history_api.router,
    comments_pages.router,
    comments_api.router,
    mention_pages.router,
    mention_api.router,
    simulations_founding.router,
    reporting_api.router,
    proof_pages.router,
    proof_api.router,
    signin_pages.router,
    signin_sign_up.router,
    signin_links.router,
    signin_second.router,
    signin_provider.router,
    account_pages.router,
    account_tokens.router,
    account_second.router,
    account_api.router,
    people_pages.router,
    people_api.router,
    members_pages.router,
    record_pages.router,
    exchange_pages.router,
    exchange_api.router,
    settings_pages.router,
    settings_rates_pages.router,
    settings_row_pages.router,
    settings_api.router,
    taking_pages.router,
    taking_api.router,
)
#: Tools for those who build CalMiner; absent in production.
DEVELOPMENT_ROUTERS: tuple[APIRouter, ...] = (styleguide.router,)


class CalMiner(FastAPI):
    """FastAPI with a context and security headers around everything, its own 500 page included."""

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap the framework's own outermost layer, which `add_middleware` stays inside of."""
        return RequestContext(SecurityHeaders(super().build_middleware_stack()))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document with problem details as every operation's failure."""
        return describe_problems(super().openapi())

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the path of a route; a page asks some dozens of times."""
        return self._addresses.path(name, path_params) or super().url_path_for(name, **path_params)

    @cached_property
    def _addresses(self) -> Addresses:
        return Addresses(self.routes)


def create_app() -> FastAPI:
    """Return the application as the settings of this process want it."""
    settings = get_settings()
    log_with_request_ids()
    app = CalMiner(
        title="CalMiner",
        summary="Plan an ore-mining project, price it, and know its risk.",
        version=version(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(SameOrigin)
    errors.install(app)
    in_production = settings.environment == "production"
    app.mount(assets.PREFIX, assets.static_files(keep=in_production), name="static")
    for router in ROUTERS if in_production else ROUTERS + DEVELOPMENT_ROUTERS:
        app.include_router(router, dependencies=[] if router is NEVER_WAITS else [Depends(authorize)])
    return app
