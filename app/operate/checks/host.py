"""The machine: engine, memory, disk, clock, names, ports."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import Any

from app.operate.facts import Facts
from app.operate.finding import Finding, at_least, dotted, nothing, ok, problem, warning

LEAST_ENGINE = (20, 10, 10)
LEAST_COMPOSE = (2, 24, 4)
GIGABYTE = 1024**3
FREE_KILOBYTES = 2 * 1024**2
FREE_FILES_PERCENT = 5
#: Nobody's clock was ever right before this line was written.
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
LISTEN = "0A"


def engine_version(facts: Facts) -> Finding:
    """Is the engine young enough for what the Compose files ask of it?"""
    version = facts.json("info.json")["ServerVersion"]
    if not at_least(version, LEAST_ENGINE):
        return problem(f"Docker {version}", f"update it to {dotted(LEAST_ENGINE)} or later")
    return ok(f"Docker {version}")


def compose_version(facts: Facts) -> Finding:
    """Does Compose know what the files say?"""
    version = facts.text("compose_version")
    if not at_least(version, LEAST_COMPOSE):
        return problem(f"Compose {version}", f"update it to {dotted(LEAST_COMPOSE)} or later")
    return ok(f"Compose {version}")


def engine_platform(facts: Facts) -> Finding:
    """Is there an image for this machine?"""
    info = facts.json("info.json")
    platform = f"{info['OSType']}/{info['Architecture']}"
    if platform not in {"linux/x86_64", "linux/amd64", "linux/aarch64", "linux/arm64"}:
        return problem(platform, "use a 64-bit Linux on x86 or ARM")
    return ok(platform)


def engine_limits(facts: Facts) -> Finding:
    """Does the kernel keep the containers within their limits?"""
    info = facts.json("info.json")
    wanted = {
        "MemoryLimit": "memory",
        "CpuCfsQuota": "processors",
        "PidsLimit": "processes",
    }
    lost = [word for name, word in wanted.items() if not info.get(name)]
    if lost:
        return problem(f"no limit works for {', '.join(lost)}", "switch the kernel's control groups on")
    return ok("memory, processors and processes are limited")


def engine_seccomp(facts: Facts) -> Finding:
    """Are system calls filtered?"""
    options = facts.json("info.json").get("SecurityOptions") or []
    if not any("seccomp" in option for option in options):
        return warning("system calls are not filtered", "use a kernel and an engine with seccomp")
    return ok("seccomp is on")


def memory_total(facts: Facts) -> Finding:
    """Could every container reach its limit at once?"""
    total = int(facts.json("info.json")["MemTotal"])
    asked = sum(
        int(service["deploy"]["resources"]["limits"]["memory"]) * int(service["deploy"].get("replicas", 1))
        for service in switched_on(facts)
    )
    words = f"{total / GIGABYTE:.1f} GB, the limits add up to {asked / GIGABYTE:.1f} GB"
    if asked > total:
        return warning(words, "lower the *_LIMIT_MEMORY settings, or add memory")
    return ok(words)


def memory_free(facts: Facts) -> Finding:
    """Is there memory left right now?"""
    found = dict(line.split(":", 1) for line in facts.lines("meminfo") if ":" in line)
    free = int(found["MemAvailable"].split()[0]) * 1024
    if free < GIGABYTE // 2:
        return warning(f"{free / GIGABYTE:.1f} GB are free", "stop something else, or add memory")
    return ok(f"{free / GIGABYTE:.1f} GB are free")


def processors(facts: Facts) -> Finding:
    """Has the machine as many processors as one container may use? Docker refuses to start it otherwise."""
    there = int(facts.json("info.json")["NCPU"])
    asked = max(float(service["deploy"]["resources"]["limits"]["cpus"]) for service in switched_on(facts))
    if asked > there:
        return problem(f"{there} processors, a limit asks for {asked:g}", "lower the *_LIMIT_CPUS settings")
    return ok(f"{there} processors, the largest limit is {asked:g}")


def disk_data(facts: Facts) -> Finding:
    """Is there room where the database lives?"""
    return room(facts, "volume_postgres", "free a part of the engine's disk: docker system df")


def disk_backups(facts: Facts) -> Finding:
    """Is there room for the next backup?"""
    return room(facts, "backups", "free a part of the disk of the backups, or point BACKUPS_DIR elsewhere")


def room(facts: Facts, name: str, do: str) -> Finding:
    """Judge free blocks and free files of the disk below a folder."""
    if name == "volume_postgres" and not facts.profile("local-db"):
        return nothing("the database is elsewhere")
    _, blocks, files, *_ = facts.lines(name)
    free = int(blocks.split()[3])
    used_files = files.split()[4].rstrip("%")
    words = f"{free / 1024**2:.1f} GB are free"
    if free < FREE_KILOBYTES:
        return problem(words, do)
    if used_files.isdigit() and 100 - int(used_files) < FREE_FILES_PERCENT:
        return problem(f"{used_files} % of the file entries are used", do)
    return ok(words)


def clock(facts: Facts) -> Finding:
    """Is the time of the machine possible at all? Certificates and sign-ins depend on it."""
    now = datetime.fromtimestamp(int(facts.text("now")), UTC)
    if now < WRITTEN:
        return problem(f"the clock says {now:%Y-%m-%d}", "set the clock, and keep it right with NTP")
    return ok(f"the clock says {now:%Y-%m-%d %H:%M} UTC")


def clock_kept(facts: Facts) -> Finding:
    """Does something keep the clock right?"""
    if facts.text("clock_synchronised") != "yes":
        return warning("nothing keeps the clock right", "timedatectl set-ntp true")
    return ok("the clock is kept right by NTP")


def domain_known(facts: Facts) -> Finding:
    """Does the name of the site lead anywhere?"""
    domain = facts.settings.get("CALMINER_DOMAIN", "")
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    if not facts.has("domain_addresses"):
        return problem(f"{domain} has no address", "make an A or AAAA record for it")
    return ok(f"{domain} is {', '.join(domain_addresses(facts))}")


def domain_here(facts: Facts) -> Finding:
    """Does the name of the site lead here?"""
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    addresses = set(domain_addresses(facts))
    own = set(facts.text("addresses").split())
    if not addresses & own and not any(ipaddress.ip_address(address).is_loopback for address in addresses):
        return warning(
            f"{', '.join(sorted(addresses))} is no address of this host",
            "well behind a router that passes 80 and 443 on; otherwise correct the record",
        )
    return ok("the name leads here")


def domain_addresses(facts: Facts) -> list[str]:
    """Return the addresses that the name of the site has."""
    return sorted({line.split()[0] for line in facts.lines("domain_addresses")})


def port_http(facts: Facts) -> Finding:
    """Is the port of plain HTTP ours, or free?"""
    return port(facts, "traefik", 0, "HTTP_PORT")


def port_https(facts: Facts) -> Finding:
    """Is the port of HTTPS ours, or free?"""
    return port(facts, "traefik", 1, "HTTPS_PORT")


def port_api(facts: Facts) -> Finding:
    """Is the loopback port of the application ours, or free?"""
    return port(facts, "api", 0, "API_PORT")


def port(facts: Facts, service: str, index: int, setting: str) -> Finding:
    """Judge one published port."""
    if service == "traefik" and not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    wanted = int(facts.service(service)["ports"][index]["published"])
    listening = set()
    for line in facts.lines("listening"):
        fields = line.split()
        if len(fields) > 3 and fields[3] == LISTEN:
            listening.add(int(fields[1].rsplit(":", 1)[1], 16))
    if wanted not in listening:
        return ok(f"{wanted} is free")
    if any(publishes(container, wanted) for container in facts.containers):
        return ok(f"{wanted} is ours")
    return problem(
        f"something else listens on {wanted}", f"stop it (ss -ltnp 'sport = :{wanted}'), or set {setting}"
    )


def publishes(container: dict[str, Any], wanted: int) -> bool:
    """Say whether a container publishes a port."""
    bindings = container["HostConfig"].get("PortBindings")
    return any(
        str(place["HostPort"]) == str(wanted)
        for places in (bindings or {}).values()
        for place in places or []
    )


def subnet(facts: Facts) -> Finding:
    """Does the proxy's network overlap another one of this engine?"""
    edge = facts.rendered["networks"]["edge"]
    wanted = ipaddress.ip_network(edge["ipam"]["config"][0]["subnet"])
    for network in facts.json("networks.json"):
        for config in network["IPAM"]["Config"] or []:
            if network["Name"] != edge["name"] and wanted.overlaps(ipaddress.ip_network(config["Subnet"])):
                return problem(
                    f"{wanted} overlaps the network {network['Name']}", "set EDGE_SUBNET to another"
                )
    return ok(f"{wanted} is free of other networks")


def switched_on(facts: Facts) -> list[dict[str, Any]]:
    """Return the services that `up` starts."""
    on = set(facts.settings.get("COMPOSE_PROFILES", "").split(","))
    services = facts.rendered["services"].values()
    return [service for service in services if not service.get("profiles") or on & set(service["profiles"])]
