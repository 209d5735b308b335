"""Rows without a common key: the matching model joins, asks, or leaves them apart."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tasuki.identity.decision import recompute
from tasuki.identity.modelfile import parse
from tests.flow.world import World, system

pytestmark = pytest.mark.integration

OWN = {"ledger": {"issued_by": "ledger"}, "crm": {"issued_by": "crm"}}
"""Each system numbers its customers itself, so that no code joins them."""
KONNO = {
    "コード": "C001",
    "会社名": "株式会社今野精密工業",
    "住所": "宮城県仙台市青葉区一番町1丁目2番3号",
    "電話": "022-222-1111",
}


def meet(home: Path, ledger: list[dict[str, str]], crm: list[dict[str, str]], **parts: Any) -> World:
    world = World(home, {"ledger": system(), "crm": system()}, mappings=OWN, **parts)
    world["ledger"].put(*ledger)
    world["crm"].put(*crm)
    return world


def typed(**cells: str) -> dict[str, str]:
    return {"コード": "X9", **cells}


def test_a_name_and_an_address_typed_otherwise_are_one_customer(home: Path) -> None:
    other = typed(会社名="㈱今野精密工業", 住所="仙台市青葉区一番町１－２－３")
    world = meet(home, [KONNO], [other])
    world.run()
    assert len(world.values()) == 1
    assert list(world.rows("ledger")) == ["C001"]
    assert list(world.rows("crm")) == ["X9"]


def test_what_joined_them_stands_in_the_ledger_without_any_value(home: Path) -> None:
    world = meet(home, [KONNO], [typed(会社名="㈱今野精密工業", 住所="仙台市青葉区一番町１－２－３")])
    world.run()
    entries = [orjson.loads(row.body) for row in world.table("ledger")]
    evidence = [told for e in entries if e["action"] == "sync.link" for told in e["decision"]["evidence"]]
    assert {bar["field"] for told in evidence for bar in told["bars"]} >= {"name", "address"}
    assert all(told["probability"] > 0.9 for told in evidence)
    assert "今野" not in orjson.dumps(evidence).decode()


@pytest.mark.invariant("I12")
def test_what_was_decided_can_be_computed_again_to_the_last_bit(home: Path) -> None:
    rows = [KONNO, {"コード": "C002", "会社名": "三崎水産"}]
    others = [
        typed(会社名="㈱今野精密工業", 電話="0222221111"),
        {"コード": "X10", "会社名": "有限会社三崎水産"},
    ]
    world = meet(home, rows, others)
    world.run()
    (model,) = (parse(orjson.loads(row.body)) for row in world.table("identity_model"))
    made = [orjson.loads(row.evidence) for row in world.table("decision")]
    assert len(made) == 2
    assert [recompute(model, one) for one in made] == made


def test_a_name_alone_is_asked_about_and_waits(home: Path) -> None:
    world = meet(home, [KONNO], [typed(会社名="株式会社今野精密工業", 電話="06-6666-7777")])
    world.run()
    assert len(world.reviews()) == 1
    assert list(world.rows("ledger")) == ["C001"]
    assert list(world.rows("crm")) == ["X9"]


def test_an_answer_settles_it_for_good(home: Path) -> None:
    for same, customers in ((True, 1), (False, 2)):
        folder = home / str(same)
        world = meet(folder, [KONNO], [typed(会社名="株式会社今野精密工業", 電話="06-6666-7777")])
        world.run()
        world.answer(same)
        world.settle()
        assert len(world.values()) == customers
        assert world.reviews() == []


def test_the_legal_form_before_or_behind_a_name_alone_is_asked_about(home: Path) -> None:
    world = meet(home, [{"コード": "C001", "会社名": "株式会社今野精密"}], [typed(会社名="今野精密株式会社")])
    world.run()
    assert len(world.reviews()) == 1


def test_firms_that_share_nothing_are_two_customers(home: Path) -> None:
    world = meet(home, [KONNO], [typed(会社名="有限会社三崎水産", 電話="046-881-2222")])
    world.run()
    assert len(world.values()) == 2
    assert world.reviews() == []


def test_another_corporate_number_is_another_firm_however_alike(home: Path) -> None:
    world = meet(
        home,
        [KONNO | {"法人番号": "7000012050002"}],
        [typed(会社名=KONNO["会社名"], 住所=KONNO["住所"], 法人番号="8000020130001")],
    )
    world.run()
    assert len(world.values()) == 2


@pytest.mark.invariant("I2")
def test_one_customer_twice_in_a_system_is_asked_about_before_it_goes_anywhere(home: Path) -> None:
    twin = {**KONNO, "コード": "C002", "会社名": "㈱今野精密工業"}
    world = World(home, {"ledger": system(), "crm": system()}, mappings={"ledger": OWN["ledger"]})
    world["ledger"].put(KONNO, twin)
    world.run()
    assert len(world.reviews()) == 1
    assert len(world.rows("crm")) == 1


def test_two_rows_that_both_fit_are_asked_about(home: Path) -> None:
    twin = {**KONNO, "コード": "C002"}
    world = meet(home, [KONNO, twin], [typed(会社名="㈱今野精密工業", 住所="仙台市青葉区一番町１－２－３")])
    world.run()
    asked = {frozenset((one.one.key, one.other.key)) for one in world.reviews()}
    assert asked >= {frozenset(("C001", "X9")), frozenset(("C002", "X9"))}


def test_a_newcomer_joins_a_customer_known_for_long(home: Path) -> None:
    world = meet(home, [KONNO], [])
    world.run()
    world["crm"].put(typed(会社名="有限会社三崎水産"))
    world.settle()
    world["ledger"].put({**KONNO, "コード": "C003", "会社名": "今野精密工業株式会社"})
    world.run()
    assert [sorted((one.one.key, one.other.key))[0] for one in world.reviews()] == ["C001"]


def test_a_key_that_was_overwritten_joins_nobody_any_more(home: Path) -> None:
    """Tasuki itself wrote the new telephone into the CRM; the old one there is nobody's now."""
    world = World(home, {"ledger": system(), "crm": system()}, mappings={"ledger": OWN["ledger"]})
    world["ledger"].put(KONNO)
    world.run()
    world["ledger"].edit("C001", 電話="022-222-9999", 住所="東京都港区芝1-1-1")
    world.run()
    (crm,) = [row.id for row in world.table("link") if row.system == "crm"]
    found = {row.kind for row in world.table("match_key") if row.link == crm}
    by_link = {row.link: row.hash for row in world.table("match_key") if row.kind == "phone+name"}
    assert "phone+name" in found
    assert len(set(by_link.values())) == 1


def test_a_row_that_a_number_joins_is_not_asked_about_for_its_likeness_to_another(home: Path) -> None:
    number = "7000012050002"
    branch = {"コード": "C002", "会社名": "青葉商事", "電話": "03-9999-1111", "法人番号": number}
    world = meet(home, [KONNO, branch], [])
    world.run()
    world["crm"].put(typed(会社名=KONNO["会社名"], 住所=KONNO["住所"], 法人番号=number))
    world.run()
    assert len(world.values()) == 2
    assert world.reviews() == []


@pytest.mark.invariant("I12")
def test_who_is_who_does_not_depend_on_the_order_of_rows(home: Path) -> None:
    rows = [
        KONNO,
        {**KONNO, "コード": "C002", "会社名": "株式会社三崎", "電話": "03-1234-5678"},
        {"コード": "C003", "会社名": "三崎水産", "電話": "046-881-2222", "住所": "神奈川県三浦市三崎1-1"},
    ]
    others = [
        typed(会社名="㈱今野精密工業", 住所="仙台市青葉区一番町１－２－３"),
        {"コード": "X10", "会社名": "有限会社三崎水産", "電話": "0468812222"},
    ]
    found = []
    for turn, (ledger, crm) in enumerate(((rows, others), (rows[::-1], others[::-1]))):
        world = meet(home / str(turn), ledger, crm)
        world.run()
        found.append(sorted(sorted(value.items()) for value in world.values()))
    assert found[0] == found[1]


def test_the_model_is_frozen_once_and_the_ledger_says_so(home: Path) -> None:
    world = meet(home, [KONNO], [typed(会社名="㈱今野精密工業", 電話="022-222-1111")])
    world.run()
    world["crm"].put({"コード": "X10", "会社名": "有限会社三崎水産"})
    world.run()
    told = [row.action for row in world.table("ledger")]
    assert told.count("identity.model") == len(world.table("identity_model")) == 1
