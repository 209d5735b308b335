"""S16, S18, S19: deletes, references, and one run at a time."""

from pathlib import Path
from typing import Any

import pytest

from tasuki.errors import Retry, UserError
from tests.flow.world import World, columns, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111"}
TANAKA = {"コード": "C002", "会社名": "田中工業"}


def pair(home: Path, *rows: dict[str, str], **parts: Any) -> World:
    world = World(home, {"ledger": system(), "crm": system()}, **parts)
    world["ledger"].put(*(rows or (YAMADA,)))
    world.run()
    return world


# S16


def test_a_deleted_row_is_unlinked_and_deleted_nowhere_else(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA)
    world["ledger"].remove("C001")
    world.run()
    assert sorted(world.rows("crm")) == ["C001", "C002"]


@pytest.mark.invariant("I2")
def test_the_tombstone_keeps_a_deleted_row_from_coming_back(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA)
    world["ledger"].remove("C001")
    world.run()
    world["crm"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert sorted(world.rows("ledger")) == ["C002"]


def test_a_row_that_comes_back_is_the_same_customer(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA)
    world["ledger"].remove("C001")
    world.run()
    world["ledger"].put(YAMADA)
    outcome = world.run()
    assert len(world.values()) == 2
    assert outcome["exit_code"] == 0
    world["crm"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert world.cell("ledger", "電話") == "03-2222-2222"


def test_a_row_that_comes_back_with_another_value_is_asked(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA)
    world["ledger"].remove("C001")
    world.run()
    world["ledger"].put(YAMADA | {"電話": "03-9999-9999"})
    assert world.run()["exit_code"] == 3
    assert [one["reason"] for one in world.conflicts()] == ["first"]


def test_a_delete_goes_to_the_system_that_asked_for_deletes(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, entries={"crm": {"on_delete": "delete"}})
    world["ledger"].remove("C001")
    world.run()
    assert sorted(world.rows("crm")) == ["C002"]
    assert writes(world.run()) == 0
    assert sorted(world.rows("ledger")) == ["C002"]


@pytest.mark.invariant("I1")
@pytest.mark.parametrize("failure", ["retry", "partial", "reply_lost"])
def test_a_delete_that_did_not_arrive_is_asked_for_again(home: Path, failure: Any) -> None:
    parts = {"crm": {"on_delete": "delete"}}
    world = World(home, {"ledger": system(), "crm": system()}, parts)
    world["ledger"].put(*({"コード": f"C{number}", "会社名": f"顧客{number}"} for number in range(6)))
    world.run()
    for key in ("C0", "C1"):
        world["ledger"].remove(key)
    world["crm"].fail_next(failure)
    world.run()
    world.run()
    assert world.rows("crm") == world.rows("ledger")
    assert writes(world.run()) == 0


@pytest.mark.invariant("I1")
def test_a_delete_of_a_row_that_nobody_imported_yet_waits_for_its_import(home: Path) -> None:
    yayoi = system(confirms="next_read", versions=False)
    world = World(home, {"ledger": system(), "yayoi": yayoi}, {"yayoi": {"on_delete": "delete"}})
    world["ledger"].put(YAMADA, {"コード": "C002", "会社名": "田中工業"})
    world.run()
    world["ledger"].remove("C001")
    assert writes(world.run()) == 0
    world["yayoi"].import_()
    assert writes(world.run()) == 1
    world["yayoi"].import_()
    outcome = world.run()
    assert (writes(outcome), outcome["unconfirmed"]) == (0, 0)
    assert world.rows("yayoi") == world.rows("ledger")


def test_a_delete_archives_where_the_file_says_so(home: Path) -> None:
    fields = {
        "code": "コード",
        "name": "会社名",
        "active": {"column": "有効", "values": {"はい": "yes", "いいえ": "no"}},
    }
    world = World(
        home,
        {"ledger": system(), "crm": system(columns=columns("有効"))},
        {"crm": {"on_delete": "archive"}},
        {"crm": {"fields": fields}},
    )
    world["ledger"].put(YAMADA, TANAKA)
    world.run()
    world["ledger"].remove("C001")
    world.run()
    assert world.cell("crm", "有効") == "いいえ"
    assert world.cell("crm", "有効", "C002") == ""
    assert writes(world.run()) == 0


@pytest.mark.invariant("I5")
@pytest.mark.peer("vdirsyncer#128")
def test_delete_against_edit_keeps_the_edit(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, entries={"crm": {"on_delete": "delete"}})
    world["ledger"].remove("C001")
    world["crm"].edit("C001", 電話="03-2222-2222")
    world.run()
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"
    assert sorted(world.rows("ledger")) == ["C002"]


@pytest.mark.invariant("I5")
@pytest.mark.peer("GitSyncMarks#210")
def test_a_partial_read_deletes_nothing(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, entries={"crm": {"on_delete": "delete"}})
    world["ledger"].remove("C001")
    world["ledger"].incremental = False
    world["ledger"].fail_next("read_incomplete")
    world.run()
    assert sorted(world.rows("crm")) == ["C001", "C002"]
    world.run()
    assert sorted(world.rows("crm")) == ["C002"]


@pytest.mark.invariant("I2")
def test_nothing_is_created_where_the_read_was_not_complete(home: Path) -> None:
    """The row that seems to be missing may stand behind the point where the read ended."""
    world = pair(home)
    world["crm"].put(TANAKA)
    world["ledger"].put(TANAKA)
    world["crm"].fail_next("read_incomplete")
    world["crm"].incremental = False
    world.run()
    world.run()
    assert sorted(world.rows("crm")) == ["C001", "C002"]
    assert len(world.values()) == 2


@pytest.mark.invariant("I2")
def test_nothing_is_created_in_a_system_that_could_not_be_read(home: Path) -> None:
    world = World(
        home, {"ledger": system(), "crm": system(assigns_key=True, key="番号", columns=columns("番号"))}
    )
    world["ledger"].put(YAMADA)
    world["crm"].put(YAMADA)
    world["crm"].fail_next("read_cut")
    assert world.run()["exit_code"] == 1
    assert len(world["crm"].rows()) == 1
    assert world.run()["exit_code"] == 0
    assert len(world["crm"].rows()) == 1


def test_a_delete_waits_for_the_system_that_is_down(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, entries={"crm": {"on_delete": "delete"}})
    world["ledger"].remove("C001")
    world["crm"].clock += 1
    world["crm"].fail_next("read_cut")
    assert world.run()["exit_code"] == 1
    world.run()
    assert sorted(world.rows("crm")) == ["C002"]


@pytest.mark.peer("Hightouch full resync")
def test_rows_gone_at_a_full_read_are_seen_to_be_gone(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, entries={"crm": {"on_delete": "delete"}})
    world["ledger"].incremental = False
    world["ledger"].remove("C002")
    world.run()
    assert sorted(world.rows("crm")) == ["C001"]


# S18


def contacts(home: Path, **parts: Any) -> World:
    fields = {"code": "番号", "customer": {"column": "顧客", "by": "code"}, "name": "氏名"}
    people = {
        name: system(columns=tuple(c for c in columns("番号", "顧客", "氏名")[-3:]), key="番号")
        for name in ("cards", "crm_people")
    }
    mappings = {name: {"fields": fields} for name in people}
    return World(home, people, mappings=mappings, sync="contacts", model="contact", **parts)


def test_a_record_waits_until_what_it_points_at_is_known(home: Path) -> None:
    firms, people = pair(home), contacts(home)
    people["cards"].put({"番号": "P1", "顧客": "C002", "氏名": "田中一郎"})
    assert people.run()["waiting"] == 1
    assert people.rows("crm_people") == {}
    firms["ledger"].put(TANAKA)
    firms.run()
    assert people.run()["waiting"] == 0
    assert people.rows("crm_people") == {"P1": {"顧客": "C002", "氏名": "田中一郎"}}


def test_a_customer_is_not_deleted_while_a_row_points_at_it(home: Path) -> None:
    firms, people = pair(home, YAMADA, TANAKA, entries={"crm": {"on_delete": "delete"}}), contacts(home)
    people["cards"].put({"番号": "P1", "顧客": "C001", "氏名": "山田花子"})
    people.run()
    firms["ledger"].remove("C001")
    assert firms.run()["waiting"] == 1
    assert firms.run()["waiting"] == 1
    assert sorted(firms.rows("crm")) == ["C001", "C002"]


def test_a_customer_is_deleted_after_what_pointed_at_it(home: Path) -> None:
    gone = {"on_delete": "delete"}
    firms = pair(home, YAMADA, TANAKA, entries={"crm": gone})
    people = contacts(home, entries={"crm_people": gone})
    people["cards"].put({"番号": "P1", "顧客": "C001"}, {"番号": "P2", "顧客": "C002"})
    people.run()
    people["cards"].remove("P1")
    firms["ledger"].remove("C001")
    firms.run()
    people.run()
    assert firms.run()["waiting"] == 0
    assert (sorted(firms.rows("crm")), sorted(people.rows("crm_people"))) == (["C002"], ["P2"])


@pytest.mark.peer("OCA/connector-magento#165")
def test_two_records_that_point_at_one_new_customer_make_it_once(home: Path) -> None:
    firms, people = pair(home), contacts(home)
    people["cards"].put({"番号": "P1", "顧客": "C002"}, {"番号": "P2", "顧客": "C002"})
    people.run()
    firms["ledger"].put(TANAKA)
    firms.run()
    people.run()
    assert sorted(people.rows("crm_people")) == ["P1", "P2"]
    assert sorted(firms.rows("crm")) == ["C001", "C002"]


# S19


def test_two_syncs_never_share_a_system(home: Path) -> None:
    world = pair(home)
    world.name = "again"
    world.rule(world.rules | {"sync": "again"})
    with pytest.raises(UserError, match="TSK-4034"):
        world.begin().start()


@pytest.mark.peer("OCA/connector#299")
def test_two_runs_are_never_at_work_together(home: Path) -> None:
    world = pair(home)
    first, second = world.begin(), world.begin()
    first.start()
    with pytest.raises(Retry, match="TSK-5310"):
        second.start()
    first.close()
    second.start()


def test_the_run_of_a_dead_process_gives_way(home: Path) -> None:
    world = pair(home)
    dead = world.begin()
    dead.start()
    world.crash()
    assert world.run()["exit_code"] == 0
    assert [row.status for row in world.table("run") if row.id == dead.id] == ["killed"]


@pytest.mark.invariant("I9")
def test_a_row_edited_after_its_plan_is_left_and_planned_anew(home: Path) -> None:
    world = pair(home)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    outcome = world.run(between=lambda: world["crm"].edit("C001", 電話="03-3333-3333"))
    assert outcome["systems"]["crm"]["stale"] == 1
    assert world.cell("crm", "電話") == "03-3333-3333"
    assert world.run()["exit_code"] == 3
    assert len(world.conflicts()) == 1


def test_an_edit_of_a_column_we_do_not_know_stops_no_write(home: Path) -> None:
    """Its version moved, and no later read would tell us so: the mapped cells are what they were."""
    world = World(home, {"ledger": system(), "crm": system(columns=columns("社内メモ"))})
    world["ledger"].put(YAMADA)
    world.run()
    world["crm"].edit("C001", 社内メモ="大事")
    world.run()
    world["ledger"].edit("C001", 電話="03-2222-2222")
    outcome = world.run(between=lambda: world["crm"].edit("C001", 社内メモ="もっと大事"))
    assert outcome["systems"]["crm"]["stale"] == 0
    assert world.cell("crm", "電話") == "03-2222-2222"
    assert world.cell("crm", "社内メモ") == "もっと大事"


@pytest.mark.invariant("I9")
def test_a_customer_read_anew_after_the_approval_waits_for_the_next_plan(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, limits={"change": 0})
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["ledger"].edit("C002", 電話="03-8888-8888")
    run = world.begin()
    run.start()
    _, made, state = world.look(run)
    assert state == "waiting"
    world["ledger"].edit("C001", 電話="03-3333-3333")
    run.read("ledger")
    world.approve(made.digest)
    world.apply(run)
    run.close()
    assert world.cell("crm", "電話", "C002") == "03-8888-8888"
    assert world.cell("crm", "電話", "C001") == "03-1111-1111"
    world.run()
    assert world.cell("crm", "電話", "C001") == "03-3333-3333"


@pytest.mark.invariant("I1")
def test_a_row_that_comes_back_between_plan_and_approval_is_not_forgotten(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, limits={"create": 0})
    world["ledger"].remove("C001")
    world["ledger"].put({"コード": "C003", "会社名": "佐藤"})
    run = world.begin()
    run.start()
    _, made, _ = world.look(run)
    world["ledger"].put(YAMADA | {"電話": "03-9999-9999"})
    run.read("ledger")
    world.approve(made.digest)
    world.apply(run)
    run.close()
    world.run()
    assert world.cell("crm", "電話") == "03-9999-9999"


@pytest.mark.invariant("I6")
def test_a_decision_for_a_customer_that_moved_is_not_used_up(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA, limits={"change": 0})
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].edit("C001", 電話="03-3333-3333")
    world.run()
    world.choose("phone", "ledger")
    run = world.begin()
    run.start()
    _, made, _ = world.look(run)
    world["ledger"].edit("C001", 住所="東京都")
    run.read("ledger")
    world.approve(made.digest)
    world.apply(run)
    run.close()
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"
    assert world.conflicts() == []


@pytest.mark.invariant("I9")
def test_what_was_approved_is_what_is_applied(home: Path) -> None:
    world = pair(home, limits={"change": 0})
    world["ledger"].edit("C001", 電話="03-2222-2222")
    first = world.run(approve=False)
    assert first["exit_code"] == 4
    world["ledger"].edit("C001", 電話="03-3333-3333")
    second = world.run(approve=False)
    assert second["exit_code"] == 4
    with pytest.raises(UserError, match="TSK-5001"):
        world.approve(first["approval"]["plan"])
    world.approve(second["approval"]["plan"])
    assert world.run(approve=False)["exit_code"] == 0
    assert world.cell("crm", "電話") == "03-3333-3333"


@pytest.mark.peer("rclone#5680")
def test_limits_count_rows_and_percent(home: Path) -> None:
    many = [{"コード": f"C{n:03}", "会社名": f"顧客{n}"} for n in range(30)]
    world = pair(home, *many, limits={"change": "20%"})
    for n in range(6):
        world["ledger"].edit(f"C{n:03}", 電話=f"03-0000-000{n}")
    assert world.run(approve=False)["exit_code"] == 0
    for n in range(7):
        world["ledger"].edit(f"C{n:03}", 電話=f"03-1111-000{n}")
    outcome = world.run(approve=False)
    assert outcome["exit_code"] == 4
    assert outcome["approval"]["reasons"] == [{"code": "change", "system": "crm", "planned": 7, "limit": 6}]


@pytest.mark.peer("n8n#32527")
def test_a_stopped_run_writes_nothing_any_more(home: Path) -> None:
    many = [{"コード": f"C{n:03}", "会社名": f"顧客{n}"} for n in range(12)]
    world = pair(home, *many)
    world["crm"].edit("C001", 電話="03-2222-2222")
    for row in many:
        world["ledger"].remove(row["コード"])
    assert world.run()["exit_code"] == 7
    assert len(world.rows("crm")) == 12
    assert world.run()["exit_code"] == 7
    assert sum(row.state == "open" for row in world.table("block")) == 1
