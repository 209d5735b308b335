"""A CSV file that an accounting or sales program exports, read and written back line by line.

Values are written as they are, also those that begin with = + - @: these files go back into business
programs, which would keep a protecting quote mark as part of the value. A line that no write concerns
keeps every byte; a changed line keeps the spelling of its other cells.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from connectors import _yayoi
from connectors._delimited.importfile import ImportFile, followed, noted, remembered_at
from connectors._delimited.layout import PROFILES, Layout
from connectors._delimited.rewriting import rewritten
from connectors._delimited.search import search
from connectors._delimited.table import Table
from connectors._delimited.writing import Rows, Sheet, outcome
from connectors._place import LocalPlace, Place, digest
from connectors._sftp import SftpPlace, Unclear
from tasuki.connector import (
    BadRow,
    Column,
    Description,
    End,
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

PAGE = 250
"""Few enough that a page doesn't make Python look for garbage (700 objects): a fifth of a read's time."""
BATCH = 10_000
"""Every call of write rewrites the file, so few large calls are best."""


class CsvSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path
    """The file that is read, and written back unless `import_path` is given; both lie on the server when
    there is a connection."""
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
            raise PydanticCustomError(
                "profile_says_it", "a profile names encoding, delimiter, header and columns"
            )
        if not self.profile and self.header == bool(self.columns):
            raise PydanticCustomError("header_or_columns", "either header: no with columns, or neither")
        if self.import_path == self.path:
            raise PydanticCustomError("import_path", "rows to be imported would take the place of the export")
        return self

    def layout(self) -> Layout:
        if self.profile:
            return Layout(_yayoi.ENCODING, ",", PROFILES[self.profile])
        return Layout(self.encoding, self.delimiter, tuple(Column(name) for name in self.columns))


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
        """`connection` names the server that the files lie on; `file` stands in for `settings.path`."""
        self.layout: Layout = settings.layout()
        self.key = key
        self.name = str(settings.path)
        self.file = file or _place(settings.path, home, connection)
        self.imports: ImportFile | None = None
        if settings.import_path:
            place = _place(settings.import_path, home, connection)
            memory = remembered_at(home, settings.import_path, connection.id if connection else "")
            self.imports = ImportFile(place, memory, str(settings.import_path), self.layout, key)

    def describe(self) -> Description:
        with self.file.open() as file:
            columns = self.layout.described(self._table(file), self.key)
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
        with self.file.open() as file:
            table = self._table(file)
            if not table.names:
                return {}
            at_key, *wanted = table.places([self.key, *columns])
            pick = _picker(wanted)
            found = search(table, at_key, keys).spots
            return {key: Row(key, pick(record.cells), record.at) for key, (_, _, record) in found.items()}

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        """A file that moves while it is being rewritten is begun once more; then all writes are Stale.

        Where the line broke at the last step, nobody knows whether the new file is in its place: Unknown.
        """
        attempt = self._hand_over if self.imports else self._rewrite
        for _ in range(2):
            results = attempt(columns, writes)
            if results is not None:
                return results
        return [Stale(write.token) for write in writes]

    def close(self) -> None:
        self.file.close()
        if self.imports:
            self.imports.place.close()

    def _rewrite(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result] | None:
        """None when the file moved meanwhile and nothing was written."""
        with self.file.open() as file:
            mark = digest(file)
            sheet = self._sheet(file, columns, writes)
            rows = sheet.rows()
            results, made = outcome(sheet, writes, rows, rows)
            results = [_told(sheet, columns, result, rows) for result in results]
            if not made:
                return results
            with _unknown(results, made):
                if not self.file.replace(rewritten(file, sheet, rows), mark):
                    return None
        return results

    def _hand_over(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result] | None:
        """Whole rows for a person to import: what the export shows, with our cells in it."""
        assert self.imports is not None
        old = self.imports.waiting()
        if not (old.rows or writes):
            return []
        with self.file.open() as file:
            if not (writes or self._table(file).names):
                return []
            sheet = self._sheet(file, columns, writes, old.rows)._replace(deletes=False)
            if old.names and old.names != sheet.table.names:
                raise UserError("TSK-1074", self.imports.name, expected=len(sheet.table.names))
            waiting = followed(old, sheet)
            results, made = outcome(sheet, writes, waiting.rows, sheet.rows())
            waiting = noted(waiting, sheet, writes, made)
            if waiting == old:
                return results
            with _unknown(results, made):
                if not self.imports.replace(old, waiting, sheet):
                    return None
        return results

    def _sheet(
        self, file: BinaryIO, columns: Sequence[str], writes: Sequence[Write], others: Iterable[str] = ()
    ) -> Sheet:
        table = self._table(file)
        if not table.names:
            raise UserError("TSK-1007", self.name)
        asked = (name for write in writes for name in (*write.cells, *write.base))
        named = list(dict.fromkeys([self.key, *columns, *asked]))
        places = dict(zip(named, table.places(named), strict=True))
        found = search(table, places[self.key], {write.key for write in writes}.union(others))
        described = {column.name: column for column in self.layout.described(table, self.key)}
        return Sheet(table, self.key, described, places, found)

    def _table(self, file: BinaryIO) -> Table:
        return self.layout.table(file, self.name)

    def _rows(self, table: Table, columns: Sequence[str]) -> Iterator[Row | BadRow]:
        if not table.names:
            return  # an emptied file: no rows, and that is all there is to say
        at_key, *wanted = table.places([self.key, *columns])
        pick = _picker(wanted)
        for at, cells, fault in table.records():
            if fault:
                yield BadRow(at, fault, details={"encoding": table.encoding} if fault == "TSK-1009" else {})
            elif not cells:
                continue
            elif cells[at_key].strip():
                yield Row(cells[at_key], pick(cells), at)
            elif any(cells):
                yield BadRow(at, "TSK-1001", self.key, details={"column": self.key})

    def _suspect(self, table: Table, page: Sequence[Row | BadRow]) -> None:
        """When most of the first page can't be read, the settings are wrong, not the rows."""
        codes = [row.code for row in page if isinstance(row, BadRow)]
        for fault, code in (("TSK-1009", "TSK-1009"), ("TSK-1015", "TSK-1074")):
            if codes.count(fault) > max(2, len(page) // 2):
                raise UserError(code, self.name, encoding=table.encoding, expected=len(table.names))


def _told(sheet: Sheet, columns: Sequence[str], result: Result, rows: Rows) -> Result:
    """With the cells as they stand there now."""
    if not isinstance(result, Written) or result.key not in rows:
        return result
    row = rows[result.key]
    return result._replace(cells={name: row[sheet.places[name]] for name in columns})


def _picker(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """The cells at these places, always as a tuple (itemgetter gives one cell bare)."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)


@contextmanager
def _unknown(results: list[Result], made: Collection[str]) -> Iterator[None]:
    """What becomes of the writes that were made when nobody knows where the new file ended."""
    try:
        yield
    except Unclear:
        results[:] = [Unknown(one.token) if one.token in made else one for one in results]


def _place(path: Path, home: Path, connection: Connection | None) -> Place:
    if connection:
        return SftpPlace(connection, str(path))
    # Resolved: replacing a link by a file would cut it off from the share that it leads to.
    return LocalPlace((home / path).resolve(), home / "var" / "backup" / path.name)
