"""Asks the reading process for rows, and says in the house's words what went wrong there."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson

from connectors._workbook.book import Book
from connectors._workbook.heading import Heading
from connectors._workbook.reader import Line, Request
from tasuki import confined
from tasuki.confined import Limits
from tasuki.connector import BadRow, Row
from tasuki.errors import Retry, UserError


class Question(NamedTuple):
    """Which rows of which sheet; `keys` None asks for all."""

    sheet: str
    header_row: int
    key: Heading
    columns: Sequence[Heading]
    named: Sequence[Heading]
    """All columns that have a header."""
    keys: Sequence[str] | None = None


@contextmanager
def rows(data: bytes, book: Book, question: Question) -> Iterator[Iterator[list[Row | BadRow]]]:
    """Pages of rows of the workbook `data`, in the sheet's order.

    All rows of a key that stands twice are BadRow TSK-1002: which of them is right is not ours to say.
    Raises UserError TSK-1012 and TSK-1020 for a workbook too big to read, Retry TSK-1008 for a damaged one.
    The copy that is read lies in a private folder and goes with it.
    """
    place = f"{book.place} {question.sheet}"
    with tempfile.TemporaryDirectory(prefix="tasuki-") as folder:
        copy, out = Path(folder, "book.xlsx"), Path(folder, "rows")
        copy.write_bytes(data)
        duplicates = _run(_request(book, question, copy, out), book.limits, place)
        yield _pages(out, duplicates, question)


def _request(book: Book, question: Question, copy: Path, out: Path) -> Request:
    return Request(
        workbook=str(copy),
        sheet=question.sheet,
        part=book.sheet(question.sheet).part,
        out=str(out),
        first_row=question.header_row + 1,
        key=question.key.column,
        columns=[column.column for column in question.columns],
        dates=[place for place, column in enumerate(question.columns) if column.kind == "date"],
        named=[column.column for column in question.named],
        keys=None if question.keys is None else list(question.keys),
        memory=book.limits.memory,
        seconds=book.limits.seconds,
    )


def _run(request: Request, allowed: Limits, place: str) -> dict[str, int]:
    """The keys that stand twice."""
    summary = confined.ask(
        "connectors._workbook.reader", request._asdict(), Path(request.out).parent, allowed, place
    )
    match summary.get("error"):
        case None:
            return dict(summary["duplicates"])
        case "TSK-1020":
            raise confined.too_much(allowed, place)
        case "TSK-1010":
            raise UserError("TSK-1010", place)
    raise Retry("TSK-1008", place)


def _pages(out: Path, duplicates: dict[str, int], question: Question) -> Iterator[list[Row | BadRow]]:
    names = {column.column: column.name for column in (*question.columns, question.key)}
    with out.open("rb") as lines:
        for line in lines:
            yield [_row(Line(*item), duplicates, names, question.key.name) for item in orjson.loads(line)]


def _row(line: Line, duplicates: dict[str, int], names: dict[int, str], key: str) -> Row | BadRow:
    if line.key in duplicates:
        details = {"column": key, "count": duplicates[line.key]}
        return BadRow(line.at, "TSK-1002", key, line.key, details)
    if line.code:
        name = names[line.column]
        return BadRow(line.at, line.code, name, line.key, {"column": name})
    return Row(line.key, tuple(line.cells), line.at)
