"""Carries a plan's decisions into the store: who is who, what is true, what a person must decide."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from tasuki.definition import Sync
from tasuki.identity import Review
from tasuki.ledger import Diff, Entry, Seal
from tasuki.plan import Match, Move, OpenConflict, Plan, Settle
from tasuki.side import shared_columns, unsettled
from tasuki.store import journal, merges, plans, queues, remember, reviews
from tasuki.store.decisions import Decision, write_decisions
from tasuki.store.driver import answers, marks
from tasuki.store.journal import personal
from tasuki.store.plans import Stored
from tasuki.store.quarantine import hold_out
from tasuki.store.rows import lay_to_rest
from tasuki.store.statements import chunks, paged, put
from tasuki.store.tables import conflict, entity, link, quarantine, review, system_state


def commit(connection: Connection, seal: Seal, sync: Sync, stored: Stored, actor: str) -> Stored:
    """Carries the plan's decisions into the store, in one transaction, once; what is left of it comes back.

    Entities whose version moved since the plan was made are left for the next plan (I9): nothing of theirs
    is decided, and no change of theirs stays in the plan.
    """
    if stored.state == "committed":
        return stored
    stale = _stale(connection, stored.plan)
    made = stored.plan.without(stale)
    write = _Commit(connection, sync, made, stale, stored.run, actor)
    write.moves()
    write.matches()
    write.promotions()
    write.pending()
    write.settles()
    write.conflicts()
    write.reviews()
    write.decisions()
    write.refusals()
    write.rest()
    if made.rules and not stale:
        remember(connection, f"rules:{sync.name}", made.rules)
    if stale:
        plans.rewrite(connection, made, stored.run)
    plans.set_state(connection, made.digest, stored.run, "committed")
    journal.append(connection, seal, write.entries(), personal(sync.model))
    return replace(stored, state="committed", content=lambda: made)


def _stale(connection: Connection, made: Plan) -> frozenset[str]:
    expected = dict(made.versions)
    now: dict[str, int] = {}
    for page in chunks(sorted(expected)):
        rows = connection.execute(select(entity.c.id, entity.c.version).where(entity.c.id.in_(page)))
        now |= {row.id: row.version for row in rows}
    taken = _taken(connection, made.matches)
    moved = {one for one, version in expected.items() if now.get(one, 0) != version}
    torn = {match.entity for match in made.matches if match.link in taken} if taken else set()
    return frozenset(moved | torn)


def _taken(connection: Connection, matches: Iterable[Match]) -> set[int]:
    return {
        row.id
        for page in paged(match.link for match in matches)
        for row in connection.execute(
            select(link.c.id).where(link.c.id.in_(page), link.c.entity.is_not(None))
        )
    }


class _Commit:
    """One plan on its way into the store, page by page; each method writes one part, `entries` tell them."""

    def __init__(
        self, connection: Connection, sync: Sync, made: Plan, stale: frozenset[str], run: str, actor: str
    ) -> None:
        self.connection = connection
        self.sync = sync
        self.made = made
        self.stale = sorted(stale)
        self.run = run
        self.actor = actor
        self.at = journal.now()
        self.opened: list[Entry] = []
        """Of conflicts."""

    def entries(self) -> Iterator[Entry]:
        """What the ledger is told, in the order of the plan."""
        yield from (entry for move in self.made.moves for entry in self._moved(move))
        yield from map(self._joined, self.made.matches)
        for made in self.made.promoted:
            yield self._entry(
                "sync.promote", made.entity, decision={"link": made.link, "instead": made.instead}
            )
        yield from self.opened

    def _entry(self, action: str, entity: str, **parts: Any) -> Entry:
        return Entry(
            action, self.at, self.actor, self.run, model=self.sync.model.name, entity=entity, **parts
        )

    def _moved(self, move: Move) -> Iterator[Entry]:
        diffs = tuple(Diff(*told[:4]) for told in move.told)
        sources = {"sources": sorted({why.source for why in move.why} - {""})}
        action = "sync.value" if move.version else "sync.entity"
        yield self._entry(action, move.entity, diffs=diffs, decision=sources)
        # Stages are events from the first day: their history can't be added afterwards.
        stage = tuple(diff for diff in diffs if diff.field == "stage")
        if stage:
            yield self._entry("sync.stage", move.entity, diffs=stage)

    def _joined(self, match: Match) -> Entry:
        told: dict[str, object] = {"keys": list(match.reasons)}
        if match.evidence:
            # A hash of a name is a name to whoever guesses it: those stay out of the ledger.
            told["evidence"] = [{**one, "values": None} for one in match.evidence]
        return self._entry(
            "sync.link", match.entity, system=match.system, external_id=match.key, decision=told
        )

    def moves(self) -> None:
        for page in paged(self.made.moves):
            put(
                self.connection, insert(entity), [self._new_entity(move) for move in page if not move.version]
            )
            old = [
                {"one": m.entity, "body": orjson.dumps(m.value), "next": m.version + 1}
                for m in page
                if m.version
            ]
            put(self.connection, _MOVE, old)

    def _new_entity(self, move: Move) -> dict[str, object]:
        return {
            "id": move.entity,
            "model": self.sync.model.name,
            "value": orjson.dumps(move.value),
            "version": 1,
            "pending": False,
            "redirect": None,
            "created": time.time(),
        }

    def matches(self) -> None:
        for page in paged(self.made.matches):
            put(self.connection, _JOIN, [{"one": m.link, "to": m.entity, "as_": m.role} for m in page])

    def promotions(self) -> None:
        """A tombstone is a duplicate's then: the row would come back beside the one that took its place."""
        old = {"role": "duplicate", "dirty": False, "agreed": b"{}", "settled": b"{}"}
        for made in self.made.promoted:
            self.connection.execute(update(link).where(link.c.id == made.link).values(role="primary"))
            self.connection.execute(update(link).where(link.c.id == made.instead).values(**old))
        # An edit of a duplicate goes nowhere; looked at once, it costs no later run.
        for page in chunks([one for one, _ in self.made.versions]):
            idle = (link.c.entity.in_(page), link.c.role == "duplicate", link.c.dirty)
            self.connection.execute(update(link).where(*idle).values(dirty=False))

    def pending(self) -> None:
        """A customer is pending until every target shows its value (S5)."""
        made = self.made
        waiting = {change.entity for change in made.changes} | {refusal.entity for refusal in made.refusals}
        waiting |= {conflict.entity for conflict in made.conflicts}
        waiting |= {item.entity for item in made.waiting if item.entity}
        for ids, value in (({one for one, _ in made.versions} - waiting, False), (waiting, True)):
            for page in chunks(sorted(ids)):
                mine = (entity.c.id.in_(page), entity.c.pending.is_not(value))
                self.connection.execute(update(entity).where(*mine).values(pending=value))

    def settles(self) -> None:
        agreement = _Agreement(self.sync)
        for page in paged(self.made.settles):
            ids = [settle.link for settle in page]
            rows = {row[0]: row for row in answers(self.connection, _SAID.format(marks(ids)), ids)}
            put(self.connection, _SETTLE, [agreement.of(rows[settle.link], settle) for settle in page])

    def conflicts(self) -> None:
        keys = [item.conflict.key for item in self.made.conflicts]
        known = _found(self.connection, conflict.c.key, keys)
        for page in chunks(keys):
            # What was void, or once decided, can come up again with the very same values.
            again = (conflict.c.key.in_(page), conflict.c.state.in_(("void", "settled")))
            self.connection.execute(update(conflict).where(*again).values(state="open"))
        for item in self.made.conflicts:
            if item.conflict.key not in known:
                known.add(item.conflict.key)
                self._open(item)
        for keys_, state in ((self.made.void, "void"), (self.made.decided, "settled")):
            for page in chunks(keys_):
                mine = (conflict.c.key.in_(page), conflict.c.entity.not_in(self.stale))
                self.connection.execute(update(conflict).where(*mine).values(state=state))

    def _open(self, item: OpenConflict) -> None:
        self.opened.append(queues.open_conflict(self.connection, self.sync, item, self.run, self.actor))

    def reviews(self) -> None:
        mine = select(review.c.key, review.c.state).where(review.c.sync == self.sync.name)
        known = {row.key: row.state for row in self.connection.execute(mine)}
        now: set[str] = set()
        for page in paged(self.made.reviews):
            told = {reviews.key_of(r.one, r.other): r for r in page}
            new = [self._review(key, found) for key, found in told.items() if key not in known]
            put(self.connection, insert(review), new)
            now |= told.keys()
        # A row that an unmerge let go is asked about once more.
        again = [key for key, state in known.items() if state == "void" and key in now]
        for keys in chunks(again):
            self.connection.execute(update(review).where(review.c.key.in_(keys)).values(state="open"))
        left = [key for key, state in known.items() if state == "open" and key not in now]
        joined = {match.link for match in self.made.matches} if left else set()
        over = [key for key in left if joined & {int(part) for part in key.split("-")}]
        for keys in chunks(over):
            self.connection.execute(update(review).where(review.c.key.in_(keys)).values(state="void"))

    def _review(self, key: str, found: Review) -> dict[str, object]:
        return {
            "key": key,
            "sync": self.sync.name,
            "one": min(found.one, found.other),
            "other": max(found.one, found.other),
            "reasons": orjson.dumps(list(found.reasons)),
            "evidence": orjson.dumps(found.evidence) if found.evidence else None,
            "opened": self.run,
            "at": time.time(),
            "state": "open",
        }

    def decisions(self) -> None:
        """What the matching model said of whom, to be computed again by anybody."""
        told = chain(
            (((e["one"], e["other"]), e) for match in self.made.matches for e in match.evidence),
            (((r.one, r.other), r.evidence) for r in self.made.reviews if r.evidence),
        )
        for page in paged(told, MANY):
            made = [
                Decision(*pair, evidence, evidence["model"], "model", time.time())
                for pair, evidence in sorted(dict(page).items())
            ]
            write_decisions(self.connection, made)

    def refusals(self) -> None:
        """What a target can't take stands in quarantine, way out, until the value or the target changes."""
        for page in chunks([one for one, _ in self.made.versions]):
            self.connection.execute(
                update(quarantine)
                .where(
                    quarantine.c.way == "out",
                    quarantine.c.sync == self.sync.name,
                    quarantine.c.key.in_(page),
                )
                .values(state="released")
            )
        for refusal in self.made.refusals:
            hold_out(self.connection, self.sync.name, refusal, self.run)

    def rest(self) -> None:
        """Tombstones, confirmed imports, approved unmerges and first loads."""
        seen = [one for one, _ in self.made.versions]
        unfinished = {
            item.entity
            for part in (self.made.conflicts, self.made.refusals, self.made.waiting)
            for item in part
        }
        merges.settle(self.connection, set(seen) - unfinished)
        for page in chunks(self.made.buried):
            lay_to_rest(self.connection, link.c.id.in_(page), link.c.entity.not_in(self.stale))
        for page in chunks(self.made.confirmed):
            fresh = (link.c.id.in_(page), link.c.entity.not_in(self.stale))
            self.connection.execute(update(link).where(*fresh).values(sent=None))
        if not self.made.corrects:
            ours = system_state.c.system.in_(list(self.sync.systems))
            self.connection.execute(update(system_state).where(ours).values(loaded=True))


_MOVE = (
    update(entity)
    .where(entity.c.id == bindparam("one"))
    .values(value=bindparam("body"), version=bindparam("next"))
)
_JOIN = (
    update(link).where(link.c.id == bindparam("one")).values(entity=bindparam("to"), role=bindparam("as_"))
)
_SETTLE = (
    update(link)
    .where(link.c.id == bindparam("one"))
    .values(agreed=bindparam("now_agreed"), settled=bindparam("now_settled"), dirty=bindparam("now_dirty"))
)


_SAID = "SELECT id, system, observed, agreed, settled FROM link WHERE id IN ({})"
MANY = 10_000
"""Decisions sorted at once: they are kept in the order of their pairs."""


class _Agreement:
    """What rows agree to where they settle; what many of them ask of their mapping is asked once."""

    def __init__(self, sync: Sync) -> None:
        self._mappings = {name: system.mapping for name, system in sync.systems.items()}
        self._shared = {name: shared_columns(sync, mapping) for name, mapping in self._mappings.items()}
        self._units = sync.model.units()
        self._columns: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    def of(self, row: Any, settle: Settle) -> dict[str, object]:
        """What the row shows in these units is agreed now; the row is dirty while anything else differs."""
        link, system, *said = row
        observed, agreed, settled = map(orjson.loads, said)
        agreed |= {c: observed[c] for c in self._of_units(system, settle.units) if c in observed}
        return {
            "one": link,
            "now_agreed": orjson.dumps(agreed),
            "now_settled": orjson.dumps(settled | settle.value),
            "now_dirty": unsettled(self._shared[system], observed, agreed),
        }

    def _of_units(self, system: str, units: tuple[str, ...]) -> list[str]:
        if (system, units) not in self._columns:
            fields = self._mappings[system].fields
            names = [name for unit in units for name in self._units[unit] if name in fields]
            self._columns[system, units] = [c for name in names for c in fields[name].columns]
        return self._columns[system, units]


def _found(connection: Connection, column: Any, keys: Sequence[str]) -> set[str]:
    return {
        row[0] for page in chunks(keys) for row in connection.execute(select(column).where(column.in_(page)))
    }
