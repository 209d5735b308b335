"""Plans as they were made, approved and kept."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from tasuki.errors import UserError
from tasuki.ledger import Entry, Seal
from tasuki.packed import Page, pack, pages_of, unfolded
from tasuki.plan import MANY, Plan, unpack
from tasuki.store import journal
from tasuki.store.statements import put
from tasuki.store.tables import plan, plan_part


class Name(NamedTuple):
    """Which plan, and what became of it."""

    digest: str
    sync: str
    run: str
    state: str


@dataclass(frozen=True)
class Stored:
    """A plan and what became of it; what it says is read when somebody asks."""

    digest: str
    run: str
    state: str
    actor: str
    content: Callable[[], Plan]

    @cached_property
    def plan(self) -> Plan:
        return self.content()


def save(connection: Connection, made: Plan, run: str) -> Stored:
    """Keeps the plan of a run; an older one of its kind that waits is superseded (S19): corrections wait
    beside what the sync decides.

    Approval belongs to the content: the same plan made again is as approved as it was.
    """
    approved = connection.execute(
        select(plan.c.actor, plan.c.reason).where(
            plan.c.sync == made.sync, plan.c.digest == made.digest, plan.c.state == "approved"
        )
    ).first()
    _supersede(connection, made)
    state = "approved" if approved else "waiting" if made.reasons else "planned"
    forget(connection, made.digest, run)
    connection.execute(
        insert(plan).values(
            digest=made.digest,
            run=run,
            sync=made.sync,
            body=_without_parts(made),
            reasons=orjson.dumps([reason._asdict() for reason in made.reasons]),
            at=time.time(),
            state=state,
            actor=approved.actor if approved else None,
            reason=approved.reason if approved else None,
        )
    )
    _keep_parts(connection, made, run)
    actor = approved.actor if approved else ""
    return Stored(made.digest, run, state, actor, lambda: made)


def forget(connection: Connection, digest: str, run: str) -> None:
    for table in (plan, plan_part):
        connection.execute(delete(table).where(table.c.digest == digest, table.c.run == run))


def rewrite(connection: Connection, made: Plan, run: str) -> None:
    """The plan of a run says this now."""
    mine = (plan_part.c.digest == made.digest, plan_part.c.run == run)
    connection.execute(delete(plan_part).where(*mine))
    _keep_parts(connection, made, run)
    connection.execute(
        update(plan).where(plan.c.digest == made.digest, plan.c.run == run).values(body=_without_parts(made))
    )


def _without_parts(made: Plan) -> bytes:
    few: dict[str, Any] = dict.fromkeys(MANY, ())
    return pack(made._replace(**few))


def _keep_parts(connection: Connection, made: Plan, run: str) -> None:
    for part, kind in MANY.items():
        rows = [
            {"digest": made.digest, "run": run, "part": part, "number": number, **page._asdict()}
            for number, page in enumerate(pages_of(kind, getattr(made, part)))
        ]
        put(connection, insert(plan_part), rows)


def part(connection: Connection, digest: str, run: str, name: str) -> Sequence[Any]:
    """One of the parts that grow with the customers."""
    mine = (plan_part.c.digest == digest, plan_part.c.run == run, plan_part.c.part == name)
    found = select(plan_part.c.size, plan_part.c.body).where(*mine).order_by(plan_part.c.number)
    return unfolded(MANY[name], [Page(*row) for row in connection.execute(found)])


def _supersede(connection: Connection, made: Plan) -> None:
    left = (plan.c.sync == made.sync, plan.c.state.in_(("planned", "waiting", "approved")))
    for row in connection.execute(select(plan.c.digest, plan.c.run, plan.c.reasons).where(*left)).all():
        corrects = any(reason["code"] == "correction" for reason in orjson.loads(row.reasons))
        if corrects == made.corrects:
            set_state(connection, row.digest, row.run, "superseded")


def find(connection: Connection, digest: str, states: Iterable[str]) -> Name:
    """The newest plan whose digest starts so. Raises UserError TSK-5001 none, TSK-5002 several."""
    rows = connection.execute(
        select(plan.c.digest, plan.c.sync, plan.c.run, plan.c.state)
        .where(plan.c.digest.startswith(digest, autoescape=True), plan.c.state.in_(list(states)))
        .order_by(plan.c.at.desc())
    ).all()
    if not rows or len(digest) < 4:
        raise UserError("TSK-5001", plan=digest)
    if len({row.digest for row in rows}) > 1:
        raise UserError("TSK-5002", plan=digest)
    return Name(*rows[0])


def of_run(connection: Connection, run: str, held: Stored | None = None) -> Stored | None:
    """The plan that a run made last. One that the caller holds already is not read again."""
    newest = select(plan.c.digest, plan.c.state).where(plan.c.run == run).order_by(plan.c.at.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    if last is None:
        return None
    if held and (held.run, held.digest, held.state) == (run, last.digest, last.state):
        return held
    mine = (plan.c.run == run, plan.c.digest == last.digest)
    return _stored(connection, connection.execute(select(plan).where(*mine)).one())


def approve(connection: Connection, seal: Seal, name: Name, actor: str, reason: str) -> None:
    connection.execute(
        update(plan)
        .where(plan.c.digest == name.digest, plan.c.state == "waiting")
        .values(state="approved", actor=actor, reason=reason)
    )
    note(connection, seal, "sync.approve", actor, name.run, {"plan": name.digest, "reason": reason})


def set_state(connection: Connection, digest: str, run: str, state: str) -> None:
    connection.execute(update(plan).where(plan.c.digest == digest, plan.c.run == run).values(state=state))


def note(
    connection: Connection, seal: Seal, action: str, actor: str, run: str, decision: dict[str, object]
) -> None:
    """One ledger entry that speaks of no customer: an approval, an acknowledgement, a change of rules."""
    journal.append(
        connection, seal, [Entry(action, journal.now(), actor, run, decision=decision)], lambda field: False
    )


def _stored(connection: Connection, row: Any) -> Stored:
    told = {name: part(connection, row.digest, row.run, name) for name in MANY}
    parts: dict[str, Any] = {name: values for name, values in told.items() if values}
    return Stored(row.digest, row.run, row.state, row.actor or "", lambda: unpack(row.body)._replace(**parts))
