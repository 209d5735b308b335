"""Runs each sync of $TASUKI_HOME/dags/*.yaml by its timetable: start, read, plan, approve, apply, close.

A file that can't be scheduled becomes a DAG whose only task says what is wrong; the other syncs go on.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import (
    DAG,
    Asset,
    AssetAlias,
    AssetAny,
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    get_parsing_context,
    task,
)

from tasuki import settings
from tasuki_provider import timetable
from tasuki_provider.approval import Approval
from tasuki_provider.retries import ByReaction
from tasuki_provider.timetable import FILES, Timetable

# The engine is imported inside the tasks: it would cost each reading of this file half a second.

# How often and after how long a task is tried again is the firm's own setting: AIRFLOW__CORE__DEFAULT_TASK_….
TASKS: dict[str, Any] = {
    "owner": "tasuki",
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": ByReaction(),
    "execution_timeout": timedelta(hours=2),
}

SYSTEM = "{{ task.op_kwargs['system'] }}"
"""What the page writes beside each of a mapped task's runs."""


def dags(folder: Path, only: str | None) -> Iterator[DAG]:
    """In the order of their names: a DAG that looks different at each reading would get a new version."""
    for path in sorted(folder.glob("*.yaml")):
        if only in (None, dag_id(path.stem)):
            try:
                table = timetable.read(path)
            except ValueError:
                yield broken(path.stem)
            else:
                yield relay(table)


def relay(table: Timetable) -> DAG:
    """Reads and writes are mapped over the systems, one mapped task for each credential and its pool."""
    written = AssetAlias(f"sync__{table.name}")
    moved = AssetAlias(f"sync__{table.name}__moved")

    with DAG(
        dag_id(table.name),
        schedule=schedule(table),
        catchup=False,
        max_active_runs=1,
        default_args=TASKS,
        tags=["襷", table.model],
        doc_md=f"`dags/{table.name}.yaml`: {'、'.join(s for group in table.pools.values() for s in group)}",
    ) as dag:

        @task
        def start() -> str:
            from tasuki_provider import steps

            return steps.start(table)

        @task(map_index_template=SYSTEM)
        def read(system: str) -> dict[str, int]:
            from tasuki_provider import steps

            return steps.read(table, system)

        @task(trigger_rule="all_done")
        def plan() -> dict[str, Any]:
            from tasuki_provider import steps

            return steps.plan(table)

        @task(map_index_template=SYSTEM, outlets=[written], trigger_rule="none_failed")
        def apply(system: str, outlet_events: Any = None) -> dict[str, int]:
            from tasuki_provider import steps

            counts = steps.apply(table, system)
            if any(counts.values()):
                outlet_events[written].add(asset(system, table.model), extra=counts)
            return counts

        @task(trigger_rule="all_done", outlets=[moved])
        def close(outlet_events: Any = None) -> dict[str, Any]:
            from tasuki_provider import steps

            outcome = steps.close(table)
            if moves := steps.moves(outcome):
                outlet_events[moved].add(records(table.model), extra=moves)
            return outcome

        started, planned, closed = start(), plan(), close()
        approve = Approval(task_id="approve", table=table)
        planned >> approve
        for pool, systems in table.pools.items():
            suffix = "" if pool == FILES else f"__{pool}"
            inlets = [asset(system, table.model) for system in systems]
            reads = read.override(task_id=f"read{suffix}", pool=pool, inlets=inlets).expand(system=systems)
            writes = apply.override(task_id=f"apply{suffix}", pool=pool).expand(system=systems)
            started >> reads >> planned
            approve >> writes >> closed
    return dag


def schedule(table: Timetable) -> Any:
    """By its own timetable, and again after a run that moved what its records point at: a contact waits for
    its customer no longer than the customer takes (S18). Without a timetable a sync runs when told to."""
    cron = table.schedule and CronTriggerTimetable(table.schedule, timezone=table.timezone)
    if not cron or not table.points_at:
        return cron
    return AssetOrTimeSchedule(timetable=cron, assets=AssetAny(*map(records, table.points_at)))


def broken(name: str) -> DAG:
    with DAG(dag_id(name), schedule=None, default_args=TASKS, tags=["襷", "設定エラー"]) as dag:

        @task
        def configuration() -> None:
            from tasuki import sync
            from tasuki.errors import UserError

            sync.load(settings.home(), name)
            raise UserError("TSK-8020", f"dags/{name}.yaml")

        configuration()
    return dag


def dag_id(name: str) -> str:
    return "sync__" + re.sub(r"[^\w.-]", "_", name)


def records(model: str) -> Asset:
    """All records of a model, whatever systems show them."""
    return Asset(model, uri=f"tasuki://{model}")


def asset(system: str, model: str) -> Asset:
    return Asset(f"{model}@{system}", uri=f"tasuki://{system}/{model}")


for dag in dags(settings.home() / "dags", get_parsing_context().dag_id):
    globals()[dag.dag_id] = dag
