"""What a run leaves behind: the ledger, and what people are told while something waits."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.flow.world import World, system

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111", "メール": "yamada@example.jp"}


def pair(home: Path) -> World:
    world = World(home, {"ledger": system(), "crm": system()})
    world["ledger"].put(YAMADA)
    world.run()
    return world


def entries(world: World) -> list[dict[str, Any]]:
    return [orjson.loads(row.body) for row in world.table("ledger")]


@pytest.mark.invariant("I7")
def test_every_write_was_meant_before_it_was_done(home: Path) -> None:
    world = pair(home)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].fail_next("reply_lost")
    world.run()
    told = [(entry["action"], entry["token"]) for entry in entries(world) if "token" in entry]
    outcomes = [(number, token) for number, (action, token) in enumerate(told) if action != "sync.intent"]
    assert len(outcomes) == 2
    for number, token in outcomes:
        assert ("sync.intent", token) in told[:number]


@pytest.mark.invariant("I7")
def test_the_ledger_is_whole_whatever_happened(home: Path) -> None:
    world = pair(home)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].edit("C001", 電話="03-3333-3333")
    world.run()
    world.choose("phone", "crm")
    world["crm"].fail_next("partial")
    world.run()
    assert world.problems() == ()


@pytest.mark.invariant("I11")
def test_no_name_number_or_address_stands_in_the_ledger(home: Path) -> None:
    world = pair(home)
    world["ledger"].edit("C001", 電話="03-2222-2222", 区分="謎")
    world["crm"].edit("C001", メール="taro@example.jp")
    world.run()
    world["ledger"].edit("C001", 区分="新規")
    world["crm"].edit("C001", 電話="03-3333-3333")
    world.run()
    whole = b"".join(row.body for row in world.table("ledger")).decode()
    for text in ("山田", "03-", "example.jp"):
        assert text not in whole


@pytest.mark.peer("airbyte#35640")
def test_a_plan_that_waits_says_so_and_why(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system()})
    world["ledger"].put(YAMADA)
    outcome = world.run(approve=False)
    assert (outcome["status"], outcome["exit_code"]) == ("waiting", 4)
    assert [reason["code"] for reason in outcome["approval"]["reasons"]] == ["first_load"]
    assert world.run(approve=False)["exit_code"] == 4


@pytest.mark.peer("drt#1044")
def test_a_target_that_cannot_be_looked_at_is_not_shown_as_unchanged(home: Path) -> None:
    world = pair(home)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].clock += 1
    world["crm"].fail_next("read_cut")
    outcome = world.run()
    assert outcome["exit_code"] == 1
    assert [(one.system, one.code) for one in world.plan().waiting] == [("crm", "TSK-1070")]
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"
