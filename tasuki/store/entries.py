"""What the store holds under a term that somebody asks for: rows, their records, where they stand."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, and_, func, select

from tasuki.record import Record
from tasuki.store.tables import entity, link, term
from tasuki.terms import Way


class Standing(NamedTuple):
    """A row in a system."""

    system: str
    key: str
    place: str
    state: str


class Hit(NamedTuple):
    """A row that holds the term; `entity` "" while it is nobody's."""

    model: str
    entity: str
    row: Standing


class Held(NamedTuple):
    """A record as the store holds it."""

    model: str
    entity: str
    value: Record


def hits(connection: Connection, way: Way, texts: Sequence[str], prefix: bool, most: int) -> list[Hit]:
    """The first `most` rows, in the order of the texts they hold."""
    # One question a text: of two ranges at once SQLite would sort all that lies in them.
    found = sorted(
        tuple(row)
        for text in texts
        for row in connection.execute(_of(way, text.encode(), prefix, most)).all()
    )
    told = (Hit(model, owner, Standing(*row)) for _, _, model, owner, *row in found)
    return list(dict.fromkeys(told))[:most]


def _of(way: Way, text: bytes, prefix: bool, most: int) -> Select[Any]:
    # No text in UTF-8 holds the byte 0xff.
    within = and_(term.c.text >= text, term.c.text < text + b"\xff") if prefix else term.c.text == text
    owner = func.coalesce(link.c.entity, "")
    told = (link.c.model, owner, link.c.system, link.c.key, link.c.place, link.c.state)
    mine = select(term.c.text, term.c.link, *told).join(link, term.c.link == link.c.id)
    return mine.where(term.c.way == way, within).order_by(term.c.text, term.c.link).limit(most)


def held(connection: Connection, ids: Iterable[str]) -> dict[str, Held]:
    """By the id asked for; of a customer that was merged, the one that it belongs to now."""
    found: dict[str, Held] = {}
    moved: dict[str, str] = {}
    rows = connection.execute(
        select(entity.c.id, entity.c.model, entity.c.value, entity.c.redirect).where(
            entity.c.id.in_(sorted(set(ids)))
        )
    ).all()
    for id, model, value, redirect in rows:
        if redirect:
            moved[id] = redirect
        else:
            found[id] = Held(model, id, orjson.loads(value))
    kept = held(connection, moved.values()) if moved else {}
    return found | {id: kept[to] for id, to in moved.items() if to in kept}


def standing(connection: Connection, ids: Sequence[str]) -> dict[str, list[Standing]]:
    """Where these records stand, by id; rows that are gone are left out."""
    found: dict[str, list[Standing]] = {}
    rows = connection.execute(
        select(link.c.entity, link.c.system, link.c.key, link.c.place, link.c.state)
        .where(link.c.entity.in_(ids), link.c.state != "gone")
        .order_by(link.c.system, link.c.id)
    ).all()
    for id, *row in rows:
        found.setdefault(id, []).append(Standing(*row))
    return found
