"""kintone as a connector: what every connector owes, and how it reads."""

from typing import Any, ClassVar

import pytest

from connectors.kintone import KintoneConnector
from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import BadRow, Cell, End
from tasuki.sandbox.kintone import KintoneSandbox
from tests.connectors.kintone_customers import (
    NAMES,
    NOW,
    company,
    keys,
    kintone,
    methods,
    opened,
    pauses,
    read,
    system,
)

pytestmark = pytest.mark.integration

# The fixtures come by import, so that they stand beside the app they serve.
__all__ = ["kintone", "pauses", "system"]


class Kintone(ConnectorTests):
    """The family's tests over the wire."""

    columns = ("顧客コード", "備考", "TEL")
    settings: ClassVar[dict[str, Any]] = {}

    @pytest.fixture(autouse=True)
    def start(self, kintone: KintoneSandbox) -> None:
        self.kintone = kintone
        kintone.apps[12].fields["会社名"]["required"] = False

    def open(self) -> KintoneConnector:
        return opened(self.kintone, key=self.columns[0], **self.settings)

    def put(self, *rows: Cells) -> list[str]:
        ids = self.kintone.put(12, *rows)
        held = self.kintone.rows(12)
        return [str(held[id][self.columns[0]]) for id in ids]

    def edit(self, key: str, **cells: Cell) -> None:
        self.kintone.edit(12, self.number(key), **cells)

    def remove(self, key: str) -> None:
        self.kintone.remove(12, self.number(key))

    def rows(self) -> dict[str, Cells]:
        held = self.kintone.rows(12).values()
        return {row[self.columns[0]]: {name: row[name] for name in self.columns} for row in held}

    def number(self, key: str) -> int:
        held = self.kintone.rows(12)
        return next(id for id, row in held.items() if row[self.columns[0]] == key)


class TestNamedByCode(Kintone):
    pass


class TestNamedByRecordNumber(Kintone):
    columns = ("$id", "備考", "TEL")
    settings: ClassVar[dict[str, Any]] = {"upsert_key": "取込番号"}


class TestNarrowedByACondition(Kintone):
    settings: ClassVar[dict[str, Any]] = {"query": 'TEL != "×"'}


def test_more_than_500_records_are_read_page_by_page(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, *(company(number) for number in range(1, 1001)))
    rows, end = read(system)
    assert keys(rows) == [f"C{number:03}" for number in range(1, 1001)]
    assert end.complete
    assert methods(kintone) == ["GET"] * 3


def test_only_what_is_needed_is_asked_for(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, company(1, 備考="秘密"))
    read(system, ["会社名"])
    asked = kintone.exchanges[-1]
    assert asked.params["fields"] == ["$id", "$revision", "顧客コード", "更新日時", "会社名"]
    assert "秘密" not in repr(asked.body)


def test_cells_come_as_json_can_carry_them(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(
        12,
        company(
            1,
            金額="1200.50",
            契約日="2026-11-22",
            訪問日時="2026-11-22T10:15:00+09:00",
            区分="既存",
            興味=["資料"],
            担当=[{"code": "sato", "name": "佐藤"}],
        ),
        company(2),
    )
    typed = ("金額", "契約日", "訪問日時", "区分", "興味", "担当")
    full, blank = read(system, typed)[0]
    assert full.cells == ("1200.50", "2026-11-22", "2026-11-22T01:15:00Z", "既存", ["資料"], ["sato"])
    assert blank.cells == ("", "", "", "", [], [])


def test_a_row_knows_its_number_revision_and_time(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    [id] = kintone.put(12, company(1))
    kintone.edit(12, id, 備考="改")
    [row] = read(system)[0]
    assert (row.at, row.version) == (id, "2")
    assert row.changed_at == NOW.replace(second=0).timestamp()


@pytest.mark.invariant("I1")
def test_a_change_in_the_minute_of_the_last_read_is_not_lost(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    first, _ = kintone.put(12, company(1), company(2))
    _, end = read(system)
    kintone.pass_time(10)  # 更新日時 stays the same
    kintone.edit(12, first, 会社名="改名")
    rows, _ = read(system, cursor=end.cursor)
    assert {row.key: row.cells[1] for row in rows}["C001"] == "改名"


@pytest.mark.invariant("I1")
def test_a_change_while_pages_are_read_is_not_lost(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    first, *_ = kintone.put(12, *(company(number) for number in range(1, 502)))
    pages = system.read(NAMES)
    next(pages)
    kintone.edit(12, first, 会社名="改名")
    kintone.pass_time(3600)
    kintone.edit(12, 501, 会社名="一時間後")
    *_, end = pages
    assert isinstance(end, End)
    rows, _ = read(system, cursor=end.cursor)
    assert sorted(keys(rows)) == sorted(f"C{number:03}" for number in range(1, 502))
    assert {row.key: row.cells[1] for row in rows}["C001"] == "改名"


def test_only_what_changed_is_read_again(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    first, _ = kintone.put(12, company(1), company(2))
    kintone.pass_time(600)
    _, end = read(system)
    kintone.pass_time(600)
    kintone.edit(12, first, 会社名="改名")
    rows, again = read(system, cursor=end.cursor)
    assert keys(rows) == ["C001"]
    assert again.keys == {"C001", "C002"}


@pytest.mark.invariant("I5")
def test_a_deleted_record_is_missing_from_the_keys(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    first, _ = kintone.put(12, company(1), company(2))
    kintone.pass_time(600)
    _, end = read(system)
    kintone.remove(12, first)
    _, again = read(system, cursor=end.cursor)
    assert (again.complete, again.keys) == (True, {"C002"})


@pytest.mark.parametrize("cursor", ["", "{", "[]", '{"since": "2030-01-01T00:00:00Z", "mark": "other"}'])
def test_a_cursor_that_cannot_be_trusted_means_a_whole_read(
    kintone: KintoneSandbox, system: KintoneConnector, cursor: str
) -> None:
    kintone.put(12, company(1))
    rows, end = read(system, cursor=cursor)
    assert (keys(rows), end.keys) == (["C001"], None)


def test_another_mapping_or_form_means_a_whole_read(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    kintone.put(12, company(1))
    kintone.pass_time(600)
    _, end = read(system)
    assert keys(read(system, ["備考"], end.cursor)[0]) == ["C001"]
    assert keys(read(system, cursor=end.cursor)[0]) == []
    kintone.apps[12].fields["会社名"]["maxLength"] = "60"
    assert keys(read(opened(kintone), cursor=end.cursor)[0]) == ["C001"]


def test_a_renamed_update_time_is_found_by_its_type(kintone: KintoneSandbox) -> None:
    kintone.apps[12].fields["最終更新"] = kintone.apps[12].fields.pop("更新日時")
    kintone.put(12, company(1))
    [row] = read(opened(kintone))[0]
    assert row.changed_at == NOW.replace(second=0).timestamp()


def test_a_record_without_the_key_is_named(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    [id] = kintone.put(12, company(1, 顧客コード=""))
    page, _ = system.read(NAMES)
    assert page == [BadRow(id, "TSK-1001", "顧客コード", details={"column": "顧客コード"})]


def test_a_condition_narrows_the_stream(kintone: KintoneSandbox) -> None:
    kintone.put(12, company(1, 区分="既存"), company(2, 区分="見込"))
    system = opened(kintone, query='区分 in ("既存") or 備考 like "必要"')
    assert keys(read(system)[0]) == ["C001"]
    assert list(system.fetch(NAMES, ["C001", "C002"])) == ["C001"]
    kintone.pass_time(600)
    _, end = read(system)
    rows, again = read(system, cursor=end.cursor)
    assert (rows, again.keys) == ([], {"C001"})


def test_keys_with_quotes_and_control_characters_are_fetched_safely(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    odd = ['C"1\\', "Ｃ　１", "ｺｰﾄﾞ①"]
    kintone.put(12, *(company(1, 顧客コード=key) for key in odd))
    assert sorted(system.fetch(NAMES, [*odd, "C\t1", "C\n", ""])) == sorted(odd)


def test_many_keys_are_fetched_in_hundreds(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, *(company(number) for number in range(250)))
    assert len(system.fetch(NAMES, [f"C{number:03}" for number in range(250)])) == 250
    assert methods(kintone) == ["GET"] * 3


def test_describe_tells_types_limits_and_choices(system: KintoneConnector) -> None:
    described = system.describe()
    columns = {column.name: column for column in described.columns}
    assert (described.batch, described.assigns_key, described.changed_within) == (100, False, 60)
    assert (columns["会社名"].required, columns["会社名"].max_chars) == (True, 50)
    assert (columns["顧客コード"].unique, columns["顧客コード"].max_chars) == (True, 64)
    assert columns["区分"].choices == ("見込", "既存")
    assert (columns["更新日時"].writable, columns["更新日時"].assigned) == (False, True)
    assert "明細" not in columns


def test_what_kintone_computes_or_looks_up_cannot_be_written(kintone: KintoneSandbox) -> None:
    kintone.apps[12].fields |= {
        "合計": {"type": "CALC", "expression": "金額 * 2"},
        "表示名": {"type": "SINGLE_LINE_TEXT", "expression": "会社名"},
        "親会社": {"type": "SINGLE_LINE_TEXT", "lookup": {"fieldMappings": [{"field": "備考"}]}},
    }
    columns = {column.name: column for column in opened(kintone).describe().columns}
    closed = [name for name in ("合計", "表示名", "備考", "親会社") if not columns[name].writable]
    assert closed == ["合計", "表示名", "備考"]
