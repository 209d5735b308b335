"""What each task of a sync does: borrow the connections it needs, then let the engine do its step.

Only ids and counts go back to Airflow, never a record.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from tasuki import settings, sync
from tasuki.messages import render
from tasuki_provider.connections import lend
from tasuki_provider.timetable import FILES, Timetable

SUCCEEDS = (0, 3, 4)
"""Exit codes of a run that did its work: done, something to look at, a plan waits for approval."""


def start(timetable: Timetable, context: Context) -> str:
    """The run's id. Recovers what a killed run left open, and for that may need every system."""
    _lend(timetable.pools)
    actor = context["dag_run"].triggering_user_name or "airflow"
    return sync.start(settings.home(), timetable.name, actor)


def read(timetable: Timetable, run: str, system: str) -> dict[str, Any]:
    _lend(timetable.pools)
    return sync.read(settings.home(), timetable.name, run, system)


def plan(timetable: Timetable, run: str) -> dict[str, Any]:
    _lend(timetable.pools)
    return sync.plan(settings.home(), timetable.name, run)


def approve(digest: str, actor: str, reason: str) -> None:
    sync.approve(settings.home(), digest, actor, reason)


def apply(timetable: Timetable, run: str, planned: Mapping[str, Any], system: str) -> dict[str, Any]:
    """Skipped when the plan writes nothing to this system."""
    if system not in planned["systems"]:
        raise AirflowSkipException
    _lend(timetable.pools)
    return sync.apply(settings.home(), timetable.name, run, system)


def close(timetable: Timetable, run: str | None, context: Context) -> dict[str, Any]:
    """Closes the run, then fails when a task before it failed.

    Airflow looks only at the last task; without this a run whose plan was never made would be a success.
    """
    failed = sorted(task for task, state in _states(context).items() if state == "failed")
    outcome = {"exit_code": 1}
    if run:
        outcome = sync.close(settings.home(), timetable.name, run, failed=bool(failed))
    if failed:
        raise AirflowFailException(_say("TSK-8021", tasks=", ".join(failed)))
    if outcome["exit_code"] not in SUCCEEDS:
        raise AirflowFailException(_say("TSK-8022", exit_code=outcome["exit_code"], run=run))
    return outcome


def _states(context: Context) -> Mapping[str, str]:
    run = context["dag_run"]
    states: Mapping[str, str] = context["ti"].get_task_states(run.dag_id, run_ids=[run.run_id])[run.run_id]
    return states


def _say(code: str, **details: object) -> str:
    return "\n".join(" ".join(render(code, lang, **details)) for lang in ("ja", "en")) + f" [{code}]"


def _lend(pools: Iterable[str]) -> None:
    lend(pool for pool in pools if pool != FILES)
