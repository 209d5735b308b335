"""The plan of a run: a value that says everything that would happen, to be read, approved and applied."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from tasuki.connector import Cell
from tasuki.identity import Review
from tasuki.packed import Pile, unpacker
from tasuki.reconcile import Ruling
from tasuki.record import Record, stream_digest
from tasuki.unit import Conflict


class FieldDiff(NamedTuple):
    """One field that a change moves, and the rule and system that moved it."""

    field: str
    before: str
    after: str
    reason: str
    source: str = ""


class Change(NamedTuple):
    """One write to one system."""

    system: str
    action: Literal["create", "update", "delete"]
    entity: str
    link: int
    """0 for a create."""
    key: str
    """"" where the system, or Tasuki's counter at the time of writing, names the row."""
    diffs: tuple[FieldDiff, ...]
    """() for a create, which `told` tells from its value: a first load would hold every text once more."""
    cells: dict[str, Cell]
    base: dict[str, Cell]
    version: str
    value: Record
    """What the written cells stand for."""
    token: str = ""
    issue: bool = False
    """The key comes from Tasuki's counter."""

    @property
    def told(self) -> tuple[FieldDiff, ...]:
        """Field by field what the change moves; a create fills fields."""
        new = self.value.items() if self.action == "create" else ()
        return self.diffs + tuple(FieldDiff(name, "", value, "new") for name, value in new)


class Why(NamedTuple):
    """Fields that moved by one rule, and the system whose value they took."""

    rule: str
    source: str
    fields: tuple[str, ...]


class Move(NamedTuple):
    """An entity whose value becomes `value`; version 0 is a new one."""

    entity: str
    version: int
    value: Record
    before: Record = {}  # noqa: RUF012  a NamedTuple default; nobody writes to it
    """What the moved fields were; blank ones are left out."""
    why: tuple[Why, ...] = ()

    @property
    def told(self) -> tuple[FieldDiff, ...]:
        """Field by field what moved, in the order of the rules."""
        return tuple(
            FieldDiff(field, self.before.get(field, ""), self.value[field], why.rule, why.source)
            for why in self.why
            for field in why.fields
        )


def move(entity: str, version: int, value: Record, rulings: Iterable[Ruling]) -> Move:
    """What these rulings, each of other fields, make of an entity."""
    before: Record = {}
    why: list[Why] = []
    for ruling in rulings:
        moved = [name for name, after in ruling.after.items() if ruling.before.get(name, "") != after]
        before |= {name: ruling.before[name] for name in moved if ruling.before.get(name)}
        last = why.pop() if why and why[-1][:2] == (ruling.rule, ruling.source) else None
        fields = (*(last.fields if last else ()), *moved)
        why.append(Why(ruling.rule, ruling.source, fields))
    return Move(entity, version, value, before, tuple(why))


class Match(NamedTuple):
    """A row that joins an entity."""

    link: int
    system: str
    key: str
    entity: str
    reasons: tuple[str, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()
    """The model's, where it had a say: fields, levels and bits of each pair, no value."""
    role: Literal["primary", "duplicate"] = "primary"
    """A second row in one system stays beside the primary and is not written (I2)."""


class Promotion(NamedTuple):
    """A duplicate whose primary is gone: it takes that place, and nothing is deleted elsewhere."""

    link: int
    entity: str
    instead: int


class Settle(NamedTuple):
    """What a row shows in these units is agreed from now on."""

    link: int
    entity: str
    units: tuple[str, ...]
    value: Record


class Refusal(NamedTuple):
    """A change that the target's limits rule out before anything is sent."""

    system: str
    entity: str
    link: int
    code: str
    column: str
    details: dict[str, object]


class Waiting(NamedTuple):
    """Something that can't go on yet, and why."""

    system: str
    link: int
    entity: str
    code: str


class DriftNote(NamedTuple):
    system: str
    link: int
    unit: str
    reason: str


class OpenConflict(NamedTuple):
    entity: str
    conflict: Conflict


class Reason(NamedTuple):
    """Why the plan needs approval."""

    code: str
    """first_load · create · change · delete · unmerge · correction"""
    system: str = ""
    planned: int = 0
    limit: int = 0


T = TypeVar("T", Move, Match, Promotion, Settle, Change, OpenConflict, Refusal, Waiting)


class Plan(NamedTuple):
    """Everything one run decides. `digest` names its content, whenever and by whomever it was made (I9)."""

    sync: str
    rules: str
    """Digest of the rules that every customer was looked at under; "" for a plan that looked at some only."""
    moves: Sequence[Move]
    matches: Sequence[Match]
    settles: Sequence[Settle]
    changes: Sequence[Change]
    conflicts: tuple[OpenConflict, ...]
    void: tuple[str, ...]
    """Keys of open conflicts that are none any more."""
    decided: tuple[str, ...]
    """Keys of conflicts whose decision this plan carries out."""
    reviews: Sequence[Review]
    refusals: tuple[Refusal, ...]
    waiting: tuple[Waiting, ...]
    drifts: tuple[DriftNote, ...]
    buried: tuple[int, ...]
    """Links whose row is gone, from now on settled as tombstones."""
    confirmed: tuple[int, ...]
    """Links whose sent cells came back from an import."""
    reasons: tuple[Reason, ...]
    versions: tuple[tuple[str, int], ...]
    """Every entity looked at and its version then; one that moved since is stale (S19)."""
    digest: str
    promoted: tuple[Promotion, ...] = ()
    left_out: int | None = None
    """In a plan of corrections, the customers that it leaves out: the ordinary sync comes first."""

    @property
    def corrects(self) -> bool:
        """Nothing that a sync decided: proposals to the sources, which a person asked for."""
        return self.left_out is not None

    def changes_for(self, system: str) -> Iterator[Change]:
        return (change for change in self.changes if change.system == system)

    def without(self, entities: frozenset[str]) -> "Plan":
        """What is left when these entities moved after the plan was made."""
        if not entities:
            return self

        def rest(items: Sequence[T]) -> tuple[T, ...]:
            return tuple(item for item in items if item.entity not in entities)

        def left(kind: type[T], items: Sequence[T]) -> Sequence[T]:
            return Pile(kind, (item for item in items if item.entity not in entities)).whole()

        return self._replace(
            moves=left(Move, self.moves),
            matches=left(Match, self.matches),
            promoted=rest(self.promoted),
            settles=left(Settle, self.settles),
            changes=left(Change, self.changes),
            conflicts=rest(self.conflicts),
            refusals=rest(self.refusals),
            waiting=rest(self.waiting),
            versions=tuple(item for item in self.versions if item[0] not in entities),
        )


unpack = unpacker(Plan)
MANY: Mapping[str, type[Any]] = {
    "moves": Move,
    "matches": Match,
    "settles": Settle,
    "changes": Change,
    "reviews": Review,
}
"""The parts of a plan that grow with the customers it speaks of."""


def digest_of(plan: Plan) -> str:
    """Over what would happen; versions and tokens tell when it was looked at, not what it is."""
    return stream_digest(
        {
            "sync": plan.sync,
            "rules": plan.rules,
            "moves": ([move.entity, move.value] for move in plan.moves),
            "matches": ([m.system, m.key, m.entity, m.role] for m in plan.matches),
            "promoted": [list(promotion) for promotion in plan.promoted],
            "settles": ([s.link, s.units, s.value] for s in plan.settles),
            "changes": ([c.system, c.action, c.entity, c.key, c.cells, c.base] for c in plan.changes),
        }
    )
