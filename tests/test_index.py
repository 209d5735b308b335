"""The index says what the rows say that stand in the store, whatever became of them before."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tasuki.identity.blocks import LARGEST
from tasuki.store import catalogue, index, remember, tables
from tests.flow.world import World, system

pytestmark = pytest.mark.integration

YAMADA = {"コード": "L1", "会社名": "株式会社山田商店", "電話": "03-1234-5678", "住所": "東京都港区芝1-2-3"}
OTHER = {"コード": "K1", "会社名": "㈱山田商店", "電話": "06-1111-2222", "住所": "大阪市北区梅田4-5-6"}
SUZUKI = {"コード": "K2", "会社名": "鈴木工業", "電話": "052-111-2222", "住所": "名古屋市中区栄1-1"}
OWN = {"ledger": {"issued_by": "ledger"}, "crm": {"issued_by": "crm"}}


def world(home: Path) -> World:
    return World(home, {"ledger": system(), "crm": system()}, mappings=OWN)


def shared(home: Path) -> World:
    """What one system holds the other receives, and loses."""
    parts = {"ledger": {"on_delete": "delete"}, "crm": {"on_delete": "delete"}}
    return World(home, {"ledger": system(), "crm": system()}, parts)


def look(world: World) -> None:
    """Every system is read; nothing is planned yet."""
    run = world.begin()
    run.start()
    for name in world.systems:
        run.read(name)
    run.close()


def pairs(world: World) -> set[frozenset[str]]:
    """The keys of all rows that the index wants compared."""
    keys = {row.id: row.key for row in world.table("link")}
    with index.current(world.store) as connection:
        found = index.candidates_of(connection, sorted(keys))
    return {frozenset((keys[one], keys[other])) for one, other in found}


def held(world: World) -> list[list[tuple[Any, ...]]]:
    with world.store.write() as connection:
        index.catch_up(connection)
    return [
        sorted(tuple(row) for table in tables for row in world.table(table.name))
        for tables in (*catalogue.TABLES.values(), (tables.indexed,))
    ]


def filled_anew(world: World) -> list[list[tuple[Any, ...]]]:
    with world.store.write() as connection:
        for table in (*chain(*catalogue.TABLES.values()), tables.indexed):
            connection.execute(table.delete())
        for name, chosen in world.sync.systems.items():
            remember(connection, f"index:{name}", "")
            index.refresh(connection, chosen.mapping, ())
    return held(world)


def test_rows_taken_in_meet_before_anything_is_planned(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA)
    firm["crm"].put(OTHER, SUZUKI)
    look(firm)
    assert pairs(firm) == {frozenset(("L1", "K1"))}


def test_a_row_that_changed_meets_by_what_it_says_now(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA)
    firm["crm"].put(OTHER, SUZUKI)
    look(firm)
    firm["crm"].edit("K1", 会社名="佐藤水産")
    firm["crm"].edit("K2", 電話="０３－１２３４－５６７８")
    look(firm)
    assert pairs(firm) == {frozenset(("L1", "K2"))}


def test_a_row_that_is_gone_meets_nobody(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA)
    firm["crm"].put(OTHER, SUZUKI)
    look(firm)
    firm["crm"].remove("K1")
    look(firm)
    assert pairs(firm) == set()


def test_a_block_that_everybody_stands_in_says_nothing(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(*(YAMADA | {"コード": f"L{n}", "会社名": f"{chr(0x4E10 + n)}商店"} for n in range(41)))
    look(firm)
    assert pairs(firm) == set()


def test_a_new_row_meets_one_that_was_filed_away(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA)
    look(firm)
    held(firm)
    catalogue.file_away(firm.store, 0)
    assert firm.table("recent_block_key") == firm.table("recent_term") == []
    firm["crm"].put(OTHER)
    look(firm)
    assert pairs(firm) == {frozenset(("L1", "K1"))}


def test_a_block_says_nothing_when_filed_and_recent_rows_together_are_too_many(home: Path) -> None:
    firm = world(home)
    rows = [YAMADA | {"コード": f"L{n}", "会社名": f"{chr(0x4E10 + n)}商店"} for n in range(LARGEST + 1)]
    firm["ledger"].put(*rows[:10])
    look(firm)
    held(firm)
    catalogue.file_away(firm.store, 0)
    firm["ledger"].put(*rows[10:-1])
    look(firm)
    assert len(pairs(firm)) == LARGEST * (LARGEST - 1) / 2
    firm["ledger"].put(rows[-1])
    look(firm)
    assert pairs(firm) == set()


def test_few_rows_are_not_filed_away_at_the_end_of_a_run(home: Path) -> None:
    firm = shared(home)
    firm["ledger"].put(YAMADA)
    firm.settle()
    before = held(firm)
    assert firm.table("block_key") == firm.table("term") == []
    firm.run()
    assert firm.table("block_key") == []
    catalogue.file_away(firm.store, 0)
    assert firm.table("recent_block_key") == []
    assert held(firm) == before


@pytest.mark.invariant("I12")
def test_who_meets_does_not_hang_on_the_order_of_reading(home: Path) -> None:
    found = []
    for name, order in (("a", ("ledger", "crm")), ("b", ("crm", "ledger"))):
        firm = World(home / name, {one: system() for one in order}, mappings=OWN)
        firm["ledger"].put(YAMADA, SUZUKI | {"コード": "L2"})
        firm["crm"].put(OTHER, SUZUKI)
        look(firm)
        found.append(pairs(firm))
        firm.store.close()
    assert found[0] == found[1] == {frozenset(("L1", "K1")), frozenset(("L2", "K2"))}


@pytest.mark.parametrize("seed", range(5))
def test_after_any_history_the_index_is_that_of_the_rows_there(home: Path, seed: int) -> None:
    firm, random = shared(home), Random(seed)
    firm["ledger"].put(YAMADA)
    for step in range(8):
        _happens(firm, random, step)
        firm.run()
    assert held(firm) == filled_anew(firm)
    assert held(firm)[0]


def _happens(firm: World, random: Random, step: int) -> None:
    name = random.choice(("ledger", "crm"))
    keys: Iterable[str] = sorted(firm.rows(name))
    match random.choice(("put", "put", "edit", "spoil", "remove", "file away")):
        case "file away":
            catalogue.file_away(firm.store, 0)
        case "put":
            row = random.choice((YAMADA, OTHER, SUZUKI))
            firm[name].put(row | {"コード": f"N{step}", "電話": f"03-1234-56{random.randrange(10, 99)}"})
        case "edit" if keys:
            firm[name].edit(random.choice(keys), 会社名=random.choice(("佐藤水産", "株式会社山田商店")))
        case "spoil" if keys:
            firm[name].edit(random.choice(keys), 区分=random.choice(("誰も知らない", "新規")))
        case "remove" if keys:
            firm[name].remove(random.choice(keys))


def test_rows_that_we_wrote_ourselves_are_indexed_too(home: Path) -> None:
    firm = shared(home)
    firm["ledger"].put(YAMADA)
    firm.settle()
    assert len(held(firm)[2]) == 2


def test_records_that_nobody_compares_or_looks_up_are_not_indexed(home: Path) -> None:
    fields = {"code": "コード", "name": "会社名"}
    mapped = {name: {"fields": fields} for name in ("ledger", "crm")}
    firm = World(home, {"ledger": system(), "crm": system()}, mappings=mapped, model="staff", sync="staff")
    firm["ledger"].put(YAMADA)
    firm.settle()
    assert held(firm) == [[], [], []]


def test_what_nobody_compares_or_looks_up_is_no_news_for_the_index(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA | {"区分": "見込"})
    firm.settle()
    assert held(firm)[2]
    firm["ledger"].edit("L1", 区分="優良")
    look(firm)
    assert firm.table("unindexed") == []


def test_rows_that_moved_wait_until_somebody_asks(home: Path) -> None:
    firm = shared(home)
    firm["ledger"].put(YAMADA)
    firm.settle()
    assert held(firm)[2]
    firm["ledger"].edit("L1", 会社名="佐藤水産")
    firm.run()
    assert len(firm.table("unindexed")) == 2
    firm["crm"].put(SUZUKI)
    firm.run()
    assert {row.link for row in firm.table("unindexed")}.isdisjoint({1, 2})
    assert held(firm) == filled_anew(firm)


def test_a_row_that_says_again_what_it_said_waits_no_more(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA)
    firm.settle()
    before = held(firm)
    for name in ("佐藤水産", YAMADA["会社名"]):
        firm["ledger"].edit("L1", 会社名=name)
        look(firm)
    assert firm.table("unindexed") == []
    assert held(firm) == before


def test_of_many_rows_none_waits(home: Path) -> None:
    firm = world(home)
    firm["ledger"].put(YAMADA)
    firm.settle()
    firm["ledger"].put(*(SUZUKI | {"コード": f"M{n}", "電話": f"0{n}"} for n in range(index.PATIENCE + 1)))
    look(firm)
    assert firm.table("unindexed") == []
    assert len(firm.table("recent_term")) < len(firm.table("term"))
    assert len(held(firm)[2]) == index.PATIENCE + 2
