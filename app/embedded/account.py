"""Whose account the server runs under: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable

# Bits of the Linux capability sets; the first lets a process read and pass any folder, the second
# write too. Containers usually grant root only the second.
_PASS_ANY_FOLDER = (("dac_read_search", 2), ("dac_override", 1))

# A clean environment: no PG* variable of the caller reaches the server, messages are in English, and
# macOS starts no extra thread to work out the locale.
_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}


@dataclass(frozen=True, slots=True)
class Account:
    """The account that server processes run under.

    `switch` is the command that turns root into it with a capability; without one, the ids are enough.
    """

    uid: int
    gid: int
    switch: tuple[str, ...] = ()

    def popen(self, command: Sequence[str | Path], *, log: int, stdin: int) -> subprocess.Popen[bytes]:
        """Start `command` under this account, in its own session so that Ctrl-C does not reach it."""
        by_ids = os.geteuid() == 0 and not self.switch
        return subprocess.Popen(
            [*self.switch, *map(str, command)],
            stdin=stdin,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
            user=self.uid if by_ids else None,
            group=self.gid if by_ids else None,
            extra_groups=() if by_ids else None,
        )

    def own(self, path: Path) -> None:
        """Hand `path` to this account."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def choose_account(data: Path, programs: Path) -> Account:
    """Return the account for the server of `data`.

    Anybody but root runs it as themselves. Root lends it to whoever owns the data already, or else to
    `nobody`. Where that account may not enter the checkout (a clone under /root, say), it is given the
    one capability that lets it pass: no folder's permissions change and no account is created.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = data.stat().st_uid if data.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError:
        raise Unavailable(
            "PostgreSQL does not run as root, and there is no account to lend it to. "
            "Start CalMiner as an ordinary user, or set DATABASE_HOST to use another server."
        ) from None
    if all(_open_to_everybody(path) for path in (data.parent, programs)):
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(entry.pw_uid, entry.pw_gid, _switch_with_capability(entry))


def _open_to_everybody(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _switch_with_capability(entry: pwd.struct_passwd) -> tuple[str, ...]:
    setpriv = shutil.which("setpriv")
    capability = _capability_to_pass()
    if not setpriv or not capability:
        raise Unavailable(
            f"PostgreSQL does not run as root, and the account {entry.pw_name} may not enter this checkout. "
            "Start CalMiner as an ordinary user, move the checkout to a folder that everybody may pass, "
            "or set DATABASE_HOST to use another server."
        )
    return (
        *(setpriv, "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"),
        *("--inh-caps", f"-all,+{capability}", "--ambient-caps", f"+{capability}"),
        # Without it access(2), which PostgreSQL asks about its own programs, ignores the capability.
        *("--securebits", "+no_setuid_fixup", "--no-new-privs"),
    )


def _capability_to_pass() -> str | None:
    """Return the least capability this process holds that lets another account into closed folders."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    held = int(fields["CapEff"].strip(), 16)
    return next((name for name, bit in _PASS_ANY_FOLDER if held >> bit & 1), None)
