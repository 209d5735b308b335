"""The system in memory is a full member of the family, whatever its habits."""

from pathlib import Path

import pytest

from tasuki.conformance import Cells, ConnectorTests
from tasuki.connector import Cell, Column, End, Refused, Unknown, Write, Written
from tasuki.errors import Retry
from tasuki.memory import MemoryConnector, MemorySettings, MemorySystem

COLUMNS = (
    Column("顧客コード", required=True, unique=True),
    Column("会社名", max_chars=12),
    Column("TEL"),
    Column("登録番号", writable=False, assigned=True),
)


def opened(system: MemorySystem) -> MemoryConnector:
    return MemoryConnector(MemorySettings(system=system), key=system.key, home=Path())


class TestMemory(ConnectorTests):
    @pytest.fixture(autouse=True)
    def start(self) -> None:
        self.system = self.made()

    def made(self) -> MemorySystem:
        return MemorySystem(COLUMNS, "顧客コード")

    def open(self) -> MemoryConnector:
        return opened(self.system)

    def put(self, *rows: Cells) -> list[str]:
        return self.system.put(*rows)

    def edit(self, key: str, **cells: Cell) -> None:
        self.system.edit(key, **cells)

    def remove(self, key: str) -> None:
        self.system.remove(key)

    def rows(self) -> dict[str, Cells]:
        return dict(self.system.rows())

    def import_(self) -> None:
        self.system.import_()


class TestSnapshotsWithoutVersions(TestMemory):
    def made(self) -> MemorySystem:
        return MemorySystem(COLUMNS, "顧客コード", versions=False, incremental=False)


class TestNamesItsRows(TestMemory):
    def made(self) -> MemorySystem:
        return MemorySystem(COLUMNS, "顧客コード", assigns_key=True)


class TestRefusesLongTextAndDeletes(TestMemory):
    def made(self) -> MemorySystem:
        return MemorySystem(COLUMNS, "顧客コード", cuts=False, deletes=False, tells=False)


class TestPersonImports(TestMemory):
    def made(self) -> MemorySystem:
        return MemorySystem(COLUMNS, "顧客コード", confirms="next_read", incremental=False)


@pytest.fixture
def system() -> MemorySystem:
    system = MemorySystem(COLUMNS, "顧客コード")
    system.put({"顧客コード": "C1", "会社名": "山田商店"}, {"顧客コード": "C2", "会社名": "佐藤工業"})
    return system


def rename(key: str, name: str, base: str) -> Write:
    return Write("update", key, {"会社名": name}, {"会社名": base}, "", f"rename-{key}")


def names(system: MemorySystem) -> dict[str, Cell]:
    return {key: cells["会社名"] for key, cells in system.rows().items()}


RENAMES = [rename("C1", "新山田", "山田商店"), rename("C2", "新佐藤", "佐藤工業")]


def test_a_lost_reply_leaves_the_write_done(system: MemorySystem) -> None:
    system.fail_next("reply_lost")
    assert opened(system).write(["会社名"], RENAMES) == [Unknown("rename-C1"), Unknown("rename-C2")]
    assert names(system) == {"C1": "新山田", "C2": "新佐藤"}


def test_retry_means_nothing_was_written(system: MemorySystem) -> None:
    system.fail_next("retry")
    with pytest.raises(Retry):
        opened(system).write(["会社名"], RENAMES)
    assert names(system) == {"C1": "山田商店", "C2": "佐藤工業"}


def test_a_partial_write_leaves_the_rest_unknown(system: MemorySystem) -> None:
    system.fail_next("partial")
    first, second = opened(system).write(["会社名"], RENAMES)
    assert isinstance(first, Written)
    assert second == Unknown("rename-C2")
    assert names(system) == {"C1": "新山田", "C2": "佐藤工業"}


def test_a_create_delivered_twice_makes_one_row() -> None:
    system = MemorySystem(COLUMNS, "顧客コード", assigns_key=True)
    system.fail_next("twice")
    opened(system).write(["会社名"], [Write("create", "", {"会社名": "一社"}, {}, "", "t")])
    assert list(names(system).values()) == ["一社"]


def test_a_read_may_end_early_and_says_so(system: MemorySystem) -> None:
    system.fail_next("read_incomplete")
    *_, end = opened(system).read(["会社名"])
    assert end == End(complete=False, source=end.source)


def test_a_held_export_shows_the_past(system: MemorySystem) -> None:
    system.hold_export()
    system.edit("C1", 会社名="新山田")
    [page, _] = opened(system).read(["会社名"])
    assert page[0].cells == ("山田商店",)
    system.release_export()
    [page, _] = opened(system).read(["会社名"])
    assert page[0].cells == ("新山田",)


def test_an_assigned_column_is_refused(system: MemorySystem) -> None:
    [result] = opened(system).write(["登録番号"], [Write("update", "C1", {"登録番号": "9"}, {}, "", "t")])
    assert isinstance(result, Refused)
    assert result.code == "TSK-1016"
