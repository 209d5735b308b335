"""Changes cells and adds rows in one sheet of a workbook; everything else in it stays byte for byte.

Touched: the sheet's own part; its tables when rows are added; workbook.xml and the list of formulas when
the workbook has formulas. Not grown with new rows: sparklines, charts, print areas, names, pivot sources
and the sheet's own filter.
"""

import re
from collections.abc import Iterable, Mapping

from connectors._workbook import growth, recalc
from connectors._workbook.book import Book
from connectors._workbook.guard import Guard, Table
from connectors._workbook.heading import Heading
from connectors._workbook.pattern import (
    formula,
    has_formula,
    has_value,
    last_filled,
    moved,
    pattern_row,
    row_tag,
)
from connectors._workbook.sheet import Cell, RowXml, Sheet, numbered, ref, with_cells
from connectors._workbook.styles import looks
from connectors._workbook.values import Content, Present, content
from tasuki.connector import Cell as Value
from tasuki.errors import Skip

_TYPE = re.compile(rb"""\st\s*=\s*["'][^"']*["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["']([0-9]+)["']""")


class Patch:
    """The changes of one write, collected; `parts` are the pieces that `Archive.replaced` takes.

    `columns` by their place in the sheet, `key` the place of the one that names a row.
    Raises Skip when the whole workbook can't be changed surely.
    """

    def __init__(
        self, book: Book, sheet: str, columns: Mapping[int, Heading], header_row: int, key: int
    ) -> None:
        book.guard_signature()
        self.book = book
        self.place = book.sheet(sheet)
        self.sheet = Sheet(book.archive.read(self.place.part), f"{book.place} {sheet}")
        self.guard = Guard(book, self.place.part, self.sheet)
        self.looks = looks(book)
        self.columns = columns
        self.rows: dict[int, bytes] = {}
        filled = last_filled(self.sheet)
        self._pattern = pattern_row(self.sheet, filled, header_row, key)
        self._first_free = max(filled.number if filled else 0, header_row) + 1
        self._next = self._first_free
        self._formulas: list[bytes] = []
        self._right = 0

    def update(self, number: int, values: Mapping[int, Value]) -> None:
        """Sets these cells of a row. Raises Skip and changes nothing when one of them can't be set."""
        row = self.sheet.row(number)
        if row is None or number in self.rows:
            raise self.sheet.unsure()
        new = {
            column: self._cell(number, column, row.cell(column), value) for column, value in values.items()
        }
        self._put(row, new)

    def append(self, values: Mapping[int, Value]) -> int:
        """Adds a row below the last filled one and returns its number. Raises Skip and adds nothing."""
        number = self._next
        for table in self.guard.tables:
            if table.totals and table.area.bottom >= number - 1:
                raise Skip("TSK-1029", self.sheet.place, column=self._name(table.area.left))
        there = self.sheet.row(number)
        row = there or RowXml(number, row_tag(self.sheet, self._pattern, number) + self._close(), ())
        typed = {column: value for column, value in values.items() if value not in (None, "")}
        copied, formulas = self._copied(number, row, set(typed))
        new = {
            column: self._cell(number, column, row.cell(column) or self._model(column), value)
            for column, value in typed.items()
        }
        self._put(row, {**copied, **new})
        self._formulas += formulas
        self._next += 1
        return number

    def parts(self) -> dict[str, Iterable[bytes | memoryview]]:
        """The changed parts. Nothing at all when no row was changed."""
        if not self.rows:
            return {}
        found: dict[str, Iterable[bytes | memoryview]] = {self.place.part: self._grown()}
        bottom = self._next - 1
        for table in self.guard.tables:
            if self._grows(table, bottom):
                xml = self.book.archive.read(table.part)
                found[table.part] = [growth.table(xml, table.area, bottom)]
        if recalc.has_formulas(self.book):
            old = self.book.archive.read(self.book.part)
            new = recalc.recalculated(old, self.book.place)
            if new != old:
                found[self.book.part] = [new]
        if self._formulas and self.book.chain in self.book.archive:
            chain = self.book.archive.read(self.book.chain)
            found[self.book.chain] = [recalc.listed(chain, self.place.number, self._formulas)]
        return found

    def excerpt(self) -> dict[str, Iterable[bytes | memoryview]]:
        """The sheet with nothing but the changed rows, to read them back without reading all the others."""
        rows = {number: numbered(xml, number) for number, xml in self.rows.items()}
        return {self.place.part: self.sheet.rebuilt(rows, only=True)}

    def _put(self, row: RowXml, new: Mapping[int, bytes]) -> None:
        stale = {cell.column: self._uncounted(cell) for cell in row.cells if has_formula(self.sheet, cell)}
        self.rows[row.number] = with_cells(row, {**stale, **new}, self.sheet.tag(b"row"))
        self._right = max(self._right, *new, 0)

    def _cell(self, row: int, column: int, old: Cell | None, value: Value) -> bytes:
        heading = self.columns[column]
        self.guard.check(row, column, heading.name)
        if old is not None and has_formula(self.sheet, old):
            raise Skip("TSK-1016", column=heading.name)
        if old is not None and (old.attribute(b"cm") or old.attribute(b"vm")):
            raise Skip("TSK-1034", column=heading.name)
        now = self._present(heading, old)
        new = content(value, now, heading, self.book.date1904, self.sheet.prefix)
        return self._written(row, column, old, now, new)

    def _present(self, heading: Heading, old: Cell | None) -> Present:
        style = int(old.attribute(b"s") or 0) if old else next((s for _, s in heading.styles), 0)
        look = self.looks[style] if style < len(self.looks) else "number"
        if old is None or not has_value(self.sheet, old):
            return Present(style, look, None)
        return Present(style, look, old.attribute(b"t") in (b"", b"n"))

    def _written(self, row: int, column: int, old: Cell | None, now: Present, new: Content) -> bytes:
        attributes = b' r="%s"' % ref(row, column)
        if old is not None and old.start >= 0:
            attributes = _TYPE.sub(b"", old.attributes)
        style = now.style if new.style is None else new.style
        attributes = _STYLE.sub(b"", attributes) + (b' s="%d"' % style if style else b"")
        if new.type:
            attributes += b' t="%s"' % new.type
        name = self.sheet.tag(b"c")
        return (
            b"<%s%s>%s</%s>" % (name, attributes, new.inner, name)
            if new.inner
            else b"<%s%s/>" % (name, attributes)
        )

    def _model(self, column: int) -> Cell | None:
        """The pattern row's cell, to take its style from; it stands nowhere in the new row."""
        cell = self._pattern.cell(column) if self._pattern else None
        return (
            cell._replace(start=-1, inner=cell.inner if has_formula(self.sheet, cell) else b"")
            if cell
            else None
        )

    def _copied(self, number: int, row: RowXml, given: set[int]) -> tuple[dict[int, bytes], list[bytes]]:
        """Cells of a new row that nobody gave: the pattern's styles and formulas where the row has none."""
        if self._pattern is None:
            return {}, []
        cells, formulas, name = {}, [], self.sheet.tag(b"c")
        for model in self._pattern.cells:
            there, counted = row.cell(model.column), has_formula(self.sheet, model)
            kept = there is not None and (has_formula(self.sheet, there) or not counted)
            if model.column in given or kept:
                continue
            style = (there or model).attribute(b"s")
            attributes = b' r="%s"' % ref(number, model.column) + (b' s="%s"' % style if style else b"")
            if counted:
                text = moved(formula(self.sheet, self._pattern.number, model), number, model.column)
                f = self.sheet.tag(b"f")
                cells[model.column] = b"<%s%s><%s>%s</%s></%s>" % (name, attributes, f, text, f, name)
                formulas.append(ref(number, model.column))
            else:
                cells[model.column] = b"<%s%s/>" % (name, attributes)
        return cells, formulas

    def _uncounted(self, cell: Cell) -> bytes:
        """A formula of a changed row without its old result, which may be wrong now."""
        v, name = self.sheet.tag(b"v"), self.sheet.tag(b"c")
        inner = re.sub(rb"<%s(?:\s[^>]*)?(?:/>|>[^<]*</%s\s*>)" % (v, v), b"", cell.inner)
        return b"<%s%s>%s</%s>" % (name, _TYPE.sub(b"", cell.attributes), inner, name)

    def _grown(self) -> list[bytes | memoryview]:
        pieces, bottom = self.sheet.rebuilt(self.rows), self._next - 1
        pieces[0] = growth.dimension(self.sheet.head, max(self.rows), self._right)
        if self._pattern is not None and bottom >= self._first_free:
            pieces[-1] = growth.ranges(self.sheet.tail, self._pattern.number, bottom)
        return pieces

    def _grows(self, table: Table, bottom: int) -> bool:
        """The table ended at, or within, the rows that were filled just above the new ones."""
        area = table.area
        ours = any(area.left <= column <= area.right for column in self.columns)
        return ours and area.top < self._first_free <= area.bottom + 1 <= bottom

    def _close(self) -> bytes:
        return b"</" + self.sheet.tag(b"row") + b">"

    def _name(self, column: int) -> str:
        return self.columns[column].name if column in self.columns else ""
