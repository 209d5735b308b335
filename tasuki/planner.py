"""Makes the plan of a run from the state of the store: what is true now, what to write, and where."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from tasuki.connector import Cell
from tasuki.definition import Stages, Sync, System
from tasuki.identity import Review
from tasuki.mapping import Fitted
from tasuki.membership import membership
from tasuki.packed import Pile, joined
from tasuki.plan import (
    Change,
    DriftNote,
    FieldDiff,
    Match,
    Move,
    OpenConflict,
    Plan,
    Promotion,
    Reason,
    Refusal,
    Settle,
    Waiting,
    digest_of,
    move,
)
from tasuki.reconcile import Outcome, Ruling, reconcile
from tasuki.record import Record, content_digest, pick
from tasuki.shown import Shown
from tasuki.snapshot import EntityState, LinkState, Snapshot
from tasuki.unit import Side


def decide(sync: Sync, snapshot: Snapshot, only: Collection[str] | None = None) -> Plan:
    """Pure: the same snapshot gives the same plan, digest included. `only` these customers, or all."""
    return _Planner(sync, snapshot, only).plan()


class _Planner:
    """Collects the parts of one plan; every method decides one kind of thing."""

    def __init__(self, sync: Sync, snapshot: Snapshot, only: Collection[str] | None) -> None:
        self.sync = sync
        self.snapshot = snapshot
        self.only = only
        self.shown = Shown(sync, snapshot)
        self.moves = Pile(Move)
        self.matches = Pile(Match)
        self.promoted: list[Promotion] = []
        self.settles = Pile(Settle)
        self.changes: dict[tuple[bool, bool], Pile[Change]] = {}
        """By urgency: what refuses mail goes out first, deletions last (S26, S16)."""
        self.counts: Counter[tuple[str, _Action]] = Counter()
        self.back = 0
        """Changes of customers that were one with another."""
        self.joins = False
        self.conflicts: list[OpenConflict] = []
        self.decided: list[str] = []
        self.looked: set[str] = set()
        self.refusals: list[Refusal] = []
        self.waiting: list[Waiting] = []
        self.drifts: list[DriftNote] = []
        self.buried: list[int] = []
        self.confirmed: list[int] = []
        self.versions: dict[str, int] = {}
        self.issued: set[str] = set()

    def plan(self) -> Plan:
        members = membership(self.sync, self.snapshot, self.shown, self.only)
        self.matches.extend(members.matches)
        self.joins = len(members.matches) > len({match.entity for match in members.matches})
        self.promoted += members.promoted
        self.waiting += members.waiting
        for entity, links in sorted(members.rows.items()):
            self._entity(entity, list(links), members.held.get(entity, frozenset()))
        return self._finish(members.reviews)

    # What each entity needs.

    def _entity(self, entity: str, links: list[LinkState], held: frozenset[str]) -> None:
        state = self.snapshot.entities.get(entity, EntityState(entity, {}, 0, False))
        self.versions[entity] = state.version
        own = self._own(links)
        here = [link for link in own if link.state == "here"]
        lost = [link for link in here if self.shown.points_nowhere(link)]
        if lost:
            self.waiting += [Waiting(link.system, link.id, entity, "TSK-5023") for link in lost]
            return
        rows = [(link, self.shown.side(link)) for link in here]
        outcome = self._outcome(state, own, [side for _, side in rows])
        self._tell(state, own, outcome)
        self._settle(entity, outcome, [(link, side) for link, side in rows if side.sent])
        for link, side in sorted(rows, key=lambda row: row[0].id):
            if link.id in outcome.writes:
                self._update(state, link, side, outcome)
        self._deletes(state, own, outcome)
        taken = {link.system for link in links}
        for system in self.sync.systems.values():
            if system.name not in taken and system.name not in held and own:
                self._create(state, system, outcome.value)

    def _own(self, links: Iterable[LinkState]) -> list[LinkState]:
        """The rows that speak for the customer, in the order of the sync."""
        order = list(self.sync.systems)
        mine = (link for link in links if link.system in self.sync.systems and link.role == "primary")
        return sorted(mine, key=lambda link: (order.index(link.system), link.id))

    def _outcome(self, state: EntityState, own: list[LinkState], sides: list[Side]) -> Outcome:
        outcome = self._reconcile(state.id, state.value, sides)
        if not self._archives(own, outcome):
            return outcome
        # Once more with the customer out of use, so that every target is told (S16).
        outcome = self._reconcile(state.id, {**outcome.value, "active": "no"}, sides)
        before = {"active": state.value.get("active", "")}
        return outcome._replace(rulings=(Ruling("active", before, {"active": "no"}, "archive", ""),))

    def _tell(self, state: EntityState, own: list[LinkState], outcome: Outcome) -> None:
        """What is true of the customer now, and what is open or left alone."""
        if outcome.rulings or outcome.value != state.value or state.version == 0:
            self.moves.append(move(state.id, state.version, outcome.value, outcome.rulings))
        self.conflicts += [OpenConflict(state.id, conflict) for conflict in outcome.conflicts]
        system_of = {link.id: link.system for link in own}
        self.drifts += [DriftNote(system_of[d.link], d.link, d.unit, d.reason) for d in outcome.drifts]
        self.decided += outcome.decided
        self.looked.add(state.id)

    def _settle(self, entity: str, outcome: Outcome, sent: Iterable[tuple[LinkState, Side]]) -> None:
        units, value = self.sync.model.units(), outcome.value
        told: dict[int, Record] = {}
        for link, settled in outcome.settled.items():
            told[link] = pick(value, [field for unit in settled for field in units[unit]])
        for state, side in sent:
            back = self.shown.echo(state, self.sync.systems[state.system], side.observed)
            told[state.id] = self.shown.whole(side, back) | told.get(state.id, {})
            if state.id not in outcome.writes and not self.shown.awaits(state, side, value):
                self.confirmed.append(state.id)
        for link, record in sorted(told.items()):
            moved = {*outcome.settled.get(link, ()), *map(self.sync.model.unit, record)}
            if moved:
                self.settles.append(Settle(link, entity, tuple(sorted(moved)), record))

    def _update(self, state: EntityState, link: LinkState, side: Side, outcome: Outcome) -> None:
        system = self.sync.systems[link.system]
        if not self._reached(state.id, system, link.id):
            return
        why = {ruling.unit: (ruling.rule, ruling.source) for ruling in outcome.rulings}
        cells: dict[str, Cell] = {}
        diffs: list[FieldDiff] = []
        written: Record = {}
        for unit, names in self.sync.model.units().items():
            if unit not in outcome.writes[link.id]:
                continue
            whole = pick(outcome.value, [n for n in names if n in side.maps])
            moved = {n: v for n, v in whole.items() if n not in side.fixed and side.observed.get(n) != v}
            fitted = self._cells(system, moved)
            if self._refused(state.id, system, link.id, fitted):
                continue
            cells |= fitted.cells
            written |= whole
            rule, source = why.get(unit, ("catch_up", ""))
            diffs += [FieldDiff(n, side.observed.get(n, ""), v, rule, source) for n, v in moved.items()]
        if cells:
            base = {column: link.observed.get(column) for column in cells}
            told = tuple(diffs)
            change = Change(
                system.name, "update", state.id, link.id, link.key, told, cells, base, link.version, written
            )
            self._change(state, change)

    def _create(self, state: EntityState, system: System, value: Record) -> None:
        if system.entry.direction == "in" or not _receives(system, value):
            return
        if not self._reached(state.id, system, 0):
            return
        mapping = system.mapping
        record = pick(
            value, [n for n in self.shown.fields(mapping) if n not in mapping.fixed and value.get(n)]
        )
        fitted = self._cells(system, record)
        if self._refused(state.id, system, 0, fitted):
            return
        key = str(fitted.cells.get(mapping.key) or "")
        assigns = self.snapshot.systems[system.name].description.assigns_key
        issue = not (key or assigns) and self._issues(state.id, system)
        if not (key or assigns or issue):
            self.waiting.append(Waiting(system.name, 0, state.id, "TSK-5020"))
            return
        change = Change(
            system.name, "create", state.id, 0, key, (), fitted.cells, {}, "", record, issue=issue
        )
        self._change(state, change)

    def _issues(self, entity: str, system: System) -> bool:
        """Whether Tasuki gives this row its number. One numbering, one number: the systems that share it get
        it once the first has it (S7)."""
        if system.mapping.issued_by != "tasuki":
            return False
        if system.name in self.sync.shared_code and entity in self.issued:
            return False
        self.issued.add(entity)
        return True

    def _refused(self, entity: str, system: System, link: int, fitted: Fitted) -> bool:
        if fitted.code:
            details = dict(fitted.details)
            self.refusals.append(Refusal(system.name, entity, link, fitted.code, fitted.column, details))
        return bool(fitted.code)

    def _cells(self, system: System, record: Record) -> Fitted:
        spelled = self.shown.references.spell(record, system.mapping)
        return system.mapping.to_cells(spelled, self.shown.columns[system.name])

    def _reconcile(self, entity: str, base: Record, sides: Iterable[Side]) -> Outcome:
        decisions = self.snapshot.decisions
        merged = self.snapshot.merged.get(entity, {})
        return reconcile(entity, self.sync.model, base, sides, self.sync.policy, decisions, merged)

    def _archives(self, own: list[LinkState], outcome: Outcome) -> bool:
        """A row that vanished archives the customer where a target asks for it (S16); an edit elsewhere
        keeps it in use."""
        fresh = any(link.state == "gone" and link.dirty for link in own)
        asked = any(system.entry.on_delete == "archive" for system in self.sync.systems.values())
        open_ = "active" in self.sync.model.fields and outcome.value.get("active") != "no"
        return fresh and asked and open_ and not outcome.rulings

    def _deletes(self, state: EntityState, own: list[LinkState], outcome: Outcome) -> None:
        """Deletes go where the target wants them; an edit elsewhere survives (S16). The tombstone asks until
        they are done, and until a row that was sent is seen (S20)."""
        fresh = [link for link in own if link.state == "gone" and link.dirty]
        edited = outcome.conflicts or any(ruling.rule != "archive" for ruling in outcome.rulings)
        told = [] if not fresh or edited else [(link, self.sync.systems[link.system]) for link in own]
        asked = [(k, s) for k, s in told if s.entry.on_delete == "delete" and s.entry.direction != "in"]
        follow = [(link, system) for link, system in asked if link.state == "here"]
        unseen = [link for link, _ in asked if link.state == "sent"]
        if follow and state.id in self.snapshot.pointed:
            # What points at a record goes before the record does (S18).
            self.waiting += [Waiting(system.name, link.id, state.id, "TSK-5024") for link, system in follow]
        elif all(self._reached(state.id, system, link.id) for link, system in follow):
            self.buried += [link.id for link in fresh if not (follow or unseen)]
            for link, system in follow:
                base = dict(link.observed)
                change = Change(
                    system.name, "delete", state.id, link.id, link.key, (), {}, base, link.version, {}
                )
                self._change(state, change)

    def _reached(self, entity: str, system: System, link: int) -> bool:
        """Whether this run knows what stands in `system` now; else the customer waits for it."""
        state = self.snapshot.systems[system.name]
        if state.read and (link or state.complete):
            return True
        self.waiting.append(Waiting(system.name, link, entity, "TSK-1070" if not state.read else "TSK-5104"))
        return False

    def _change(self, state: EntityState, change: Change) -> None:
        # A row is created once, so its token outlives the versions; a retry finds its issued key again (S6).
        version = 0 if change.action == "create" else state.version
        target = [change.entity, change.system, change.action, change.cells, version]
        urgency = (not _opts_out(change), change.action == "delete")
        pile = self.changes.setdefault(urgency, Pile(Change))
        pile.append(change._replace(token=content_digest(target)[:32]))
        self.counts[change.system, change.action] += 1
        self.back += change.entity in self.snapshot.parted

    # The whole.

    def _finish(self, reviews: tuple[Review, ...]) -> Plan:
        seen = {item.conflict.key for item in self.conflicts}
        mine = {key for key, entity in self.snapshot.open_conflicts.items() if entity in self.looked}
        plan = Plan(
            sync=self.sync.name,
            rules=self.sync.digest if self.only is None else "",
            moves=self.moves.whole(),
            matches=self.matches.whole(),
            settles=self.settles.whole(),
            changes=joined(Change, [pile for _, pile in sorted(self.changes.items())]),
            conflicts=tuple(self.conflicts),
            void=tuple(sorted(mine - seen - set(self.decided))),
            decided=tuple(sorted(self.decided)),
            reviews=Pile(Review, reviews).whole(),
            refusals=tuple(self.refusals),
            waiting=tuple(self.waiting),
            drifts=tuple(self.drifts),
            buried=tuple(self.buried),
            confirmed=tuple(self.confirmed),
            reasons=self._reasons(),
            versions=tuple(sorted(self.versions.items())),
            digest="",
            promoted=tuple(self.promoted),
        )
        return plan._replace(digest=digest_of(plan))

    def _reasons(self) -> tuple[Reason, ...]:
        reasons = []
        if not all(state.loaded for state in self.snapshot.systems.values()) and (self.changes or self.joins):
            reasons.append(Reason("first_load"))
        if self.back:
            reasons.append(Reason("unmerge", planned=self.back))
        for (system, action), count in sorted(self.counts.items()):
            limit = self.sync.limits.allowed(_LIMIT[action], self.snapshot.systems[system].rows)
            if count > limit:
                reasons.append(Reason(_LIMIT[action], system, count, limit))
        return tuple(reasons)


_Action = Literal["create", "update", "delete"]
_Limit = Literal["create", "change", "delete"]
_LIMIT: Mapping[_Action, _Limit] = {"create": "create", "update": "change", "delete": "delete"}


def _receives(system: System, value: Record) -> bool:
    wanted = system.entry.receives_new
    if isinstance(wanted, Stages):
        return value.get("stage", "") in wanted.stage
    return wanted == "all"


def _opts_out(change: Change) -> bool:
    return any(diff.field.startswith("consent_") and diff.after == "out" for diff in change.told)
