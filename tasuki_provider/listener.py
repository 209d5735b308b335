"""Watches every run from the scheduler: makes its pools before it starts, marks it when a task was killed."""

from typing import Any

from airflow.listeners import hookimpl
from airflow.models.pool import Pool
from sqlalchemy import select
from sqlalchemy.orm import object_session

from tasuki import settings
from tasuki_provider.runs import run_id

SLOTS = 4
"""How many tasks may use one credential at the same time."""


@hookimpl
def on_dag_run_running(dag_run: Any, msg: str) -> None:
    """A task of a pool that doesn't exist would wait for ever; Airflow makes none by itself.

    In the scheduler's own transaction: a second one would find SQLite locked.
    """
    session = object_session(dag_run)
    if session is None or not _ours(dag_run):
        return
    wanted = {task.pool for task in dag_run.dag.tasks}
    known = set(session.scalars(select(Pool.pool).where(Pool.pool.in_(wanted))))
    for pool in sorted(wanted - known):
        session.add(Pool(pool=pool, slots=SLOTS, description="襷", include_deferred=False))


@hookimpl
def on_dag_run_failed(dag_run: Any, msg: str) -> None:
    """A killed task can't close its run, and `close` itself may be the one that was killed."""
    if not _ours(dag_run):
        return
    # The engine costs the scheduler nothing until a run fails.
    from tasuki import sync

    home, ours = settings.home(), run_id(dag_run)
    if any(run["run_id"] == ours and not run["ended"] for run in sync.history(home)):
        sync.close(home, dag_run.dag_id.removeprefix("sync__"), ours, failed=1)


def _ours(dag_run: Any) -> bool:
    return bool(dag_run.dag_id.startswith("sync__"))
