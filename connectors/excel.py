"""A ledger in an Excel workbook, read and written in place: only the cells we change change.

A row is found by its key, never by its position. A formula column is read, never written; a row whose
formula has no saved result can't be read (TSK-1022) until the workbook is saved in Excel, and that is how
formula cells of rows we changed stay until then. Sheet protection guards hands, not us: a protected sheet
is written. Nothing is written while anybody has the workbook open.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors._place import LocalPlace, Place
from connectors._sftp import SftpPlace, Unclear
from connectors._workbook.book import Book
from connectors._workbook.copy import Copy, digest, taken
from connectors._workbook.heading import Heading
from connectors._workbook.lock import Folder, LocalFolder, lock
from connectors._workbook.values import MOST_CHARS
from connectors._workbook.writing import outcome
from tasuki.connector import BadRow, Column, Description, End, Result, Row, Source, Stale, Unknown, Write
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection

BATCH = 100_000
"""Every call of write replaces the file once, so few large calls are best."""
LARGEST = 256 << 20

log = logging.getLogger(__name__)


class ExcelSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    """Of the .xlsx or .xlsm file; on the server when there is a connection."""
    sheet: str
    header_row: int = Field(default=1, ge=1, le=1_048_576)


class ExcelConnector:
    Settings: ClassVar[type[BaseModel]] = ExcelSettings

    def __init__(
        self,
        settings: Any,
        *,
        key: str,
        home: Path,
        connection: Connection | None = None,
        file: Place | None = None,
    ) -> None:
        """`connection` names the server that the workbook lies on; `file` stands in for either place."""
        self.settings: ExcelSettings = settings
        self.key = key
        self.name = PurePosixPath(self.settings.path).name
        self._remote = SftpPlace(connection, self.settings.path) if connection else None
        local = (home / self.settings.path).resolve()
        self._place = file or self._remote or LocalPlace(local, home / "var" / "backup" / local.name)
        self._folder: Folder = self._remote or LocalFolder(local.parent)

    def describe(self) -> Description:
        found = {heading.name: self._column(heading) for heading in self._copy(self._load()).headings}
        return Description(tuple(found.values()), batch=BATCH, deletes=False)

    def read(self, columns: Sequence[str], cursor: str = "") -> Iterator[list[Row | BadRow] | End]:
        data = self._load()
        now, mark = digest(data), Book(data, self.settings.path).mark()
        source = Source(self.name, now, mark.family, mark.modified)
        if now == cursor:
            yield End(complete=True, cursor=cursor, unchanged=True, source=source)
            return
        with self._copy(data).pages(columns) as pages:
            yield from pages
        yield End(complete=True, cursor=now, source=source)

    def fetch(self, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        found = self._copy(self._load()).found(columns, keys)
        return {key: row for key, row in found.items() if isinstance(row, Row)}

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        """A workbook that somebody saves meanwhile is begun once more; then all writes are Stale.

        Raises Retry TSK-1011 while somebody has it open.
        """
        for _ in range(2):
            results = self._attempt(columns, writes)
            if results is not None:
                return results
        return [Stale(write.token) for write in writes]

    def close(self) -> None:
        if self._remote:
            self._remote.close()

    def _attempt(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result] | None:
        """None when somebody else saved the workbook before ours was in its place."""
        self._guard_open()
        copy = self._copy(self._load())
        made = outcome(copy, columns, writes)
        results = made.results
        try:
            if made.data and not self._replace(made.data, digest(copy.data)):
                return None
        except Unclear:
            results = results | {token: Unknown(token) for token in made.made}
        return [results[write.token] for write in writes]

    def _replace(self, data: bytes, seen: str) -> bool:
        def content() -> Iterator[bytes]:
            yield data
            # Asked once more when all is written and nothing is replaced yet.
            self._guard_open()

        done = self._place.replace(content(), seen)
        if done and lock(self._folder, self.name):
            # Against Excel no lock exists: who opened it in this very moment sees the old one.
            log.warning("TSK-1036 %s", self.settings.path)
        return done

    def _guard_open(self) -> None:
        found = lock(self._folder, self.name)
        if found:
            raise Retry("TSK-1011", self.settings.path, holder=found.holder, since=found.since)

    def _load(self) -> bytes:
        with self._place.open() as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UserError("TSK-1012", self.settings.path, size=f"> {LARGEST >> 20} MB")
        return data

    def _copy(self, data: bytes) -> Copy:
        wanted = self.settings
        return taken(data, wanted.path, wanted.sheet, wanted.header_row, self.key)

    def _column(self, heading: Heading) -> Column:
        key = heading.name == self.key
        kind = "text" if heading.kind == "time" else heading.kind
        return Column(
            heading.name,
            kind,
            required=key,
            unique=key,
            writable=not heading.formula,
            max_chars=MOST_CHARS,
        )
