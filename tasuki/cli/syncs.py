"""plan, approve, apply, sync, acknowledge: the commands that move records."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from tasuki import definition, sync as steps
from tasuki.cli.screen import Screen
from tasuki.errata import ALL
from tasuki.errors import Stop, UserError
from tasuki.plan import Change, FieldDiff, Plan
from tasuki.store import open_store, plans

COUNTS = ("read", "unchanged", "changed", "quarantined", "created", "updated", "deleted", "failed")
MARKS = {"create": "+", "update": "~", "delete": "-"}
SHOWN = 50
"""Changes shown to a person; a program gets them all."""


def sync(screen: Screen, syncs: list[str], every: bool, dry_run: bool) -> int:
    """Several run one after another, what is pointed at first."""
    if bool(syncs) == every:
        raise UserError("TSK-4045")
    names = steps.in_order(screen.home, definition.names(screen.home) if every else syncs)
    return steps.worst(plan(screen, one, out=None) if dry_run else _whole(screen, one) for one in names)


def _whole(screen: Screen, sync: str) -> int:
    run = steps.run_of(screen.home, sync, steps.new_run_id(), screen.actor)
    with screen.progress() as watch:
        outcome = steps.whole(run, watch)
    return report(screen, outcome)


def plan(screen: Screen, sync: str, out: Path | None, corrections: str | None = None) -> int:
    """Reads and decides; the plan stays in the store, to be approved or applied as it is. With `corrections`
    the plan proposes these, and nothing else."""
    run = steps.run_of(screen.home, sync, steps.new_run_id(), screen.actor)
    try:
        run.start()
    except Stop:
        run.close(7)
        raise
    try:
        with screen.progress() as watch:
            down = steps.each(run.read, run.sync.systems, "read", watch)
        kinds = [kind for kind in ALL if corrections in (kind, "all")]
        made, state = run.correct(kinds) if corrections else run.plan()
    except (Stop, UserError) as error:
        run.close(7 if isinstance(error, Stop) else 2)
        raise
    failed = int(bool(down))
    run.leave_planned(failed)
    body = as_json(made, run.id, state) | {"down": steps.told(down)["down"]}
    if out:
        _save(out, orjson.dumps(body, option=orjson.OPT_INDENT_2))
    if screen.as_json:
        screen.emit(body)
    else:
        show_plan(screen, made, run.sync.systems)
    return 4 if state == "waiting" else failed


def _save(file: Path, body: bytes) -> None:
    """For nobody else's eyes from its first byte on."""
    try:
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_bytes(body)
    except OSError as error:
        raise UserError("TSK-1073", str(file), reason=error.strerror or "") from None


def approve(screen: Screen, plan: str, reason: str) -> int:
    digest = steps.approve(screen.workspace, plan, screen.actor, reason)
    screen.emit({"plan": digest, "state": "approved"}) if screen.as_json else screen.say(
        f"{screen.word('plan')} {digest[:8]}: {screen.word('approval')} {screen.word('ok')}"
    )
    return 0


def apply(screen: Screen, plan: str) -> int:
    digest = _digest(plan)
    store = open_store(screen.workspace)
    with store.read() as connection:
        stored = plans.find(connection, digest, ("waiting", "planned", "approved", "committed"))
    if stored.state == "waiting":
        screen.error(UserError("TSK-5003", plan=stored.digest[:8]))
        return 4
    run = steps.run_of(screen.home, stored.sync, stored.run, screen.actor)
    with screen.progress() as watch:
        down = steps.each(run.apply, run.sync.systems, "apply", watch)
    return report(screen, steps.finish(run, down, 0))


def acknowledge(screen: Screen, sync: str, reason: str) -> int:
    count = steps.acknowledge(screen.home, sync, screen.actor, reason)
    if screen.as_json:
        screen.emit({"sync": sync, "acknowledged": count})
    screen.say(f"{sync}: {count} {screen.word('entries')}")
    return 0


def report(screen: Screen, outcome: Mapping[str, Any]) -> int:
    """The outcome of a run as a table, or as one JSON object."""
    code = int(outcome["exit_code"])
    if screen.as_json:
        screen.emit(outcome)
        return code
    for name, wrong in [("", outcome["error"]), *outcome["down"].items()]:
        if wrong:
            lang = "en" if screen.lang == "en" else "ja"
            where = " ".join(part for part in (name, wrong["place"]) if part)
            screen.say(f"{where}: {wrong[lang]} [{wrong['code']}]\n  → {wrong[lang + '_hint']}", "bold red")
    lines = [(name, *(counts[key] for key in COUNTS)) for name, counts in outcome["systems"].items()]
    screen.table(("system", *COUNTS), lines)
    waits = [
        f"{screen.word(key)} {outcome[key]}"
        for key in ("conflicts", "reviews", "quarantined", "waiting", "unconfirmed")
        if outcome[key]
    ]
    screen.say(f"{outcome['run_id']}: {screen.word(outcome['status'])}  {'  '.join(waits)}".rstrip(), "bold")
    if outcome["approval"]:
        digest = outcome["approval"]["plan"][:8]
        _why(screen, outcome["approval"]["reasons"])
        screen.say(f"  → tasuki approve {digest} --reason …; tasuki apply {digest}")
    return code


def _why(screen: Screen, reasons: list[dict[str, Any]]) -> None:
    for reason in reasons:
        numbers = f" {reason['system']} {reason['planned']}" if reason["system"] else ""
        over = f" > {reason['limit']}" if numbers and reason["code"] != "correction" else ""
        screen.say(f"  {screen.word('approval')}: {screen.word(reason['code'])}{numbers}{over}", "yellow")


def as_json(made: Plan, run: str, state: str) -> dict[str, Any]:
    """A plan for programs; the digest names its content."""
    return {
        "run_id": run,
        "sync": made.sync,
        "digest": made.digest,
        "state": state,
        "approval": [reason._asdict() for reason in made.reasons],
        "changes": [change_as_json(change) for change in made.changes],
        "conflicts": [
            {
                "conflict": item.conflict.key,
                "entity": item.entity,
                "field": item.conflict.unit,
                "base": item.conflict.base,
                "candidates": [candidate._asdict() for candidate in item.conflict.candidates],
            }
            for item in made.conflicts
        ],
        "reviews": len(made.reviews),
        "refusals": [refusal._asdict() for refusal in made.refusals],
        "waiting": [waiting._asdict() for waiting in made.waiting],
        "drifts": [drift._asdict() for drift in made.drifts],
        "links": len(made.matches),
    } | ({"left_out": made.left_out} if made.corrects else {})


def change_as_json(change: Change) -> dict[str, Any]:
    return {
        "system": change.system,
        "action": change.action,
        "entity": change.entity,
        "external_id": change.key,
        "diffs": [
            {"field": d.field, "before": d.before, "after": d.after, "reason": d.reason, "source": d.source}
            for d in change.told
        ],
    }


def show_plan(screen: Screen, made: Plan, systems: Iterable[str]) -> None:
    screen.say(screen.word("legend"))
    for change in made.changes[:SHOWN]:
        screen.say(f"  {MARKS[change.action]} {change.system} {change.key or '—'}")
        for diff in change.told:
            rule = f"  ({_because(screen, diff)})"
            screen.say(f"      {diff.field}  {diff.before or '—'} → {diff.after or '—'}{rule}")
    for item in made.conflicts[:SHOWN]:
        sides = " | ".join(
            f"{c.system or screen.word('base')} {' '.join(c.value.values())}"
            for c in item.conflict.candidates
        )
        screen.say(f"  ! {item.conflict.unit}  {sides}")
    for refusal in made.refusals[:SHOWN]:
        text, _ = screen.explain(refusal.code, **{"column": refusal.column, **refusal.details})
        screen.say(f"  x {refusal.system}  {text} [{refusal.code}]")
    if len(made.changes) > SHOWN:
        screen.say(f"  … {len(made.changes) - SHOWN}")
    found: Counter[tuple[str, str]] = Counter((change.system, change.action) for change in made.changes)
    counts = [(name, *(found[name, action] for action in MARKS)) for name in systems]
    screen.table(("system", "created", "updated", "deleted"), counts)
    screen.say(f"{screen.word('plan')} {made.digest[:8]}  {_summary(screen, made)}".rstrip(), "bold")
    _why(screen, [reason._asdict() for reason in made.reasons])


def _summary(screen: Screen, made: Plan) -> str:
    """What waits besides the changes; of corrections how many there are of each kind."""
    if made.corrects:
        kinds = Counter(diff.reason for change in made.changes for diff in change.diffs)
        return "  ".join(
            f"{screen.word(key)} {n}" for key, n in [*kinds.items(), ("left_out", made.left_out)]
        )
    waits = {
        "conflicts": made.conflicts,
        "quarantined": made.refusals,
        "reviews": made.reviews,
        "waiting": made.waiting,
    }
    return "  ".join(f"{screen.word(key)} {len(items)}" for key, items in waits.items() if items)


def _because(screen: Screen, diff: FieldDiff) -> str:
    if diff.reason in ALL:
        return f"{screen.word(diff.reason)}: {diff.source or screen.word('itself')}"
    return diff.source or diff.reason


def _digest(plan: str) -> str:
    """A plan's digest, given itself or in a file that `plan --out` wrote."""
    path = Path(plan)
    if not path.is_file():
        return plan
    try:
        return str(orjson.loads(path.read_bytes())["digest"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise UserError("TSK-5004", str(path)) from None
