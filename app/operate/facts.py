"""The facts that scripts/operator/facts.sh gathers on the host, a file for each."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.operate.envfile import parse


class Missing(Exception):
    """A fact that a check needs could not be had on this host."""


@dataclass(frozen=True)
class Facts:
    """Texts by the name of their file."""

    texts: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return one fact; raises `Missing`."""
        try:
            return self.texts[name]
        except KeyError:
            raise Missing(name) from None

    def lines(self, name: str) -> list[str]:
        """Return the lines of one fact."""
        return self.text(name).splitlines()

    def json(self, name: str) -> Any:
        """Return one fact that is JSON."""
        return json.loads(self.text(name))

    def has(self, name: str) -> bool:
        """Say whether a fact could be had."""
        return name in self.texts

    @cached_property
    def settings(self) -> dict[str, str]:
        """The env file."""
        return parse(self.text("env"))

    @cached_property
    def rendered(self) -> dict[str, Any]:
        """What Compose makes of the production file and the settings."""
        made: dict[str, Any] = self.json("rendered.json")
        return made

    def service(self, name: str) -> dict[str, Any]:
        """Return a service as Compose sees it."""
        made: dict[str, Any] = self.rendered["services"][name]
        return made

    def profile(self, name: str) -> bool:
        """Say whether a profile is switched on."""
        return name in self.settings.get("COMPOSE_PROFILES", "").split(",")

    @property
    def containers(self) -> list[dict[str, Any]]:
        """What runs, or ran and was not removed."""
        found: list[dict[str, Any]] = self.json("containers.json") if self.has("containers.json") else []
        return found


def read(archive: bytes) -> dict[str, bytes]:
    """Return the files of a tar archive by name."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name.removeprefix("./"): tar.extractfile(member) for member in tar if member.isfile()}
        return {name: file.read() for name, file in files.items() if file is not None}


def facts_from(files: Mapping[str, bytes]) -> Facts:
    """Return files as facts; what is not text is shown with question marks."""
    return Facts({name: content.decode(errors="replace").strip("\n") for name, content in files.items()})
