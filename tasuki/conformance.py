"""What every connector owes: one set of tests that each connector's own test class inherits.

A subclass opens its connector and reaches past it into the system, as a person there would; all tests
come along. A system that only gives (a mailbox) inherits ReadTests alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import uuid4

import pytest

from tasuki.connector import (
    BadRow,
    Cell,
    Column,
    Connector,
    End,
    Refused,
    Result,
    Row,
    Stale,
    Write,
    Written,
)
from tasuki.errors import UserError

Cells = Mapping[str, Cell]

TEXTS = (
    "髙﨑商事㈱",
    "①號～10－5",
    "ﾔﾏﾀﾞｼｮｳﾃﾝ",
    '山田, "太郎"',
    "一行目\n二行目",
    "　前後に空白　",
    "007",
    "=1+1",
    "𠮷野家🍣",
)
"""What Japanese firms type; a stream is asked for those that its encoding and limits can hold."""


class Seen(NamedTuple):
    """All that one read gave."""

    rows: dict[str, Row]
    bad: list[BadRow]
    end: End


class Harness:
    """How the tests reach a system: `open` through the connector, all else directly.

    `columns` are text columns of the stream that may be written; the first one is the key.
    """

    columns: tuple[str, ...] = ("顧客コード", "会社名", "TEL")

    def open(self) -> Connector:
        raise NotImplementedError

    def put(self, *rows: Cells) -> list[str]:
        """Adds rows, typed by hand; returns their keys. Columns that aren't given stay blank."""
        raise NotImplementedError

    def edit(self, key: str, **cells: Cell) -> None:
        raise NotImplementedError

    def remove(self, key: str) -> None:
        raise NotImplementedError

    def rows(self) -> dict[str, Cells]:
        """What the system itself holds, by key; at least `columns` of each row."""
        raise NotImplementedError

    def import_(self) -> None:
        """A person imports what was written; nothing to do where writes count at once."""

    def column(self, name: str) -> Column:
        return next(column for column in self.open().describe().columns if column.name == name)

    def sample(self, number: int) -> dict[str, Cell]:
        """A row as a person types it; a system that names its rows gets no key."""
        key, *others = self.columns
        named = {} if self.open().describe().assigns_key else {key: f"C{number:03}"}
        return named | {name: f"{name[:3]}{number}" for name in others}

    def read(self, cursor: str = "", columns: Sequence[str] = ()) -> Seen:
        connector = self.open()
        rows: dict[str, Row] = {}
        bad: list[BadRow] = []
        *pages, end = list(connector.read(columns or self.columns, cursor))
        connector.close()
        assert isinstance(end, End), "a read ends with End"
        for page in pages:
            assert isinstance(page, list), "End comes once, as the last item"
            for row in page:
                if isinstance(row, BadRow):
                    bad.append(row)
                else:
                    assert row.key not in rows, "every row comes once"
                    rows[row.key] = row
        return Seen(rows, bad, end)

    def fetched(self, key: str) -> Row:
        return self.open().fetch(self.columns, [key])[key]

    def shown(self, key: str) -> dict[str, Cell]:
        return dict(zip(self.columns, self.fetched(key).cells, strict=True))


class ReadTests(Harness):
    def test_a_read_gives_every_row_once_and_ends_complete(self) -> None:
        keys = self.put(*(self.sample(number) for number in range(1, 8)))
        before = self.rows()
        seen = self.read()
        assert sorted(seen.rows) == sorted(keys)
        for key, row in seen.rows.items():
            assert dict(zip(self.columns, row.cells, strict=True)) == _only(before[key], self.columns)
        assert seen.end.complete
        assert not seen.bad

    def test_cells_come_in_the_order_asked_for(self) -> None:
        [key] = self.put(self.sample(1))
        backwards = self.columns[:0:-1]
        row = self.read(columns=backwards).rows[key]
        assert dict(zip(backwards, row.cells, strict=True)) == _only(self.rows()[key], backwards)

    def test_an_empty_stream_is_read_complete(self) -> None:
        for key in self.put(self.sample(1)):
            self.remove(key)
        seen = self.read()
        assert seen.end.complete
        assert not seen.rows

    def test_a_key_stays_when_rows_before_it_go(self) -> None:
        first, second = self.put(self.sample(1), self.sample(2))
        row = self.read().rows[second]
        self.remove(first)
        assert self.read().rows[second]._replace(at=row.at) == row

    def test_nothing_new_since_the_cursor_says_so(self) -> None:
        self.put(self.sample(1), self.sample(2))
        first = self.read()
        again = self.read(first.end.cursor)
        assert again.end.complete
        assert again.end.cursor
        assert all(first.rows[key] == row for key, row in again.rows.items()), "an overlap repeats rows"
        assert again.rows or again.end.unchanged or again.end.keys == frozenset(first.rows)

    def test_an_edit_and_a_new_row_after_the_cursor_are_read(self) -> None:
        edited, _ = self.put(self.sample(1), self.sample(2))
        cursor = self.read().end.cursor
        self.edit(edited, **{self.columns[1]: "改名"})
        [new] = self.put(self.sample(3))
        again = self.read(cursor, self.columns[1:])
        assert not again.end.unchanged
        assert again.rows[edited].cells[0] == "改名"
        assert new in again.rows

    def test_a_row_removed_after_the_cursor_is_missing_from_a_complete_read(self) -> None:
        removed, kept = self.put(self.sample(1), self.sample(2))
        first = self.read()
        self.remove(removed)
        again = self.read(first.end.cursor)
        assert not again.end.unchanged
        there = again.rows.keys() if again.end.keys is None else again.end.keys
        assert there == {kept} or not again.end.complete

    def test_text_comes_as_it_was_typed(self) -> None:
        name = self.columns[1]
        texts = [text for text in TEXTS if _holds(self.column(name), text)]
        keys = self.put(*(self.sample(number) | {name: text} for number, text in enumerate(texts)))
        seen = self.read(columns=[name])
        assert [seen.rows[key].cells[0] for key in keys] == texts

    def test_rows_without_a_key_are_named_and_the_others_come(self) -> None:
        if self.open().describe().assigns_key:
            return  # such a system has no row without a key
        key = self.columns[0]
        self.put(self.sample(1), self.sample(2) | {key: ""}, self.sample(3), self.sample(4) | {key: ""})
        seen = self.read()
        assert len(seen.rows) == 2
        assert [(bad.code, bad.column) for bad in seen.bad] == [("TSK-1001", key)] * 2
        assert all(bad.at for bad in seen.bad), "a person can find it"
        assert seen.end.complete

    def test_a_missing_column_is_an_error_of_the_configuration(self) -> None:
        self.put(self.sample(1))
        with pytest.raises(UserError) as error:
            self.read(columns=[*self.columns, "ない列"])
        assert error.value.code == "TSK-1003"

    def test_fetch_gives_the_rows_there_are(self) -> None:
        first, second = self.put(self.sample(1), self.sample(2))
        found = self.open().fetch(self.columns, [second, "999999", first])
        assert found == self.read().rows

    def test_fetch_sees_the_latest_edit(self) -> None:
        [key] = self.put(self.sample(1))
        self.edit(key, **{self.columns[1]: "改名"})
        assert self.shown(key)[self.columns[1]] == "改名"

    def test_describe_names_the_columns(self) -> None:
        self.put(self.sample(1))
        names = [column.name for column in self.open().describe().columns]
        assert set(self.columns) <= set(names)
        assert len(names) == len(set(names))


class WriteTests(Harness):
    def test_create_makes_one_row(self) -> None:
        [result] = self.write(self.create(1))
        assert isinstance(result, Written)
        [(key, cells)] = self.after().items()
        assert result.key in (key, "")
        assert _only(cells, self.columns[1:]) == _only(self.sample(1), self.columns[1:])

    def test_update_changes_the_named_cells_and_no_other(self) -> None:
        first, second = self.put(self.sample(1), self.sample(2))
        before = self.rows()
        name = self.columns[1]
        [result] = self.write(self.update(first, {name: "改名"}))
        assert isinstance(result, Written)
        assert result.cells is None or result.cells[name] == "改名"
        assert self.after() == {first: {**before[first], name: "改名"}, second: before[second]}

    def test_a_blank_clears_a_cell(self) -> None:
        [key] = self.put(self.sample(1))
        self.write(self.update(key, {self.columns[2]: ""}))
        assert not self.after()[key][self.columns[2]]

    def test_text_is_kept_as_written(self) -> None:
        name = self.columns[1]
        texts = [text for text in TEXTS if _holds(self.column(name), text)]
        keys = self.put(*(self.sample(number) for number, _ in enumerate(texts)))
        self.write(*(self.update(key, {name: text}) for key, text in zip(keys, texts, strict=True)))
        rows = self.after()
        assert [rows[key][name] for key in keys] == texts

    def test_a_row_that_moved_since_the_plan_is_stale(self) -> None:
        [key] = self.put(self.sample(1))
        planned = self.update(key, {self.columns[1]: "計画"})
        self.edit(key, **{self.columns[1]: "先に変更"})
        assert self.write(planned) == [Stale(planned.token)]
        assert self.after()[key][self.columns[1]] == "先に変更"

    def test_the_same_update_twice_is_written_once(self) -> None:
        [key] = self.put(self.sample(1))
        planned = self.update(key, {self.columns[1]: "改名"})
        [first], once = self.write(planned), self.after()
        [second], twice = self.write(planned), self.after()
        assert isinstance(first, Written)
        assert isinstance(second, Written)
        assert once == twice

    def test_the_same_create_twice_makes_one_row(self) -> None:
        planned = self.create(1)
        [first], [second] = self.write(planned), self.write(planned)
        assert isinstance(first, Written)
        assert isinstance(second, Written)
        assert len(self.after()) == 1

    def test_one_refused_write_does_not_stop_the_others(self) -> None:
        first, second = self.put(self.sample(1), self.sample(2))
        gone = self.update(first, {self.columns[1]: "計画"})._replace(key="999999", token="gone")
        renamed = self.update(second, {self.columns[1]: "改名"})
        results = self.write(gone, renamed)
        assert [result.token for result in results] == [gone.token, renamed.token]
        assert isinstance(results[0], Refused | Stale)
        assert isinstance(results[1], Written)
        rows = self.after()
        assert rows[second][self.columns[1]] == "改名"
        assert len(rows) == 2

    def test_an_unknown_column_writes_nothing(self) -> None:
        [key] = self.put(self.sample(1))
        before = self.rows()
        planned = self.update(key, {self.columns[1]: "改名"})
        unknown = planned._replace(cells={**planned.cells, "ない列": "x"})
        assert self.refuses(unknown)
        assert self.after() == before

    def test_text_too_long_is_refused_or_shown_as_cut(self) -> None:
        [key] = self.put(self.sample(1))
        for name in self.columns[1:]:
            column, before = self.column(name), self.rows()[key][name]
            limit = column.max_chars or column.max_bytes
            if limit is None:
                continue
            long = "a" * (limit + 1)
            [result] = self.write(self.update(key, {name: long}))
            kept = self.after()[key][name]
            if isinstance(result, Refused):
                assert (result.code, result.column, kept) == ("TSK-1013", name, before)
            else:
                assert isinstance(result, Written)
                assert kept == long[:limit]
                assert result.cells is None or result.cells[name] == kept

    def test_characters_the_encoding_lacks_are_refused(self) -> None:
        [key] = self.put(self.sample(1))
        name = self.columns[1]
        if _holds(self.column(name), "𠮷🍣"):
            return
        before = self.rows()
        [result] = self.write(self.update(key, {name: "𠮷🍣"}))
        assert isinstance(result, Refused)
        assert (result.code, result.column) == ("TSK-1014", name)
        assert self.after() == before

    def test_what_the_system_fills_in_can_be_seen_after_a_create(self) -> None:
        assigned = [column.name for column in self.open().describe().columns if column.assigned]
        [result] = self.open().write([*self.columns, *assigned], [self.create(1)])
        assert isinstance(result, Written)
        if result.cells is not None:
            assert all(result.cells[name] for name in assigned)
        self.import_()
        [row] = self.read(columns=assigned or self.columns).rows.values()
        assert all(row.cells)

    def test_delete_removes_that_row_or_is_refused(self) -> None:
        first, second = self.put(self.sample(1), self.sample(2))
        planned = self.delete(first)
        [result] = self.write(planned)
        if self.open().describe().deletes:
            assert isinstance(result, Written)
            assert list(self.after()) == [second]
            [again] = self.write(planned)
            assert isinstance(again, Written), "a repeated delete is done already"
        else:
            assert isinstance(result, Refused)
            assert list(self.after()) == [first, second]

    def test_a_row_edited_since_the_plan_is_not_deleted(self) -> None:
        [key] = self.put(self.sample(1))
        planned = self.delete(key)
        self.edit(key, **{self.columns[1]: "先に変更"})
        [result] = self.write(planned)
        assert isinstance(result, Stale | Refused)
        assert list(self.after()) == [key]

    def after(self) -> dict[str, Cells]:
        """The system's rows, once a person has imported what waits."""
        self.import_()
        return self.rows()

    def refuses(self, write: Write) -> bool:
        """As a fault of the configuration, or of this write."""
        try:
            [result] = self.write(write)
        except UserError:
            return True
        return isinstance(result, Refused)

    def write(self, *writes: Write) -> list[Result]:
        connector = self.open()
        batch = connector.describe().batch
        results: list[Result] = []
        for start in range(0, len(writes), batch):
            results += connector.write(self.columns, writes[start : start + batch])
        connector.close()
        return results

    def create(self, number: int) -> Write:
        cells = self.sample(number)
        key = str(cells.get(self.columns[0], ""))
        return Write("create", key, cells, {}, "", _token())

    def update(self, key: str, cells: Cells) -> Write:
        base, version = _only(self.shown(key), cells), self.fetched(key).version
        return Write("update", key, cells, base, version, _token())

    def delete(self, key: str) -> Write:
        return Write("delete", key, {}, self.shown(key), self.fetched(key).version, _token())


class ConnectorTests(ReadTests, WriteTests):
    """All that a two-way connector owes."""


def _token() -> str:
    return uuid4().hex


def _only(cells: Cells, names: Iterable[str]) -> dict[str, Cell]:
    return {name: cells[name] for name in names}


def _holds(column: Column, text: str) -> bool:
    if column.max_chars is not None and len(text) > column.max_chars:
        return False
    try:
        size = len(text.encode(column.encoding or "utf-8"))
    except UnicodeEncodeError:
        return False
    return column.max_bytes is None or size <= column.max_bytes
