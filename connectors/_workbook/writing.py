"""What becomes of each write: done already, stale, refused, or made in a new copy of the workbook."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connectors._workbook.book import Book
from connectors._workbook.copy import Copy
from connectors._workbook.patch import Patch
from connectors._workbook.values import same
from tasuki.connector import BadRow, Cell, Refused, Result, Row, Stale, Write, Written
from tasuki.errors import Skip

Live = Mapping[str, Row | BadRow]


class Outcome(NamedTuple):
    """`data` is the new workbook, b"" when nothing changes; `results` hold once it is in its place."""

    results: dict[str, Result]
    """By token."""
    data: bytes = b""
    made: frozenset[str] = frozenset()
    """The writes in `data`."""


def outcome(copy: Copy, columns: Sequence[str], writes: Sequence[Write]) -> Outcome:
    """A write that can't be made is refused and the others go on.

    Every changed row is read back from the new workbook; a cell that shows something else than was asked
    is refused too, and all is begun again without that write.
    """
    asked = (name for write in writes for name in (*write.cells, *write.base))
    wanted = list(dict.fromkeys([*columns, *asked]))
    live = copy.found(wanted, [write.key for write in writes])
    results = {
        write.token: result for write in writes if (result := _settled(copy, write, live, wanted, columns))
    }
    todo = [write for write in writes if write.token not in results]
    while todo:
        try:
            patch, refused = _patched(copy, todo, live, wanted)
            todo = [write for write in todo if write.token not in refused]
            data = _packed(copy, patch)
            shown = _shown(copy, patch, wanted) if todo else {}
        except Skip as reason:
            return Outcome(results | {write.token: _refused(write, reason) for write in todo})
        results |= refused
        wrong = {write.token: found for write in todo if (found := _misread(write, shown, wanted))}
        if not wrong:
            results |= {write.token: _written(write, shown.get(write.key), wanted, columns) for write in todo}
            return Outcome(results, data, frozenset(write.token for write in todo))
        results |= wrong
        todo = [write for write in todo if write.token not in wrong]
    return Outcome(results)


def _settled(
    copy: Copy, write: Write, live: Live, wanted: Sequence[str], columns: Sequence[str]
) -> Result | None:
    """What is known without writing anything; None when the write is to be made."""
    if write.action == "delete":
        return Refused(write.token, "TSK-1033")
    if not write.key.strip():
        return Refused(write.token, "TSK-1001", copy.key, {"column": copy.key})
    row = live.get(write.key)
    if isinstance(row, BadRow):
        return Refused(write.token, row.code, row.column, row.details)
    if row is None:
        return None if write.action == "create" else Stale(write.token)
    cells = dict(zip(wanted, row.cells, strict=True))
    if all(same(cells[name], value) for name, value in write.cells.items()):
        return _written(write, row, wanted, columns)
    if write.action == "create" or any(not same(cells[name], value) for name, value in write.base.items()):
        return Stale(write.token)
    if copy.key in write.cells and not same(write.cells[copy.key], write.key):
        return Refused(write.token, "TSK-1016", copy.key, {"column": copy.key})
    return None


def _patched(
    copy: Copy, writes: Sequence[Write], live: Live, wanted: Sequence[str]
) -> tuple[Patch, dict[str, Result]]:
    columns = {heading.name: heading.column for heading in copy.columns([copy.key, *wanted])}
    every = {heading.column: heading for heading in copy.headings}
    patch = Patch(copy.book, copy.sheet, every, copy.header_row, columns[copy.key])
    refused: dict[str, Result] = {}
    for write in writes:
        row = live.get(write.key)
        try:
            if isinstance(row, Row):
                cells = dict(zip(wanted, row.cells, strict=True))
                new = {name: value for name, value in write.cells.items() if not same(cells[name], value)}
                patch.update(int(row.at), {columns[name]: value for name, value in new.items()})
            else:
                patch.append({columns[name]: v for name, v in {copy.key: write.key, **write.cells}.items()})
        except Skip as reason:
            refused[write.token] = _refused(write, reason)
    return patch, refused


def _packed(copy: Copy, patch: Patch) -> bytes:
    """The new workbook, looked over once more before it takes the old one's place; b"" without a change."""
    parts = patch.parts()
    if not parts:
        return b""
    data = copy.book.archive.replaced(parts)
    if not copy.book.archive.kept(data, parts):
        raise Skip("TSK-1027", copy.book.place)
    return data


def _shown(copy: Copy, patch: Patch, wanted: Sequence[str]) -> Live:
    """The changed rows as a reader sees them: a small workbook of them alone is read."""
    data = copy.book.archive.replaced(patch.excerpt())
    excerpt = copy._replace(data=data, book=Book(data, copy.book.place))
    return excerpt.found(wanted, None)


def _misread(write: Write, shown: Live, wanted: Sequence[str]) -> Refused | None:
    row = shown.get(write.key)
    if isinstance(row, BadRow) and row.code == "TSK-1022":
        return None  # a formula of this row waits for Excel, so the row can't be read now
    if not isinstance(row, Row):
        return Refused(write.token, "TSK-1035", details={"column": ""})
    cells = dict(zip(wanted, row.cells, strict=True))
    for name, value in write.cells.items():
        if not same(cells[name], value):
            return Refused(write.token, "TSK-1035", name, {"column": name})
    return None


def _written(
    write: Write, row: Row | BadRow | None, wanted: Sequence[str], columns: Sequence[str]
) -> Written:
    if not isinstance(row, Row):
        return Written(write.token, write.key)
    cells: dict[str, Cell] = dict(zip(wanted, row.cells, strict=True))
    return Written(write.token, write.key, cells={name: cells[name] for name in columns})


def _refused(write: Write, reason: Skip) -> Refused:
    return Refused(write.token, reason.code, str(reason.details.get("column", "")), reason.details)
