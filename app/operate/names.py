"""Every name that may stand in the env file, and the nearest right one to a name that may not."""

from __future__ import annotations

from app.settings import FOREIGN_NAMES, environment_names
from app.spelling import nearest_names

#: What docker-compose.prod.yml reads besides the application's own settings; a test compares the two.
HOST_NAMES = frozenset(
    {
        "ACME_VOLUME",
        "API_LIMIT_CPUS",
        "API_LIMIT_MEMORY",
        "API_PORT",
        "BACKUPS_DIR",
        "COPIES_DIR",
        "EDGE_SUBNET",
        "HTTPS_PORT",
        "HTTP_PORT",
        "POSTGRES_IMAGE",
        "POSTGRES_LIMIT_CPUS",
        "POSTGRES_LIMIT_MEMORY",
        "POSTGRES_VOLUME",
        "RATE_LIMIT_AVERAGE",
        "RATE_LIMIT_BURST",
        "RESTIC_IMAGE",
        "RESTIC_REPOSITORY",
        "S3_DIR",
        "SECRETS_DIR",
        "SFTP_DIR",
        "TRAEFIK_ACME_CA",
        "TRAEFIK_ACME_EMAIL",
        "TRAEFIK_ACME_SERVER",
        "TRAEFIK_IMAGE",
        "TRAEFIK_LIMIT_CPUS",
        "TRAEFIK_LIMIT_MEMORY",
        "TRAEFIK_OWN_CERTIFICATE",
        "TRAEFIK_TRUSTED_IPS",
        "WAL_ARCHIVE",
        "WAL_ARCHIVE_SECONDS",
        "WORKER_LIMIT_CPUS",
        "WORKER_LIMIT_MEMORY",
        "WORKER_REPLICAS",
    }
)
#: Read by scripts/calminer init alone.
INIT_NAMES = frozenset({"DATA_DIR"})
#: Read by Compose itself.
COMPOSE_OWN_NAMES = frozenset({"COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"})
#: Read by Compose from the surroundings of one command, never from the file.
NEVER_IN_THE_FILE = frozenset({"ENV_FILE", "NEXT_IMAGE"})


def known_names() -> frozenset[str]:
    """Return every name that may stand in the env file."""
    return environment_names() | HOST_NAMES | INIT_NAMES | COMPOSE_OWN_NAMES


def suggestion(name: str) -> str:
    """Return the nearest right name, or several that are equally near, or where the names are listed."""
    near = FOREIGN_NAMES.get(name) or " or ".join(nearest_names(name, known_names()))
    return near or "one of config/setup_production.env.example"
