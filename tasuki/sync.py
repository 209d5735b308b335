"""The face of the engine: a whole run, or one step of it, by the names of workspace, sync and run.

The command line and Airflow's tasks call these functions; `tasuki.run` holds the steps themselves.
"""

import gc
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tasuki import courier, definition, finder, report, settings, yamlfile
from tasuki.definition import Sync
from tasuki.errors import Retry, Stop, TasukiError, UserError
from tasuki.model import MODELS
from tasuki.run import WORST_FIRST, Run
from tasuki.store import open_store, plans, runs

Watch = Callable[[str, str, int], None]
"""Told (step, system, records so far): for progress bars."""


def whole(run: Run, watch: Watch) -> dict[str, Any]:
    """All steps of a run, one after another; a system that is down is left out, the rest goes on.

    Raises Retry when another run of this sync is at work. Every other error ends in the outcome, as
    `error` with its code and both languages.
    """
    failed = 0
    error: TasukiError | None = None
    down: dict[str, Retry] = {}
    try:
        run.start()
        down |= each(run.read, run.sync.systems, "read", watch)
        run.plan()
        down |= each(run.apply, run.sync.systems, "apply", watch)
    except Stop as stop:
        failed, error = 7, stop
    except UserError as wrong:
        failed, error = 2, wrong
    return finish(run, down, failed, error)


def finish(
    run: Run, down: Mapping[str, Retry], failed: int, error: TasukiError | None = None
) -> dict[str, Any]:
    """Closes the run, tells whoever wants a report, and gives the outcome."""
    outcome = run.close(failed or int(bool(down))) | told(down, error)
    return outcome | {"report": _mail(run.sync, outcome)}


def told(down: Mapping[str, Retry], error: TasukiError | None = None) -> dict[str, Any]:
    """What went wrong on the way, for an outcome: systems that can't be used now, and what ended the run."""
    return {
        "down": {system: retry.as_json() for system, retry in down.items()},
        "error": error.as_json() if error else None,
    }


def each(
    step: Callable[[str, Callable[[int], None]], object], systems: Iterable[str], name: str, watch: Watch
) -> dict[str, Retry]:
    """Runs a step for every system; those that can't be used now, with what they said."""
    down = {}
    for system in systems:
        watch(name, system, 0)
        try:
            step(system, partial(watch, name, system))
        except Retry as retry:
            down[system] = retry
    return down


def load(home: Path, name: str) -> Sync:
    """The sync's definition. Raises UserError TSK-4038 with the nearest name when there is none."""
    known = definition.names(home)
    if name not in known:
        raise UserError("TSK-4038", str(home), sync=name, suggestion=yamlfile.suggestion(name, known))
    return definition.load(home, name)


def in_order(home: Path, names: Iterable[str]) -> list[str]:
    """What is pointed at before what points at it (S18); by name where that leaves a choice.

    Raises UserError TSK-4038 for a name that is none.
    """
    order = list(MODELS)
    syncs = [load(home, name) for name in dict.fromkeys(names)]
    return [sync.name for sync in sorted(syncs, key=lambda one: (order.index(one.model.name), one.name))]


def run_of(home: Path, name: str, run_id: str, actor: str = "") -> Run:
    # A plan is millions of small values without a cycle: the usual pace of looking for garbage among them
    # costs a first load a fifth of its time.
    gc.set_threshold(100_000, 50, 100)
    sync = load(home, name)
    store = open_store(home)
    return Run(store, sync, lambda system: finder.open_connector(home, system), run_id, actor)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several runs together."""
    seen = set(codes)
    return next((code for code in WORST_FIRST if code in seen), 0)


def new_run_id() -> str:
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{uuid.uuid4().hex[:8]}"


def start(home: Path, name: str, actor: str, run_id: str | None = None) -> str:
    run = run_of(home, name, run_id or new_run_id(), actor)
    run.start()
    run.rest()
    return run.id


def read(home: Path, name: str, run_id: str, system: str, actor: str = "") -> dict[str, int]:
    run = run_of(home, name, run_id, actor)
    counts = run.read(system)
    run.rest()
    return counts


def plan(home: Path, name: str, run_id: str, actor: str = "") -> dict[str, Any]:
    """`approval` lists the reasons for which a person must approve, empty when none must."""
    run = run_of(home, name, run_id, actor)
    made, state = run.plan()
    run.rest()
    reasons = [reason._asdict() for reason in made.reasons] if state == "waiting" else []
    return {
        "digest": made.digest,
        "approval": reasons,
        "systems": sorted({change.system for change in made.changes}),
        "summary": dict(Counter(change.action for change in made.changes)),
    }


def approve(home: Path, digest: str, actor: str, reason: str) -> str:
    """Approves a waiting plan; its full digest comes back."""
    store = open_store(home)
    with store.write() as connection:
        found = plans.find(connection, digest, ("waiting",))
        plans.approve(connection, store.seal, found, actor, reason)
    return found.digest


def apply(home: Path, name: str, run_id: str, system: str, actor: str = "") -> dict[str, int]:
    run = run_of(home, name, run_id, actor)
    counts = run.apply(system)
    run.rest()
    return counts


def close(home: Path, name: str, run_id: str, failed: int = 0, actor: str = "") -> dict[str, Any]:
    run = run_of(home, name, run_id, actor)
    outcome = run.close(failed)
    return outcome | {"report": _mail(run.sync, outcome)}


def _mail(sync: Sync, outcome: Mapping[str, Any]) -> str:
    """What became of the report: sent, nothing when nobody wants one, or the code of why not. A report that
    can't be sent is no reason to fail a run."""
    if sync.report is None:
        return ""
    try:
        courier.send(report.compose(outcome, sync.report), settings.connection(sync.report.connection))
    except (Retry, UserError) as error:
        return error.code
    return "sent"


def acknowledge(home: Path, name: str, actor: str, reason: str) -> int:
    """Lets a stopped sync go on; the number of blocks acknowledged."""
    sync = load(home, name)
    store = open_store(home)
    with store.write() as connection:
        count = runs.acknowledge(connection, sync.name, actor, reason)
        told: dict[str, object] = {"sync": sync.name, "reason": reason, "blocks": count}
        plans.note(connection, store.seal, "sync.acknowledge", actor, "", told)
    return count


def history(home: Path, limit: int = 50, id: str = "") -> list[dict[str, Any]]:
    """The latest runs with their counts, newest first; only those whose id begins with `id`."""
    with open_store(home).read() as connection:
        return [
            {
                "run_id": row.id,
                "sync": row.sync,
                "status": row.status,
                "actor": row.actor,
                "started": row.started,
                "ended": row.ended,
                "counts": orjson.loads(row.counts),
            }
            for row in runs.latest(connection, limit, id)
        ]
