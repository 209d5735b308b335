"""名寄せ確認: what people are asked about rows that may be one customer, and their word on it.

A word is carried out by the next run; a merge and its end are events of their own (S17).
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tasuki import planner
from tasuki.definition import Sync
from tasuki.errors import UserError
from tasuki.plan import Change
from tasuki.side import view
from tasuki.store import Store, index, merges, open_store, plans, reviews, runs, snapshots
from tasuki.store.reviews import Question, Row
from tasuki.sync import load


class Word(NamedTuple):
    """What a person said, and what the next run of `sync` would write for it, by what was read last."""

    word: str
    """same · different · merged · parted"""
    sync: str
    review: str = ""
    merge: int = 0
    changes: tuple[Change, ...] = ()


def questions(home: Path) -> list[dict[str, Any]]:
    """What is open, oldest first."""
    names = _Names(home)
    with open_store(home).read() as connection:
        return [_asked(names, one) for one in reviews.questions(connection)]


def question(home: Path, key: str) -> dict[str, Any]:
    """One question, answered ones too. Raises UserError TSK-5012 when there is none."""
    with open_store(home).read() as connection:
        return _asked(_Names(home), reviews.question(connection, key))


def twins(home: Path) -> list[dict[str, Any]]:
    """Rows that stand twice in one system: linked, and not written."""
    names = _Names(home)
    with open_store(home).read() as connection:
        return [
            {"kind": "duplicate", "sync": twin.row.sync, "entity": twin.row.entity, "primary": twin.primary}
            | names.row(twin.row)
            for twin in reviews.twins(connection)
        ]


def same(home: Path, said: Sequence[str], actor: str, reason: str) -> Word:
    """`said` is a review, or two of SYSTEM:KEY and a customer's number. Two customers are merged.

    Raises UserError TSK-5012, TSK-5018 for what isn't there, TSK-5014 where nothing can be joined; Retry
    while a run is at work.
    """
    store = open_store(home)
    with store.write() as connection:
        one, other = _pair(connection, said)
        if one.entity == other.entity != "" or one.sync != other.sync:
            raise UserError("TSK-5014", one=_called(one), other=_called(other))
        sync = load(home, one.sync)
        if not (one.entity and other.entity):
            key = reviews.answer(connection, one, other, True, actor, reason)
            _note(connection, store, "merge.same", key, actor, reason)
            done = Word("same", sync.name, key)
        else:
            with _alone(connection, sync):
                pair = (one.entity, other.entity)
                number = merges.merge(connection, store.seal, sync, *pair, actor, reason)
            done = Word("merged", sync.name, reviews.key_of(one.link, other.link), number)
    return _foreseen(store, sync, done, {one.entity, other.entity})


def different(home: Path, said: Sequence[str], actor: str, reason: str) -> Word:
    """Never again joined by keys or by the model. Raises UserError TSK-5012, TSK-5018, and TSK-5019 where the
    two are one customer already."""
    store = open_store(home)
    with store.write() as connection:
        one, other = _pair(connection, said)
        if one.entity == other.entity != "":
            raise UserError("TSK-5019", one=_called(one), other=_called(other))
        key = reviews.answer(connection, one, other, False, actor, reason)
        _note(connection, store, "merge.different", key, actor, reason)
    return Word("different", one.sync, key)


def part(home: Path, said: str, actor: str, reason: str) -> Word:
    """Undoes a merge, given its number, or the latest one of a customer or of a row; a row that no merge
    brought leaves its customer alone.

    Raises UserError TSK-5015, TSK-5017, TSK-5018; Retry while a run is at work.
    """
    store = open_store(home)
    with store.write() as connection:
        number = int(said) if said.isdecimal() else _latest(connection, said)
        if not number:
            return _let_go(home, store, connection, reviews.named(connection, said), actor, reason)
        event = merges.find(connection, number)
        sync = load(home, reviews.named(connection, event.kept).sync)
        with _alone(connection, sync):
            merges.unmerge(connection, store.seal, sync, number, actor, reason)
    return _foreseen(store, sync, Word("parted", sync.name, "", number), {event.kept, event.gone})


def _latest(connection: Any, said: str) -> int:
    if ":" not in said:
        return merges.latest(connection, said)
    row = reviews.named(connection, said)
    return merges.joined_by(connection, row.link, row.entity)


def _let_go(home: Path, store: Store, connection: Any, row: Row, actor: str, reason: str) -> Word:
    sync = load(home, row.sync)
    with _alone(connection, sync):
        merges.let_go(connection, store.seal, sync, row.link, actor, reason)
    return Word("parted", sync.name)


def _pair(connection: Any, said: Sequence[str]) -> tuple[Row, Row]:
    if len(said) == 2:
        return reviews.named(connection, said[0]), reviews.named(connection, said[1])
    found = reviews.question(connection, said[0])
    if found.state != "open":
        raise UserError("TSK-5012", review=said[0])
    return found.one, found.other


def _called(row: Row) -> str:
    return row.entity or f"{row.system}:{row.key}"


def _note(connection: Any, store: Store, action: str, key: str, actor: str, reason: str) -> None:
    plans.note(connection, store.seal, action, actor, "", {"review": key, "reason": reason})


@contextmanager
def _alone(connection: Any, sync: Sync) -> Iterator[None]:
    """While no run is at work, and none can begin: it would write by what was true before."""
    turn = f"review-{uuid.uuid4().hex[:8]}"
    runs.take_lease(connection, sync.name, turn)
    yield
    runs.drop_lease(connection, sync.name, turn)


def _foreseen(store: Store, sync: Sync, done: Word, entities: set[str]) -> Word:
    with index.current(store, partial(snapshots.compares, sync=sync)) as connection:
        snapshot = snapshots.load(connection, sync, list(sync.systems))
    made = planner.decide(sync, snapshot, only=entities - {""})
    return done._replace(changes=tuple(made.changes))


# How a question is told.


def _asked(names: "_Names", found: Question) -> dict[str, Any]:
    return {
        "kind": "question",
        "review": found.key,
        "sync": found.sync,
        "one": names.row(found.one),
        "other": names.row(found.other),
        "reasons": list(found.reasons),
        "probability": found.evidence["probability"] if found.evidence else None,
        "evidence": found.evidence,
        "state": found.state,
        "at": found.at,
    }


class _Names:
    """What rows are called; each sync is loaded once for a whole list."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._syncs: dict[str, Sync] = {}

    def row(self, row: Row) -> dict[str, Any]:
        name = self._name(row) if row.sync else ""
        told = {"system": row.system, "key": row.key, "name": name, "customer": row.entity}
        return {**told, "cells": row.cells}

    def _name(self, row: Row) -> str:
        if row.sync not in self._syncs:
            self._syncs[row.sync] = load(self._home, row.sync)
        system = self._syncs[row.sync].systems.get(row.system)
        return view(system.mapping, row.cells).get("name", "") if system else ""
