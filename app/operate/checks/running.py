"""Images and what runs of them."""

from __future__ import annotations

import re
from typing import Any

from app.operate.facts import Facts
from app.operate.finding import Finding, at_least, dotted, nothing, ok, problem, warning

LEAST_TRAEFIK = (3, 7, 12)
MINOR = re.compile(r":v?\d+\.\d+|@sha256:[0-9a-f]{64}$")
RESTARTS = 3


def image_app(facts: Facts) -> Finding:
    """Is the application's image one that runs as a user without rights?"""
    user = facts.json("image_app.json")[0]["Config"]["User"]
    if user not in {"10001", "10001:10001"}:
        return problem(
            f"it runs as user {user or 'root'}", "use an image built from this repository's Dockerfile"
        )
    return ok("runs as user 10001")


def image_app_named(facts: Facts) -> Finding:
    """Does the name of the image say which one it is?"""
    return pinned(facts.service("api")["image"], "CALMINER_IMAGE")


def image_postgres_named(facts: Facts) -> Finding:
    """Does the name of the database's image say which minor version it is?"""
    return pinned(facts.service("postgres")["image"], "POSTGRES_IMAGE")


def image_traefik_named(facts: Facts) -> Finding:
    """Does the name of the proxy's image say which minor version it is?"""
    return pinned(facts.service("traefik")["image"], "TRAEFIK_IMAGE")


def pinned(image: str, setting: str) -> Finding:
    """Judge the name of an image."""
    if not MINOR.search(image):
        return warning(f"{image} may be another one tomorrow", f"name a version or a digest in {setting}")
    return ok(image)


def traefik_version(facts: Facts) -> Finding:
    """Does the proxy remove headers that pretend to be others?"""
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    version = next(line.split()[1] for line in facts.lines("traefik_version") if line.startswith("Version:"))
    if not at_least(version, LEAST_TRAEFIK):
        return problem(f"Traefik {version}", f"update TRAEFIK_IMAGE to {dotted(LEAST_TRAEFIK)} or later")
    return ok(f"Traefik {version}")


def schema(facts: Facts) -> Finding:
    """Is the schema one that the code serves on?"""
    if not facts.has("schema.json"):
        return nothing("no application runs")
    found = facts.json("schema.json")
    words = f"the schema is {found['state']}, at revision {found['revision'] or 'none'}"
    if found["serves"]:
        return ok(words)
    do = (
        "scripts/calminer migrate"
        if found["state"] in {"empty", "behind"}
        else "start the image that made it"
    )
    return problem(words, do)


def ready(facts: Facts) -> Finding:
    """May the application have traffic?"""
    if not facts.has("ready_asked"):
        return nothing("no application runs")
    if facts.has("not_ready"):
        return problem(facts.text("not_ready"), "scripts/calminer logs api")
    return ok("ready")


def states(facts: Facts) -> Finding:
    """Does every container run, and say that it is well?"""
    return judged(facts, lambda one: not well(one), "is not well", "scripts/calminer logs")


def well(container: dict[str, Any]) -> bool:
    """Say whether a container runs and is not unhealthy."""
    state = container["State"]
    return bool(state["Status"] == "running" and state.get("Health", {}).get("Status") != "unhealthy")


def restarts(facts: Facts) -> Finding:
    """Does a container start again and again?"""
    return judged(
        facts, lambda one: one["RestartCount"] >= RESTARTS, "started again and again", "scripts/calminer logs"
    )


def killed(facts: Facts) -> Finding:
    """Did a container ask for more memory than its limit?"""
    return judged(
        facts, lambda one: one["State"]["OOMKilled"], "ran out of memory", "raise its *_LIMIT_MEMORY setting"
    )


def same_image(facts: Facts) -> Finding:
    """Does what runs come from the image that the settings name?"""
    wanted = facts.json("image_app.json")[0]["Id"]
    return judged(
        facts,
        lambda one: service(one) in {"api", "worker"} and one["Image"] != wanted,
        "runs another image than the settings name",
        "scripts/calminer upgrade, or scripts/calminer up",
    )


def hardened(facts: Facts) -> Finding:
    """Was a container started with less protection than the production file gives it?"""
    return judged(facts, lambda one: not protected(one), "is not hardened", "scripts/calminer up")


def protected(container: dict[str, Any]) -> bool:
    """Say whether a container has a read-only root, no capability or way to one, and a user of its own."""
    host = container["HostConfig"]
    return bool(
        host["ReadonlyRootfs"]
        and host["CapDrop"] == ["ALL"]
        and not host["CapAdd"]
        and not host["Privileged"]
        and any(option.startswith("no-new-privileges") for option in host["SecurityOpt"] or [])
        and container["Config"]["User"].split(":")[0] not in {"", "0", "root"}
    )


def judged(facts: Facts, wrong: Any, words: str, do: str) -> Finding:
    """Judge every container by one question."""
    if not facts.containers:
        return nothing("nothing runs")
    found = sorted({service(one) for one in facts.containers if wrong(one)})
    if found:
        return problem(f"{', '.join(found)} {words}", do)
    return ok(f"{len(facts.containers)} containers")


def service(container: dict[str, Any]) -> str:
    """Return the service that a container belongs to."""
    return str(container["Config"]["Labels"]["com.docker.compose.service"])
