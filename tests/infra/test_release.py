"""Version from the tags, and an archive that only its signer could have signed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.infra

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


class Checkout:
    """A repository with the two scripts, and one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scripts").mkdir(parents=True)
        for name in ("version.sh", "release.sh"):
            shutil.copy(SCRIPTS / name, folder / "scripts")
        (folder / ".gitignore").write_text("dist/\n")
        self.run("git", "init", "--quiet", "--initial-branch", "main")
        self.commit("0.1.0")

    def run(self, *command: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(word) for word in command], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done

    def commit(self, version: str) -> None:
        (self.folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
        (self.folder / "CHANGELOG.md").write_text(f"## Unreleased\n\n## {version} - 2026-01-31\n")
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        self.run("git", "add", "--all")
        self.run("git", *who, "commit", "--quiet", "--allow-empty", "--message", version)

    def version(self) -> str:
        return self.run("sh", "scripts/version.sh").stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_the_version_is_the_tags(checkout: Checkout) -> None:
    short = checkout.run("git", "rev-parse", "--short=7", "HEAD").stdout.strip()
    assert checkout.version() == f"0.0.0-dev.1.g{short}"
    checkout.run("git", "tag", "v0.1.0")
    assert checkout.version() == "0.1.0"
    checkout.commit("0.1.0")
    short = checkout.run("git", "rev-parse", "--short=7", "HEAD").stdout.strip()
    assert checkout.version() == f"0.1.0-dev.1.g{short}"
    (checkout.folder / "pyproject.toml").write_text("changed")
    assert checkout.version().endswith(".dirty")


def test_other_tags_are_no_versions(checkout: Checkout) -> None:
    checkout.run("git", "tag", "nightly")
    checkout.run("git", "tag", "version-two")
    assert checkout.version().startswith("0.0.0-dev.")


def test_a_release_agrees_with_itself(checkout: Checkout) -> None:
    def check() -> str:
        return checkout.run("sh", "scripts/release.sh", "--check", check=False).stderr

    assert "not a release" in check()
    checkout.run("git", "tag", "v0.2.0")
    assert "the tag says 0.2.0, pyproject.toml says 0.1.0" in check()
    checkout.run("git", "tag", "--delete", "v0.2.0")
    checkout.run("git", "tag", "v0.1.0")
    assert check() == ""
    (checkout.folder / "CHANGELOG.md").write_text("## Unreleased\n")
    assert "not a release" in check()
    checkout.run("git", "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qam", "Forget")
    checkout.run("git", "tag", "--force", "v0.1.0")
    assert "CHANGELOG.md has no line" in check()


def test_the_archive_is_the_commit_and_the_signature_is_ours(checkout: Checkout, tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        checkout.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", tmp_path / name)
    signers = tmp_path / "signers"
    signers.write_text(f"release {(tmp_path / 'ours.pub').read_text()}")
    checkout.run("git", "tag", "v0.1.0")
    checkout.run("sh", "scripts/release.sh", tmp_path / "ours")
    archive = checkout.folder / "dist" / "calminer-0.1.0.tar.gz"
    first = archive.read_bytes()
    verify = ("sh", "scripts/release.sh", "--verify", archive, signers)
    assert checkout.run(*verify).returncode == 0

    checkout.run("sh", "scripts/release.sh", tmp_path / "ours")
    assert archive.read_bytes() == first

    archive.write_bytes(first[:-1] + bytes([first[-1] ^ 1]))
    assert checkout.run(*verify, check=False).returncode != 0
    checkout.run("sh", "scripts/release.sh", tmp_path / "theirs")
    assert checkout.run(*verify, check=False).returncode != 0
