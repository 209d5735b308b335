"""What the columns of a sheet are called and what they hold, from its header and the rows just below."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple
from xml.parsers import expat

from connectors._workbook.book import Book, suggestion
from connectors._workbook.refs import number
from connectors._workbook.styles import Look, looks
from tasuki.errors import Retry, UserError

Kind = Literal["text", "number", "date", "time", "boolean"]

SAMPLE = 200
"""Rows below the header that tell what a column holds."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Heading(NamedTuple):
    """One column that has a header."""

    name: str
    column: int
    """1 is column A."""
    kind: Kind = "text"
    """What all its sampled cells are; text when they differ or there are none."""
    formula: bool = False
    styles: tuple[tuple[Kind, int], ...] = ()
    """The commonest cell style for each kind of value found in the column."""


class _Cell(NamedTuple):
    row: int
    column: int
    type: str
    style: int
    text: str
    formula: bool


def headings(book: Book, sheet: str, header_row: int) -> list[Heading]:
    """Columns of blank headers are left out. Raises UserError TSK-1037 when the header row is blank."""
    place = book.sheet(sheet)
    cells = list(_cells(book, place.part, header_row, header_row + SAMPLE))
    names = _names(book, [cell for cell in cells if cell.row == header_row])
    if not any(names.values()):
        raise UserError("TSK-1037", f"{book.place} {sheet}", row=header_row)
    styles = looks(book)
    below: dict[int, list[_Cell]] = {}
    for cell in cells:
        if cell.row > header_row:
            below.setdefault(cell.column, []).append(cell)
    return [_heading(name, at, below.get(at, []), styles) for at, name in sorted(names.items()) if name]


def find(found: list[Heading], names: list[str], place: str) -> list[Heading]:
    """The columns of these names, in that order.

    Raises UserError TSK-1003 with the nearest header when one is missing, TSK-1005 when it stands twice.
    """
    result = []
    for name in names:
        same = [heading for heading in found if heading.name == name]
        if not same:
            near = suggestion(name, [heading.name for heading in found])
            raise UserError("TSK-1003", place, column=name, suggestion=near)
        if len(same) > 1:
            raise UserError("TSK-1005", place, column=name)
        result.append(same[0])
    return result


def _names(book: Book, header: list[_Cell]) -> dict[int, str]:
    try:
        wanted = {int(cell.text) for cell in header if cell.type == "s" and cell.text}
        words = _words(book, wanted) if wanted else {}
        return {cell.column: _text(cell, words) for cell in header}
    except ValueError:
        raise Retry("TSK-1008", book.place) from None


def _heading(name: str, index: int, cells: list[_Cell], styles: list[Look]) -> Heading:
    kinds = [(_kind(cell, styles), cell.style) for cell in cells if cell.text or cell.formula]
    seen = {kind for kind, _ in kinds}
    common: dict[Kind, int] = {}
    for (kind, style), _ in Counter(kinds).most_common():
        common.setdefault(kind, style)
    only = seen.pop() if len(seen) == 1 else "text"
    return Heading(name, index, only, any(cell.formula for cell in cells), tuple(common.items()))


def _kind(cell: _Cell, styles: list[Look]) -> Kind:
    if cell.type == "b":
        return "boolean"
    if cell.type not in ("", "n"):
        return "text"
    look = styles[cell.style] if cell.style < len(styles) else "number"
    return look if look in ("date", "time") else "number"


def _text(cell: _Cell, words: dict[int, str]) -> str:
    if cell.type == "s" and cell.text:
        return words.get(int(cell.text), "")
    if cell.type in ("", "n") and cell.text:
        value = float(cell.text)
        return str(int(value)) if value.is_integer() else repr(value)
    return _unescaped(cell.text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


class _Enough(Exception):
    """What was looked for has been seen."""


def _parse(book: Book, part: str, parser: expat.XMLParserType) -> None:
    """Feeds the part until a handler has had enough; the rest of it isn't even unpacked."""

    def refuse(*_: object) -> None:
        raise Retry("TSK-1008", book.place)

    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        for chunk in book.archive.chunks(part):
            parser.Parse(chunk, False)
    except _Enough:
        return
    except expat.ExpatError:
        raise Retry("TSK-1008", book.place) from None


def _cells(book: Book, part: str, first: int, last: int) -> Iterator[_Cell]:
    """Cells of rows `first` to `last` as they are written, shared words still as numbers."""
    found: list[_Cell] = []
    reader = _CellReader(found, first, last)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        _parse(book, part, parser)
    except ValueError:
        raise Retry("TSK-1008", book.place) from None
    return iter(found)


class _CellReader:
    def __init__(self, found: list[_Cell], first: int, last: int) -> None:
        self.found, self.first, self.last = found, first, last
        self.row = self.column = 0
        self.cell: dict[str, str] = {}
        self.text: list[str] = []
        self.inside = ""
        self.reading = self.formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rsplit(" ", 1)[-1]
        if name == "row":
            self.row, self.column = int(attributes.get("r") or self.row + 1), 0
            if self.row > self.last:
                raise _Enough
        elif name == "c":
            ref = attributes.get("r", "").rstrip("0123456789")
            self.column = number(ref) if ref else self.column + 1
            self.cell, self.text, self.formula = attributes, [], False
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.inside = name
        self.reading = name in ("v", "t") and self.inside != "rPh"

    def end(self, tag: str) -> None:
        name = tag.rsplit(" ", 1)[-1]
        self.reading = False
        if name == "rPh":
            self.inside = ""
        if name == "sheetData":
            raise _Enough
        if name == "c" and self.first <= self.row:
            type_, style = self.cell.get("t", ""), int(self.cell.get("s", "0"))
            found = _Cell(self.row, self.column, type_, style, "".join(self.text), self.formula)
            self.found.append(found)

    def characters(self, text: str) -> None:
        if self.reading:
            self.text.append(text)


def _words(book: Book, wanted: set[int]) -> dict[int, str]:
    """These shared words, without their furigana; the table is left after the last of them."""
    if book.strings not in book.archive:
        return {}
    reader = _WordReader(wanted)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    _parse(book, book.strings, parser)
    return reader.words


class _WordReader:
    def __init__(self, wanted: set[int]) -> None:
        self.last, self.wanted = max(wanted), wanted
        self.at = -1
        self.words: dict[int, str] = {}
        self.text: list[str] = []
        self.reading = self.furigana = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rsplit(" ", 1)[-1]
        if name == "si":
            self.at, self.text = self.at + 1, []
        if name == "rPh":
            self.furigana = True
        self.reading = name == "t" and not self.furigana

    def end(self, tag: str) -> None:
        name = tag.rsplit(" ", 1)[-1]
        self.reading = False
        if name == "rPh":
            self.furigana = False
        if name == "si" and self.at in self.wanted:
            self.words[self.at] = _unescaped("".join(self.text))
        if name == "si" and self.at >= self.last:
            raise _Enough

    def characters(self, text: str) -> None:
        if self.reading:
            self.text.append(text)
