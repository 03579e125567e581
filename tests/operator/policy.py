"""What every rendered combination of the production file must keep to: a function for each rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Rendered = dict[str, Any]
Rule = Callable[[Rendered], Iterator[str]]

PINNED = re.compile(r":v?\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$")
PUBLIC_PORTS = {"80", "443"}
LEAST_GRACE = {"api": 30, "api-next": 30, "worker": 120, "postgres": 120}
USERS = {"postgres": "999:999", "dbtools": "999:999", "backup-scratch": "999:999"}
DATA_VOLUMES = {"pg_data_prod", "acme"}
#: Holds nothing that anybody would miss.
THROW_AWAY = {"backup_scratch"}
#: What images declare as volumes, by a word in their names.
DECLARED = {"postgres": "/var/lib/postgresql"}
NETWORKS = {
    "postgres": {"back"},
    "traefik": {"edge"},
    "backup": {"edge", "back", "scratch"},
    "backup-tools": {"edge", "back", "scratch"},
    "backup-scratch": {"scratch"},
    "backup-copy": {"edge"},
}


def services(rendered: Rendered) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from sorted(rendered["services"].items())


def users(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        if service.get("user") != USERS.get(name, "10001:10001"):
            yield f"{name} runs as {service.get('user', 'root')}"


def read_only_root(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        if not service.get("read_only"):
            yield f"{name} may write in its image"
        if not any(place.startswith("/tmp:") for place in service.get("tmpfs", [])):
            yield f"{name} has no /tmp"


def no_capabilities(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            yield f"{name} keeps capabilities"
        if service.get("privileged") or service.get("devices"):
            yield f"{name} reaches the host"
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name} may gain privileges"


def no_host_namespace(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        for kind in ("network_mode", "pid", "ipc", "userns_mode", "uts", "cgroup"):
            if service.get(kind):
                yield f"{name} shares {kind} with {service[kind]}"


def limits(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        found = service.get("deploy", {}).get("resources", {}).get("limits", {})
        for kind in ("cpus", "memory", "pids"):
            if not found.get(kind):
                yield f"{name} has no limit of {kind}"


def logs_rotate(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        logging = service.get("logging", {})
        if logging.get("driver") != "local" or not {"max-size", "max-file"} <= set(
            logging.get("options", {})
        ):
            yield f"{name} logs without end"


def stops_in_time(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        if not service.get("init"):
            yield f"{name} has nobody to pass signals on"
        grace = seconds(service.get("stop_grace_period", "10s"))
        if grace < LEAST_GRACE.get(name, 0):
            yield f"{name} is killed after {grace} s"


def seconds(text: str) -> int:
    parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    assert parts, text
    hours, minutes, rest = (int(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + rest


def images_pinned(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        if not PINNED.search(service["image"]):
            yield f"{name} runs whatever {service['image']} is that day"


def published_ports(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        for port in service.get("ports", []):
            public = port.get("host_ip") not in {"127.0.0.1", "::1"}
            if public and (name != "traefik" or port["published"] not in PUBLIC_PORTS):
                yield f"{name} publishes {port['published']} to the world"


def networks(rendered: Rendered) -> Iterator[str]:
    for name in set(rendered["networks"]) - {"edge", "back", "scratch"}:
        yield f"there is a network {name}"
    for name, network in rendered["networks"].items():
        if name != "edge" and not network.get("internal"):
            yield f"the network {name} leads out"
    for name, service in services(rendered):
        wanted = NETWORKS.get(name, {"edge", "back"})
        if set(service.get("networks", {})) != wanted:
            yield f"{name} is on {sorted(service.get('networks', {}))}"


def no_engine_socket(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        for volume in service.get("volumes", []):
            if "docker.sock" in volume.get("source", "") or volume.get("source") in {"/", "/var/run", "/run"}:
                yield f"{name} mounts {volume['source']}"


def data_is_external(rendered: Rendered) -> Iterator[str]:
    for key, volume in rendered.get("volumes", {}).items():
        if not volume.get("external") and key not in THROW_AWAY:
            yield f"the volume {key} goes with `down -v`"
    for name, service in services(rendered):
        for volume in service.get("volumes", []):
            if volume["type"] == "volume" and volume.get("source") not in DATA_VOLUMES | THROW_AWAY:
                yield f"{name} keeps data in {volume.get('source') or 'an anonymous volume'}"


def no_nameless_volume(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        mounted = {volume["target"] for volume in service.get("volumes", [])}
        mounted |= {place.partition(":")[0] for place in service.get("tmpfs", [])}
        for word, place in DECLARED.items():
            if word in service["image"] and place not in mounted:
                yield f"every container of {name} leaves a volume behind"


def database_files(rendered: Rendered) -> Iterator[str]:
    postgres = rendered["services"].get("postgres")
    if postgres is None:
        return
    if "/var/lib/postgresql" not in {volume["target"] for volume in postgres["volumes"]}:
        yield "the data of the database is not where its image keeps it"
    arguments = postgres["environment"].get("POSTGRES_INITDB_ARGS", "")
    if "--locale-provider=builtin" not in arguments or "--builtin-locale=C.UTF-8" not in arguments:
        yield "the order of text depends on the C library"
    if postgres.get("entrypoint") != ["sh", "/guard.sh"]:
        yield "nobody looks whose data it is"


def secrets_are_files(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        for variable, value in (service.get("environment") or {}).items():
            if re.search(r"(PASSWORD|SECRET_KEY)$", variable) and value:
                yield f"{name} has {variable} in its environment"


def liveness_only(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        check = service.get("healthcheck")
        if not check:
            yield f"{name} has no health check, nor says why not"
        elif check.get("disable") and name != "dbtools":
            yield f"{name} has its check switched off, and Debian's Compose waits for no such service"
        elif "/ready" in " ".join(check.get("test") or []):
            yield f"{name} is restarted when the database is away"


def restarts(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        if service.get("restart") != ("no" if name == "dbtools" else "unless-stopped"):
            yield f"{name} is {service.get('restart') or 'not'} restarted"


def proxy(rendered: Rendered) -> Iterator[str]:
    traefik = rendered["services"].get("traefik")
    if traefik is None:
        return
    command = " ".join(traefik["command"])
    for wanted in (
        "--providers.file.directory=",
        "--entrypoints.web.http.aliasheadersstrategy=delete",
        "--entrypoints.websecure.http.aliasheadersstrategy=delete",
        "--entrypoints.web.http.redirections.entrypoint.scheme=https",
        "--accesslog=true",
    ):
        if wanted not in command:
            yield f"the proxy lacks {wanted}"
    for unwanted in ("providers.docker", "--api", "insecure"):
        if unwanted in command:
            yield f"the proxy has {unwanted}"


def forwarded_headers(rendered: Rendered) -> Iterator[str]:
    subnet = rendered["networks"]["edge"]["ipam"]["config"][0]["subnet"]
    for name, service in services(rendered):
        if name in {"api", "api-next"} and service["environment"].get("FORWARDED_ALLOW_IPS") != subnet:
            yield f"{name} believes {service['environment'].get('FORWARDED_ALLOW_IPS')} about addresses"


def optional_parts(rendered: Rendered) -> Iterator[str]:
    for name, service in services(rendered):
        for other, condition in (service.get("depends_on") or {}).items():
            if condition.get("required", True) and other not in rendered["services"]:
                yield f"{name} does not start without {other}"


RULES: tuple[Rule, ...] = (
    users,
    read_only_root,
    no_capabilities,
    no_host_namespace,
    limits,
    logs_rotate,
    stops_in_time,
    images_pinned,
    published_ports,
    networks,
    no_engine_socket,
    data_is_external,
    no_nameless_volume,
    database_files,
    secrets_are_files,
    liveness_only,
    restarts,
    proxy,
    forwarded_headers,
    optional_parts,
)


def violations(rendered: Rendered) -> list[str]:
    return [found for rule in RULES for found in rule(rendered)]
