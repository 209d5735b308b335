"""Joins two customers that are one, and parts them again: each an event that can be undone (S17)."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, or_, select, update

from tasuki.definition import Sync
from tasuki.errors import Retry, UserError
from tasuki.ledger import Diff, Entry, Seal
from tasuki.merge import Part, apart, together
from tasuki.plan import OpenConflict
from tasuki.record import Record
from tasuki.side import shared, shared_columns, unsettled
from tasuki.store import journal
from tasuki.store.queues import open_conflict
from tasuki.store.reviews import key_of
from tasuki.store.tables import conflict, entity, intent, ledger, link, merge as event, quarantine, review


class Was(NamedTuple):
    """A row before the merge."""

    entity: str
    role: str
    state: str


class Before(NamedTuple):
    """Both customers as they were, and what the merged one was at first."""

    kept: Record
    gone: Record
    merged: Record
    links: Mapping[int, Was]
    questions: Sequence[str]
    """Conflicts of an earlier unmerge that the one that goes had still open."""


_BEFORE = TypeAdapter(Before)


def merge(
    connection: Connection, seal: Seal, sync: Sync, one: str, other: str, actor: str, reason: str
) -> int:
    """Makes one customer of two; the older stays, the other becomes a redirect. The event's number.

    The older one's values win, its blanks are filled. A second row in one system stays as a duplicate beside
    the primary one and is not written any more. Raises UserError TSK-5014 when either isn't a customer of
    its own now, Retry TSK-5016 when nobody knows yet what became of a write to one of them.
    """
    kept, gone = _pair(connection, sync, one, other)
    _nothing_in_flight(connection, (kept.id, gone.id))
    values: tuple[Record, Record] = (orjson.loads(kept.value), orjson.loads(gone.value))
    merged = together(sync.model, *values)
    links = _links(connection, (kept.id, gone.id))
    was = {row.id: Was(row.entity, row.role, row.state) for row in links}
    before = Before(*values, merged, was, _set_aside(connection, gone.id))
    _hand_over(connection, kept.id, gone.id, links)
    _set(connection, kept.id, merged, None)
    _set(connection, gone.id, values[1], kept.id)
    number = _remember(connection, kept.id, gone.id, before, actor)
    _answer(connection, sync, before.links, "same", actor, reason)
    told = {"merge": number, "gone": gone.id, "reason": reason}
    entry = _entry(sync, "merge.join", kept.id, values[0], merged, told, actor)
    journal.append(connection, seal, [entry], journal.personal(sync.model))
    return number


def unmerge(connection: Connection, seal: Seal, sync: Sync, number: int, actor: str, reason: str) -> None:
    """Parts what a merge joined. Both customers are what they were, their rows are never joined again by
    keys, and what the next plan writes back always needs approval.

    A field edited while they were one becomes a question on both, for nobody can tell whose it was. A row
    that joined meanwhile belongs to nobody again and is looked at anew; one that Tasuki made for the merged
    customer stays with the one that was kept. Raises UserError TSK-5015 when there is no such merge to undo,
    TSK-5017 when a later one must be undone first, Retry TSK-5016 as `merge` does.
    """
    row = _to_undo(connection, number)
    _nothing_in_flight(connection, (row.kept, row.gone))
    before = _BEFORE.validate_json(row.before)
    now = connection.execute(select(entity).where(entity.c.id == row.kept)).one()
    value: Record = orjson.loads(now.value)
    links = _links(connection, (row.kept,))
    _give_back(connection, sync, row.kept, before, links)
    back = _links(connection, (row.kept, row.gone))
    parts = {
        row.kept: _part(sync, row.kept, before.kept, before.merged, value, back),
        row.gone: _part(sync, row.gone, before.gone, before.merged, value, back),
    }
    for id, part in parts.items():
        _set(connection, id, part.value, None)
    connection.execute(update(event).where(event.c.id == number).values(state="undone"))
    _answer(connection, sync, before.links, "different", actor, reason)
    told = {"merge": number, "restored": row.gone, "reason": reason}
    entries = [_entry(sync, "merge.part", row.kept, value, parts[row.kept].value, told, actor)]
    entries += _ask(connection, sync, parts, before.questions, actor)
    journal.append(connection, seal, entries, journal.personal(sync.model))


def let_go(connection: Connection, seal: Seal, sync: Sync, one: int, actor: str, reason: str) -> str:
    """Takes a row out of the customer that keys, the model or a person joined it to; the customer it left.

    The row is nobody's again, never to be joined to these rows, and the next run looks at it as at a new one.
    Raises UserError TSK-5015 when it stands alone, Retry TSK-5016 when a write to either has no outcome yet.
    """
    row = connection.execute(select(link).where(link.c.id == one)).one()
    others = [other for other in _links(connection, (row.entity,)) if other.id != one]
    if not others:
        raise UserError("TSK-5015", merge=f"{row.system}:{row.key}")
    _nothing_in_flight(connection, (row.entity,))
    if row.sent:
        raise Retry("TSK-5016", row.system, system=row.system)
    alone = {"entity": None, "role": "primary", "dirty": True, "agreed": b"{}", "settled": b"{}"}
    connection.execute(update(link).where(link.c.id == one).values(**alone))
    heirs = [o.id for o in others if (o.system, o.role, o.state) == (row.system, "duplicate", "here")]
    if row.role == "primary" and heirs:
        heir = link.c.id == min(heirs)
        connection.execute(update(link).where(heir).values(role="primary", dirty=True))
    pairs = {other.id: Was(row.entity, other.role, other.state) for other in others}
    _answer(connection, sync, {**pairs, one: Was("", row.role, row.state)}, "different", actor, reason)
    left = entity.c.id == row.entity
    connection.execute(update(entity).where(left).values(version=entity.c.version + 1, pending=True))
    entry = _entry(sync, "merge.part", row.entity, {}, {}, {"reason": reason}, actor)
    entry = entry._replace(system=row.system, external_id=row.key)
    journal.append(connection, seal, [entry], journal.personal(sync.model))
    return str(row.entity)


def joined_by(connection: Connection, one: int, customer: str) -> int:
    """The latest merge of a customer that brought a row and others together; 0 when none did."""
    mine = (event.c.state == "merged", event.c.kept == customer)
    for row in connection.execute(select(event).where(*mine).order_by(event.c.id.desc())):
        if one in _BEFORE.validate_json(row.before).links:
            return int(row.id)
    return 0


def latest(connection: Connection, one: str) -> int:
    """The merge to undo when somebody names a customer, on either side of it. Raises UserError TSK-5015."""
    mine = (event.c.state == "merged", or_(event.c.kept == one, event.c.gone == one))
    row = connection.execute(select(event.c.id).where(*mine).order_by(event.c.id.desc())).first()
    if row is None:
        raise UserError("TSK-5015", merge=one)
    return int(row.id)


def find(connection: Connection, number: int) -> Any:
    """A merge as it was written down. Raises UserError TSK-5015 when there is none to undo."""
    row = connection.execute(
        select(event).where(event.c.id == number, event.c.state == "merged")
    ).one_or_none()
    if row is None:
        raise UserError("TSK-5015", merge=number)
    return row


def undone(connection: Connection) -> set[str]:
    """Customers just parted, whose compensating writes a person must approve."""
    rows = connection.execute(select(event.c.kept, event.c.gone).where(event.c.state == "undone"))
    return {one for row in rows for one in (row.kept, row.gone)}


def settle(connection: Connection, finished: Collection[str]) -> None:
    """An unmerge is over once all that it makes us write was approved, on both sides: `finished` customers
    have nothing left to write or to ask in the plan that is being committed."""
    for row in connection.execute(select(event).where(event.c.state == "undone")).all():
        waiting = [one for one in (row.kept, row.gone) if one not in finished]
        pending = select(entity.c.id).where(entity.c.id.in_(waiting), entity.c.pending)
        if not connection.execute(pending).first():
            connection.execute(update(event).where(event.c.id == row.id).values(state="settled"))


# Joining.


def _pair(connection: Connection, sync: Sync, one: str, other: str) -> tuple[Any, Any]:
    mine = (entity.c.id.in_((one, other)), entity.c.redirect.is_(None), entity.c.model == sync.model.name)
    rows = connection.execute(select(entity).where(*mine)).all()
    if len(rows) != 2:
        raise UserError("TSK-5014", one=one, other=other)
    oldest, newest = sorted(rows, key=lambda row: (row.created, row.id))
    return oldest, newest


def _nothing_in_flight(connection: Connection, entities: Sequence[str]) -> None:
    """A write whose outcome nobody saw would come back to a customer that is another by then (I8)."""
    open_ = select(intent.c.system).where(intent.c.entity.in_(entities), intent.c.state == "open")
    if row := connection.execute(open_).first():
        raise Retry("TSK-5016", row.system, system=row.system)


def _links(connection: Connection, entities: Sequence[str]) -> Sequence[Any]:
    return connection.execute(select(link).where(link.c.entity.in_(entities)).order_by(link.c.id)).all()


def _set_aside(connection: Connection, gone: str) -> list[str]:
    """The open questions about a customer that goes; those that no plan would ask again are told."""
    waiting = (conflict.c.entity == gone, conflict.c.state.in_(("open", "decided")))
    rows = connection.execute(select(conflict.c.key, conflict.c.reason).where(*waiting)).all()
    connection.execute(update(conflict).where(*waiting).values(state="void"))
    held = (quarantine.c.way == "out", quarantine.c.key == gone, quarantine.c.state == "open")
    connection.execute(update(quarantine).where(*held).values(state="released"))
    return [row.key for row in rows if row.reason == "unmerged"]


def _hand_over(connection: Connection, kept: str, gone: str, links: Iterable[Any]) -> None:
    """A row that is only sent yet, or held back, takes its system's place as well as one that is here."""
    taken = {row.system for row in links if row.entity == kept and row.state != "gone"}
    for row in links:
        if row.entity == gone:
            role = "duplicate" if row.system in taken and row.state != "gone" else row.role
            connection.execute(update(link).where(link.c.id == row.id).values(entity=kept, role=role))


def _remember(connection: Connection, kept: str, gone: str, before: Before, actor: str) -> int:
    values = {"kept": kept, "gone": gone, "before": _BEFORE.dump_json(before)}
    made = connection.execute(insert(event).values(at=time.time(), actor=actor, state="merged", **values))
    return int((made.inserted_primary_key or (0,))[0])


# Parting.


def _to_undo(connection: Connection, number: int) -> Any:
    row = find(connection, number)
    both = (row.kept, row.gone)
    later = (event.c.id > number, event.c.state == "merged", event.c.kept.in_(both) | event.c.gone.in_(both))
    if newer := connection.execute(select(event.c.id).where(*later).order_by(event.c.id.desc())).first():
        raise UserError("TSK-5017", merge=number, later=newer.id)
    return row


def _give_back(connection: Connection, sync: Sync, kept: str, before: Before, links: Sequence[Any]) -> None:
    ours = _made_for(connection, kept)
    for row in links:
        if was := before.links.get(row.id):
            values = {"entity": was.entity, "role": was.role, "dirty": _dirty(sync, row, was)}
        elif (row.system, row.key) in ours:
            continue
        else:
            values = {"entity": None, "role": "primary", "dirty": True}
        connection.execute(update(link).where(link.c.id == row.id).values(**values))


def _made_for(connection: Connection, kept: str) -> set[tuple[str, str]]:
    """System and key of the rows that Tasuki created for a customer."""
    told = (ledger.c.entity == kept, ledger.c.action == "sync.create")
    entries = [orjson.loads(row.body) for row in connection.execute(select(ledger.c.body).where(*told))]
    return {(entry["system"], entry.get("external_id", "")) for entry in entries}


def _dirty(sync: Sync, row: Any, was: Was) -> bool:
    """A tombstone from before the merge stays at rest; a row that vanished since has yet to be followed."""
    if row.state == "gone":
        return was.state != "gone"
    system = sync.systems.get(row.system)
    if system is None:
        return bool(row.dirty)
    columns = shared_columns(sync, system.mapping)
    return unsettled(columns, orjson.loads(row.observed), orjson.loads(row.agreed))


def _part(sync: Sync, id: str, own: Record, merged: Record, now: Record, links: Iterable[Any]) -> Part:
    shown = [row for row in links if row.entity == id and row.role == "primary" and row.state == "here"]
    mapped = {
        name
        for row in shown
        if row.system in sync.systems
        for name in shared(sync, sync.systems[row.system].mapping)
    }
    return apart(sync.model, id, own, merged, now, mapped)


def _ask(
    connection: Connection, sync: Sync, parts: Mapping[str, Part], again: Sequence[str], actor: str
) -> list[Entry]:
    """Opens the questions of both; `again` those that the merge had set aside."""
    items = [OpenConflict(id, found) for id, part in parts.items() for found in part.questions]
    keys = [item.conflict.key for item in items]
    known = {row.key for row in connection.execute(select(conflict.c.key).where(conflict.c.key.in_(keys)))}
    reopened = conflict.c.key.in_([*known, *again])
    connection.execute(update(conflict).where(reopened).values(state="open", chosen=None))
    return [
        open_conflict(connection, sync, item, "", actor) for item in items if item.conflict.key not in known
    ]


# Both.


def _set(connection: Connection, id: str, value: Record, redirect: str | None) -> None:
    connection.execute(
        update(entity)
        .where(entity.c.id == id)
        .values(
            value=orjson.dumps(value),
            version=entity.c.version + 1,
            pending=redirect is None,
            redirect=redirect,
        )
    )


def _answer(
    connection: Connection,
    sync: Sync,
    before: Mapping[int, Was],
    state: str,
    actor: str,
    reason: str,
) -> None:
    """What was said of the two customers holds for every pair of their rows."""
    owners: dict[str, list[int]] = {}
    for link_id, was in before.items():
        owners.setdefault(was.entity, []).append(link_id)
    said = {"state": state, "actor": actor, "reason": reason, "at": time.time()}
    pairs = {key_of(*pair): pair for pair in product(*owners.values())} if len(owners) == 2 else {}
    known = {row.key for row in connection.execute(select(review.c.key).where(review.c.key.in_(list(pairs))))}
    connection.execute(update(review).where(review.c.key.in_(known)).values(**said))
    new = [
        {"key": key, "sync": sync.name, "one": min(pair), "other": max(pair), "opened": "", **said}
        | {"reasons": b'["person"]'}
        for key, pair in pairs.items()
        if key not in known
    ]
    if new:
        connection.execute(insert(review), new)


def _entry(
    sync: Sync,
    action: str,
    id: str,
    before: Record,
    after: Record,
    told: dict[str, object],
    actor: str,
) -> Entry:
    diffs = tuple(
        Diff(name, before.get(name, ""), text) for name, text in after.items() if before.get(name, "") != text
    )
    return Entry(action, journal.now(), actor, model=sync.model.name, entity=id, diffs=diffs, decision=told)
