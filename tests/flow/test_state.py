"""S1-S5: what is observed, what is agreed, what is pending."""

from pathlib import Path
from typing import Any

import pytest

from tasuki.connector import Column
from tasuki.memory import MemorySystem
from tests.flow.world import FIELDS, World, columns, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111"}


class Wide(MemorySystem):
    """Keeps names in full-width letters, whatever is written."""

    def kept(self, cells: Any) -> Any:
        wide = {ord(c): ord(c) + 0xFEE0 for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
        return {name: cell.translate(wide) if name == "会社名" else cell for name, cell in cells.items()}


class Short(MemorySystem):
    """Cuts names after six characters and tells nobody beforehand."""

    limit = 6

    def kept(self, cells: Any) -> Any:
        return {name: cell[: self.limit] if name == "会社名" else cell for name, cell in cells.items()}


def firm(home: Path, *rows: dict[str, str], **crm: Any) -> World:
    world = World(home, {"ledger": system(), "crm": system(**crm)})
    world["ledger"].put(*(rows or (YAMADA,)))
    world.run()
    return world


def test_a_new_customer_reaches_the_other_system(home: Path) -> None:
    world = firm(home)
    assert world.rows("crm") == {"C001": {"会社名": "山田商店", "電話": "03-1111-1111"}}


@pytest.mark.invariant("I3")
def test_a_second_run_writes_nothing(home: Path) -> None:
    world = firm(home)
    assert writes(world.run()) == 0
    assert world.run()["exit_code"] == 0


@pytest.mark.parametrize(
    "crm", [{}, {"tells": False}, {"versions": False}], ids=["plain", "silent", "no versions"]
)
def test_a_settled_customer_is_not_looked_at_again(home: Path, crm: dict[str, Any]) -> None:
    """What costs a run nothing: rows that show what was agreed, blanks too."""
    world = firm(home, **crm)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert [link.dirty for link in world.table("link")] == [False, False]
    world.run()
    assert world.plan().versions == ()


def test_only_one_side_changed_is_no_conflict(home: Path) -> None:
    world = firm(home)
    world["crm"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert world.cell("ledger", "電話") == "03-2222-2222"
    assert world.conflicts() == []


def test_agreed_is_kept_for_each_link_and_never_for_the_customer(home: Path) -> None:
    """The cut name of one system is no change there, while the others hold the whole name."""
    world = World(home, {"ledger": system(), "crm": system(), "short": system(kind=Short)})
    world["ledger"].put(YAMADA | {"会社名": "山田商店東京本社"})
    world.run()
    world["crm"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert world.cell("short", "会社名") == "山田商店東京"
    assert world.cell("ledger", "会社名") == world.cell("crm", "会社名") == "山田商店東京本社"
    assert world.cell("short", "電話") == "03-2222-2222"


@pytest.mark.invariant("I4")
@pytest.mark.parametrize("tells", [True, False], ids=["answers", "silent"])
def test_a_targets_own_spelling_is_no_change(home: Path, tells: bool) -> None:
    world = firm(home, YAMADA | {"会社名": "ABC商事"}, kind=Wide, tells=tells)
    assert world.cell("crm", "会社名") == "ＡＢＣ商事"
    assert writes(world.run()) == 0
    assert world.cell("ledger", "会社名") == "ABC商事"


@pytest.mark.invariant("I4")
@pytest.mark.parametrize("tells", [True, False], ids=["answers", "silent"])
def test_a_targets_cut_is_no_change(home: Path, tells: bool) -> None:
    world = firm(home, YAMADA | {"会社名": "山田商店東京本社"}, kind=Short, tells=tells)
    assert writes(world.run()) == 0
    assert world.cell("ledger", "会社名") == "山田商店東京本社"


def test_an_edit_back_to_the_cut_form_is_no_change(home: Path) -> None:
    world = World(
        home,
        {"ledger": system(), "crm": system(columns=columns(Column("会社名", max_chars=6)))},
        mappings={"crm": {"fields": {**FIELDS, "name": {"column": "会社名", "overflow": "cut"}}}},
    )
    world["ledger"].put(YAMADA | {"会社名": "山田商店東京本社"})
    world.run()
    world["crm"].edit("C001", 会社名="山田")
    world.run()
    world["crm"].edit("C001", 会社名="山田商店東京")
    outcome = world.run()
    assert world.conflicts() == []
    assert outcome["exit_code"] == 0
    assert world.cell("ledger", "会社名") == "山田商店東京本社"


def test_the_form_that_the_mapping_foretold_is_no_change_though_the_system_kept_less(home: Path) -> None:
    crm = system(kind=Short, columns=columns(Column("会社名", max_chars=6)))
    crm.limit = 5
    cut = {"fields": {**FIELDS, "name": {"column": "会社名", "overflow": "cut"}}}
    world = World(home, {"ledger": system(), "crm": crm}, mappings={"crm": cut})
    world["ledger"].put(YAMADA | {"会社名": "山田商店東京本社"})
    world.run()
    crm.limit = 6
    crm.edit("C001", 会社名="山田商店東京")
    assert world.run()["exit_code"] == 0
    assert world.cell("ledger", "会社名") == "山田商店東京本社"


def test_a_cut_text_that_was_asked_goes_on_as_decided(home: Path) -> None:
    world = firm(home, YAMADA | {"会社名": "山田商店東京本社"}, kind=Short)
    world["crm"].edit("C001", 会社名="山田商会")
    world.run()
    world.choose("name", "crm")
    world.run()
    assert world.cell("ledger", "会社名") == "山田商会"
    assert world.conflicts() == []


def test_what_was_read_is_not_lost_when_the_run_dies_before_its_plan(home: Path) -> None:
    world = firm(home)
    world["crm"].edit("C001", 電話="03-2222-2222")
    run = world.begin()
    run.start()
    for name in world.systems:
        run.read(name)
    world.crash()
    world.run()
    assert world.cell("ledger", "電話") == "03-2222-2222"


@pytest.mark.invariant("I1")
def test_a_failed_target_is_served_again_without_a_new_change(home: Path) -> None:
    world = firm(home)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].fail_next("retry")
    assert world.run()["exit_code"] == 1
    assert world.cell("crm", "電話") == "03-1111-1111"
    assert world.run()["exit_code"] == 0
    assert world.cell("crm", "電話") == "03-2222-2222"


@pytest.mark.invariant("I1")
def test_a_failed_target_is_served_again_though_another_took_it(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system(), "shop": system()})
    world["ledger"].put(YAMADA)
    world.run()
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].fail_next("retry")
    world.run()
    assert world.cell("shop", "電話") == "03-2222-2222"
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"


@pytest.mark.invariant("I1")
def test_a_value_that_a_target_refuses_stays_visible_while_others_take_it(home: Path) -> None:
    """Its customer is pending however many other targets said yes, and goes on once the target can."""
    small = system(columns=columns(Column("会社名", max_chars=6)), cuts=False)
    world = World(home, {"ledger": system(), "crm": system(), "small": small})
    world["ledger"].put(YAMADA)
    world.run()
    world["ledger"].edit("C001", 会社名="山田商店東京本社")
    assert world.run()["exit_code"] == 3
    assert world.cell("crm", "会社名") == "山田商店東京本社"
    assert [one["code"] for one in world.held()] == ["TSK-1013"]
    assert world.run()["exit_code"] == 3
    small.columns = columns()
    assert world.run()["exit_code"] == 0
    assert world.cell("small", "会社名") == "山田商店東京本社"
    assert world.held() == []
