"""What a killed run left on the engine does not stand in the way of the next one."""

from __future__ import annotations

import pytest

from tests.containers import clear, docker
from tests.operate.site import POSTGRES_IMAGE

pytestmark = pytest.mark.container

NAME, OTHER = "killedrun", "other-killedrun"


def there() -> set[str]:
    """Return what there is of the two runs, by the names that they gave."""
    containers = docker("ps", "--all", "--format", "{{.Names}}").splitlines()
    others = [docker(kind, "ls", "--format", "{{.Name}}").splitlines() for kind in ("network", "volume")]
    return {name for names in (containers, *others) for name in names if NAME in name}


def test_all_of_a_name_goes_and_nothing_of_another() -> None:
    clear(NAME)
    clear(OTHER)
    run = ("run", "--detach", "--init", "--restart", "always")
    sleeps = ("--entrypoint", "sleep", POSTGRES_IMAGE, "600")
    try:
        for name in (NAME, OTHER):
            docker("network", "create", f"{name}_edge")
            docker("volume", "create", f"{name}_pg-2")
            docker(*run, "--name", f"{name}-api-1", "--network", f"{name}_edge", *sleeps)
        # Commands that run once are named by the engine; what they hold tells whose they are.
        nameless = {
            docker(*run, "--network", f"{NAME}_edge", *sleeps),
            docker(*run, "--volume", f"{NAME}_pg-2:/v", *sleeps),
        }
        clear(NAME)
        assert there() == {f"{OTHER}-api-1", f"{OTHER}_edge", f"{OTHER}_pg-2"}
        assert not nameless & set(docker("ps", "--all", "--quiet", "--no-trunc").splitlines())
    finally:
        clear(NAME)
        clear(OTHER)
    assert there() == set()
