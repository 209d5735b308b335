"""S17: two customers become one, and part again."""

from pathlib import Path
from typing import Any

import pytest

from tasuki.errors import Retry, UserError
from tasuki.store import records
from tests.flow.world import FIELDS, Crash, World, columns, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111"}
SHOP = {"コード": "C002", "会社名": "ヤマダ商店", "電話": "06-2222-2222", "メール": "shop@example.jp"}
NUMBERED: dict[str, Any] = {"key": "番号", "assigns_key": True, "columns": columns("番号")}
ADDRESS = {**FIELDS, "postal_code": {"column": "郵便番号", "clean": []}}


def twins(home: Path, **parts: Any) -> World:
    """One customer, registered twice."""
    world = World(home, {"ledger": system(), "crm": system()}, **parts)
    world["ledger"].put(YAMADA, SHOP)
    world.settle()
    return world


def halves(home: Path, **parts: Any) -> World:
    """One customer that the ledger knows by one name and the CRM by another."""
    world = World(
        home,
        {"ledger": system(), "crm": system()},
        {"ledger": {"receives_new": "none"}, "crm": {"receives_new": "none"}},
        {"ledger": {"issued_by": "ledger"}, "crm": {"issued_by": "crm"}},
        **parts,
    )
    world["ledger"].put(YAMADA)
    world["crm"].put({"コード": "X9", "会社名": "ヤマダ商店", "メール": "shop@example.jp"})
    world.settle()
    return world


def roles(world: World) -> dict[tuple[str, str], str]:
    return {(row.system, row.key): row.role for row in world.table("link")}


# Together


def test_the_older_ones_values_win_and_its_blanks_are_filled(home: Path) -> None:
    world = halves(home)
    world.merge("X9", "C001")
    world.settle()
    both = {"会社名": "山田商店", "電話": "03-1111-1111", "メール": "shop@example.jp"}
    assert world.rows("ledger") == {"C001": both}
    assert world.rows("crm") == {"X9": both}


@pytest.mark.invariant("I2")
def test_of_two_rows_in_one_system_one_is_written(home: Path) -> None:
    world = twins(home)
    world.merge("C001", "C002")
    world["crm"].edit("C001", 電話="03-9999-9999")
    world.settle()
    assert world.cell("ledger", "電話") == "03-9999-9999"
    assert world.rows("ledger")["C002"] == {k: v for k, v in SHOP.items() if k != "コード"}
    assert roles(world)["ledger", "C002"] == roles(world)["crm", "C002"] == "duplicate"


def test_an_edit_of_a_duplicate_goes_nowhere_and_costs_no_later_run(home: Path) -> None:
    world = twins(home)
    world.merge("C001", "C002")
    world["crm"].edit("C002", 電話="03-9999-9999")
    world.settle()
    world.run()
    assert world.plan().versions == ()
    assert world.cell("ledger", "電話", "C002") == "06-2222-2222"


def test_a_merged_address_never_mixes_two_places(home: Path) -> None:
    world = World(
        home,
        {"ledger": system(columns=columns("郵便番号")), "crm": system(columns=columns("郵便番号"))},
        {"ledger": {"receives_new": "none"}, "crm": {"receives_new": "none"}},
        {
            "ledger": {"issued_by": "ledger", "fields": ADDRESS},
            "crm": {"issued_by": "crm", "fields": ADDRESS},
        },
    )
    world["ledger"].put(YAMADA | {"住所": "大阪市北区1"})
    world["crm"].put({"コード": "X9", "会社名": "ヤマダ", "郵便番号": "100-0001", "住所": "千代田区1"})
    world.settle()
    world.merge("C001", "X9")
    world.settle()
    assert world.cell("crm", "住所", "X9") == "大阪市北区1"
    assert world.cell("crm", "郵便番号", "X9") == ""


def test_a_no_of_either_is_the_no_of_both(home: Path) -> None:
    consent = {**FIELDS, "consent_mail": {"column": "配信", "values": {"可": "in", "不可": "out"}}}
    rows = {name: system(columns=columns("配信")) for name in ("ledger", "crm")}
    world = World(home, rows, mappings={name: {"fields": consent} for name in rows})
    world["ledger"].put(YAMADA | {"配信": "可"}, SHOP | {"配信": "不可"})
    world.settle()
    world.unmerge(world.merge("C001", "C002"))
    world.settle()
    assert world.cell("crm", "配信") == "可"
    world.merge("C001", "C002")
    world.settle()
    assert world.cell("ledger", "配信") == world.cell("crm", "配信") == "不可"


def test_a_conflict_of_the_one_that_goes_is_no_question_any_more(home: Path) -> None:
    world = twins(home)
    world["ledger"].edit("C002", 電話="06-1")
    world["crm"].edit("C002", 電話="06-2")
    world.run()
    number = world.merge("C001", "C002")
    assert world.run()["exit_code"] == 0
    world.unmerge(number)
    world.run()
    assert [one["field"] for one in world.conflicts()] == ["phone"]


def test_a_customer_is_not_merged_with_itself_nor_with_one_that_is_gone(home: Path) -> None:
    world = twins(home)
    gone = world.customer("C002")
    world.merge("C001", "C002")
    with pytest.raises(UserError, match="TSK-5014"):
        world.merge("C001", "C002")
    assert gone != world.customer("C002")


@pytest.mark.invariant("I8")
def test_nobody_is_merged_while_a_write_has_no_outcome(home: Path) -> None:
    world = twins(home)
    world["ledger"].edit("C002", 電話="06-9999-9999")
    run = world.begin()
    run.start()
    world.look(run)
    world.fuse.left = 11
    with pytest.raises(Crash):
        world.apply(run)
    world.fuse.left = -1
    world.crash()
    assert "open" in {row.state for row in world.table("intent")}
    with pytest.raises(Retry, match="TSK-5016"):
        world.merge("C001", "C002")
    world.settle()
    world.merge("C001", "C002")


def test_a_deleted_primary_gives_its_place_to_the_duplicate(home: Path) -> None:
    """What stands there twice is deleted nowhere when one of the two goes."""
    world = twins(home, entries={"crm": {"on_delete": "delete"}})
    world.merge("C001", "C002")
    world.settle()
    world["ledger"].remove("C001")
    world.settle()
    assert sorted(world.rows("crm")) == ["C001", "C002"]
    assert roles(world)["ledger", "C002"] == "primary"


def test_a_duplicate_in_its_new_place_is_written_again(home: Path) -> None:
    world = twins(home, fields={"phone": {"owner": "crm"}})
    world.merge("C001", "C002")
    world.settle()
    world["ledger"].remove("C001")
    world.settle()
    world["crm"].edit("C001", 電話="03-9999-9999")
    world.settle()
    assert world.cell("ledger", "電話", "C002") == "03-9999-9999"


@pytest.mark.invariant("I2")
def test_a_primary_that_comes_back_is_the_duplicate_now(home: Path) -> None:
    world = twins(home)
    world.merge("C001", "C002")
    world.settle()
    world["ledger"].remove("C001")
    world.settle()
    world["ledger"].put(YAMADA)
    world.settle()
    assert [roles(world)["ledger", key] for key in ("C001", "C002")] == ["duplicate", "primary"]


def test_what_pointed_at_the_one_that_goes_points_at_the_one_that_stays(home: Path) -> None:
    firms = twins(home)
    fields = {"code": "番号", "customer": {"column": "顧客", "by": "code"}, "name": "氏名"}
    cards = {n: system(columns=columns("番号", "顧客", "氏名")[-3:], key="番号") for n in ("cards", "people")}
    world = World(
        home, cards, mappings={n: {"fields": fields} for n in cards}, sync="contacts", model="contact"
    )
    world["cards"].put({"番号": "P1", "顧客": "C002", "氏名": "田中"})
    world.settle()
    number = firms.merge("C001", "C002")
    world["cards"].put({"番号": "P2", "顧客": "C002", "氏名": "佐藤"})
    world["cards"].edit("P1", 氏名="田中一郎")
    assert world.run()["waiting"] == 0
    assert world.cell("people", "顧客", "P1") == "C002"
    assert world.cell("people", "氏名", "P1") == "田中一郎"
    firms.unmerge(number)
    world["people"].edit("P2", 氏名="佐藤花子")
    world.settle()
    assert world.cell("cards", "氏名", "P2") == "佐藤花子"


# Within one system


@pytest.mark.invariant("I2")
def test_two_rows_of_one_system_that_a_person_calls_the_same_are_a_primary_and_a_duplicate(
    home: Path,
) -> None:
    world = World(home, {"ledger": system(), "crm": system(**NUMBERED)}, {"ledger": {"receives_new": "none"}})
    world["ledger"].put(YAMADA, SHOP)
    run = world.begin()
    run.start()
    world.look(run)
    run.close()
    world.say("ledger:C001", "ledger:C002", same=True)
    world.settle()
    assert len(world.rows("crm")) == len(world.values()) == 1
    assert [roles(world)["ledger", key] for key in ("C001", "C002")] == ["primary", "duplicate"]


def test_a_row_that_a_person_gives_to_a_customer_of_another_number_joins_it(home: Path) -> None:
    world = twins(home)
    world.merge("C001", "C002")
    world["ledger"].put({"コード": "C003", "会社名": "やまだ", "法人番号": "7000012050002"})
    world["crm"].fail_next("read_cut")
    run = world.begin()
    run.start()
    run.read("ledger")
    run.close()
    world.say("ledger:C003", world.customer("C001"), same=True)
    world.settle()
    assert world.customer("C003") == world.customer("C001")
    assert roles(world)["ledger", "C003"] == "duplicate"


def test_a_plan_that_would_join_what_a_person_kept_apart_is_withdrawn(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system(**NUMBERED)})
    world["ledger"].put(YAMADA | {"法人番号": "7000012050002"})
    world["crm"].put({"会社名": "山田商店", "法人番号": "7000012050002"})
    digest = world.run(approve=False)["approval"]["plan"]
    world.say("ledger:C001", "crm:1", same=False)
    with pytest.raises(UserError, match="TSK-5001"):
        world.approve(digest)


# Apart


@pytest.mark.invariant("I12")
def test_an_unmerge_restores_both_and_its_writes_wait_for_approval(home: Path) -> None:
    world = halves(home)
    before = world.rows("ledger"), world.rows("crm")
    number = world.merge("C001", "X9")
    world.settle()
    assert (world.rows("ledger"), world.rows("crm")) != before
    world.unmerge(number)
    waiting = world.run(approve=False)
    assert waiting["exit_code"] == 4
    assert [reason["code"] for reason in waiting["approval"]["reasons"]] == ["unmerge"]
    world.run()
    assert (world.rows("ledger"), world.rows("crm")) == before
    assert writes(world.run()) == 0


def test_what_could_not_be_written_back_at_once_still_waits_for_approval(home: Path) -> None:
    world = halves(home)
    number = world.merge("C001", "X9")
    world.settle()
    world.unmerge(number)
    world["crm"].clock += 1
    world["crm"].fail_next("read_cut")
    world.run()
    assert world.run(approve=False)["exit_code"] == 4


@pytest.mark.invariant("I12")
def test_two_that_were_parted_are_never_joined_again_by_keys(home: Path) -> None:
    world = halves(home)
    number = world.merge("C001", "X9")
    world.settle()
    world.unmerge(number)
    world["crm"].edit("X9", 会社名="山田商店", メール="a@example.jp")
    world["ledger"].edit("C001", メール="a@example.jp")
    world.settle()
    assert world.customer("C001") != world.customer("X9")
    assert world.reviews() == []


@pytest.mark.invariant("I6")
@pytest.mark.parametrize("taken", ["merged", "base"])
def test_an_edit_made_while_merged_is_asked_of_both(home: Path, taken: str) -> None:
    world = halves(home, fields={"phone": {"owner": "ledger"}})
    number = world.merge("C001", "X9")
    world.settle()
    world["crm"].edit("X9", 電話="03-7777-7777")
    world.settle()
    world.unmerge(number)
    asked = world.conflicts()
    assert {(one["field"], one["reason"]) for one in asked} == {("phone", "unmerged")}
    assert {one["entity"] for one in asked} == {world.customer("C001"), world.customer("X9")}
    world.run()
    assert world.cell("ledger", "電話") == world.cell("crm", "電話", "X9") == "03-7777-7777"
    for one in world.conflicts():
        world.decide(one["conflict"], taken)
    assert world.run(approve=False)["exit_code"] == (4 if taken == "base" else 0)
    world.settle()
    ours = {"merged": ("03-7777-7777", "03-7777-7777"), "base": ("03-1111-1111", "")}
    assert (world.cell("ledger", "電話"), world.cell("crm", "電話", "X9")) == ours[taken]
    assert world.conflicts() == []


def test_a_question_answered_before_the_next_run_is_not_asked_again(home: Path) -> None:
    world = halves(home)
    number = world.merge("C001", "X9")
    world.settle()
    world["ledger"].edit("C001", 住所="大阪市北区1")
    world.settle()
    world.unmerge(number)
    for one in world.conflicts():
        world.decide(one["conflict"], "merged" if one["entity"] == world.customer("C001") else "base")
    world.settle()
    assert world.cell("ledger", "住所") == "大阪市北区1"
    assert world.cell("crm", "住所", "X9") == ""
    assert world.conflicts() == []


def test_an_edit_after_the_unmerge_joins_the_question(home: Path) -> None:
    world = halves(home)
    number = world.merge("C001", "X9")
    world["crm"].edit("X9", 電話="03-7777-7777")
    world.settle()
    world.unmerge(number)
    world["ledger"].edit("C001", 電話="03-8888-8888")
    world.run()
    mine = next(one for one in world.conflicts() if one["entity"] == world.customer("C001"))
    assert [one["system"] for one in mine["candidates"]] == ["ledger", "merged", ""]
    world.decide(mine["conflict"], "ledger")
    world.run()
    assert [one["entity"] for one in world.conflicts()] == [world.customer("X9")]


def test_a_no_said_while_merged_stays_with_both(home: Path) -> None:
    consent = {**FIELDS, "consent_mail": {"column": "配信", "values": {"可": "in", "不可": "out"}}}
    rows = {name: system(columns=columns("配信")) for name in ("ledger", "crm")}
    world = World(home, rows, mappings={name: {"fields": consent} for name in rows})
    world["ledger"].put(YAMADA | {"配信": "可"}, SHOP | {"配信": "可"})
    world.settle()
    number = world.merge("C001", "C002")
    world["crm"].edit("C001", 配信="不可")
    world.settle()
    world.unmerge(number)
    world.settle()
    assert [world.cell("ledger", "配信", key) for key in ("C001", "C002")] == ["不可", "不可"]
    assert world.conflicts() == []


def test_a_row_that_joined_meanwhile_is_looked_at_anew(home: Path) -> None:
    world = halves(home)
    number = world.merge("C001", "X9")
    world["crm"].remove("X9")
    world["crm"].put({"コード": "X8", "会社名": "田中工業"})
    world["ledger"].edit("C001", メール="yamada@example.jp")
    world.settle()
    world["crm"].put({"コード": "X10", "会社名": "山田商店", "メール": "yamada@example.jp"})
    world.settle()
    assert world.customer("X10") == world.customer("C001")
    world.unmerge(number)
    assert world.customer("X10") == ""


def test_merges_are_undone_latest_first(home: Path) -> None:
    world = twins(home)
    world["ledger"].put({"コード": "C003", "会社名": "やまだ"})
    world.settle()
    first, second = world.merge("C001", "C002"), world.merge("C002", "C003")
    with pytest.raises(UserError, match="TSK-5017"):
        world.unmerge(first)
    world.unmerge(second)
    world.unmerge(first)
    world.settle()
    assert len({world.customer(key) for key in ("C001", "C002", "C003")}) == 3
    with pytest.raises(UserError, match="TSK-5015"):
        world.unmerge(first)


def test_the_log_of_a_customer_tells_of_the_ones_it_was_merged_from(home: Path) -> None:
    world = twins(home)
    both = {world.customer("C001"), world.customer("C002")}
    world.merge("C001", "C002")
    with world.store.read() as connection:
        told = records.log(connection, {"customer": world.customer("C001")})
        assert {entry["entity"] for entry in told} == both


def test_the_ledger_tells_of_the_merge_and_of_its_end(home: Path) -> None:
    world = twins(home)
    world.unmerge(world.merge("C001", "C002"))
    told = [row.action for row in world.table("ledger") if row.action.startswith("merge.")]
    assert told == ["merge.join", "merge.part"]
    assert world.problems() == ()
