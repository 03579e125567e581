"""The settings of backups; `app/settings.py` holds the others and reads them all."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class BackupSettings(BaseSettings):
    """What an operator may set about backups."""

    backup_dir: Path = Field(
        default=Path(__file__).resolve().parent.parent / ".calminer" / "backups",
        validation_alias="CALMINER_BACKUP_DIR",
        description="Folder of the backup sets.",
    )
    backup_every_minutes: int = Field(
        default=1440,
        ge=1,
        le=10080,
        validation_alias="CALMINER_BACKUP_EVERY_MINUTES",
        description="How old the newest verified backup gets before the next one is made [minutes].",
    )
    backup_keep_days: int = Field(
        default=7,
        ge=0,
        validation_alias="CALMINER_BACKUP_KEEP_DAYS",
        description="Of so many days the last verified backup is kept.",
    )
    backup_keep_weeks: int = Field(
        default=5,
        ge=0,
        validation_alias="CALMINER_BACKUP_KEEP_WEEKS",
        description="Of so many weeks the last verified backup is kept.",
    )
    backup_keep_months: int = Field(
        default=12,
        ge=0,
        validation_alias="CALMINER_BACKUP_KEEP_MONTHS",
        description="Of so many months the last verified backup is kept.",
    )
    backup_free_bytes: int = Field(
        default=1 << 30,
        ge=0,
        validation_alias="CALMINER_BACKUP_FREE_BYTES",
        description="No backup is begun that would leave less than this free on its disk [bytes].",
    )
    backup_copy: bool = Field(
        default=False,
        validation_alias="CALMINER_BACKUP_COPY",
        description="Copy each verified backup to the second place that RESTIC_REPOSITORY names.",
    )
    backup_scratch_host: str = Field(
        default="backup-scratch",
        validation_alias="CALMINER_BACKUP_SCRATCH_HOST",
        description="Server that backups are tried on; same role and password as the database.",
    )
    backup_scratch_port: int = Field(
        default=5432,
        ge=1,
        le=65535,
        validation_alias="CALMINER_BACKUP_SCRATCH_PORT",
        description="Port of that server.",
    )
