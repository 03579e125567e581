"""The operator's questions about backups, answered in lines or in JSON, with an exit code for each ending."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import psycopg

from app.errors import CalMinerError, InvalidInput
from app.operate.backup import cycle
from app.operate.backup.errors import Busy, Damaged, NoBackup, NoSpace
from app.operate.backup.make import Vault, make
from app.operate.backup.restore import StillInUse, discard_aside, restore
from app.operate.backup.sets import BackupSet
from app.operate.backup.verify import Proof, chosen, verify
from app.people.logs import log_with_request_ids
from app.people.request import new_request_id, on_behalf_of
from app.settings import CHECKOUT, get_settings


class Exit(IntEnum):
    """How a command about backups ends; the operator's command hands these on."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    BUSY = 5
    BAD_BACKUP = 7


_EXITS: tuple[tuple[type[CalMinerError], Exit], ...] = (
    (Damaged, Exit.BAD_BACKUP),
    (NoBackup, Exit.BAD_BACKUP),
    (NoSpace, Exit.REFUSED),
    (StillInUse, Exit.REFUSED),
    (Busy, Exit.BUSY),
    (InvalidInput, Exit.USAGE),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: lines for people, facts for programs."""

    code: Exit
    lines: list[str]
    facts: dict[str, Any]


def now_(vault: Vault, _: argparse.Namespace) -> Answer:
    """Make a set, prove it and thin out."""
    done = cycle.run_round(vault, application())
    lines = [
        f"Backup {done.proof.identifier}: {done.bytes} bytes in {done.seconds} s.",
        proven_line(done.proof),
        *(f"Deleted {name}, which no rule keeps." for name in done.thinned.deleted),
        *map(damaged_line, done.thinned.damaged),
        *([f"It was not copied: {done.copy_trouble}"] if done.copy_trouble else ()),
    ]
    code = Exit.BAD_BACKUP if done.thinned.damaged or done.copy_trouble else Exit.OK
    facts = {
        "set": done.proof.identifier,
        "bytes": done.bytes,
        "seconds": done.seconds,
        "proof": asdict(done.proof),
        "deleted": list(done.thinned.deleted),
        "damaged": [described(one) for one in done.thinned.damaged],
        "copy_trouble": done.copy_trouble,
    }
    return Answer(code, lines, facts)


def make_(vault: Vault, _: argparse.Namespace) -> Answer:
    """Make a set and leave it unproven."""
    with vault.lock():
        manifest = make(vault, application())
    line = f"Backup {manifest.identifier}: {manifest.dump.bytes} bytes, not verified."
    return Answer(Exit.OK, [line], {"set": manifest.identifier, "bytes": manifest.dump.bytes})


def verify_(vault: Vault, given: argparse.Namespace) -> Answer:
    """Prove one set, or with --all every set."""
    names = vault.store.identifiers() if given.all else [given.set]
    if not names:
        raise NoBackup(f"There is no backup in {vault.store.sets}. Make one: scripts/calminer backup")
    lines, proofs, damaged = [], [], []
    with vault.lock():
        for name in names:
            try:
                proof = verify(vault, name)
            except Damaged as error:
                lines.append(str(error))
                damaged.append({"set": error.identifier, "reasons": list(error.reasons)})
            else:
                lines.append(proven_line(proof))
                proofs.append(asdict(proof))
    return Answer(Exit.BAD_BACKUP if damaged else Exit.OK, lines, {"proofs": proofs, "damaged": damaged})


def list_(vault: Vault, _: argparse.Namespace) -> Answer:
    """List every set after reading every byte of it."""
    found = vault.store.inspect()
    lines = [
        f"{one.identifier}  {one.state}{'  ' + '; '.join(one.reasons) if one.reasons else ''}"
        for one in found
    ]
    lines += [f"{folder.name}: never came to an end" for folder in vault.store.unfinished()]
    damaged = any(not one.whole for one in found)
    facts = {"sets": [described(one) for one in found], **objectives(vault, found)}
    return Answer(Exit.BAD_BACKUP if damaged else Exit.OK, [*lines, *objective_lines(facts)], facts)


def status_(vault: Vault, _: argparse.Namespace) -> Answer:
    """Say quickly, without reading dumps, whether the newest proven set is recent enough."""
    newest = cycle.newest_proof(vault)
    if newest is None:
        return Answer(Exit.BAD_BACKUP, ["There is no verified backup yet."], {"newest": None})
    age = (datetime.now(UTC) - newest).total_seconds() / 60
    # One round may fail and be tried again before anybody has to be called.
    late = age > 2 * vault.settings.backup_every_minutes
    line = f"The newest verified backup is {age:.0f} minutes old{', which is too old' if late else ''}."
    facts = {"newest": newest.isoformat(), "age_minutes": round(age, 1)}
    return Answer(Exit.BAD_BACKUP if late else Exit.OK, [line], facts)


def check_(vault: Vault, given: argparse.Namespace) -> Answer:
    """Say which set a restore would take, after reading every byte of it."""
    one = chosen(vault, given.set, proven=given.set is None)
    state = "verified" if one.proven else "not verified, but compared before it takes any place"
    return Answer(Exit.OK, [f"The backup {one.identifier} is whole; {state}."], {"set": one.identifier})


def fetch_(vault: Vault, given: argparse.Namespace) -> Answer:
    """Bring a set back from the second place."""
    with vault.lock():
        name = vault.copier.ask("fetch", given.set or "latest").splitlines()[-1]
    return Answer(Exit.OK, [f"Fetched {name}."], {"set": name})


def restore_(vault: Vault, given: argparse.Namespace) -> Answer:
    """Put a set in the place of the live database."""
    with vault.lock():
        done = restore(vault, given.set)
    lines = [f"Restored {done.identifier}: {done.rows} rows compared, {done.seconds} s."]
    if done.kept_as:
        lines.append(
            f"The database before it was kept as {done.kept_as}. When nobody misses it: "
            "scripts/calminer restore --discard-old"
        )
    return Answer(Exit.OK, lines, asdict(done))


def discard_(vault: Vault, _: argparse.Namespace) -> Answer:
    """Drop the databases that restores left beside the live one."""
    with vault.lock():
        gone = discard_aside(vault)
    return Answer(Exit.OK, [f"Dropped {name}." for name in gone] or ["There is none."], {"dropped": gone})


def serve_(vault: Vault, _: argparse.Namespace) -> Answer:
    """Keep the schedule until SIGTERM."""
    log_with_request_ids()
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _frame: stopped.append(got))
    cycle.serve(vault, application(), lambda: bool(stopped))
    return Answer(Exit.OK, [], {})


COMMANDS: dict[str, Callable[[Vault, argparse.Namespace], Answer]] = {
    "now": now_,
    "make": make_,
    "verify": verify_,
    "list": list_,
    "status": status_,
    "check": check_,
    "fetch": fetch_,
    "restore": restore_,
    "discard": discard_,
    "serve": serve_,
}


def application() -> str:
    """Return the version that makes the backup."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def proven_line(proof: Proof) -> str:
    """Say what a verification found."""
    return (
        f"Verified {proof.identifier}: restored {proof.tables} tables with {proof.rows} rows "
        f"in {proof.seconds} s, all equal."
    )


def damaged_line(one: BackupSet) -> str:
    """Say what is wrong with a set."""
    return f"Damaged {one.identifier}: {'; '.join(one.reasons)}."


def described(one: BackupSet) -> dict[str, Any]:
    """Return a set as plain data."""
    manifest = one.manifest
    return {
        "set": one.identifier,
        "state": one.state,
        "reasons": list(one.reasons),
        "bytes": manifest.dump.bytes if manifest else None,
        "rows": manifest.census.rows if manifest else None,
        "revision": manifest.census.revision if manifest else None,
        "postgresql": manifest.census.server if manifest else None,
        "application": manifest.application if manifest else None,
        "proof": one.proof,
    }


def objectives(vault: Vault, found: Sequence[BackupSet]) -> dict[str, Any]:
    """Return how much work could be lost now and by schedule, and how long the last restore took."""
    proven = [one for one in found if one.proven]
    last = proven[-1] if proven else None
    made = last.manifest.seconds if last and last.manifest else 0.0
    return {
        "rpo_now_minutes": round((datetime.now(UTC) - last.made_at).total_seconds() / 60, 1)
        if last
        else None,
        "rpo_minutes": round(vault.settings.backup_every_minutes + made / 60, 1),
        "rto_seconds": last.proof["seconds"] if last and last.proof else None,
    }


def objective_lines(facts: dict[str, Any]) -> list[str]:
    """Say the same to people."""
    if facts["rpo_now_minutes"] is None:
        return ["There is no verified backup: everything could be lost."]
    return [
        f"Could be lost now: the work of {facts['rpo_now_minutes']} minutes.",
        f"By schedule at most: the work of {facts['rpo_minutes']} minutes.",
        f"The restore of the newest took {facts['rto_seconds']} s.",
    ]


def run(arguments: Sequence[str]) -> Answer:
    """Do what the arguments say; errors become answers."""
    parser = argparse.ArgumentParser(prog="python -m app.operate.backup", description=__doc__)
    parser.add_argument("command", choices=list(COMMANDS))
    parser.add_argument("set", nargs="?", help="a set by its name; the newest otherwise")
    parser.add_argument("--all", action="store_true", help="with verify: every set")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        with on_behalf_of(new_request_id()):
            return COMMANDS[given.command](Vault.of(get_settings()), given)
    except CalMinerError as error:
        code = next((code for kind, code in _EXITS if isinstance(error, kind)), Exit.FAILED)
        return Answer(code, [str(error)], {"error": str(error)})
    except (psycopg.Error, OSError) as error:
        said = " ".join(str(error).split())
        return Answer(Exit.FAILED, [f"It failed: {said}"], {"error": said})


def main(arguments: Sequence[str]) -> int:
    """Answer in lines; with --json the first line of standard output is an object for programs."""
    answer = run(arguments)
    wants_facts = "--json" in arguments
    if wants_facts:
        sys.stdout.write(json.dumps(answer.facts, sort_keys=True) + "\n")
    out = sys.stderr if answer.code and not wants_facts else sys.stdout
    out.write("".join(f"{line}\n" for line in answer.lines))
    return int(answer.code)
