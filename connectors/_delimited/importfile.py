"""The file that a person imports: whole rows as the export shows them, with our cells in them.

A program that imports takes whole rows. Were they left as first written, they would undo what was edited in
the program since; so they follow the export, and which of their cells are ours is kept in a file of its own.
A cell of ours has waited long enough once the export shows it, or shows something that is neither ours nor
what stood there before: then somebody edited it after us.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from connectors._delimited.layout import Layout
from connectors._delimited.writing import Rows, Sheet, kept
from connectors._place import LocalPlace, Place, digest
from tasuki.connector import Write
from tasuki.errors import UserError


class Ours(NamedTuple):
    """What of a row that waits is ours."""

    new: bool
    """The export didn't show the row when we wrote it."""
    cells: dict[str, list[str]]
    """Column → what the export may show until the import: its own text, then ours, the wanted one last."""


class Waiting(NamedTuple):
    names: tuple[str, ...]
    """Of the file's columns; () when there is no file."""
    rows: Rows
    ours: dict[str, Ours]
    """By key. A row without one is wholly ours: it waits until the export shows it as it is."""
    mark: str
    """The file's digest, "" when there is no file."""


_OURS = TypeAdapter(dict[str, Ours])


class ImportFile:
    """Raises UserError, with the line, when a row in it can't be read: a person has to mend or remove it."""

    def __init__(self, place: Place, memory: LocalPlace, name: str, layout: Layout, key: str) -> None:
        self.place = place
        self.name = name
        self.layout = layout
        self.key = key
        self._memory = memory

    def waiting(self) -> Waiting:
        try:
            file = self.place.open()
        except UserError as error:
            if error.code != "TSK-1006":
                raise
            return Waiting((), {}, {}, "")
        with file:
            mark, table = digest(file), self.layout.table(file, self.name)
            [key] = table.places([self.key])
            rows: Rows = {}
            for record in table.records():
                if record.fault:
                    raise UserError(record.fault, f"{self.name}:{record.at}", encoding=table.encoding)
                if record.cells:
                    rows[record.cells[key]] = record.cells
        return Waiting(table.names, rows, _matching(self._remembered()[0], rows, table.names), mark)

    def replace(self, old: Waiting, new: Waiting, sheet: Sheet) -> bool:
        """What is ours goes first: the rows can be told from it, but it can't be told from the rows."""
        seen = self._remembered()[1]
        self._memory.path.parent.mkdir(parents=True, exist_ok=True)
        if not self._memory.replace([_OURS.dump_json(new.ours)], seen):
            return False
        table, last = sheet.table, sheet.found.last
        lines = (table.line(row, last) for row in new.rows.values())
        return self.place.replace([table.ended_head, *lines], old.mark)

    def _remembered(self) -> tuple[dict[str, Ours], str]:
        """With its file's digest."""
        try:
            with self._memory.open() as file:
                mark = digest(file)
                file.seek(0)
                return _OURS.validate_json(file.read()), mark
        except UserError:
            return {}, ""
        except ValidationError:
            return {}, mark


def remembered_at(home: Path, path: Path, connection: str) -> LocalPlace:
    """Where it is kept what is ours in the import file at `path`, on the server of `connection` if any."""
    mark = hashlib.sha256(f"{connection}\0{path}".encode()).hexdigest()[:8]
    name = f"{path.name}.{mark}.json"
    return LocalPlace(home / "var" / "import" / name, home / "var" / "backup" / name)


def followed(old: Waiting, sheet: Sheet) -> Waiting:
    """The rows that still wait, as the export shows them now."""
    shown, rows, ours = sheet.rows(), {}, {}
    for key, row in old.rows.items():
        mine = old.ours.get(key)
        if mine is None:
            if shown.get(key) != row:
                rows[key] = row
            continue
        there = shown.get(key)
        cells = mine.cells if there is None else _open(mine, there, sheet.table.names)
        if cells and (there is not None or mine.new or _unclear(sheet)):
            ours[key] = Ours(mine.new and there is None, cells)
            rows[key] = _with(row if there is None else there, cells, sheet.table.names)
    return old._replace(rows=rows, ours=ours)


def noted(waiting: Waiting, sheet: Sheet, writes: Iterable[Write], made: frozenset[str]) -> Waiting:
    """With the cells of these writes, which stand in the rows already."""
    ours, shown = dict(waiting.ours), sheet.rows()
    for write in writes:
        if write.token in made:
            row = shown.get(write.key)
            mine = ours.get(write.key, Ours(row is None, {}))
            cells = dict(mine.cells)
            for name, cell in write.cells.items():
                before = cells.get(name) or [row[sheet.places[name]] if row else ""]
                text = kept(sheet.table, cell)
                cells[name] = before if before[-1] == text else [*before, text]
            ours[write.key] = Ours(mine.new, cells)
    return waiting._replace(ours=ours)


def _open(mine: Ours, there: Sequence[str], names: Sequence[str]) -> dict[str, list[str]]:
    """The cells that the export doesn't show yet. A row of ours that it shows at all was imported."""
    if mine.new:
        return {}
    cells = {name: (texts, there[names.index(name)]) for name, texts in mine.cells.items() if name in names}
    return {name: texts for name, (texts, text) in cells.items() if text != texts[-1] and text in texts}


def _with(row: Sequence[str], cells: Mapping[str, Sequence[str]], names: Sequence[str]) -> list[str]:
    new = dict(enumerate(row)) | {names.index(name): texts[-1] for name, texts in cells.items()}
    return list(new.values())


def _unclear(sheet: Sheet) -> bool:
    """A row that can't be read may be the one that seems to be missing."""
    return any(record.fault for record in sheet.table.records())


def _matching(ours: Mapping[str, Ours], rows: Rows, names: Sequence[str]) -> dict[str, Ours]:
    """As far as the rows show it: of two files that are written one after the other, one may be missing."""
    found = {}
    for key, mine in ours.items():
        row = rows.get(key)
        if row is not None:
            cells = {
                name: _until(texts, text)
                for name, texts in mine.cells.items()
                if name in names
                for text in [row[names.index(name)]]
            }
            found[key] = Ours(mine.new, cells)
    return found


def _until(texts: list[str], text: str) -> list[str]:
    """Up to the last place where `text` stands; it is added where it doesn't."""
    while texts and texts[-1] != text and text in texts:
        texts = texts[:-1]
    return texts if text in texts else [*texts, text]
