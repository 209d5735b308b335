"""The contract between Tasuki and a system: describe, read, fetch, write.

A connector speaks the system's own columns and knows nothing of customers.

STREAM   what one connector object reads and writes: a sheet, a file, an app, a mailbox.
KEY      text that names a row in its stream for ever (a customer code, a record number). Never a position.
CELL     what a column holds, as JSON can carry it: dates as ISO 8601 text, decimals as text.
VERSION  the system's own revision or etag; "" where it has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from pydantic import BaseModel

from tasuki.settings import Connection

Cell = Any
"""str, int, float, bool, None, or a list of str (a multiple choice)."""


class Column(NamedTuple):
    """What a system says about one of its columns; limits are those it enforces or silently cuts at."""

    name: str
    type: Literal["text", "number", "date", "datetime", "choice", "choices", "boolean"] = "text"
    required: bool = False
    unique: bool = False
    writable: bool = True
    assigned: bool = False
    """The system itself fills it when a row is created (a record number)."""
    max_chars: int | None = None
    """UTF-16 code units for spreadsheets, code points elsewhere."""
    max_bytes: int | None = None
    """Counted in `encoding`, or UTF-8."""
    encoding: str = ""
    """The codec every value must survive ("cp932"); "" for any Unicode text."""
    choices: tuple[str, ...] = ()


class Description(NamedTuple):
    """What a stream offers now."""

    columns: tuple[Column, ...]
    batch: int
    """How many writes the system takes in one call."""
    confirms: Literal["at_once", "next_read"] = "at_once"
    """next_read: a person imports what we write; only a later read proves it (sync-rules S20)."""
    assigns_key: bool = False
    """The system names new rows itself; else `Write.key` must name them."""
    deletes: bool = True
    writes: bool = True
    changed_within: float | None = None
    """Seconds of uncertainty of `Row.changed_at`; None when the system keeps no such time (S12)."""


class Row(NamedTuple):
    """One row as the system shows it."""

    key: str
    cells: tuple[Cell, ...]
    """In the order of the columns asked for."""
    at: int | str = ""
    """Where a person finds it: the row number of a sheet or file (1 = its first line), a record number."""
    version: str = ""
    changed_at: float | None = None
    """When the system says it last changed, seconds since 1970 UTC."""


class BadRow(NamedTuple):
    """A row that can't be read; the engine keeps it in quarantine and goes on."""

    at: int | str
    code: str
    column: str = ""
    key: str = ""
    """"" when even the key can't be read."""
    details: Mapping[str, object] = {}


class Source(NamedTuple):
    """Which file or box was read, so that an old copy or another file is noticed (S25)."""

    name: str
    digest: str = ""
    family: str = ""
    """A mark that copies of one file share and another file doesn't; "" when there is none."""
    modified: str = ""
    """ISO 8601 with zone, as the file itself says."""


class End(NamedTuple):
    """The last item of every read; a read without it proves nothing (I5)."""

    complete: bool
    """Every row of the stream was seen, or `keys` names them all."""
    cursor: str = ""
    """Where the next read may go on."""
    unchanged: bool = False
    """The stream is the same, byte for byte, as at `cursor`: no row was sent."""
    keys: frozenset[str] | None = None
    """All keys there are now, for a read that sent only what changed."""
    source: Source | None = None


class Write(NamedTuple):
    """One write that a plan decided on."""

    action: Literal["create", "update", "delete"]
    key: str
    """"" only for a create in a system that names its rows itself."""
    cells: Mapping[str, Cell]
    """The columns to set, and no other."""
    base: Mapping[str, Cell]
    """What these columns held when the plan was made; a system without versions compares before it writes."""
    version: str
    token: str
    """Idempotency key: the same for every attempt at this write."""


class Written(NamedTuple):
    """Done. `cells` is what the system now shows, None when it does not tell."""

    token: str
    key: str
    version: str = ""
    cells: Mapping[str, Cell] | None = None


class Refused(NamedTuple):
    """The system will not take this one; the others go on."""

    token: str
    code: str
    column: str = ""
    details: Mapping[str, object] = {}


class Stale(NamedTuple):
    """The row moved since it was read; nothing was written."""

    token: str


class Unknown(NamedTuple):
    """No answer came: it may have been written. Never sent again before `fetch` has looked."""

    token: str


Result = Written | Refused | Stale | Unknown


class Connector(Protocol):
    """A system's stream, both ways.

    Every method may raise Retry (the system can't be used now), UserError (settings, connection or the
    stream's shape are wrong) and nothing else that is expected.
    """

    Settings: ClassVar[type[BaseModel]]

    def __init__(self, settings: Any, *, key: str, home: Path, connection: Connection | None = None) -> None:
        """`settings` is this class's own `Settings`; `key` the column that names a row."""

    def describe(self) -> Description: ...

    def read(self, columns: Sequence[str], cursor: str = "") -> Iterator[list[Row | BadRow] | End]:
        """Pages of rows, then one End. With "" everything, else what may have changed since `cursor`.

        Rows with a blank key are BadRow TSK-1001. Raises UserError TSK-1003 when a column is missing.
        """

    def fetch(self, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        """These rows as they are this moment; keys that don't exist are left out."""

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        """At most `Description.batch` writes; one result each, in order.

        `columns` are the mapped ones: readback cells are given for them. A write whose row already shows
        what it asks for is Written again, so that a repeated token changes nothing. Retry is raised only
        when surely nothing was written. Where a person imports, a call without writes lets what waits for
        that follow the rows that were read.
        """

    def close(self) -> None: ...
