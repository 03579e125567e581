"""A job exists when, and only when, the transaction that made it is committed."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.errors import Unavailable
from app.jobs.queue import enqueue, enqueue_simulation, make_app
from app.jobs.tasks import SIMULATE, TASKS, Again, bind
from app.models import SimulationRun
from app.settings import get_settings
from app.valuation import runs
from app.valuation.spec import RunForm
from tests.jobs.conftest import transaction

LARGE = RunForm(trials=2_000, seed=1, replicates=4)


def jobs(session: Session) -> list[tuple[str, str, dict[str, int]]]:
    found = session.execute(text("SELECT task_name, queue_name, args FROM procrastinate_jobs ORDER BY id"))
    return [(row.task_name, row.queue_name, row.args) for row in found]


def test_a_job_is_written_with_its_run(own_engine: Engine, scenario_id: int) -> None:
    with transaction(own_engine) as session:
        run_id = runs.start(session, scenario_id, LARGE, enqueue=enqueue_simulation).id
    with transaction(own_engine) as session:
        assert jobs(session) == [(SIMULATE, "simulations", {"run_id": run_id})]


def test_a_job_goes_with_the_transaction_that_made_it(own_engine: Engine, scenario_id: int) -> None:
    class Change(Exception):
        """Of mind."""

    def start_and_think_again() -> None:
        with transaction(own_engine) as session:
            runs.start(session, scenario_id, LARGE, enqueue=enqueue_simulation)
            assert len(jobs(session)) == 1
            raise Change

    with pytest.raises(Change):
        start_and_think_again()
    with transaction(own_engine) as session:
        assert jobs(session) == []
        assert session.query(SimulationRun).count() == 0


def test_a_task_nobody_knows_is_refused(session: Session) -> None:
    with pytest.raises(KeyError, match="sing"):
        enqueue(session, "sing", song=1)


def test_every_task_needs_a_handler() -> None:
    app = make_app(get_settings())
    with pytest.raises(KeyError, match=SIMULATE):
        bind(app, {})
    bind(app, {name: lambda **_arguments: None for name in TASKS})
    assert set(TASKS) <= set(app.tasks)


def test_only_what_was_cut_off_is_tried_again() -> None:
    decide = Again().get_retry_decision
    assert decide(exception=Unavailable("gone"), job=None) is not None  # type: ignore[arg-type]
    assert decide(exception=ValueError("poison"), job=None) is None  # type: ignore[arg-type]
