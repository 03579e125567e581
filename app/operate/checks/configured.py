"""The env file: names, values, and whether they fit each other."""

from __future__ import annotations

import re

from app.errors import Problem
from app.operate import envfile
from app.operate.facts import Facts
from app.operate.finding import Finding, nothing, ok, problem, warning
from app.settings import secret_names

CONNECTIONS = 100
KNOWN_PROFILES = frozenset(
    {"reverse-proxy", "local-db", "worker", "backup", "backup-copy", "upgrade", "tools"}
)


def file_private(facts: Facts) -> Finding:
    """Is the env file readable for its owner alone?"""
    mode = facts.text("env_mode")
    if int(mode, 8) & 0o077:
        return warning(f"others may read the settings (mode {mode})", "chmod 600 config/setup_production.env")
    return ok(f"mode {mode}")


def lines(facts: Facts) -> Finding:
    """Is every line one that Compose understands as it was meant?"""
    return listed(envfile.malformed(facts.text("env")), "correct the line")


def names(facts: Facts) -> Finding:
    """Is every name one that somebody reads?"""
    return listed(envfile.unknown(facts.settings), "correct the name, or remove the line")


def repeated(facts: Facts) -> Finding:
    """Is every name given once?"""
    return listed(envfile.twice(facts.text("env")), "remove all but one")


def values(facts: Facts) -> Finding:
    """Would the application take the values?"""
    return listed(envfile.wrong_values(facts.settings), "correct the value")


def listed(problems: list[Problem], do: str) -> Finding:
    """Return several problems as one finding."""
    return problem("; ".join(str(each) for each in problems), do) if problems else ok("as it should be")


def dollars(facts: Facts) -> Finding:
    """Does a value hold a `$` that Compose would take for the name of a variable?"""
    found = re.findall(r"(?m)^([A-Z0-9_]+)=(?!')[^\n#]*\$", facts.text("env"))
    if found:
        return warning(f"{', '.join(found)} holds a $", "put the value between single quotes, or write $$")
    return ok("no value holds a $")


def inline_secrets(facts: Facts) -> Finding:
    """Is a secret kept in the settings themselves?"""
    found = [name for name in secret_names() if facts.settings.get(name)]
    if found:
        return warning(
            f"{', '.join(found)} stands in the env file", "move it to a file, and name that in *_FILE"
        )
    return ok("secrets are in files")


def renders(facts: Facts) -> Finding:
    """Does Compose accept the production file with these settings?"""
    if not facts.has("rendered.json"):
        return problem(facts.text("render_errors"), "correct what Compose names")
    return ok("Compose accepts it")


def profiles(facts: Facts) -> Finding:
    """Are the switched-on profiles ones that exist?"""
    found = [name for name in facts.settings.get("COMPOSE_PROFILES", "").split(",") if name]
    wrong = sorted(set(found) - KNOWN_PROFILES)
    if wrong:
        return problem(f"there is no profile {', '.join(wrong)}", "correct COMPOSE_PROFILES")
    return ok(", ".join(found) or "none, so only the application itself")


def production(facts: Facts) -> Finding:
    """Does the application know that this is production?"""
    said = facts.settings.get("CALMINER_ENVIRONMENT", "")
    if said != "production":
        return problem(
            f"CALMINER_ENVIRONMENT is {said or 'not set'}",
            "set it to production; weak secrets pass otherwise",
        )
    return ok("production")


def domain(facts: Facts) -> Finding:
    """Was the domain of the example replaced?"""
    said = facts.settings.get("CALMINER_DOMAIN", "")
    if facts.profile("reverse-proxy") and (not said or said.endswith("example.com")):
        return problem(f"CALMINER_DOMAIN is {said or 'not set'}", "set it to the name of the site")
    return ok(said or "not needed")


def certificate_source(facts: Facts) -> Finding:
    """Has the proxy somewhere to get a certificate from?"""
    settings = facts.settings
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    if settings.get("TRAEFIK_OWN_CERTIFICATE"):
        return ok(f"config/traefik/certificates/{settings['TRAEFIK_OWN_CERTIFICATE']}.crt")
    if not settings.get("TRAEFIK_ACME_EMAIL"):
        return warning(
            "the proxy makes a certificate of its own that nobody trusts",
            "set TRAEFIK_ACME_EMAIL, or TRAEFIK_OWN_CERTIFICATE",
        )
    return ok("ACME")


def staging(facts: Facts) -> Finding:
    """Are certificates asked for that only tests trust?"""
    server = facts.settings.get("TRAEFIK_ACME_SERVER", "")
    if "staging" in server:
        return warning(
            "certificates come from a staging server", "remove TRAEFIK_ACME_SERVER when the rest works"
        )
    return ok(server or "Let's Encrypt")


def database_place(facts: Facts) -> Finding:
    """Do the profile of the database and its host agree?"""
    host = facts.settings.get("DATABASE_HOST", "")
    if facts.profile("local-db") and host != "postgres":
        return problem(
            f"local-db runs a database, and DATABASE_HOST is {host}",
            "set it to postgres, or leave local-db out",
        )
    if not facts.profile("local-db") and host in {"postgres", ""}:
        return problem("no profile runs a database", "add local-db to COMPOSE_PROFILES, or set DATABASE_HOST")
    return ok(host)


def database_encrypted(facts: Facts) -> Finding:
    """Is a connection that leaves the host encrypted?"""
    if facts.profile("local-db"):
        return nothing("it does not leave the host")
    mode = facts.settings.get("DATABASE_SSLMODE", "prefer")
    if mode not in {"require", "verify-ca", "verify-full"}:
        return warning(f"DATABASE_SSLMODE is {mode}", "set it to require or more")
    return ok(mode)


def connections(facts: Facts) -> Finding:
    """Has the database a connection for everybody who may ask for one?"""
    if not facts.profile("local-db"):
        return nothing("the database is elsewhere")
    # Pool and overflow, for api, the one beside it during an upgrade, and each worker.
    pool = int(facts.settings.get("DATABASE_POOL_SIZE", "10"))
    processes = 2 + int(facts.settings.get("WORKER_REPLICAS", "1")) * facts.profile("worker")
    words = f"{processes} processes may ask for {2 * pool * processes} of {CONNECTIONS} connections"
    if 2 * pool * processes > CONNECTIONS:
        return warning(words, "lower DATABASE_POOL_SIZE")
    return ok(words)
