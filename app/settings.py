"""What an operator may set, read once from the environment and refused early when it is wrong.

Every secret may be given as a file too: `DATABASE_PASSWORD_FILE=/run/secrets/database_password`.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL

from app.backup_settings import BackupSettings
from app.errors import InvalidInput, Problem
from app.sign_in_settings import SignInSettings
from app.spelling import nearest_names, one_slip_apart

CHECKOUT = Path(__file__).resolve().parent.parent

#: Names that belong to the Compose files and mean nothing to the application itself.
COMPOSE_NAMES = frozenset({"CALMINER_DOMAIN", "CALMINER_IMAGE", "CALMINER_NETWORK"})
PREFIXES = ("CALMINER_", "DATABASE_")
#: Names that other products use, with what to write here instead.
FOREIGN_NAMES = {
    "DATABASE_URL": "DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD and DATABASE_NAME",
    "DATABASE_URI": "DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD and DATABASE_NAME",
    "DATABASE_DSN": "DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD and DATABASE_NAME",
}
PLACEHOLDERS = frozenset(
    {"admin", "calminer", "default", "example", "password", "postgres", "secret", "test", "todo", "xxx"}
)
PLACEHOLDER_STARTS = ("change", "replace", "your", "<", "${")
SHORTEST_SECRET_KEY = 32
#: While this file is there, the process asks for no new traffic. It goes with the container.
DRAINING = Path(tempfile.gettempdir()) / "calminer-draining"


def _postgresql_driver(value: str) -> str:
    if value not in {"postgresql", "postgresql+psycopg"}:
        raise ValueError("allowed is postgresql+psycopg")
    return "postgresql+psycopg"


class Settings(SignInSettings, BackupSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        case_sensitive=True, env_ignore_empty=True, extra="forbid", populate_by_name=True, frozen=True
    )

    environment: Literal["development", "test", "production"] = Field(
        default="development",
        validation_alias="CALMINER_ENVIRONMENT",
        description="Where this process runs; production refuses placeholder secrets and generates nothing.",
    )
    data_dir: Path = Field(
        default=CHECKOUT / ".calminer",
        validation_alias="CALMINER_DATA_DIR",
        description="Folder for what CalMiner generates for itself outside production.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="CALMINER_SECRET_KEY",
        description="Signs form tokens, device marks and flash messages; at least 32 characters. "
        "Required in production, generated into the data folder elsewhere.",
    )
    max_body_bytes: int = Field(
        default=10 * 1024 * 1024,
        ge=1024,
        validation_alias="CALMINER_MAX_BODY_BYTES",
        description="Largest request body that is accepted [bytes].",
    )
    max_trials: int = Field(
        default=1_000_000,
        ge=1,
        le=100_000_000,
        validation_alias="CALMINER_MAX_TRIALS",
        description="Most trials that one simulation may ask for.",
    )
    inline_trials: int = Field(
        default=20_000,
        ge=0,
        validation_alias="CALMINER_INLINE_TRIALS",
        description="Up to this many trials a simulation runs inside the request; above it, in the worker.",
    )
    simulation_memory: int = Field(
        default=1 << 30,
        ge=16 << 20,
        validation_alias="CALMINER_SIMULATION_MEMORY",
        description="What one simulation may keep of its trials [bytes]; "
        "a larger one keeps histograms, so that memory does not grow with the number of trials.",
    )
    worker_processes: int = Field(
        default_factory=lambda: min(2, os.cpu_count() or 1),
        ge=1,
        le=256,
        validation_alias="CALMINER_WORKER_PROCESSES",
        description="Processes that one worker spreads a simulation over.",
    )
    stalled_seconds: float = Field(
        default=30.0,
        ge=1,
        validation_alias="CALMINER_STALLED_SECONDS",
        description="A run whose worker was not heard of for so long is given to another one [seconds].",
    )
    database_driver: Annotated[str, AfterValidator(_postgresql_driver)] = Field(
        default="postgresql+psycopg",
        validation_alias="DATABASE_DRIVER",
        description="Driver of the database; PostgreSQL through psycopg 3 is the only one.",
    )
    database_host: str = Field(
        default="localhost",
        validation_alias="DATABASE_HOST",
        description="Host name of the database server, or the folder of its socket.",
    )
    database_port: int = Field(
        default=5432,
        ge=1,
        le=65535,
        validation_alias="DATABASE_PORT",
        description="Port of the database server.",
    )
    database_user: str = Field(
        default="calminer", validation_alias="DATABASE_USER", description="Role that owns CalMiner's tables."
    )
    database_password: SecretStr = Field(
        default=SecretStr(""), validation_alias="DATABASE_PASSWORD", description="Password of that role."
    )
    database_name: str = Field(
        default="calminer", validation_alias="DATABASE_NAME", description="Name of the database."
    )
    database_schema: str = Field(
        default="public",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
        validation_alias="DATABASE_SCHEMA",
        description="Schema that holds every table; created by the migrations when it is missing.",
    )
    database_sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = Field(
        default="prefer",
        validation_alias="DATABASE_SSLMODE",
        description="How the connection to the database is encrypted, in libpq's words.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        le=500,
        validation_alias="DATABASE_POOL_SIZE",
        description="Connections that one process keeps open.",
    )
    database_connect_timeout: int = Field(
        default=5,
        ge=1,
        le=300,
        validation_alias="DATABASE_CONNECT_TIMEOUT",
        description="How long one attempt to connect may take [seconds].",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the files that the environment names."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @model_validator(mode="after")
    def _trials_fit(self) -> Self:
        if self.inline_trials > self.max_trials:
            raise ValueError("CALMINER_INLINE_TRIALS may not be larger than CALMINER_MAX_TRIALS")
        return self

    @model_validator(mode="after")
    def _cookies_are_safe(self) -> Self:
        if self.environment == "production" and self.insecure_cookies:
            raise ValueError("CALMINER_INSECURE_COOKIES is for development; production serves over HTTPS")
        return self

    @model_validator(mode="after")
    def _secrets_are_secret(self) -> Self:
        if self.environment != "production":
            return self
        key = self.secret_key.get_secret_value()
        if is_placeholder(key) or len(key) < SHORTEST_SECRET_KEY:
            raise ValueError(
                "CALMINER_SECRET_KEY must be set to at least 32 random characters in production, "
                "for example from: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        by_socket = self.database_host.startswith("/")
        password = self.database_password.get_secret_value()
        if is_placeholder(password) and not (by_socket and not password):
            raise ValueError("DATABASE_PASSWORD must be set to a real password in production")
        return self

    @property
    def database_url(self) -> URL:
        """Where SQLAlchemy connects, password inside; never print it with `hide_password=False`."""
        return URL.create(
            self.database_driver,
            username=self.database_user,
            password=self.database_password.get_secret_value() or None,
            host=self.database_host,
            port=self.database_port,
            database=self.database_name,
        )

    @property
    def database_place(self) -> str:
        """The database in words for messages, without any secret."""
        return f"database {self.database_name} at {self.database_host}:{self.database_port}"


class SecretFiles(PydanticBaseSettingsSource):
    """Reads each secret from the file that `<NAME>_FILE` names."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Return the text of the file, the key that the model knows it by, and that it is plain text."""
        name = str(field.validation_alias)
        path = os.environ.get(f"{name}_FILE", "")
        if not path:
            return None, name, False
        if os.environ.get(name):
            raise InvalidInput([Problem(name, "(hidden)", f"give {name} or {name}_FILE, not both")])
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n"), name, False
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                [Problem(f"{name}_FILE", path, f"the file must be readable text: {error}")]
            ) from error

    def __call__(self) -> dict[str, Any]:
        """Return what the files hold, by environment name."""
        found: dict[str, Any] = {}
        for field_name in secret_fields():
            value, key, _ = self.get_field_value(self.settings_cls.model_fields[field_name], field_name)
            if value is not None:
                found[key] = value
        return found


def secret_fields() -> tuple[str, ...]:
    """Return the fields that hold secrets, each of which has a `*_FILE` variant."""
    return tuple(name for name, field in Settings.model_fields.items() if field.annotation is SecretStr)


def secret_names() -> tuple[str, ...]:
    """Return the environment names of the secrets."""
    return tuple(str(Settings.model_fields[name].validation_alias) for name in secret_fields())


def environment_names() -> frozenset[str]:
    """Return every environment name that CalMiner understands."""
    own = {str(field.validation_alias) for field in Settings.model_fields.values()}
    files = {f"{name}_FILE" for name in secret_names()}
    return frozenset(own | files | COMPOSE_NAMES)


def is_placeholder(value: str) -> bool:
    """Say whether a secret is empty or one that an example file could have left behind."""
    plain = value.strip().lower()
    return not plain or plain in PLACEHOLDERS or plain.startswith(PLACEHOLDER_STARTS)


def refuse_unknown_names(environ: Mapping[str, str]) -> None:
    """Raise `InvalidInput` for names that look like CalMiner's and are not: typing errors."""
    known = environment_names()
    problems = []
    for name in sorted(set(environ) - known):
        upper = name.upper()
        # Of what has another prefix, only what is one slip away is meant for us.
        if not upper.startswith(PREFIXES) and not any(one_slip_apart(upper, right) for right in known):
            continue
        near = nearest_names(name, known)
        right = FOREIGN_NAMES.get(upper, " or ".join(near) or ", ".join(sorted(known)))
        problems.append(Problem(name, "(set)", f"there is no such setting; did you mean {right}?"))
    if problems:
        raise InvalidInput(problems)


def describe(error: ValidationError) -> list[Problem]:
    """Return each value that was refused, by the name that it is set under, without secrets."""
    return [_problem(dict(item)) for item in error.errors()]


def _problem(error: Mapping[str, Any]) -> Problem:
    name = ".".join(str(part) for part in error["loc"]) or "settings"
    hidden = name in secret_names() or name == "settings"
    return Problem(
        name, "(hidden)" if hidden else error["input"], str(error["msg"]).removeprefix("Value error, ")
    )


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once.

    Raises `InvalidInput` that names each setting that is unknown or not allowed.
    """
    refuse_unknown_names(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise InvalidInput(describe(error)) from error
    if settings.secret_key.get_secret_value():
        return settings
    return settings.model_copy(update={"secret_key": SecretStr(generated_secret_key(settings.data_dir))})


def generated_secret_key(folder: Path) -> str:
    """Return the key kept in `folder`, making it on first use; processes that start together agree on one."""
    path = folder / "secret_key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(
            [Problem("CALMINER_DATA_DIR", str(folder), f"the folder must be writable: {error}")]
        ) from error
