"""A CSV file that an accounting or sales program exports, read and written back line by line.

Values are written as they are, also those that begin with = + - @: these files go back into business
programs, which would keep a protecting quote mark as part of the value. A line that no write concerns
keeps every byte; a changed line keeps the spelling of its other cells.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator

from connectors import _yayoi
from connectors._delimited import Record, Table
from connectors._place import CHUNK, LocalPlace, Place, digest
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
    Write,
    Written,
)
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection

PAGE = 250
"""Few enough that a page doesn't make Python look for garbage (700 objects): a fifth of a read's time."""
BATCH = 10_000
"""Every call of write rewrites the file, so few large calls are best."""

PROFILES = {"yayoi_customers": _yayoi.CUSTOMERS}


class CsvSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path
    """The file that is read, and written back unless `import_path` is given."""
    import_path: Path | None = None
    """Writes go into this file, which a person imports; rows leave it once `path` shows them."""
    encoding: Literal["auto", "cp932", "utf-8", "utf-8-sig"] = "auto"
    """auto: UTF-8 if the whole file is, else cp932. A write keeps what the file has, byte order mark too."""
    delimiter: Literal[",", "\t"] = ","
    header: bool = True
    columns: tuple[str, ...] = ()
    """Names of the columns of a file without a header."""
    profile: Literal["yayoi_customers"] | None = None
    """A known program's file: cp932, comma, no header, its columns and their widths."""

    @model_validator(mode="after")
    def _columns_are_named_once(self) -> Self:
        if self.profile and self.model_fields_set & {"encoding", "delimiter", "header", "columns"}:
            raise ValueError("a profile names encoding, delimiter, header and columns itself")
        if not self.profile and self.header == bool(self.columns):
            raise ValueError("name the columns either by the file's header or by columns, with header: false")
        return self

    def layout(self) -> "Layout":
        if self.profile:
            return Layout(_yayoi.ENCODING, ",", PROFILES[self.profile])
        return Layout(self.encoding, self.delimiter, tuple(Column(name) for name in self.columns))


class Layout(NamedTuple):
    """What is known of a file before it is opened."""

    encoding: str
    """A codec, or "auto"."""
    delimiter: str
    columns: tuple[Column, ...]
    """Empty when the file's header names them."""


class CsvConnector:
    Settings: ClassVar[type[BaseModel]] = CsvSettings

    def __init__(
        self,
        settings: Any,
        *,
        key: str,
        home: Path,
        connection: Connection | None = None,
        file: Place | None = None,
    ) -> None:
        """`file` is where `settings.path` lies when that isn't this machine."""
        self.layout: Layout = settings.layout()
        self.key = key
        self.name = str(settings.path)
        self.file = file or _local(settings.path, home)
        self.import_name = str(settings.import_path)
        self.imports = _local(settings.import_path, home) if settings.import_path else None

    def describe(self) -> Description:
        with self.file.open() as file:
            columns = self._columns(self._table(file))
        if self.imports:
            return Description(columns, batch=BATCH, confirms="next_read", deletes=False)
        return Description(columns, batch=BATCH)

    def read(self, columns: Sequence[str], cursor: str = "") -> Iterator[list[Row | BadRow] | End]:
        """A broken quote may have swallowed other rows' lines: such a read doesn't end complete.

        Raises Retry TSK-1008 when the file is being saved meanwhile.
        """
        with self.file.open() as file:
            mark = digest(file)
            source = Source(Path(self.name).name, mark, modified=self.file.modified())
            if mark == cursor:
                yield End(complete=True, cursor=cursor, unchanged=True, source=source)
                return
            table = self._table(file)
            rows = self._rows(table, columns)
            page = list(islice(rows, PAGE))
            self._suspect(table, page)
            while page:
                yield page
                page = list(islice(rows, PAGE))
            if digest(file) != mark:
                raise Retry("TSK-1008", self.name)
            yield End(complete=not table.swallowed, cursor="" if table.swallowed else mark, source=source)

    def fetch(self, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        wanted = set(keys)
        with self.file.open() as file:
            rows = self._rows(self._table(file), columns)
            return {row.key: row for row in rows if isinstance(row, Row) and row.key in wanted}

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        """A file that moves while it is being rewritten is begun once more; then all writes are Stale."""
        attempt = self._hand_over if self.imports else self._rewrite
        for _ in range(2):
            results = attempt(columns, writes)
            if results is not None:
                return results
        return [Stale(write.token) for write in writes]

    def close(self) -> None:
        self.file.close()
        if self.imports:
            self.imports.close()

    def _rewrite(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result] | None:
        """None when the file moved meanwhile and nothing was written."""
        with self.file.open() as file:
            mark = digest(file)
            sheet = self._sheet(file, columns, writes, ())
            results = [_decide(sheet, write, sheet.rows) for write in writes]
            if sheet.rows != sheet.before and not self.file.replace(self._lines(file, sheet), mark):
                return None
        return results

    def _hand_over(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result] | None:
        """Whole rows for a person to import: what the export shows, with our cells in it."""
        assert self.imports is not None
        mark, names, waiting = self._waiting(self.imports)
        with self.file.open() as file:
            sheet = self._sheet(file, columns, writes, waiting)._replace(imported=True)
        if names and names != sheet.table.names:
            raise UserError("TSK-1074", self.import_name, expected=len(sheet.table.names))
        still = {key: row for key, row in waiting.items() if sheet.rows.get(key) != row}
        wanted = dict(still)
        results = [_decide(sheet, write, wanted) for write in writes]
        lines = [sheet.table.ended_head, *(sheet.table.line(row, sheet.last) for row in wanted.values())]
        if wanted != still and not self.imports.replace(lines, mark):
            return None
        return results

    def _waiting(self, place: Place) -> tuple[str, tuple[str, ...], dict[str, list[str]]]:
        """The rows that wait for a person, by key; with the file's digest and its columns."""
        try:
            file = place.open()
        except UserError as error:
            if error.code != "TSK-1006":
                raise
            return "", (), {}
        with file:
            mark, table = digest(file), self._table(file)
            [key] = self._places(table, [self.key])
            records = [record for record in table.records() if record.cells or record.fault]
            for record in records:
                if record.fault:
                    where = f"{self.import_name}:{record.at}"
                    raise UserError(record.fault, where, encoding=table.encoding)
            return mark, table.names, {record.cells[key]: record.cells for record in records}

    def _sheet(
        self, file: BinaryIO, columns: Sequence[str], writes: Sequence[Write], others: Iterable[str]
    ) -> "Sheet":
        table = self._table(file)
        if not table.names:
            raise UserError("TSK-1007", self.name)
        named = [self.key, *columns, *(name for write in writes for name in (*write.cells, *write.base))]
        places = dict(zip(named, self._places(table, named), strict=True))
        keys = {write.key for write in writes}.union(others) - {""}
        before: dict[str, list[str]] = {}
        spots: dict[str, Spot] = {}
        doubled: Counter[str] = Counter()
        last, at, key_at = None, len(table.head), places[self.key]
        for record in table.records():
            if record.cells:
                last, key = record, record.cells[key_at]
                if key in keys:
                    before.setdefault(key, record.cells)
                    spots.setdefault(key, Spot(at, record))
                    doubled[key] += 1
            at += len(record.raw)
        described = {column.name: column for column in self._columns(table)}
        return Sheet(
            table, self.key, described, places, tuple(columns), before, spots, dict(before), doubled, last
        )

    def _lines(self, file: BinaryIO, sheet: "Sheet") -> Iterator[bytes]:
        """The new file: every byte as it was, but for the rows that changed."""
        moved = [key for key, row in sheet.before.items() if sheet.rows.get(key) != row]
        file.seek(0)
        raw = b""
        for start, record, key in sorted((*sheet.spots[key], key) for key in moved):
            for raw in _bytes(file, start - file.tell()):
                yield raw
            new = sheet.rows.get(key)
            if new is not None:
                raw = sheet.table.respelled(record, new)
                yield raw
            file.seek(start + len(record.raw))
        for raw in _bytes(file):
            yield raw
        created = [row for key, row in sheet.rows.items() if key not in sheet.before]
        if created and raw and not raw.endswith(b"\n"):
            yield sheet.table.line_end
        for row in created:
            yield sheet.table.line(row, sheet.last)

    def _table(self, file: BinaryIO) -> Table:
        names = [column.name for column in self.layout.columns]
        return Table(file, self.layout.encoding, self.layout.delimiter, names, self.name)

    def _columns(self, table: Table) -> tuple[Column, ...]:
        columns = self.layout.columns or tuple(Column(name) for name in table.names if name)
        encoding = "" if table.encoding == "utf-8" else table.encoding
        return tuple(
            column._replace(
                encoding=encoding, required=column.name == self.key, unique=column.name == self.key
            )
            for column in columns
        )

    def _rows(self, table: Table, columns: Sequence[str]) -> Iterator[Row | BadRow]:
        if not table.names:
            return  # an emptied file: no rows, and that is all there is to say
        at_key, *wanted = self._places(table, [self.key, *columns])
        pick = _picker(wanted)
        for at, _, cells, fault in table.records():
            if fault:
                yield BadRow(at, fault, details={"encoding": table.encoding} if fault == "TSK-1009" else {})
            elif not cells:
                continue
            elif cells[at_key].strip():
                yield Row(cells[at_key], pick(cells), at)
            elif any(cells):
                yield BadRow(at, "TSK-1001", self.key, details={"column": self.key})

    def _places(self, table: Table, names: Iterable[str]) -> list[int]:
        found = []
        for name in names:
            if not name or name not in table.names:
                near = get_close_matches(name, table.names, n=1)
                hint = f" (→ {near[0]}?)" if near else ""
                raise UserError("TSK-1003", self.name, column=name, suggestion=hint)
            found.append(table.names.index(name))
        return found

    def _suspect(self, table: Table, page: Sequence[Row | BadRow]) -> None:
        """When most of the first page can't be read, the settings are wrong, not the rows."""
        codes = [row.code for row in page if isinstance(row, BadRow)]
        for fault, code in (("TSK-1009", "TSK-1009"), ("TSK-1015", "TSK-1074")):
            if codes.count(fault) > max(2, len(page) // 2):
                raise UserError(code, self.name, encoding=table.encoding, expected=len(table.names))


class Spot(NamedTuple):
    """Where a row's line stands."""

    start: int
    """Of its first byte."""
    record: Record


def _bytes(file: BinaryIO, count: int = -1) -> Iterator[bytes]:
    """The next `count` bytes, or all that are left, piece by piece."""
    while count and (piece := file.read(CHUNK if count < 0 else min(CHUNK, count))):
        yield piece
        count -= len(piece) if count > 0 else 0


class Sheet(NamedTuple):
    """What a batch of writes needs to know of the file."""

    table: Table
    key: str
    columns: Mapping[str, Column]
    places: Mapping[str, int]
    """Where the columns in question stand."""
    told: tuple[str, ...]
    """Columns to read back."""
    before: Mapping[str, list[str]]
    spots: Mapping[str, Spot]
    rows: dict[str, list[str]]
    """The rows in question, as decided so far."""
    counts: Counter[str]
    last: Record | None
    imported: bool = False


def _decide(sheet: Sheet, write: Write, into: dict[str, list[str]]) -> Result:
    """What becomes of one write; puts the new row into `into`."""
    refused = _refused(sheet, write)
    if refused:
        return refused
    shown = sheet.rows.get(write.key)
    row = into.get(write.key, shown)
    wanted = {sheet.places[name]: _kept(sheet, cell) for name, cell in write.cells.items()}
    done = row is None if write.action == "delete" else row is not None and _shows(row, wanted)
    if not done:
        if _moved(sheet, write, shown):
            return Stale(write.token)
        if write.action == "delete":
            del into[write.key]
            return Written(write.token, write.key)
        row = list(row or [""] * len(sheet.table.names))
        for place, text in {sheet.places[sheet.key]: write.key, **wanted}.items():
            row[place] = text
        into[write.key] = row
    if row is None or sheet.imported:
        return Written(write.token, write.key)
    return Written(write.token, write.key, cells={name: row[sheet.places[name]] for name in sheet.told})


def _refused(sheet: Sheet, write: Write) -> Refused | None:
    count = sheet.counts[write.key]
    if count > 1:
        return Refused(write.token, "TSK-1002", sheet.key, {"column": sheet.key, "count": count})
    if write.action == "delete":
        return Refused(write.token, "TSK-1071") if sheet.imported else None
    if not write.key.strip():
        return Refused(write.token, "TSK-1001", sheet.key, {"column": sheet.key})
    if write.cells.get(sheet.key, write.key) != write.key:
        return Refused(write.token, "TSK-1016", sheet.key, {"column": sheet.key})
    for name, cell in {sheet.key: write.key, **write.cells}.items():
        code, details = _unfit(sheet.columns[name], sheet.table.encoding, _text(cell))
        if code:
            return Refused(write.token, code, name, {"column": name, **details})
    return None


def _unfit(column: Column, encoding: str, text: str) -> tuple[str, dict[str, object]]:
    """Why the column can't hold the text, "" when it can."""
    size = _size(text, encoding)
    if size is None or "\0" in text:
        lacking = "".join(sorted({mark for mark in text if mark == "\0" or _size(mark, encoding) is None}))
        # Code points, not the characters: a rare kanji in a log can give a person away.
        told = " ".join(f"U+{ord(mark):04X}" for mark in lacking)
        return "TSK-1014", {"encoding": encoding, "characters": told}
    if column.max_bytes is not None and size > column.max_bytes:
        return "TSK-1013", {"limit": column.max_bytes, "size": size}
    return "", {}


def _size(text: str, encoding: str) -> int | None:
    """In bytes; None when the encoding lacks a character."""
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return None


def _moved(sheet: Sheet, write: Write, shown: list[str] | None) -> bool:
    if shown is None or write.action == "create":
        return (shown is None) != (write.action == "create")
    return any(shown[sheet.places[name]] != _text(cell) for name, cell in write.base.items())


def _shows(row: Sequence[str], wanted: Mapping[int, str]) -> bool:
    return all(row[place] == text for place, text in wanted.items())


def _kept(sheet: Sheet, cell: Cell) -> str:
    """As a reader will see it: cp932 gives back ～ for 〜 and － for −."""
    return _text(cell).encode(sheet.table.encoding).decode(sheet.table.encoding)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _picker(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """The cells at these places, always as a tuple (itemgetter gives one cell bare)."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)


def _local(path: Path, home: Path) -> LocalPlace:
    # Resolved: replacing a link by a file would cut it off from the share that it leads to.
    return LocalPlace((home / path).resolve(), home / "var" / "backup" / path.name)
