"""runs, show, conflicts, quarantine, log, verify: the commands that look, and those that decide."""

from datetime import UTC, date, datetime, time
from typing import Any

from tasuki import sync as steps
from tasuki.cli.screen import Screen
from tasuki.cli.syncs import COUNTS, as_json, show_plan
from tasuki.errors import UserError
from tasuki.japanese.kinds import KINDS
from tasuki.store import open_store, plans, queues, records
from tasuki.value import TOKYO


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, TOKYO).strftime("%Y-%m-%d %H:%M")


def runs(screen: Screen, limit: int) -> int:
    found = steps.history(screen.workspace, limit)
    if screen.as_json:
        screen.emit(found)
        return 0
    lines = []
    for run in found:
        read = run["counts"].get("read", {}).values()
        done = run["counts"].get("apply", {}).values()
        totals = (
            sum(c.get("read", 0) for c in read),
            sum(c.get("changed", 0) for c in read),
            *(sum(c.get(key, 0) for c in done) for key in ("created", "updated", "deleted")),
        )
        lines.append(
            (run["run_id"], run["sync"], screen.word(run["status"]), _clock(run["started"]), *totals)
        )
    screen.table(
        ("run", "sync", "status", "started", "read", "changed", "created", "updated", "deleted"), lines
    )
    return 0


def show(screen: Screen, run: str) -> int:
    """What a run did, and its plan while that can still be carried out: who approves must see it."""
    chosen = _chosen(screen, run)
    with open_store(screen.workspace).read() as connection:
        entries = list(records.log(connection, {"run": chosen["run_id"]}))
        made = plans.of_run(connection, chosen["run_id"])
    ahead = made if made and made.state in ("waiting", "planned", "approved") else None
    if screen.as_json:
        plan = ahead and as_json(ahead.plan, ahead.run, ahead.state)
        screen.emit({**chosen, "entries": entries, "plan": plan})
        return 0
    screen.say(f"{chosen['run_id']}  {chosen['sync']}  {screen.word(chosen['status'])}", "bold")
    counts = chosen["counts"]
    systems = list(dict.fromkeys(name for hop in counts.values() for name in hop))
    merged = {
        name: {**counts.get("read", {}).get(name, {}), **counts.get("apply", {}).get(name, {})}
        for name in systems
    }
    screen.table(("system", *COUNTS), [(n, *(merged[n].get(k, 0) for k in COUNTS)) for n in systems])
    _entries(screen, [entry for entry in entries if entry.get("diffs")])
    if ahead:
        show_plan(screen, ahead.plan, systems)
    return 0


def _chosen(screen: Screen, run: str) -> dict[str, Any]:
    """The one run whose id begins so. Raises UserError TSK-5013 none, TSK-5030 several."""
    found = steps.history(screen.workspace, 2, run)
    if not found:
        raise UserError("TSK-5013", run=run)
    if len(found) > 1:
        raise UserError("TSK-5030", run=run)
    return found[0]


def conflicts(screen: Screen) -> int:
    with open_store(screen.workspace).read() as connection:
        found = queues.conflicts(connection)
    if screen.as_json:
        screen.emit(found)
        return 3 if found else 0
    lines = [
        (
            one["conflict"],
            one["name"],
            one["field"],
            " ".join(one["base"].values()),
            "\n".join(
                f"{c['system'] or screen.word('base')}: {' '.join(c['value'].values())}"
                for c in one["candidates"]
            ),
        )
        for one in found
    ]
    screen.table(("conflict", "customer", "field", "base", "candidates"), lines)
    if lines:
        screen.say("  → tasuki conflicts resolve … --take SYSTEM|base --reason …")
    return 3 if found else 0


def resolve(screen: Screen, conflict: str, take: str, reason: str) -> int:
    store = open_store(screen.workspace)
    with store.write() as connection:
        decided = queues.decide(connection, conflict, take, screen.actor)
        plans.note(
            connection, store.seal, "conflict.resolve", screen.actor, "", {**decided, "reason": reason}
        )
    screen.emit(decided) if screen.as_json else screen.say(f"{conflict}: {take}")
    return 0


def quarantine(screen: Screen) -> int:
    with open_store(screen.workspace).read() as connection:
        found = queues.held(connection)
    told = []
    for one in found:
        details = {"column": one["column"], "system": one["system"], **one["details"]}
        text, hint = screen.explain(one["code"], **details)
        told.append({**one, "text": text, "hint": hint})
    if screen.as_json:
        screen.emit(told)
        return 3 if told else 0
    lines = [
        (o["system"], o["place"], o["key"], o["column"], f"{o['text']} [{o['code']}]", o["hint"])
        for o in told
    ]
    screen.table(("system", "place", "key", "column", "problem", "hint"), lines)
    return 3 if told else 0


def log(screen: Screen, start: str, end: str, **wanted: str) -> int:
    """Reading the log is itself an entry: personal values are shown. Raises UserError TSK-2041 and its like
    for a day that can't be read."""
    wanted |= {"start": _since(start), "end": _until(end)}
    store = open_store(screen.workspace)
    with store.write() as connection:
        told: dict[str, object] = {key: bool(value) for key, value in wanted.items() if value}
        plans.note(connection, store.seal, "access.log", screen.actor, "", told)
    with store.read() as connection:
        found = records.log(connection, wanted)
        if screen.as_json:
            for entry in found:
                screen.emit(entry)
            return 0
        _entries(screen, list(found))
    return 0


def _since(day: str) -> str:
    """The first moment of a day in Tokyo, as the ledger writes it; "" for ""."""
    return _utc(_day(day, "--from"), time.min) if day else ""


def _until(day: str) -> str:
    return _utc(_day(day, "--to"), time.max) if day else ""


def _utc(day: date, at: time) -> str:
    moment = datetime.combine(day, at, TOKYO).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(text: str, option: str) -> date:
    """A day in any Japanese written form."""
    result = KINDS["date"](text)
    if not isinstance(result.value, str):
        raise UserError(result.refused or "TSK-2041", option)
    return date.fromisoformat(result.value)


def _entries(screen: Screen, entries: list[dict[str, Any]]) -> None:
    lines = []
    for entry in entries:
        diffs = "\n".join(
            f"{d['field']}: {d.get('before') or '—'} → {d.get('after') or '—'}"
            for d in entry.get("diffs", ())
        )
        at = datetime.fromisoformat(entry["at"]).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
        where = f"{entry.get('system', '')} {entry.get('external_id', '')}".strip()
        lines.append((entry["seq"], at, entry["actor"], entry["action"], where, diffs))
    screen.table(("entries", "at", "actor", "action", "system", "diffs"), lines)


def verify(screen: Screen) -> int:
    store = open_store(screen.workspace)
    with store.read() as connection:
        found = records.check(connection, store.seal)
    problems = [
        {
            "seq": p.seq,
            "code": p.code,
            "text": screen.explain(p.code, seq=p.seq)[0],
            "hint": screen.explain(p.code)[1],
        }
        for p in found.problems
    ]
    if screen.as_json:
        screen.emit({**found._asdict(), "problems": problems})
    elif found.ok:
        first = f"  {screen.word('first_entry')} {found.first[:10]}" if found.first else ""
        screen.say(f"{found.entries:,} {screen.word('entries')}  {screen.word('chain_ok')}{first}")
    else:
        for one in problems:
            screen.say(f"{one['text']} [{one['code']}]\n  → {one['hint']}", "bold red")
    return 0 if found.ok else 7
