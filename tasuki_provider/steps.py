"""What each task of a sync does: borrow the connections it needs, then let the engine do its step.

Only ids and counts go back to Airflow, never a record.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException

from tasuki import settings, sync
from tasuki.errors import Retry, Stop, TasukiError, UserError
from tasuki.messages import render
from tasuki_provider.connections import lend
from tasuki_provider.runs import run_id
from tasuki_provider.timetable import FILES, Timetable

SUCCEEDS = (0, 3, 4)
"""Exit codes of a run that did its work: done, something to look at, a plan waits for approval."""

DOWN = 1
WORST_FIRST: dict[type[TasukiError], int] = {Stop: 7, UserError: 2, Retry: DOWN}
"""Exit codes by what was raised."""


def start(table: Timetable) -> str:
    """The run's id. Recovers what a killed run left open, for which it may need every system."""
    with _told(table):
        return sync.start(settings.home(), table.name, _actor(), _run())


def read(table: Timetable, system: str) -> dict[str, int]:
    with _told(table):
        return sync.read(settings.home(), table.name, _run(), system, _actor())


def plan(table: Timetable) -> dict[str, Any]:
    """A system that is down is left out and the rest goes on; what needs a person first ends the run here."""
    failed = _failed()
    if "start" in failed or (failed and _worst(failed) != DOWN):
        raise AirflowFailException(_say("TSK-8021", tasks=", ".join(failed)))
    with _told(table):
        return sync.plan(settings.home(), table.name, _run(), _actor())


def approve(digest: str, user: str, reason: str) -> None:
    sync.approve(settings.home(), digest, user, reason)


def apply(table: Timetable, system: str) -> dict[str, int]:
    """Also for a system without changes: the plan's other decisions are kept with the first one applied."""
    with _told(table):
        return sync.apply(settings.home(), table.name, _run(), system, _actor())


def close(table: Timetable) -> dict[str, Any]:
    """Closes the run, then fails when a task before it failed.

    Airflow looks only at the last task; without this a run whose plan was never made would be a success.
    """
    failed, home, run = _failed(), settings.home(), _run()
    outcome: dict[str, Any] = {"exit_code": DOWN}
    if any(known["run_id"] == run for known in sync.history(home)):
        with _told(table):
            outcome = sync.close(home, table.name, run, _worst(failed), _actor())
    if failed:
        raise AirflowFailException(_say("TSK-8021", tasks=", ".join(failed)))
    if outcome["exit_code"] not in SUCCEEDS:
        raise AirflowFailException(_say("TSK-8022", exit_code=outcome["exit_code"], run=run))
    return outcome


def moves(outcome: Mapping[str, Any]) -> dict[str, int]:
    """What a run moved, counted; {} when it moved nothing, or its plan waits for approval."""
    totals = outcome["totals"]
    changed = Counter(changed=totals["read"].get("changed", 0))
    counts = changed + Counter(totals["apply"]) + Counter(totals["recover"])
    return {} if outcome["approval"] else dict(counts)


@contextmanager
def _told(table: Timetable) -> Iterator[None]:
    """Lends the sync's connections, and leaves the exit code of what goes wrong to `close`."""
    lend(name for name in (*table.pools, table.report) if name not in (FILES, ""))
    try:
        yield
    except TasukiError as error:
        code = next((code for kind, code in WORST_FIRST.items() if isinstance(error, kind)), DOWN)
        get_current_context()["ti"].xcom_push("exit_code", code)
        raise


def _failed() -> list[str]:
    """The tasks of this run that failed, a mapped one as "read_0"."""
    context = get_current_context()
    run = context["dag_run"]
    states = context["ti"].get_task_states(run.dag_id, run_ids=[run.run_id])[run.run_id]
    return sorted(task for task, state in states.items() if state == "failed")


def _worst(failed: Iterable[str]) -> int:
    """0 when nothing failed. A killed task, which could not say why, counts as a system that was down."""
    if not failed:
        return 0
    context = get_current_context()
    tasks = sorted(context["dag"].task_ids)
    codes = set(_flat(context["ti"].xcom_pull(task_ids=tasks, key="exit_code")))
    return next((code for code in WORST_FIRST.values() if code in codes), DOWN)


def _flat(values: Any) -> Iterator[Any]:
    for value in values or ():
        yield from _flat(value) if isinstance(value, list) else (value,)


def _run() -> str:
    return run_id(get_current_context()["dag_run"])


def _actor() -> str:
    """Who pressed the button, "airflow" when it was the timetable."""
    return get_current_context()["dag_run"].triggering_user_name or "airflow"


def _say(code: str, **details: object) -> str:
    return "\n".join(" ".join(render(code, lang, **details)) for lang in ("ja", "en")) + f" [{code}]"
