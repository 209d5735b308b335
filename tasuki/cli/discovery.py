"""discover: what a system or an unknown file holds, and a first mapping for it."""

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import yaml

from tasuki import definition, finder
from tasuki.cli.screen import Screen
from tasuki.connector import Cell, Column, Connector, End, Row
from tasuki.discovery import Guess, guess, mapping_yaml
from tasuki.errors import TasukiError, UserError

ROWS = 200
"""Rows looked at."""

LARGEST = 4 << 20
"""Bytes of the part that lists the sheets; a longer one is no honest workbook's and ends unreadable."""

DELIMITERS = ",\t;|"
"""In the only header of a file they say that it was split at the wrong ones."""

WORKBOOKS = (".xlsx", ".xlsm")

HEADER_ROWS = range(1, 11)
"""A title and a date often stand above the header."""


class Look(NamedTuple):
    """One way to read a file, and what it shows."""

    connector: str
    settings: dict[str, Any]
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    guesses: list[Guess]

    @property
    def worth(self) -> tuple[float, int]:
        return sum(found.confidence for found in self.guesses), -int(self.settings.get("header_row", 1))


def discover(screen: Screen, source: str, suggest: bool) -> int:
    path = (screen.home / source) if not Path(source).is_file() else Path(source)
    if path.is_file():
        return _file(screen, path, suggest)
    return _system(screen, source)


def _system(screen: Screen, name: str) -> int:
    for sync in definition.names(screen.home):
        loaded = definition.load(screen.home, sync)
        if name in loaded.systems:
            connector = finder.open_connector(screen.home, loaded.systems[name])
            try:
                columns = connector.describe().columns
            finally:
                connector.close()
            return _columns(screen, columns)
    raise UserError("TSK-4043", source=name)


def _columns(screen: Screen, columns: tuple[Column, ...]) -> int:
    if screen.as_json:
        screen.emit([column._asdict() for column in columns])
    limits = [(c.name, c.type, c.max_chars or c.max_bytes or "", "" if c.writable else "✕") for c in columns]
    screen.table(("column", "type", "limit", "apply"), limits)
    return 0


def _file(screen: Screen, path: Path, suggest: bool) -> int:
    look = _best(screen.home, path)
    text = mapping_yaml(look.connector, look.settings, look.guesses, look.rows, _spell) if suggest else ""
    if screen.as_json:
        told = [found._asdict() for found in look.guesses]
        screen.emit(
            {"connector": look.connector, "settings": look.settings, "columns": told, "mapping": text or None}
        )
        return 0
    lines = [
        (g.column, g.field or "?", f"{g.confidence:.0%}" if g.field else "", g.sample) for g in look.guesses
    ]
    screen.table(("column", "field", "confidence", "sample"), lines)
    if text:
        screen.console.print(text, markup=False)
    return 0


def _best(home: Path, path: Path) -> Look:
    """The way under which most is understood. Raises UserError TSK-4044 when no way shows a list; of a text
    file, for which there are few ways, the first way's own error."""
    looks, errors = [], []
    for name, settings in _ways(home, path):
        try:
            looks.append(_look(home, name, settings))
        except TasukiError as error:
            # This row is no header, or this sheet no list: another way of reading may fit.
            errors.append(error)
    if not looks and errors and path.suffix.lower() not in WORKBOOKS:
        raise errors[0]
    if not looks:
        raise UserError("TSK-4044", path.name)
    return max(looks, key=lambda one: one.worth)


def _look(home: Path, name: str, settings: dict[str, Any]) -> Look:
    kind = finder.connector_class(name)
    columns = _headers(kind, settings, home)
    told = [column for column in columns if column.strip()]
    if not told or (name == "csv" and len(columns) == 1 and set(told[0]) & set(DELIMITERS)):
        raise UserError("TSK-4044", Path(settings["path"]).name)
    columns, rows = _told_apart(kind, settings, home, columns)
    return Look(name, settings, columns, rows, guess(columns, rows))


def _told_apart(
    kind: Any, settings: dict[str, Any], home: Path, columns: tuple[str, ...]
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Without the columns whose header stands twice: no mapping can name one of them."""
    try:
        return columns, _rows(kind, settings, home, columns)
    except UserError as error:
        if error.code != "TSK-1005":
            raise
        rest = tuple(column for column in columns if column != error.details["column"])
        return _told_apart(kind, settings, home, rest)


def _ways(home: Path, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every sheet and likely header row of a workbook; a text file as it is, with commas or tabs."""
    told = str(path.relative_to(home)) if path.is_relative_to(home) else str(path.resolve())
    if path.suffix.lower() in WORKBOOKS:
        for sheet in _sheets(path):
            for row in HEADER_ROWS:
                yield "excel", {"path": told, "sheet": sheet} | ({"header_row": row} if row > 1 else {})
        return
    yield "csv", {"path": told}
    yield "csv", {"path": told, "delimiter": "\t"}


def _sheets(path: Path) -> list[str]:
    """Sheet names from the workbook part. Raises UserError TSK-1008 when the file is no workbook."""
    try:
        with zipfile.ZipFile(path) as book, book.open("xl/workbook.xml") as part:
            root = ElementTree.fromstring(part.read(LARGEST))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError):
        raise UserError("TSK-1008", path.name) from None
    return [element.get("name", "") for element in root.iter() if element.tag.endswith("}sheet")]


def _open(kind: Any, settings: dict[str, Any], home: Path, key: str) -> Connector:
    opened: Connector = kind(kind.Settings(**settings), key=key, home=home)
    return opened


def _headers(kind: Any, settings: dict[str, Any], home: Path) -> tuple[str, ...]:
    connector = _open(kind, settings, home, "")
    try:
        names = [column.name for column in connector.describe().columns]
    finally:
        connector.close()
    return tuple(names)


def _rows(
    kind: Any, settings: dict[str, Any], home: Path, columns: tuple[str, ...]
) -> list[tuple[Cell, ...]]:
    """The first rows. Blank keys don't matter yet, so each column is tried as the key until one is filled."""
    best: list[tuple[Cell, ...]] = []
    for key in columns[:3]:
        connector = _open(kind, settings, home, key)
        try:
            found = list(islice(_cells(connector, columns), ROWS))
        finally:
            connector.close()
        best = max(best, found, key=len)
    return best


def _cells(connector: Connector, columns: tuple[str, ...]) -> Iterator[tuple[Cell, ...]]:
    for page in connector.read(columns):
        if not isinstance(page, End):
            yield from (row.cells for row in page if isinstance(row, Row))


def _spell(value: object) -> str:
    """A scalar as YAML writes it in a flow mapping."""
    return str(
        yaml.safe_dump([value], allow_unicode=True, default_flow_style=True, width=1_000).strip()[1:-1]
    )
