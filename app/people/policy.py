"""Who may do what: the one table that pages, API and templates ask.

A route is known by the end of its module's path and the name of its function. A route that is not here is
closed to everybody, and a test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from app.engine.kinds import RoleName
from app.models import TokenScope


class Permission(StrEnum):
    """What a route asks of its caller."""

    PUBLIC = "public"
    OWN = "own"
    SIGNED_IN = "signed_in"
    READ = "read"
    COMMENT = "comment"
    EDIT = "edit"
    RUN = "run"
    MANAGE = "manage"
    ADMINISTER = "administer"


#: What it means, for the page that lists roles and for refusals.
WORDS: Mapping[Permission, str] = {
    Permission.PUBLIC: "open to everybody",
    Permission.OWN: "one's own account, in a browser",
    Permission.SIGNED_IN: "open to everybody who is signed in",
    Permission.READ: "see projects and results",
    Permission.COMMENT: "comment on projects",
    Permission.EDIT: "change scenarios",
    Permission.RUN: "run simulations",
    Permission.MANAGE: "create, change and share projects",
    Permission.ADMINISTER: "manage people and settings",
}

_EVERYBODY = frozenset({Permission.PUBLIC, Permission.OWN, Permission.SIGNED_IN})
_VIEWER = frozenset({Permission.READ, Permission.COMMENT})
_ANALYST = _VIEWER | {Permission.EDIT, Permission.RUN}
_MANAGER = _ANALYST | {Permission.MANAGE}

#: What each role may do, in the whole installation or in one project; everybody may do `_EVERYBODY`.
ROLES: Mapping[RoleName, frozenset[Permission]] = {
    RoleName.VIEWER: _VIEWER,
    RoleName.ANALYST: _ANALYST,
    RoleName.PROJECT_MANAGER: _MANAGER,
    RoleName.ADMINISTRATOR: _MANAGER | {Permission.ADMINISTER},
}
ROLE_LABELS: Mapping[RoleName, str] = {
    RoleName.VIEWER: "Viewer: sees projects and results, and comments on them",
    RoleName.ANALYST: "Analyst: also changes scenarios and runs simulations",
    RoleName.PROJECT_MANAGER: "Project manager: also creates, changes and shares projects",
    RoleName.ADMINISTRATOR: "Administrator: also manages people and settings",
}
#: What an API token's scopes open, within what its owner may do.
SCOPES: Mapping[TokenScope, frozenset[Permission]] = {
    TokenScope.READ: frozenset({Permission.SIGNED_IN, Permission.READ}),
    TokenScope.WRITE: frozenset({Permission.COMMENT, Permission.EDIT, Permission.MANAGE}),
    TokenScope.RUN: frozenset({Permission.RUN}),
    TokenScope.ADMIN: frozenset({Permission.ADMINISTER}),
}

POLICY: Mapping[str, Permission] = {
    "health.health": Permission.PUBLIC,
    "health.ready": Permission.PUBLIC,
    "signin.pages.show": Permission.PUBLIC,
    "signin.pages.enter": Permission.PUBLIC,
    "signin.pages.leave": Permission.OWN,
    "signin.pages.forgotten": Permission.PUBLIC,
    "signin.pages.send_link": Permission.PUBLIC,
    "signin.sign_up.show": Permission.PUBLIC,
    "signin.sign_up.ask": Permission.PUBLIC,
    "signin.links.show": Permission.PUBLIC,
    "signin.links.use": Permission.PUBLIC,
    "signin.provider.begin": Permission.PUBLIC,
    "signin.provider.finish": Permission.PUBLIC,
    "signin.provider.connect": Permission.OWN,
    "signin.second.show": Permission.PUBLIC,
    "signin.second.enter": Permission.PUBLIC,
    "account.second.show": Permission.OWN,
    "account.second.picture": Permission.OWN,
    "account.second.begin": Permission.OWN,
    "account.second.confirm": Permission.OWN,
    "account.second.renew": Permission.OWN,
    "account.second.switch_off": Permission.OWN,
    "account.pages.show": Permission.OWN,
    "account.pages.save": Permission.OWN,
    "account.pages.change_password": Permission.OWN,
    "account.pages.end_sign_in": Permission.OWN,
    "account.pages.end_others": Permission.OWN,
    "account.tokens.show": Permission.OWN,
    "account.tokens.create": Permission.OWN,
    "account.tokens.revoke": Permission.OWN,
    "account.api.me": Permission.SIGNED_IN,
    "members.pages.show": Permission.MANAGE,
    "members.pages.save": Permission.MANAGE,
    "members.pages.remove": Permission.MANAGE,
    "members.pages.set_private": Permission.MANAGE,
    "people.api.index": Permission.ADMINISTER,
    "people.api.show": Permission.ADMINISTER,
    "people.api.invite": Permission.ADMINISTER,
    "people.api.update": Permission.ADMINISTER,
    "people.pages.index": Permission.ADMINISTER,
    "people.pages.invite": Permission.ADMINISTER,
    "people.pages.show": Permission.ADMINISTER,
    "people.pages.save": Permission.ADMINISTER,
    "people.pages.make_link": Permission.ADMINISTER,
    "people.pages.remove_second_factor": Permission.ADMINISTER,
    "record.pages.show": Permission.ADMINISTER,
    "record.pages.export": Permission.ADMINISTER,
    "api_docs.document": Permission.SIGNED_IN,
    "api_docs.swagger": Permission.SIGNED_IN,
    "api_docs.redoc": Permission.SIGNED_IN,
    "dashboard.pages.show": Permission.READ,
    "projects.pages.index": Permission.READ,
    "projects.pages.new": Permission.MANAGE,
    "projects.pages.create": Permission.MANAGE,
    "projects.pages.show": Permission.READ,
    "projects.pages.edit": Permission.MANAGE,
    "projects.pages.save": Permission.MANAGE,
    "projects.api.index": Permission.READ,
    "projects.api.find": Permission.READ,
    "projects.api.create": Permission.MANAGE,
    "projects.api.show": Permission.READ,
    "projects.api.update": Permission.MANAGE,
    "projects.scenario_pages.new": Permission.EDIT,
    "projects.scenario_pages.create": Permission.EDIT,
    "projects.scenario_pages.edit": Permission.EDIT,
    "projects.scenario_pages.save": Permission.EDIT,
    "projects.scenario_pages.make_base": Permission.EDIT,
    "projects.removal_pages.archive": Permission.MANAGE,
    "projects.removal_pages.delete_project": Permission.MANAGE,
    "projects.removal_pages.delete_scenario": Permission.EDIT,
    "projects.removal_pages.index": Permission.MANAGE,
    "projects.removal_pages.bring_back": Permission.MANAGE,
    "projects.removal_pages.erase": Permission.MANAGE,
    "projects.lifecycle_api.create": Permission.EDIT,
    "projects.lifecycle_api.show": Permission.READ,
    "projects.lifecycle_api.rename": Permission.EDIT,
    "projects.lifecycle_api.make_base": Permission.EDIT,
    "projects.lifecycle_api.delete_scenario": Permission.EDIT,
    "projects.lifecycle_api.archive": Permission.MANAGE,
    "projects.lifecycle_api.delete_project": Permission.MANAGE,
    "projects.lifecycle_api.deleted": Permission.MANAGE,
    "projects.lifecycle_api.bring_back": Permission.MANAGE,
    "projects.lifecycle_api.erase": Permission.MANAGE,
    "history.pages.index": Permission.READ,
    "history.pages.show": Permission.READ,
    "history.pages.change_status": Permission.EDIT,
    "history.pages.go_back": Permission.EDIT,
    "history.pages.go_on": Permission.EDIT,
    "history.api.index": Permission.READ,
    "history.api.show": Permission.READ,
    "history.api.compare": Permission.READ,
    "history.api.go_back": Permission.EDIT,
    "history.api.go_on": Permission.EDIT,
    "history.api.clone": Permission.EDIT,
    "history.api.change_status": Permission.EDIT,
    "parts.pages.show": Permission.READ,
    "parts.pages.show_part": Permission.READ,
    "parts.pages.undo": Permission.EDIT,
    "parts.row_pages.edit": Permission.READ,
    "parts.row_pages.store": Permission.EDIT,
    "parts.row_pages.delete": Permission.EDIT,
    "parts.row_pages.ask_row": Permission.READ,
    "parts.row_pages.show_stored": Permission.READ,
    "parts.row_pages.ask": Permission.READ,
    "parts.api.describe": Permission.SIGNED_IN,
    "parts.api.rows": Permission.READ,
    "parts.api.change": Permission.EDIT,
    "parts.api.ask": Permission.READ,
    "parts.derived.api.show": Permission.READ,
    "parts.preset_pages.index": Permission.READ,
    "parts.preset_pages.show": Permission.READ,
    "parts.preset_pages.apply": Permission.EDIT,
    "parts.preset_pages.effect": Permission.READ,
    "parts.preset_api.index": Permission.SIGNED_IN,
    "parts.preset_api.preview": Permission.READ,
    "parts.preset_api.apply": Permission.EDIT,
    "parts.plan_pages.show": Permission.READ,
    "parts.plan_pages.ask": Permission.EDIT,
    "parts.plan_pages.effect": Permission.READ,
    "parts.plan_api.preview": Permission.READ,
    "parts.plan_api.write": Permission.EDIT,
    "comments.pages.index": Permission.READ,
    "comments.pages.show": Permission.READ,
    "comments.pages.create": Permission.COMMENT,
    "comments.pages.save": Permission.COMMENT,
    "comments.pages.delete": Permission.COMMENT,
    "comments.pages.bring_back": Permission.COMMENT,
    "comments.pages.resolve": Permission.COMMENT,
    "comments.api.index": Permission.READ,
    "comments.api.show": Permission.READ,
    "comments.api.find_people": Permission.COMMENT,
    "comments.api.create": Permission.COMMENT,
    "comments.api.update": Permission.COMMENT,
    "comments.api.delete": Permission.COMMENT,
    "comments.api.bring_back": Permission.COMMENT,
    "comments.api.resolve": Permission.COMMENT,
    "comments.mention_pages.index": Permission.OWN,
    "comments.mention_pages.open_one": Permission.OWN,
    "comments.mention_pages.read_all": Permission.OWN,
    "comments.mention_api.index": Permission.SIGNED_IN,
    "comments.mention_api.read_one": Permission.COMMENT,
    "comments.mention_api.read_all": Permission.COMMENT,
    "scenarios.pages.show": Permission.READ,
    "scenarios.api.show": Permission.READ,
    "inputs.pages.show": Permission.READ,
    "inputs.api.show": Permission.READ,
    "parameters.pages.index": Permission.READ,
    "parameters.pages.edit": Permission.READ,
    "parameters.pages.save": Permission.EDIT,
    "parameters.pages.ask": Permission.READ,
    "parameters.api.index": Permission.READ,
    "parameters.api.show": Permission.READ,
    "parameters.api.update": Permission.EDIT,
    "parameters.api.fit": Permission.READ,
    "parameters.correlation_api.show": Permission.READ,
    "parameters.correlation_api.check": Permission.READ,
    "parameters.correlation_pages.show": Permission.READ,
    "parameters.correlation_pages.change": Permission.EDIT,
    "parameters.fit_pages.ask": Permission.READ,
    "parameters.fit_pages.show": Permission.READ,
    "simulations.pages.index": Permission.READ,
    "simulations.pages.start": Permission.RUN,
    "simulations.pages.show": Permission.READ,
    "simulations.pages.progress": Permission.READ,
    "simulations.pages.cancel": Permission.RUN,
    "simulations.pages.replay": Permission.RUN,
    "simulations.api.index": Permission.READ,
    "simulations.api.start": Permission.RUN,
    "simulations.api.show": Permission.READ,
    "simulations.api.result": Permission.READ,
    "simulations.api.partial": Permission.READ,
    "simulations.api.sobol": Permission.READ,
    "simulations.api.inputs": Permission.READ,
    "simulations.api.cancel": Permission.RUN,
    "simulations.api.replay": Permission.RUN,
    "simulations.api.differences": Permission.READ,
    "simulations.founding.run": Permission.RUN,
    "reporting.api.summary": Permission.SIGNED_IN,
    "exchange.pages.show_formats": Permission.READ,
    "exchange.pages.export_file": Permission.READ,
    "exchange.pages.template_file": Permission.READ,
    "exchange.pages.new": Permission.MANAGE,
    "exchange.pages.upload": Permission.MANAGE,
    "exchange.pages.show": Permission.MANAGE,
    "exchange.pages.update": Permission.MANAGE,
    "exchange.pages.commit": Permission.MANAGE,
    "exchange.pages.discard": Permission.MANAGE,
    "exchange.api.export_project": Permission.READ,
    "exchange.api.get_template": Permission.READ,
    "exchange.api.import_document": Permission.MANAGE,
    "exchange.api.upload": Permission.MANAGE,
    "exchange.api.show": Permission.MANAGE,
    "exchange.api.update": Permission.MANAGE,
    "exchange.api.commit": Permission.MANAGE,
    "exchange.api.discard": Permission.MANAGE,
    "settings.pages.index": Permission.READ,
    "settings.pages.show": Permission.READ,
    "settings.pages.bring_back": Permission.ADMINISTER,
    "settings.pages.move": Permission.ADMINISTER,
    "settings.row_pages.show": Permission.READ,
    "settings.row_pages.store": Permission.ADMINISTER,
    "settings.row_pages.remove": Permission.ADMINISTER,
    "settings.rates_pages.show": Permission.READ,
    "settings.rates_pages.store": Permission.ADMINISTER,
    "settings.api.describe": Permission.SIGNED_IN,
    "settings.api.change": Permission.ADMINISTER,
    "settings.api.index": Permission.READ,
    "settings.api.removed": Permission.READ,
    "settings.api.bring_back": Permission.ADMINISTER,
    "settings.api.show": Permission.READ,
    "settings.api.uses": Permission.READ,
    "settings.taking_pages.show_deck": Permission.READ,
    "settings.taking_pages.apply_deck": Permission.EDIT,
    "settings.taking_pages.show_terms": Permission.READ,
    "settings.taking_pages.apply_terms": Permission.EDIT,
    "settings.taking_pages.show_rates": Permission.READ,
    "settings.taking_pages.apply_rates": Permission.EDIT,
    "settings.taking_api.apply_deck": Permission.EDIT,
    "settings.taking_api.apply_terms": Permission.EDIT,
    "settings.taking_api.apply_rates": Permission.EDIT,
    "proof.pages.index": Permission.READ,
    "proof.pages.show": Permission.READ,
    "proof.api.index": Permission.READ,
    "proof.api.show": Permission.READ,
    "styleguide.show": Permission.SIGNED_IN,
    "styleguide.save": Permission.SIGNED_IN,
    "styleguide.flash": Permission.SIGNED_IN,
    "styleguide.progress": Permission.SIGNED_IN,
    "styleguide.error": Permission.SIGNED_IN,
}


def route_key(endpoint: Callable[..., Any]) -> str:
    """Return what the table knows a route by: `projects.pages.create` for its function.

    >>> route_key(route_key)
    'people.policy.route_key'
    """
    module = endpoint.__module__.removeprefix("app.").removeprefix("features.").removeprefix("web.")
    return f"{module}.{endpoint.__name__}"


def permissions(roles: frozenset[RoleName]) -> frozenset[Permission]:
    """Return all that these roles may do together."""
    return _EVERYBODY.union(*(ROLES[role] for role in roles))
