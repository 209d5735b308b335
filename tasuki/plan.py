"""The plan of a run: a value that says everything that would happen, to be read, approved and applied."""

from typing import Any, Literal, NamedTuple, TypeVar

from tasuki.connector import Cell
from tasuki.identity import Review
from tasuki.reconcile import Conflict, Ruling
from tasuki.record import Record, content_digest


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
    cells: dict[str, Cell]
    base: dict[str, Cell]
    version: str
    value: Record
    """What the written cells stand for."""
    token: str = ""
    issue: bool = False
    """The key comes from Tasuki's counter."""


class Move(NamedTuple):
    """An entity whose value becomes `value`; version 0 is a new one."""

    entity: str
    version: int
    value: Record
    rulings: tuple[Ruling, ...] = ()


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
    """first_load · create · change · delete · unmerge"""
    system: str = ""
    planned: int = 0
    limit: int = 0


T = TypeVar("T", Move, Match, Promotion, Settle, Change, OpenConflict, Refusal, Waiting)


class Plan(NamedTuple):
    """Everything one run decides. `digest` names its content, whenever and by whomever it was made (I9)."""

    sync: str
    rules: str
    """Digest of the rules that every customer was looked at under; "" for a plan that looked at some only."""
    moves: tuple[Move, ...]
    matches: tuple[Match, ...]
    settles: tuple[Settle, ...]
    changes: tuple[Change, ...]
    conflicts: tuple[OpenConflict, ...]
    void: tuple[str, ...]
    """Keys of open conflicts that are none any more."""
    decided: tuple[str, ...]
    """Keys of conflicts whose decision this plan carries out."""
    reviews: tuple[Review, ...]
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

    def changes_for(self, system: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.system == system)

    def without(self, entities: frozenset[str]) -> "Plan":
        """What is left when these entities moved after the plan was made."""

        def rest(items: tuple[T, ...]) -> tuple[T, ...]:
            return tuple(item for item in items if item.entity not in entities)

        return self._replace(
            moves=rest(self.moves),
            matches=rest(self.matches),
            promoted=rest(self.promoted),
            settles=rest(self.settles),
            changes=rest(self.changes),
            conflicts=rest(self.conflicts),
            refusals=rest(self.refusals),
            waiting=rest(self.waiting),
            versions=tuple(item for item in self.versions if item[0] not in entities),
        )


def digest_of(plan: Plan) -> str:
    """Over what would happen; versions and tokens tell when it was looked at, not what it is."""
    return content_digest(
        {
            "sync": plan.sync,
            "rules": plan.rules,
            "moves": [[move.entity, move.value] for move in plan.moves],
            "matches": [[m.system, m.key, m.entity, m.role] for m in plan.matches],
            "promoted": [list(promotion) for promotion in plan.promoted],
            "settles": [[s.link, s.units, s.value] for s in plan.settles],
            "changes": [[c.system, c.action, c.entity, c.key, c.cells, c.base] for c in plan.changes],
        }
    )
