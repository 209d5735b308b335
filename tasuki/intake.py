"""Takes in what a system shows now: unchanged rows stop here, changed ones are checked, bad ones held."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import orjson

from tasuki.connector import BadRow, Cell, Connector, End, Row
from tasuki.errors import Skip, Stop
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record, cells_digest


class Known(NamedTuple):
    """What the store knows of a system before a read."""

    cursor: str
    rows: int
    """How many rows there are, held ones that were good before included."""
    digests: Callable[[], dict[str, bytes]]
    """Key → digest of the row as last taken in; asked for only where rows come to be compared."""
    held: dict[str, bytes]
    """Key → digest of the row as last held back."""
    written: bool
    """Tasuki wrote there since that read."""
    held_besides: int = 0
    """Rows held back beyond one a key: without a key, or of a key that stands twice."""


class Listed(NamedTuple):
    """A dict in a fifth of its memory, its names shared with others: of a first read all rows are new."""

    names: tuple[str, ...]
    values: tuple[Any, ...]


class Arrival(NamedTuple):
    """A row that is new or differs from what was known."""

    key: str
    shown: Listed
    told: Listed
    digest: bytes
    version: str
    changed_at: float | None
    place: str
    new: bool

    @property
    def cells(self) -> dict[str, Cell]:
        return dict(zip(*self.shown, strict=True))

    @property
    def record(self) -> Record:
        return dict(zip(*self.told, strict=True))


class Held(NamedTuple):
    """A row that can't go on; it waits in quarantine with its reason."""

    key: str
    place: str
    code: str
    column: str
    details: Mapping[str, object]
    cells: dict[str, Cell]
    digest: bytes


class Intake(NamedTuple):
    """One read of one system. read = unchanged + changed + quarantined (invariant I1)."""

    read: int
    unchanged: int
    arrivals: tuple[Arrival, ...]
    held: tuple[Held, ...]
    still_held: frozenset[str]
    """Keys in quarantine whose row is as bad as it was."""
    missing: tuple[str, ...]
    """Keys that a complete read did not show any more."""
    end: End

    @property
    def quarantined(self) -> int:
        return self.read - self.unchanged - len(self.arrivals)


def take_in(connector: Connector, mapping: SystemMapping, known: Known) -> Intake:
    """Reads the whole stream. Raises Stop TSK-5104 when the read ends without its proof (I5).

    A file that is as it was before we wrote to it is no unchanged one: an older copy took its place (S25).
    """
    intake = _read(connector, mapping, known)
    if intake.end.unchanged and known.written:
        return _read(connector, mapping, known._replace(cursor=""))
    return intake


def _read(connector: Connector, mapping: SystemMapping, known: Known) -> Intake:
    reader = _Reader(mapping, known)
    for page in connector.read(mapping.columns, known.cursor):
        if isinstance(page, End):
            return reader.finish(page)
        reader.take(page)
    raise Stop("TSK-5104", mapping.system)


class _Reader:
    def __init__(self, mapping: SystemMapping, known: Known) -> None:
        self.mapping = mapping
        self.known = known
        self.seen: set[str] = set()
        self.twice: dict[str, list[Row]] = {}
        self.unchanged: set[str] = set()
        self.fresh: dict[str, tuple[Row, bytes]] = {}
        self.still: set[str] = set()
        self.bad: list[BadRow] = []
        self.names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.source = ""

    @cached_property
    def digests(self) -> dict[str, bytes]:
        return self.known.digests()

    def take(self, page: Iterable[Row | BadRow]) -> None:
        """The hot loop: an unchanged row costs one hash and two look-ups, and nothing else."""
        digests, held, seen = self.digests, self.known.held, self.seen
        unchanged = self.unchanged
        for row in page:
            if isinstance(row, BadRow):
                self.bad.append(row)
                continue
            key = row.key
            digest = cells_digest(row.cells)
            if key in seen:
                self.twice.setdefault(key, []).append(row)
            elif digests.get(key) == digest and key not in held:
                unchanged.add(key)
            elif held.get(key) == digest:
                self.still.add(key)
            else:
                self.fresh[key] = (row, digest)
            seen.add(key)

    def finish(self, end: End) -> Intake:
        if end.unchanged:
            return self._as_before(end)
        self.source = end.source.name if end.source else ""
        held = [self._from_bad(row) for row in self.bad]
        for key, rows in self.twice.items():
            held += self._duplicates(key, rows)
        arrivals = []
        for key in list(self.fresh):
            taken = self._check(key, *self.fresh.pop(key))
            arrivals.append(taken) if isinstance(taken, Arrival) else held.append(taken)
        keys = end.keys if end.keys is not None else frozenset(self.seen)
        bad_keys = {row.key for row in self.bad}
        # An incremental read is silent about rows that did not move; they count as read all the same.
        silent = (keys - self.seen - bad_keys) if end.keys is not None else frozenset()
        still = self.still | (silent & self.known.held.keys())
        unchanged = len(self.unchanged) + len(silent - self.known.held.keys())
        # A row without a key may be any of the missing ones: then nothing is proven gone (I5).
        proven = end.complete and "" not in bad_keys
        missing = tuple(sorted(self.digests.keys() - keys - bad_keys)) if proven else ()
        read = unchanged + len(arrivals) + len(held) + len(still)
        return Intake(read, unchanged, tuple(arrivals), tuple(held), frozenset(still), missing, end)

    def _as_before(self, end: End) -> Intake:
        held = len(self.known.held) + self.known.held_besides
        still = frozenset(self.known.held)
        good = len(self.digests.keys() - still) if still else self.known.rows
        return Intake(good + held, good, (), (), still, (), end)

    def _check(self, key: str, row: Row, digest: bytes) -> Arrival | Held:
        cells = dict(zip(self.mapping.columns, row.cells, strict=True))
        place = self._place(row)
        try:
            record = self.mapping.to_record(cells)
        except Skip as skip:
            return Held(key, place, skip.code, skip.place, skip.details, cells, digest)
        new = key not in self.digests
        names = tuple(record)
        told = Listed(self.names.setdefault(names, names), tuple(record.values()))
        shown = Listed(self.mapping.columns, row.cells)
        return Arrival(key, shown, told, digest, row.version, row.changed_at, place, new)

    def _place(self, row: Row | BadRow) -> str:
        """顧客台帳.xlsx:812"""
        return ":".join(part for part in (self.source, str(row.at)) if part)

    def _from_bad(self, row: BadRow) -> Held:
        digest = cells_digest((row.code, str(row.at), row.key, orjson.dumps(dict(row.details)).hex()))
        return Held(row.key, self._place(row), row.code, row.column, row.details, {}, digest)

    def _duplicates(self, key: str, later: Sequence[Row]) -> list[Held]:
        """All rows of a key that stands twice: nobody can tell which one is right."""
        rows = list(later)
        self.unchanged.discard(key)
        self.still.discard(key)
        if key in self.fresh:
            rows.insert(0, self.fresh.pop(key)[0])
        else:
            rows.insert(0, rows[0]._replace(at=""))
        details = {"column": self.mapping.key, "count": len(rows)}
        return [
            Held(
                key,
                self._place(row),
                "TSK-1002",
                self.mapping.key,
                details,
                dict(zip(self.mapping.columns, row.cells, strict=True)),
                cells_digest(row.cells),
            )
            for row in rows
        ]
