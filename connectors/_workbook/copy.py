"""A workbook as it was at one moment, and the rows of the sheet we were asked for."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from connectors._workbook.book import Book
from connectors._workbook.child import Question, rows
from connectors._workbook.heading import Heading, find, headings
from tasuki.connector import BadRow, Row


class Copy(NamedTuple):
    data: bytes
    book: Book
    sheet: str
    header_row: int
    key: str
    """The column that names a row."""
    headings: list[Heading]

    def pages(
        self, columns: Sequence[str], keys: Sequence[str] | None = None
    ) -> AbstractContextManager[Iterator[list[Row | BadRow]]]:
        key, *wanted = self.columns([self.key, *columns])
        question = Question(self.sheet, self.header_row, key, wanted, self.headings, keys)
        return rows(self.data, self.book, question)

    def found(self, columns: Sequence[str], keys: Sequence[str] | None) -> dict[str, Row | BadRow]:
        """The rows of these keys, good and bad."""
        with self.pages(columns, keys) as pages:
            return {row.key: row for page in pages for row in page}

    def columns(self, names: Sequence[str]) -> list[Heading]:
        """Raises UserError TSK-1003 when one is missing, TSK-1005 when its header stands twice."""
        place = f"{self.book.place} {self.sheet} ({self.header_row})"
        return find(self.headings, list(names), place)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def taken(data: bytes, place: str, sheet: str, header_row: int, key: str) -> Copy:
    book = Book(data, place)
    return Copy(data, book, sheet, header_row, key, headings(book, sheet, header_row))
