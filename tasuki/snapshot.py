"""What a plan is made from: the state of the store, as values."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from tasuki.connector import Cell, Description
from tasuki.identity import Key, Likely
from tasuki.record import Record

Cells = dict[str, Cell]


class Sent(NamedTuple):
    """Cells handed to a file that a person imports, not yet seen back (sync-rules S20)."""

    cells: Cells
    value: Record
    at: float
    before: tuple[Record, ...] = ()
    """What was sent earlier and may still be imported: seen, it is our own echo."""


class Kept(NamedTuple):
    """What a row showed, as the store keeps it: JSON. Unpacked when somebody asks, and not before: of a first
    load's rows all at once there would be gigabytes."""

    observed: bytes
    agreed: bytes
    settled: bytes


def kept(observed: Cells, agreed: Cells, settled: Record) -> Kept:
    return Kept(orjson.dumps(observed), orjson.dumps(agreed), orjson.dumps(settled))


class LinkState(NamedTuple):
    """One row of one system, as the store knows it."""

    id: int
    system: str
    key: str
    entity: str
    """"" while it belongs to nobody."""
    role: str
    state: str
    """here · held (in quarantine) · gone · sent, leaving (not imported, not deleted yet)."""
    dirty: bool
    version: str
    place: str
    kept: Kept
    since: float
    until: float
    sent: Sent | None

    @property
    def observed(self) -> Cells:
        return _unpacked(self.kept.observed)

    @property
    def agreed(self) -> Cells:
        return _unpacked(self.kept.agreed)

    @property
    def settled(self) -> Record:
        return _unpacked(self.kept.settled)


def _unpacked(told: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(told)
    return found


class EntityState(NamedTuple):
    id: str
    value: Record
    version: int
    pending: bool


class SystemState(NamedTuple):
    """What the last read told of a system."""

    description: Description
    rows: int
    loaded: bool
    """Its first load was approved and applied."""
    read: bool = True
    """This run has read it; else nobody knows what stands there now, and nothing is written to it."""
    complete: bool = True
    """That read saw every row; else a row that seems to be missing may be there, and none is created (I2)."""


class Whole(NamedTuple):
    """What only a plan of corrections wants to know, of all customers."""

    reviewed: frozenset[int]
    """Rows in an open review."""
    held: Mapping[int, Cells]
    """Row in quarantine → what it shows; {} where that can't be told."""
    written: Mapping[tuple[str, str], Cells]
    """(customer, system) → what we last wrote to each column there."""


class Snapshot(NamedTuple):
    """Everything that could move now: dirty rows, pending customers, and all that belongs to them."""

    entities: Mapping[str, EntityState]
    links: tuple[LinkState, ...]
    keys: tuple[tuple[int, Key], ...]
    same: tuple[tuple[int, int], ...]
    different: tuple[tuple[int, int], ...]
    likely: tuple[Likely, ...] | None
    """What the matching model says of rows that belong to nobody; None where it has no say."""
    learned: bytes
    """That model, when it was learned for this plan; b"" when an older one spoke."""
    decisions: Mapping[str, Record]
    open_conflicts: Mapping[str, str]
    """Conflict key → entity, of the entities above."""
    systems: Mapping[str, SystemState]
    parted: frozenset[str]
    """Customers just unmerged: what is written back to them always needs approval (S17)."""
    merged: Mapping[str, Mapping[str, Record]]
    """Customer → unit → what it was edited to while it was one with another, until a person decides."""
    pointed: frozenset[str]
    """Of the customers with a row that vanished, those at whom a living row of another model points (S18)."""
    referred: Mapping[str, Mapping[str, Record]]
    """Model pointed at → entity → its value; only for models that have references."""
    redirects: Mapping[str, str]
    """Merged customer → the one it is now (S17); only for models that have references."""
    used: frozenset[str] = frozenset()
    """Numbers that customers have already, of those that rows parted from one could begin."""
    whole: Whole | None = None
