"""名寄せ確認: pairs of rows that may be one customer, what people say of them, and rows that stand twice."""

import re
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update

from tasuki.connector import Cell
from tasuki.errors import UserError
from tasuki.store import plans
from tasuki.store.statements import chunks
from tasuki.store.tables import link, plan, review, system_state


class Row(NamedTuple):
    """A row as a review speaks of it."""

    link: int
    system: str
    key: str
    entity: str
    """"" while it belongs to nobody."""
    sync: str
    cells: dict[str, Cell]


class Question(NamedTuple):
    """A pair that waits for a person, or was answered."""

    key: str
    sync: str
    one: Row
    other: Row
    reasons: tuple[str, ...]
    evidence: dict[str, Any] | None
    """The model's waterfall, where it had a say."""
    state: str
    at: float


class Twin(NamedTuple):
    """A row that is a customer's second one in its system; only `primary` is written."""

    row: Row
    primary: str


def key_of(one: int, other: int) -> str:
    return f"{min(one, other)}-{max(one, other)}"


def questions(connection: Connection, states: Sequence[str] = ("open",)) -> list[Question]:
    mine = select(review).where(review.c.state.in_(states)).order_by(review.c.at, review.c.key)
    found = connection.execute(mine).all()
    rows = _rows(connection, {id for row in found for id in (row.one, row.other)})
    return [_question(row, rows) for row in found if row.one in rows and row.other in rows]


def question(connection: Connection, key: str) -> Question:
    """Open or answered. Raises UserError TSK-5012 when there is none."""
    row = connection.execute(select(review).where(review.c.key == key)).one_or_none()
    if row is None:
        raise UserError("TSK-5012", review=key)
    return _question(row, _rows(connection, {row.one, row.other}))


def twins(connection: Connection) -> list[Twin]:
    second = (link.c.role == "duplicate", link.c.state != "gone")
    ids = [row.id for row in connection.execute(select(link.c.id).where(*second).order_by(link.c.id))]
    rows = _rows(connection, set(ids))
    first = (link.c.role == "primary", link.c.state != "gone")
    known = select(link.c.entity, link.c.system, link.c.key).where(*first)
    primaries = {
        (row.entity, row.system): row.key
        for page in chunks(sorted({row.entity for row in rows.values()}))
        for row in connection.execute(known.where(link.c.entity.in_(page)))
    }
    return [Twin(rows[id], primaries.get((rows[id].entity, rows[id].system), "")) for id in ids]


def named(connection: Connection, said: str) -> Row:
    """The row that somebody means by SYSTEM:KEY, or the first one of a customer given by its number.

    Raises UserError TSK-5018 when there is none.
    """
    system, _, key = said.partition(":")
    where = [link.c.system == system, link.c.key == key] if key else [link.c.entity == said]
    order = (link.c.role != "primary", link.c.state != "here", link.c.id)
    row = connection.execute(select(link.c.id).where(*where).order_by(*order)).first()
    if row is None:
        raise UserError("TSK-5018", said=said)
    return _rows(connection, {row.id})[row.id]


def answer(connection: Connection, one: Row, other: Row, same: bool, actor: str, reason: str) -> str:
    """A person's word on two rows, of whichever the machine had asked or not; the key of the review.

    A plan that would join them otherwise is no plan any more.
    """
    key = key_of(one.link, other.link)
    said = {"state": "same" if same else "different", "actor": actor, "reason": reason, "at": time.time()}
    told = connection.execute(update(review).where(review.c.key == key).values(**said))
    if not told.rowcount:
        pair = {"one": min(one.link, other.link), "other": max(one.link, other.link)}
        connection.execute(
            insert(review).values(key=key, sync=one.sync, reasons=b'["person"]', opened="", **pair, **said)
        )
    _withdraw(connection, one.sync, {one.link, other.link})
    return key


NUMBER = re.compile(r"[0-9]+-[0-9]+")
"""How a review is named: by its two rows."""


def _withdraw(connection: Connection, sync: str, links: set[int]) -> None:
    waiting = (plan.c.sync == sync, plan.c.state.in_(("planned", "waiting", "approved")))
    for row in connection.execute(select(plan.c.digest, plan.c.run).where(*waiting)).all():
        if any(match.link in links for match in plans.part(connection, row.digest, row.run, "matches")):
            this = (plan.c.digest == row.digest, plan.c.run == row.run)
            connection.execute(update(plan).where(*this).values(state="superseded"))


def _rows(connection: Connection, ids: set[int]) -> dict[int, Row]:
    columns = (link.c.id, link.c.system, link.c.key, link.c.entity, link.c.observed, system_state.c.sync)
    known = select(*columns).outerjoin(system_state, system_state.c.system == link.c.system)
    return {
        row.id: Row(row.id, row.system, row.key, row.entity or "", row.sync or "", orjson.loads(row.observed))
        for page in chunks(sorted(ids))
        for row in connection.execute(known.where(link.c.id.in_(page)))
    }


def _question(row: Any, rows: dict[int, Row]) -> Question:
    evidence = orjson.loads(row.evidence) if row.evidence else None
    reasons = tuple(orjson.loads(row.reasons))
    one, other = rows[row.one], rows[row.other]
    return Question(row.key, row.sync, one, other, reasons, evidence, row.state, row.at)
