"""A business system that lives in memory: tests and try-outs keep one and open connectors on it.

It can be as awkward as real ones: it cuts long text, fills fields itself, shows an old export, waits
for a person to import what we wrote, loses a reply.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, InstanceOf

from tasuki.connector import (
    BadRow,
    Cell,
    Column,
    Description,
    End,
    Refused,
    Result,
    Row,
    Source,
    Stale,
    Unknown,
    Write,
    Written,
)
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection

PAGE = 500

Failure = Literal["retry", "reply_lost", "partial", "twice", "read_cut", "read_incomplete"]
"""What goes wrong with the next call.

retry            the write raises Retry, nothing was written
reply_lost       everything was written, no answer came
partial          the first half was written, no answer came for the rest
twice            the network delivered the writes two times
read_cut         the read raises Retry after its first page
read_incomplete  the read ends early and says so: End(complete=False)
"""


class Stored(NamedTuple):
    """A row as the system keeps it."""

    cells: dict[str, Cell]
    revision: int


@dataclass
class MemorySystem:
    """One table and its habits. Tests are its users: they `put`, `edit` and `remove` behind our back."""

    columns: tuple[Column, ...]
    """Text longer than `max_chars` is cut silently, unless `cuts` is off."""
    key: str
    assigns_key: bool = False
    batch: int = 100
    confirms: Literal["at_once", "next_read"] = "at_once"
    deletes: bool = True
    writes: bool = True
    changed_within: float | None = None
    """The clock stands for seconds: each change is one second later."""
    versions: bool = True
    incremental: bool = True
    """A read goes on from its cursor; else it is a snapshot of all rows."""
    cuts: bool = True
    tells: bool = True
    """Answers a write with the cells it now shows."""
    table: dict[int, Stored] = field(default_factory=dict)
    """By record number, which is never used again."""
    clock: int = 0
    pending: dict[str, Write] = field(default_factory=dict)
    """Written, not yet imported by a person; by token."""
    done: dict[str, str] = field(default_factory=dict)
    """Keys of the rows that creates made, by token."""
    failures: deque[Failure] = field(default_factory=deque)
    export: tuple[dict[int, Stored], int] | None = None

    def put(self, *rows: Mapping[str, Cell]) -> list[str]:
        """A person types new rows; returns their keys."""
        return [self._create(dict(row)) for row in rows]

    def edit(self, key: str, **cells: Cell) -> None:
        self._change(self.numbers()[key], cells)

    def remove(self, key: str) -> None:
        self.clock += 1
        del self.table[self.numbers()[key]]

    def rows(self) -> dict[str, dict[str, Cell]]:
        """What the table holds now, whatever an export shows."""
        return {row.cells[self.key]: dict(row.cells) for row in self.table.values()}

    def fail_next(self, *failures: Failure) -> None:
        """Each failure meets one call, in order; a read waits for a read's failure, a write for a write's."""
        self.failures.extend(failures)

    def hold_export(self) -> None:
        """From now on reads show the table as it is this moment."""
        self.export = (deepcopy(self.table), self.clock)

    def release_export(self) -> None:
        self.export = None

    def import_(self) -> None:
        """A person imports all that waits; an import overwrites without looking."""
        for write in self.pending.values():
            self.do(write)
        self.pending.clear()

    def numbers(self) -> dict[str, int]:
        """Record numbers by key."""
        return {row.cells[self.key]: number for number, row in self.table.items()}

    def kept(self, cells: Mapping[str, Cell]) -> dict[str, Cell]:
        """Cells as the system will keep them: cut where it cuts."""
        limits = {column.name: column.max_chars for column in self.columns}
        return {name: _cut(cell, limits[name]) for name, cell in cells.items()}

    def do(self, write: Write) -> str:
        """Carries a write out, without looking; returns the row's key."""
        if write.action == "create":
            if write.token not in self.done:
                named = {} if self.assigns_key else {self.key: write.key}
                self.done[write.token] = self._create(named | dict(write.cells))
            return self.done[write.token]
        number = self.numbers().get(write.key)
        if number is not None and write.action == "update":
            self._change(number, write.cells)
        elif number is not None:
            self.remove(write.key)
        return write.key

    def _create(self, cells: dict[str, Cell]) -> str:
        # The clock counts every row that ever was, so the number of a removed row never returns.
        self.clock += 1
        blank = {column.name: f"{self.clock:06}" if column.assigned else "" for column in self.columns}
        named = {self.key: str(self.clock)} if self.assigns_key else {}
        self.table[self.clock] = Stored(blank | self.kept(cells) | named, self.clock)
        return str(self.table[self.clock].cells[self.key])

    def _change(self, number: int, cells: Mapping[str, Cell]) -> None:
        self.clock += 1
        self.table[number] = Stored(self.table[number].cells | self.kept(cells), self.clock)


class MemorySettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    system: InstanceOf[MemorySystem]


class MemoryConnector:
    """The connector of a MemorySystem; any number of them may be open on one system."""

    Settings: ClassVar[type[BaseModel]] = MemorySettings

    def __init__(self, settings: Any, *, key: str, home: Path, connection: Connection | None = None) -> None:
        self.system: MemorySystem = settings.system
        self.key = key

    def describe(self) -> Description:
        system = self.system
        return Description(
            system.columns,
            batch=system.batch,
            confirms=system.confirms,
            assigns_key=system.assigns_key,
            deletes=system.deletes,
            writes=system.writes,
            changed_within=system.changed_within,
        )

    def read(self, columns: Sequence[str], cursor: str = "") -> Iterator[list[Row | BadRow] | End]:
        self._know(columns)
        table, clock = self.system.export or (self.system.table, self.system.clock)
        source = Source("memory", digest=str(clock))
        if cursor == str(clock):
            yield End(complete=True, cursor=cursor, unchanged=True, source=source)
            return
        since = int(cursor or 0) if self.system.incremental else 0
        rows = [self._row(columns, *item) for item in table.items() if item[1].revision > since]
        failure = self._failure("read_cut", "read_incomplete")
        for start in range(0, len(rows), PAGE):
            yield rows[start : start + PAGE]
            if failure:
                break
        if failure == "read_cut":
            raise Retry("TSK-1070", "memory")
        keys = frozenset(row.cells[self.key] for row in table.values() if row.cells[self.key])
        yield End(
            complete=failure is None,
            cursor="" if failure else str(clock),
            keys=keys if since and failure is None else None,
            source=source,
        )

    def fetch(self, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        """Live rows; of a system that a person imports into, what its export shows."""
        self._know(columns)
        wanted = set(keys)
        rows = (self._row(columns, number, stored) for number, stored in self._seen().items())
        return {row.key: row for row in rows if row.key in wanted and isinstance(row, Row)}

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        self._know([*columns, *(name for write in writes for name in write.cells)])
        failure = self._failure("retry", "reply_lost", "partial", "twice")
        if failure == "retry":
            raise Retry("TSK-1070", "memory")
        if failure == "reply_lost":
            return [Unknown(self._write(columns, write).token) for write in writes]
        if failure == "partial":
            half = len(writes) // 2
            sent = [self._write(columns, write) for write in writes[:half]]
            return [*sent, *(Unknown(write.token) for write in writes[half:])]
        if failure == "twice":
            for write in writes:
                self._write(columns, write)
        return [self._write(columns, write) for write in writes]

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, columns: Sequence[str], write: Write) -> Result:
        system = self.system
        refused = self._refused(write)
        if refused:
            return refused
        row = next((row for row in self._seen().values() if row.cells[self.key] == write.key), None)
        if self._settled(write, row):
            return self._written(columns, write, write.key)
        if self._moved(write, row):
            return Stale(write.token)
        if system.confirms == "next_read":
            system.pending[write.token] = write
            return Written(write.token, write.key)
        return self._written(columns, write, system.do(write))

    def _refused(self, write: Write) -> Refused | None:
        system = self.system
        if not system.writes or (write.action == "delete" and not system.deletes):
            return Refused(write.token, "TSK-1071")
        if write.action == "create" and not write.key and not system.assigns_key:
            return Refused(write.token, "TSK-1001", self.key, {"column": self.key})
        for column in system.columns:
            name, cell, limit = column.name, write.cells.get(column.name, ""), column.max_chars
            if name in write.cells and not column.writable:
                return Refused(write.token, "TSK-1016", name, {"column": name})
            if not system.cuts and limit is not None and len(str(cell)) > limit:
                sizes = {"column": name, "limit": limit, "size": len(str(cell))}
                return Refused(write.token, "TSK-1013", name, sizes)
        return None

    def _settled(self, write: Write, row: Stored | None) -> bool:
        """The row already shows what the write asks for."""
        if write.action == "delete":
            return row is None
        wanted = self.system.kept(write.cells)
        return row is not None and all(row.cells[name] == cell for name, cell in wanted.items())

    def _moved(self, write: Write, row: Stored | None) -> bool:
        if write.action == "create":
            return row is not None
        if row is None:
            return True
        if self.system.versions and write.version:
            return write.version != str(row.revision)
        return any(row.cells[name] != cell for name, cell in write.base.items())

    def _written(self, columns: Sequence[str], write: Write, key: str) -> Written:
        row = self.fetch(columns, [key]).get(key)
        if row is None or self.system.confirms == "next_read":
            return Written(write.token, key)
        cells = dict(zip(columns, row.cells, strict=True)) if self.system.tells else None
        return Written(write.token, key, row.version, cells)

    def _row(self, columns: Sequence[str], number: int, stored: Stored) -> Row | BadRow:
        key = stored.cells[self.key]
        if not key:
            return BadRow(number, "TSK-1001", self.key, details={"column": self.key})
        version = str(stored.revision) if self.system.versions else ""
        changed = None if self.system.changed_within is None else float(stored.revision)
        return Row(key, tuple(stored.cells[name] for name in columns), number, version, changed)

    def _seen(self) -> dict[int, Stored]:
        system = self.system
        return system.export[0] if system.export and system.confirms == "next_read" else system.table

    def _know(self, columns: Sequence[str]) -> None:
        for name in sorted(set(columns) - {column.name for column in self.system.columns}):
            raise UserError("TSK-1003", "memory", column=name, suggestion="")

    def _failure(self, *kinds: Failure) -> Failure | None:
        """The next failure of these kinds, used up."""
        found = next((failure for failure in self.system.failures if failure in kinds), None)
        if found:
            self.system.failures.remove(found)
        return found


def _cut(cell: Cell, limit: int | None) -> Cell:
    return cell[:limit] if isinstance(cell, str) and limit is not None else cell
