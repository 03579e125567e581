"""The words of the record for people: acts, what they were about, and their details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.kinds import RoleName
from app.models import LinkPurpose
from app.people.policy import ROLE_LABELS
from app.planning.shared.parts import SHARED
from app.web.formatting import capitalised

#: What each act is called; one that is not here is read out as it is written.
ACTS: Mapping[str, str] = {
    "signed_in": "Signed in",
    "sign_in_failed": "Sign-in failed",
    "sign_in_refused": "Sign-in refused by a limit",
    "signed_out": "Signed out",
    "sign_up_asked": "Asked for an account",
    "signed_up": "Opened an account",
    "link_asked": "Asked for a new password without an account",
    "link_mailed": "Link for a new password mailed",
    "link_made": "Link for a new password made",
    "link_used": "One-time link used",
    "mail_failed": "Mail not sent",
    "invited": "Invited a person",
    "rights_changed": "Rights changed",
    "password_changed": "Password changed",  # pragma: allowlist secret
    "profile_changed": "Profile changed",
    "second_factor_on": "Second factor switched on",
    "second_factor_off": "Second factor switched off",
    "recovery_codes_made": "Recovery codes made",
    "recovery_code_used": "Recovery code used",
    "provider_connected": "Identity provider connected",
    "token_created": "API token created",
    "token_revoked": "API token revoked",
    "member_changed": "Member of a project changed",
    "privacy_changed": "Privacy of a project changed",
    "project_created": "Project created",
    "project_changed": "Project changed",
    "project_archived": "Project archived",
    "project_taken_back": "Project taken back from the archive",
    "project_deleted": "Project deleted",
    "project_brought_back": "Deleted project brought back",
    "project_erased": "Project deleted for good",
    "project_exported": "Project exported",
    "project_imported": "Project imported",
    "scenario_approved": "Scenario approved",
    "scenario_reopened": "Scenario reopened",
    "scenario_archived": "Scenario archived",
    "scenario_restored": "Scenario restored to a revision",
    "scenario_deleted": "Scenario deleted",
    "scenario_brought_back": "Deleted scenario brought back",
    "scenario_erased": "Scenario deleted for good",
    "comment_deleted": "Comment deleted",
    "comment_restored": "Comment brought back",
    "setting_added": "Setting added",
    "setting_changed": "Setting changed",
    "setting_removed": "Setting removed",
    "setting_restored": "Removed setting brought back",
    "run_started": "Simulation started",
    "run_cancelled": "Simulation cancelled",
    "record_exported": "Record exported",
    "restored": "Backup restored",
}
SUBJECTS: Mapping[str, str] = {
    "user": "Person",
    "api_token": "API token",
    "simulation_run": "Simulation run",
    **{part.key: part.singular.capitalize() for part in SHARED.values()},
}
#: What a detail is called; the others are called as they are written.
DETAILS: Mapping[str, str] = {
    "active": "may sign in",
    "address": "from",
    "by": "given by",
    "created": "as a new project",
    "how": "with",
    "kept": "kept for the way back",
    "removal": "line of its removal",
    "why": "because",
    "others": "other browsers",
    "private": "for members only",
    "purpose": "for",
    "user": "person",
}
_ROLES = {role.value: ROLE_LABELS[role].partition(":")[0].lower() for role in RoleName}
_PURPOSES = {
    LinkPurpose.FIRST_ADMINISTRATOR.value: "the first administrator",
    LinkPurpose.INVITATION.value: "an invitation",
    LinkPurpose.RESET.value: "a new password",
    LinkPurpose.SIGN_UP.value: "an account that was asked for",
}
_FORMATS = {"xlsx": "workbook", "csv": "CSV bundle", "json": "document"}
_WAYS = {"provider": "the identity provider", "password": "the password"}  # pragma: allowlist secret
#: Words for the values of a detail, by its name.
VALUES: Mapping[str, Mapping[str, str]] = {
    "roles": _ROLES,
    "role": _ROLES,
    "purpose": _PURPOSES,
    "format": _FORMATS,
    "how": _WAYS,
    "by": _WAYS,
}


def act(action: str) -> str:
    """Return what an act is called.

    >>> act("run_started"), act("something_new")
    ('Simulation started', 'Something new')
    """
    return ACTS.get(action) or action.replace("_", " ").capitalize()


def about(subject: str, key: str, name: str) -> str:
    """Return what an act was about, by its name where it has one.

    >>> about("user", "3", "Ada"), about("simulation_run", "7", ""), about("", "", "")
    ('Person Ada', 'Simulation run 7', '')
    """
    kind = SUBJECTS.get(subject) or subject.replace("_", " ").capitalize()
    return f"{kind} {name or key}".strip()


def stored(text: str) -> str:
    """Return what people type about a thing as the record keeps it: its kind, and its key where one is given.

    >>> stored("Person 3"), stored("simulation run 7"), stored("API token"), stored("project 7"), stored("")
    ('user 3', 'simulation_run 7', 'api_token', 'project 7', '')
    """
    kinds = {called.lower(): kind for kind, called in SUBJECTS.items()}
    plain = " ".join(text.split())
    if plain.lower() in kinds or " " not in plain:
        return kinds.get(plain.lower(), plain.lower())
    kind, _, key = plain.rpartition(" ")
    return f"{kinds.get(kind.lower(), kind.lower().replace(' ', '_'))} {key}"


def details(detail: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """Return the details in one line; `people` are names by key.

    >>> details({"roles": ["project_manager"], "active": True, "user": 3, "note": ""}, {"3": "Ada"})
    'Roles: project manager; may sign in: yes; person: Ada'
    """
    told = [
        f"{DETAILS.get(name) or name.replace('_', ' ')}: {_value(name, value, people)}"
        for name, value in detail.items()
        if value != ""
    ]
    line = "; ".join(told)
    return capitalised(line)


def _value(name: str, value: object, people: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "kept" and isinstance(value, list):
        return "1 row" if len(value) == 1 else f"{len(value)} rows"
    if isinstance(value, list):
        return ", ".join(_value(name, each, people) for each in value) or "none"
    if name == "user":
        return people.get(str(value), str(value))
    return VALUES.get(name, {}).get(str(value), str(value))
