"""Judge the facts of an installation: `tar -c ... | python -m app.operate.doctor [--all] [--json]`.

Ends with 1 where something is wrong.
"""

from __future__ import annotations

import json
import sys

from app.operate.checks import configured, host, kept, running
from app.operate.facts import Facts, Missing, facts_from, read
from app.operate.finding import Check, Finding, Level

#: Every check by the name that it is told with; docs/reference/operator.md lists them, and a test compares.
CHECKS: dict[str, Check] = {
    "engine.version": host.engine_version,
    "engine.compose": host.compose_version,
    "engine.platform": host.engine_platform,
    "engine.limits": host.engine_limits,
    "engine.seccomp": host.engine_seccomp,
    "host.memory": host.memory_total,
    "host.memory-free": host.memory_free,
    "host.processors": host.processors,
    "host.disk-data": host.disk_data,
    "host.disk-backups": host.disk_backups,
    "host.clock": host.clock,
    "host.clock-kept": host.clock_kept,
    "network.domain": host.domain_known,
    "network.domain-here": host.domain_here,
    "network.port-http": host.port_http,
    "network.port-https": host.port_https,
    "network.port-api": host.port_api,
    "network.subnet": host.subnet,
    "settings.private": configured.file_private,
    "settings.lines": configured.lines,
    "settings.names": configured.names,
    "settings.repeated": configured.repeated,
    "settings.values": configured.values,
    "settings.dollars": configured.dollars,
    "settings.secrets": configured.inline_secrets,
    "settings.compose": configured.renders,
    "settings.profiles": configured.profiles,
    "settings.production": configured.production,
    "settings.domain": configured.domain,
    "settings.certificate": configured.certificate_source,
    "settings.staging": configured.staging,
    "settings.database": configured.database_place,
    "settings.database-tls": configured.database_encrypted,
    "settings.connections": configured.connections,
    "secrets.folder": kept.secrets_folder,
    "secrets.there": kept.secrets_there,
    "secrets.readable": kept.secrets_readable,
    "secrets.strength": kept.secrets_long,
    "secrets.rotation": kept.rotation,
    "volume.database": kept.data_volume,
    "volume.database-major": kept.data_major,
    "volume.certificates": kept.certificate_volume,
    "certificate.file": kept.acme_private,
    "certificate.age": kept.certificate_age,
    "certificate.name": kept.certificate_name,
    "backup.folder": kept.backups_folder,
    "backup.private": kept.backups_private,
    "backup.age": kept.backup_age,
    "image.app": running.image_app,
    "image.app-name": running.image_app_named,
    "image.postgres-name": running.image_postgres_named,
    "image.traefik-name": running.image_traefik_named,
    "image.traefik": running.traefik_version,
    "running.schema": running.schema,
    "running.ready": running.ready,
    "running.states": running.states,
    "running.restarts": running.restarts,
    "running.memory": running.killed,
    "running.image": running.same_image,
    "running.hardened": running.hardened,
}
QUIET = frozenset({Level.OK, Level.NOTHING})


def examine(facts: Facts) -> dict[str, Finding]:
    """Return what every check found; one that lacks a fact says which."""
    return {name: answer(check, facts) for name, check in CHECKS.items()}


def answer(check: Check, facts: Facts) -> Finding:
    """Return what one check found."""
    try:
        return check(facts)
    except Missing as missing:
        return Finding(Level.UNKNOWN, f"could not be looked at: no {missing}")
    except (ValueError, LookupError, StopIteration, TypeError) as error:
        return Finding(Level.UNKNOWN, f"could not be understood: {type(error).__name__}: {error}")


def told(findings: dict[str, Finding], *, everything: bool) -> str:
    """Return the findings as people read them, what is well only when asked for."""
    lines = []
    for name, finding in findings.items():
        if everything or finding.level not in QUIET:
            lines.append(f"{finding.level:<15} {name:<22} {finding.found}")
            if finding.do:
                lines.append(f"{'':<38} -> {finding.do}")
    counts = {level: sum(one.level is level for one in findings.values()) for level in Level}
    lines.append(", ".join(f"{count} {level}" for level, count in counts.items() if count))
    return "\n".join(lines) + "\n"


def as_json(findings: dict[str, Finding]) -> str:
    """Return the findings for programs."""
    rows = [
        {"check": name, "level": one.level.value, "found": one.found, "do": one.do}
        for name, one in findings.items()
    ]
    return json.dumps(rows, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Read facts, print findings."""
    findings = examine(facts_from(read(sys.stdin.buffer.read())))
    text = as_json(findings) if "--json" in arguments else told(findings, everything="--all" in arguments)
    sys.stdout.write(text)
    return 1 if any(one.level is Level.PROBLEM for one in findings.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
