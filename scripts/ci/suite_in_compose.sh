#!/bin/sh
# What the service `tests` of docker-compose.test.yml does: packages as locked, the setup said and done, then pytest.
set -eu

uv sync --quiet --locked --inexact --extra embedded --group test --group lint
python scripts/setup_database.py --run-migrations --seed-data --dry-run --wait 60
python scripts/setup_database.py --run-migrations --seed-data
[ $# -gt 0 ] || set -- --numprocesses auto --maxprocesses 4
exec python -m pytest "$@"
