"""What must not be lost or read by others: secrets, volumes, certificates, backups."""

from __future__ import annotations

from datetime import UTC, datetime

from app.operate.facts import Facts
from app.operate.finding import Finding, nothing, ok, problem, warning

APP_USER, DATABASE_USER = "10001", "999"
SHORTEST = 32
OLDEST_BACKUP_HOURS = 26
CERTIFICATE_DAYS = 21
REPAIR = "scripts/calminer init --repair"
INIT = "scripts/calminer init"
SECRETS = ("secret_key", "database_password")


def secret_rows(facts: Facts) -> dict[str, tuple[int, int]]:
    """Return mode and size of the folder of secrets and of each secret."""
    rows: dict[str, tuple[int, int]] = {}
    for line in facts.lines("secret_files"):
        mode, *size, name = line.split()
        rows[name] = (int(mode, 8), int(size[0]) if size else 0)
    return rows


def secrets_folder(facts: Facts) -> Finding:
    """Does the folder of secrets keep the other users of this host out?"""
    mode, _ = secret_rows(facts)["."]
    if mode & 0o077:
        return problem(
            f"others may look into the folder of secrets (mode {mode:o})", f"chmod 700, or {REPAIR}"
        )
    return ok(f"mode {mode:o}")


def secrets_there(facts: Facts) -> Finding:
    """Is every secret there?"""
    rows = secret_rows(facts)
    lost = [name for name in SECRETS if not rows.get(name, (0, 0))[1]]
    if lost:
        return problem(f"{', '.join(lost)} is missing or empty", f"put it back, or {INIT}")
    return ok(", ".join(SECRETS))


def secrets_readable(facts: Facts) -> Finding:
    """May the users of the containers read the secrets that are mounted there?"""
    unreadable = [name for name, (mode, _) in secret_rows(facts).items() if name != "." and not mode & 0o004]
    if unreadable:
        return problem(
            f"{', '.join(unreadable)} cannot be read inside the containers",
            "chmod 444 it; the folder around it keeps others out",
        )
    return ok("readable inside the containers")


def secrets_long(facts: Facts) -> Finding:
    """Are the secrets long enough, and different?"""
    if facts.has("secrets_same"):
        return problem("both secrets are the same", "scripts/calminer rotate-db-password")
    short = [name for name, (_, size) in secret_rows(facts).items() if name != "." and 0 < size < SHORTEST]
    if "secret_key" in short:
        return problem("secret_key is shorter than 32 characters", f"remove it, then {INIT}")
    if short:
        return warning(f"{', '.join(short)} is short", "scripts/calminer rotate-db-password")
    return ok("long enough")


def rotation(facts: Facts) -> Finding:
    """Was a change of the database's password cut off?"""
    if facts.has("rotation_unfinished"):
        return problem(
            "a change of the password was cut off", "scripts/calminer rotate-db-password finishes it"
        )
    return ok("no change is under way")


def data_volume(facts: Facts) -> Finding:
    """Is the volume of the database there, and its owner's?"""
    return volume(facts, "volume_postgres", DATABASE_USER, "local-db")


def data_major(facts: Facts) -> Finding:
    """Is the data of the major version that the image runs?"""
    if not facts.profile("local-db"):
        return nothing("the database is elsewhere")
    environment = facts.json("image_postgres.json")[0]["Config"]["Env"]
    wanted = next(line.partition("=")[2] for line in environment if line.startswith("PG_MAJOR="))
    found = {line.split()[1] for line in facts.lines("volume_postgres")[3:]}
    if found - {wanted}:
        return problem(
            f"the volume holds PostgreSQL {', '.join(sorted(found))}, the image is {wanted}",
            f"scripts/calminer pg-upgrade, or set POSTGRES_IMAGE back to {max(found - {wanted})}",
        )
    return ok(f"PostgreSQL {wanted}" if found else f"empty, for PostgreSQL {wanted}")


def certificate_volume(facts: Facts) -> Finding:
    """Is the volume of the certificates there, and the proxy's?"""
    return volume(facts, "volume_acme", APP_USER, "reverse-proxy")


def volume(facts: Facts, name: str, user: str, profile: str) -> Finding:
    """Judge a volume's owner."""
    if not facts.profile(profile):
        return nothing(f"{profile} is off")
    if not facts.has(name):
        return problem("there is no such volume", INIT)
    owner = facts.lines(name)[0].split()[0]
    if owner != user:
        return problem(f"it belongs to user {owner}, the container runs as {user}", REPAIR)
    return ok(f"belongs to user {user}")


def acme_private(facts: Facts) -> Finding:
    """Is acme.json, which holds the private keys, the proxy's alone? Traefik ignores it otherwise."""
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    rows = facts.lines("volume_acme")[3:]
    if not rows:
        return nothing("the proxy has not asked for a certificate yet")
    user, mode, _ = rows[0].split()
    if mode != "600" or user != APP_USER:
        return problem(
            f"acme.json has mode {mode} and user {user}", f"{REPAIR}, then chmod 600 inside the volume"
        )
    return ok("mode 600")


def served_certificate(facts: Facts) -> dict[str, str | float]:
    """Return what the proxy shows to a browser."""
    found: dict[str, str | float] = facts.json("certificate.json")
    return found


def certificate_age(facts: Facts) -> Finding:
    """How long does the certificate hold that the proxy shows?"""
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    days = float(served_certificate(facts)["days_left"])
    if days < 0:
        return problem(
            "the certificate has ended", "scripts/calminer logs traefik says why there is no new one"
        )
    if days < CERTIFICATE_DAYS:
        return warning(f"the certificate ends in {days:.0f} days", "scripts/calminer logs traefik")
    return ok(f"the certificate holds for {days:.0f} days")


def certificate_name(facts: Facts) -> Finding:
    """Is the certificate the site's, and not the one that Traefik makes for want of another?"""
    if not facts.profile("reverse-proxy"):
        return nothing("no proxy runs here")
    found = served_certificate(facts)
    domain = facts.settings.get("CALMINER_DOMAIN", "")
    if not found["matches"]:
        return problem(
            f"the proxy shows a certificate for {found['names']}, not {domain}",
            "scripts/calminer logs traefik",
        )
    return ok(f"for {domain}")


def backups_folder(facts: Facts) -> Finding:
    """May those who make backups write into their folder?"""
    if not facts.has("backups"):
        return problem("there is no folder of backups", INIT)
    owner, mode = facts.lines("backups")[0].split()
    if owner != DATABASE_USER or not int(mode, 8) & 0o200:
        return problem(f"the folder of backups belongs to user {owner} (mode {mode})", REPAIR)
    return ok(f"belongs to user {owner}")


def backups_private(facts: Facts) -> Finding:
    """Are backups, which hold everything, closed to other users?"""
    mode = facts.lines("backups")[0].split()[1]
    if int(mode, 8) & 0o007:
        return warning(f"others may read the backups (mode {mode})", REPAIR)
    return ok(f"mode {mode}")


def backup_age(facts: Facts) -> Finding:
    """How old is the newest backup?"""
    dumps = [line.split(" ", 2) for line in facts.lines("backups")[3:]]
    manifests = [float(when) for when, size, name in dumps if name.endswith("manifest.json") and int(size)]
    if not manifests:
        return warning(
            "there is no backup", "scripts/calminer backup, and the profile backup for one each day"
        )
    now = datetime.fromtimestamp(int(facts.text("now")), UTC)
    hours = (now.timestamp() - max(manifests)) / 3600
    if hours > OLDEST_BACKUP_HOURS:
        return warning(f"the newest backup is {hours:.0f} hours old", "scripts/calminer backup")
    return ok(f"the newest backup is {hours:.0f} hours old")
