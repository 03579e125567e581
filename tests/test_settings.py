from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import settings as settings_module
from app.errors import InvalidInput
from app.settings import Settings, environment_names, get_settings, refuse_unknown_names, secret_fields

GOOD_KEY = "k7Qm3vX9bT2nR8wZ5cJ1hL6fD4sG0pYaUe"
PRODUCTION = {
    "CALMINER_ENVIRONMENT": "production",
    "CALMINER_SECRET_KEY": GOOD_KEY,
    "DATABASE_PASSWORD": "aXr93k-vault",
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in environment_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CALMINER_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return get_settings()


def test_it_works_without_any_setting() -> None:
    made = get_settings()
    assert (made.environment, made.database_host, made.database_schema) == (
        "development",
        "localhost",
        "public",
    )
    assert (made.max_trials, made.inline_trials) == (1_000_000, 20_000)


def test_every_setting_is_described() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert str(field.description).endswith("."), name


def test_the_example_file_names_every_setting_of_production() -> None:
    example = (settings_module.CHECKOUT / "config" / "setup_production.env.example").read_text()
    named = {line.lstrip("# ").split("=")[0] for line in example.splitlines() if "=" in line}
    wanted = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert wanted - {"CALMINER_DATA_DIR"} <= named
    assert {name for name in named if name.startswith(settings_module.PREFIXES)} <= environment_names()


def test_the_example_file_as_it_is_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    example = (settings_module.CHECKOUT / "config" / "setup_production.env.example").read_text()
    lines = [line for line in example.splitlines() if "=" in line and not line.startswith("#")]
    for name, value in (line.split("=", 1) for line in lines):
        if name in environment_names():
            monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput, match="CALMINER_SECRET_KEY"):
        get_settings()


def test_production_with_real_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    made = read(monkeypatch, **PRODUCTION)
    assert made.secret_key.get_secret_value() == GOOD_KEY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CALMINER_SECRET_KEY", value) for value in ("", "secret", "short-but-random", "change-me" * 5)),
        *(("DATABASE_PASSWORD", value) for value in ("", "calminer", "ChangeMe", "<password>", " postgres ")),
    ],
)
def test_production_refuses_placeholders(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=f"{name} must be set") as refused:
        read(monkeypatch, **(PRODUCTION | {name: value}))
    assert value.strip() == "" or repr(value) not in str(refused.value)


def test_production_may_connect_through_a_socket_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, **(PRODUCTION | {"DATABASE_PASSWORD": "", "DATABASE_HOST": "/run/postgresql"}))


def test_development_generates_a_key_and_keeps_it(tmp_path: Path) -> None:
    first = get_settings().secret_key.get_secret_value()
    assert len(first) >= settings_module.SHORTEST_SECRET_KEY
    get_settings.cache_clear()
    assert get_settings().secret_key.get_secret_value() == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_data_folder_that_is_a_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="CALMINER_DATA_DIR"):
        read(monkeypatch, CALMINER_DATA_DIR=str(tmp_path / "file"))


@pytest.mark.parametrize("field", secret_fields())
def test_every_secret_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, field: str
) -> None:
    name = str(Settings.model_fields[field].validation_alias)
    (tmp_path / "its file").write_text(GOOD_KEY + "\n")
    made = read(monkeypatch, **{f"{name}_FILE": str(tmp_path / "its file")})
    assert getattr(made, field).get_secret_value() == GOOD_KEY


def test_a_secret_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("one")
    with pytest.raises(InvalidInput, match="not both"):
        read(monkeypatch, DATABASE_PASSWORD="two", DATABASE_PASSWORD_FILE=str(tmp_path / "password"))


def test_a_secret_file_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="DATABASE_PASSWORD_FILE"):
        read(monkeypatch, DATABASE_PASSWORD_FILE=str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALMINER_ENVIRONMENT", "staging"),
        ("CALMINER_MAX_BODY_BYTES", "many"),
        ("CALMINER_MAX_TRIALS", "0"),
        ("DATABASE_DRIVER", "mysql"),
        ("DATABASE_PORT", "70000"),
        ("DATABASE_SCHEMA", 'x"; DROP SCHEMA public'),
        ("DATABASE_SSLMODE", "perhaps"),
    ],
)
def test_a_bad_value_names_its_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(monkeypatch, **{name: value})
    assert [(problem.field, problem.value) for problem in refused.value.problems] == [(name, value)]


def test_more_trials_inline_than_allowed_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="CALMINER_INLINE_TRIALS"):
        read(monkeypatch, CALMINER_INLINE_TRIALS="10", CALMINER_MAX_TRIALS="5")


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, DATABASE_PORT="").database_port == 5432


def one_letter_off(name: str) -> Iterator[str]:
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]
        yield name[:place] + ("X" if name[place] != "X" else "Y") + name[place + 1 :]


@pytest.mark.parametrize("name", sorted(environment_names()))
def test_every_slip_of_one_letter_is_noticed(name: str) -> None:
    for slip in one_letter_off(name):
        if slip not in environment_names():
            with pytest.raises(InvalidInput, match=rf"{slip}.*did you mean {name}\?"):
                refuse_unknown_names({slip: "x"})


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_DSN"])
def test_names_of_other_products_are_translated(name: str) -> None:
    with pytest.raises(InvalidInput, match="DATABASE_HOST, DATABASE_PORT"):
        refuse_unknown_names({name: "x"})


def test_names_of_other_software_are_left_alone() -> None:
    refuse_unknown_names({"PATH": "/bin", "POSTGRES_PASSWORD": "x", "API_LIMIT_CPUS": "2", "DATA": "x"})


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    made = read(monkeypatch, **PRODUCTION)
    shown = f"{made!r} {made.database_url} {made.database_place}"
    assert GOOD_KEY not in shown
    assert PRODUCTION["DATABASE_PASSWORD"] not in shown
