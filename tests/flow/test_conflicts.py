"""S12-S15: when sides disagree, and who is who on the first day."""

from pathlib import Path
from typing import Any

import pytest

from tests.flow.world import FIELDS, World, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111"}
TANAKA = {"コード": "C002", "会社名": "田中工業"}
NUMBER = "7000012050002"


def pair(home: Path, *rows: dict[str, str], **parts: Any) -> World:
    world = World(home, {"ledger": system(), "crm": system()}, **parts)
    world["ledger"].put(*(rows or (YAMADA,)))
    world.run()
    return world


def quarrel(world: World) -> None:
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].edit("C001", 電話="03-3333-3333")
    world.run()


def strangers(home: Path, ledger: dict[str, str], crm: dict[str, str], **parts: Any) -> World:
    """Two systems that meet for the first time."""
    world = World(home, {"ledger": system(), "crm": system()}, **parts)
    world["ledger"].put(ledger)
    world["crm"].put(crm)
    return world


# S12


def dated(home: Path, within: float) -> World:
    systems = {name: system(changed_within=within) for name in ("ledger", "crm")}
    world = World(home, systems, fields={"phone": {"policy": "newest"}})
    world["ledger"].put(YAMADA)
    world.run()
    return world


def test_the_newest_edit_wins_when_its_time_is_certain(home: Path) -> None:
    world = dated(home, within=1)
    world["crm"].edit("C001", 電話="03-3333-3333")
    world["ledger"].clock = 100
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"


def test_two_files_read_together_are_never_newer_than_one_another(home: Path) -> None:
    world = pair(home, fields={"phone": {"policy": "newest"}})
    quarrel(world)
    assert [one["reason"] for one in world.conflicts()] == ["overlap"]


# S13


@pytest.mark.invariant("I6")
def test_an_open_conflict_freezes_its_field_and_lets_the_rest_go_on(home: Path) -> None:
    world = pair(home)
    quarrel(world)
    world["ledger"].edit("C001", 会社名="山田商会")
    assert world.run()["exit_code"] == 3
    assert world.cell("ledger", "電話") == "03-2222-2222"
    assert world.cell("crm", "電話") == "03-3333-3333"
    assert world.cell("crm", "会社名") == "山田商会"
    assert {one["system"]: one["value"]["phone"] for one in world.conflicts()[0]["candidates"]} == {
        "ledger": "03-2222-2222",
        "crm": "03-3333-3333",
    }


def test_a_conflict_seen_again_adds_nothing(home: Path) -> None:
    world = pair(home)
    quarrel(world)
    world.run()
    world.run()
    assert len(world.table("conflict")) == 1


@pytest.mark.parametrize(("chosen", "phone"), [("ledger", "03-2222-2222"), ("base", "03-1111-1111")])
def test_a_decision_settles_the_conflict_everywhere(home: Path, chosen: str, phone: str) -> None:
    world = pair(home)
    quarrel(world)
    world.choose("phone", chosen)
    assert world.run()["exit_code"] == 0
    assert world.cell("ledger", "電話") == world.cell("crm", "電話") == phone
    assert writes(world.run()) == 0


@pytest.mark.invariant("I6")
def test_the_losing_values_stay_in_the_ledger(home: Path) -> None:
    world = pair(home)
    quarrel(world)
    world.choose("phone", "ledger")
    world.run()
    hidden = world.store.seal.hide("03-3333-3333")
    assert any(hidden.encode() in row.body for row in world.table("ledger"))
    assert hidden in {row.digest for row in world.table("value")}


def test_a_decision_is_void_when_a_value_moves_before_it(home: Path) -> None:
    world = pair(home)
    quarrel(world)
    world.choose("phone", "ledger")
    world["crm"].edit("C001", 電話="03-4444-4444")
    assert world.run()["exit_code"] == 3
    assert world.cell("crm", "電話") == "03-4444-4444"
    assert [row.state for row in world.table("conflict")] == ["void", "open"]


def test_the_same_quarrel_after_a_decision_is_open_again(home: Path) -> None:
    world = pair(home)
    quarrel(world)
    world.choose("phone", "base")
    world.run()
    quarrel(world)
    assert len(world.conflicts()) == 1


def test_a_conflict_is_over_when_the_sides_agree_by_themselves(home: Path) -> None:
    world = pair(home)
    quarrel(world)
    world["crm"].edit("C001", 電話="03-2222-2222")
    assert world.run()["exit_code"] == 0
    assert world.conflicts() == []
    assert world.values()[0]["phone"] == "03-2222-2222"


# S14


def test_the_first_load_waits_for_approval_as_one_plan(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system()})
    world["ledger"].put(YAMADA, TANAKA)
    outcome = world.run(approve=False)
    assert outcome["exit_code"] == 4
    assert [reason["code"] for reason in outcome["approval"]["reasons"]] == ["first_load"]
    assert world.rows("crm") == {}
    world.approve(outcome["approval"]["plan"])
    assert world.run(approve=False)["exit_code"] == 0
    assert len(world.rows("crm")) == 2


def test_equal_after_folding_is_agreed_and_nobody_is_respelled(home: Path) -> None:
    world = strangers(home, YAMADA | {"会社名": "ヤマダ商店"}, YAMADA | {"会社名": "ﾔﾏﾀﾞ商店"})
    outcome = world.run()
    assert outcome["exit_code"] == 0
    assert writes(outcome) == 0


# S15


OWN = {"ledger": {"issued_by": "ledger"}, "crm": {"issued_by": "crm"}}
"""Each system numbers its customers itself."""


def test_an_own_code_counts_only_in_a_shared_code_space(home: Path) -> None:
    world = strangers(home, YAMADA, TANAKA | {"コード": "C001"}, mappings=OWN)
    for name in world.systems:
        world.rules["systems"][name]["receives_new"] = "none"
    world.rule(world.rules)
    world.run()
    assert len(world.values()) == 2
    assert world.cell("ledger", "会社名") == "山田商店"


def test_a_corporate_number_joins_rows_of_two_systems(home: Path) -> None:
    world = strangers(
        home,
        YAMADA | {"法人番号": NUMBER},
        {"コード": "X9", "会社名": "山田", "法人番号": NUMBER},
        mappings=OWN,
    )
    world.run()
    assert len(world.values()) == 1
    assert list(world.rows("ledger")) == ["C001"]
    assert list(world.rows("crm")) == ["X9"]


@pytest.mark.invariant("I2")
def test_a_key_held_twice_in_one_system_decides_nothing(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system()}, mappings=OWN)
    world["ledger"].put(YAMADA | {"法人番号": NUMBER}, TANAKA | {"法人番号": NUMBER})
    world["crm"].put({"コード": "X9", "会社名": "山田", "法人番号": NUMBER})
    world.run()
    assert list(world.rows("crm")) == ["X9"]
    assert len(world.reviews()) == 2


@pytest.mark.invariant("I2")
def test_two_branches_of_one_corporation_are_related_and_reviewed(home: Path) -> None:
    world = strangers(
        home,
        YAMADA | {"会社名": "株式会社山田商店 大阪支店", "法人番号": NUMBER},
        {"コード": "X9", "会社名": "株式会社山田商店 東京支店", "法人番号": NUMBER},
        mappings=OWN,
    )
    assert world.run()["exit_code"] == 3
    assert len(world.reviews()) == 1
    assert list(world.rows("ledger")) == ["C001"]
    assert list(world.rows("crm")) == ["X9"]


@pytest.mark.parametrize("same", [True, False], ids=["same", "different"])
def test_a_review_is_settled_by_a_persons_word(home: Path, same: bool) -> None:
    world = strangers(
        home, {"コード": "C001", "会社名": "山田商店"}, {"コード": "X9", "会社名": "山田商店"}, mappings=OWN
    )
    fields = {name: entry for name, entry in FIELDS.items() if name != "code"}
    for name in world.systems:
        world.map(name, {"key": "コード", "fields": fields, "issued_by": "tasuki"})
    world.run()
    world.answer(same)
    assert world.run()["exit_code"] == 0
    assert len(world.values()) == (1 if same else 2)
    assert len(world.rows("crm")) == (1 if same else 2)
    assert writes(world.run()) == 0


@pytest.mark.peer("mautic#5712")
def test_a_changed_mail_address_makes_no_new_customer(home: Path) -> None:
    world = pair(home, YAMADA | {"メール": "old@example.jp"})
    world["crm"].edit("C001", メール="new@example.jp")
    world.run()
    assert len(world.values()) == len(world.rows("ledger")) == len(world.rows("crm")) == 1
    assert world.cell("ledger", "メール") == "new@example.jp"


@pytest.mark.peer("mautic PR 7401")
def test_the_case_of_a_mail_address_makes_no_new_customer(home: Path) -> None:
    world = strangers(
        home,
        YAMADA | {"メール": "Info@Example.jp"},
        {"コード": "X9", "会社名": "山田商店", "電話": "", "メール": "info@example.jp"},
        mappings=OWN,
    )
    world.run()
    assert len(world.values()) == 1


@pytest.mark.peer("mautic#13435")
def test_two_numbers_of_one_customer_in_one_batch_are_a_question_and_no_new_rows(home: Path) -> None:
    world = World(
        home,
        {"ledger": system(), "crm": system(), "yayoi": system()},
        mappings=OWN | {"yayoi": {"issued_by": "yayoi"}},
    )
    world["ledger"].put(YAMADA | {"メール": "info@example.jp"})
    world["crm"].put(
        {"コード": "X1", "会社名": "山田商店", "メール": "info@example.jp"},
        {"コード": "X2", "会社名": "山田商店", "メール": "info@example.jp"},
    )
    world.run()
    assert list(world.rows("ledger")) == ["C001"]
    assert sorted(world.rows("crm")) == ["X1", "X2"]
    assert world.reviews() != []
