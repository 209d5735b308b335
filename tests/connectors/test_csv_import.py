"""A file that a person imports: whole rows that follow the export until they have been taken in."""

from pathlib import Path

import pytest

from tasuki.connector import Result, Write
from tasuki.errors import UserError
from tests.connectors.test_csv import Box, create, rename

IMPORT = {"import_path": "取込.csv", "encoding": "cp932"}


class Desk(Box):
    """Where the accounting program exports to, and where it imports from."""

    def exports(self, *lines: str) -> None:
        self.holds("\n".join(["コード,名,備考", *lines]) + "\n")

    def sends(self, *writes: Write) -> list[Result]:
        return self.write(*writes, **IMPORT)

    def waits(self) -> list[str]:
        """The rows that a person would import now."""
        return self.imported.read_bytes().decode("cp932").split()[1:]

    @property
    def imported(self) -> Path:
        return self.home / "取込.csv"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.exports("C1,山田,大事", "C2,佐藤,")
    return made


def test_whole_rows_are_handed_over_and_the_export_is_left_alone(desk: Desk) -> None:
    before = desk.file.read_bytes()
    desk.sends(rename("C1", "新山田", "山田"), create("C9", "新規"))
    assert desk.imported.read_bytes().decode("cp932") == "コード,名,備考\nC1,新山田,大事\nC9,新規,\n"
    assert desk.file.read_bytes() == before


def test_a_row_waits_until_the_export_shows_it(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.sends(rename("C2", "新佐藤", "佐藤"))
    assert desk.waits() == ["C1,新山田,大事", "C2,新佐藤,"]
    desk.exports("C1,新山田,大事", "C2,佐藤,")
    desk.sends(create("C3", "鈴木"))
    assert desk.waits() == ["C2,新佐藤,", "C3,鈴木,"]


def test_a_cell_edited_in_the_program_meanwhile_is_not_put_back(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.exports("C1,山田,とても大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == ["C1,新山田,とても大事"]


def test_a_row_leaves_once_our_cells_are_shown_whatever_else_it_shows(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.exports("C1,新山田,とても大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == []


def test_a_cell_that_somebody_edited_after_us_is_theirs(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.exports("C1,山田商会,大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == []


def test_the_second_of_two_values_waits_while_the_first_is_shown(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.sends(rename("C1", "真山田", "山田"))
    desk.exports("C1,新山田,大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == ["C1,真山田,大事"]
    desk.exports("C1,真山田,大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == []


def test_a_new_row_leaves_once_it_is_shown_at_all(desk: Desk) -> None:
    desk.sends(create("C9", "新規"))
    desk.sends()
    assert desk.waits() == ["C9,新規,"]
    desk.exports("C1,山田,大事", "C2,佐藤,", "C9,シンキ,")
    desk.sends()
    assert desk.waits() == []


def test_a_row_that_was_deleted_in_the_program_is_not_brought_back(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.exports("C2,佐藤,")
    desk.sends()
    assert desk.waits() == []


@pytest.mark.invariant("I1")
def test_a_row_that_can_not_be_read_for_now_waits_on(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.exports("C1,山田", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == ["C1,新山田,大事"]


def test_an_emptied_export_changes_nothing(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    desk.holds("")
    desk.sends()
    assert desk.waits() == ["C1,新山田,大事"]


@pytest.mark.parametrize("memory", [None, b"{}", b"half a f"])
def test_a_row_of_which_nobody_knows_what_is_ours_waits_as_it_is(desk: Desk, memory: bytes | None) -> None:
    desk.sends(rename("C1", "新山田", "山田"))
    [kept] = (desk.home / "var" / "import").iterdir()
    kept.unlink() if memory is None else kept.write_bytes(memory)
    desk.exports("C1,山田,とても大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == ["C1,新山田,大事"]
    desk.exports("C1,新山田,大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == []


def test_a_person_may_take_a_row_out_or_correct_it(desk: Desk) -> None:
    desk.sends(rename("C1", "新山田", "山田"), rename("C2", "新佐藤", "佐藤"))
    desk.imported.write_bytes("コード,名,備考\nC1,真山田,大事\n".encode("cp932"))
    desk.exports("C1,新山田,とても大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == ["C1,真山田,とても大事"]


@pytest.mark.invariant("I8")
def test_what_is_remembered_of_a_write_that_never_arrived_is_not_written_later(desk: Desk) -> None:
    """As when a run is killed between the two files: the plan will be made anew."""
    desk.sends(rename("C1", "新山田", "山田"))
    before = desk.imported.read_bytes()
    desk.sends(rename("C1", "真山田", "山田"), rename("C2", "新佐藤", "佐藤"))
    desk.imported.write_bytes(before)
    desk.exports("C1,山田,とても大事", "C2,佐藤,")
    desk.sends()
    assert desk.waits() == ["C1,新山田,とても大事"]


def test_an_export_of_a_header_alone_can_be_added_to(desk: Desk) -> None:
    desk.holds("コード,名")
    desk.write(create("C1", "山田"), **IMPORT)
    desk.write(create("C1", "山田"))
    assert (desk.home / "取込.csv").read_bytes() == "コード,名\r\nC1,山田\r\n".encode("cp932")
    assert desk.file.read_bytes() == "コード,名\r\nC1,山田\r\n".encode("cp932")


def test_a_damaged_import_file_is_not_overwritten(desk: Desk) -> None:
    desk.holds("コード,名\nC1,山田\n")
    damaged = "コード,名\nC2,佐藤,余り\n".encode("cp932")
    (desk.home / "取込.csv").write_bytes(damaged)
    with pytest.raises(UserError) as error:
        desk.write(rename("C1", "新山田", "山田"), **IMPORT)
    assert (error.value.code, error.value.place) == ("TSK-1015", "取込.csv:2")
    assert (desk.home / "取込.csv").read_bytes() == damaged
