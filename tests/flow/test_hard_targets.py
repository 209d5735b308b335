"""S20-S26: files that people import, changed mappings, old copies, a no to advertising; and the guards."""

import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tasuki.store import queues
from tests.flow.world import FIELDS, World, columns, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111"}
TANAKA = {"コード": "C002", "会社名": "田中工業"}
DAY = 86400


def pair(home: Path, *rows: dict[str, str], crm: Any = None, **parts: Any) -> World:
    world = World(home, {"ledger": system(), "crm": crm or system()}, **parts)
    world["ledger"].put(*(rows or (YAMADA,)))
    world.run()
    return world


def many(count: int) -> list[dict[str, str]]:
    return [{"コード": f"C{n:03}", "会社名": f"顧客{n}", "電話": f"03-0000-00{n:02}"} for n in range(count)]


# S20


def importing(home: Path) -> World:
    """An accounting program that takes what a person imports."""
    world = World(home, {"ledger": system(), "yayoi": system(confirms="next_read", versions=False)})
    world["ledger"].put(YAMADA)
    world.run()
    return world


def test_a_sent_row_is_neither_confirmed_nor_sent_again_before_its_import(home: Path) -> None:
    world = importing(home)
    assert world.rows("yayoi") == {}
    outcome = world.run()
    assert writes(outcome) == 0
    assert outcome["unconfirmed"] == 1
    world["yayoi"].import_()
    outcome = world.run()
    assert outcome["unconfirmed"] == 0
    assert outcome["exit_code"] == 0
    assert writes(outcome) == 0
    assert world.rows("yayoi") == world.rows("ledger")


def test_the_old_value_of_a_file_not_imported_yet_is_no_revert(home: Path) -> None:
    world = importing(home)
    world["yayoi"].import_()
    world.run()
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world.run()
    world["yayoi"].edit("C001", 住所="東京都")
    world.run()
    assert world.cell("ledger", "電話") == "03-2222-2222"
    assert world.cell("ledger", "住所") == "東京都"
    world["yayoi"].import_()
    assert world.run()["unconfirmed"] == 0
    assert world.cell("yayoi", "電話") == "03-2222-2222"
    assert world.conflicts() == []


def test_an_export_made_before_our_write_is_no_revert(home: Path) -> None:
    world = importing(home)
    world["yayoi"].import_()
    world.run()
    world["yayoi"].hold_export()
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world.run()
    world["yayoi"].import_()
    outcome = world.run()
    assert writes(outcome) == 0
    assert outcome["unconfirmed"] == 1
    world["yayoi"].release_export()
    assert world.run()["unconfirmed"] == 0
    assert world.cell("ledger", "電話") == "03-2222-2222"


def test_a_second_value_is_sent_while_the_first_waits(home: Path) -> None:
    world = importing(home)
    world["yayoi"].import_()
    world.run()
    for phone in ("03-2222-2222", "03-3333-3333"):
        world["ledger"].edit("C001", 電話=phone)
        world.run()
    world["yayoi"].import_()
    outcome = world.run()
    assert outcome["unconfirmed"] == 0
    assert world.conflicts() == []
    assert world.cell("yayoi", "電話") == world.cell("ledger", "電話") == "03-3333-3333"


def test_the_first_of_two_sent_values_imported_alone_is_our_own_echo(home: Path) -> None:
    world = importing(home)
    world["yayoi"].import_()
    world.run()
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world.run()
    first = dict(world["yayoi"].pending)
    world["ledger"].edit("C001", 電話="03-3333-3333")
    world.run()
    later = {token: write for token, write in world["yayoi"].pending.items() if token not in first}
    world["yayoi"].pending = first
    world["yayoi"].import_()
    world.run()
    assert world.conflicts() == []
    assert world.cell("ledger", "電話") == "03-3333-3333"
    world["yayoi"].pending |= later
    world["yayoi"].import_()
    assert world.run()["unconfirmed"] == 0
    assert world.cell("yayoi", "電話") == "03-3333-3333"


def test_a_file_that_nobody_imports_raises_an_alarm_after_a_week(home: Path) -> None:
    world = importing(home)
    with world.store.read() as connection:
        soon = queues.count_open(connection, "customers", ["yayoi"], time.time() + 6 * DAY)
        late = queues.count_open(connection, "customers", ["yayoi"], time.time() + 8 * DAY)
    assert (soon.overdue, late.overdue) == (0, 1)


def deleting(home: Path) -> World:
    """Two customers that a person has imported; one has been deleted in the ledger since."""
    systems = {"ledger": system(), "yayoi": system(confirms="next_read", versions=False, incremental=False)}
    world = World(home, systems, entries={"yayoi": {"on_delete": "delete"}}, limits={"delete": 5})
    world["ledger"].put(YAMADA, TANAKA)
    world.run()
    world["yayoi"].import_()
    world.run()
    world["ledger"].remove("C001")
    assert writes(world.run()) == 1
    return world


@pytest.mark.invariant("I3")
def test_a_deletion_that_nobody_imported_yet_is_neither_forgotten_nor_sent_again(home: Path) -> None:
    world = deleting(home)
    for phone in ("03-5555-5555", "03-6666-6666"):
        world["ledger"].edit("C002", 電話=phone)
        outcome = world.run()
        assert outcome["totals"]["apply"] == {"updated": 1, "unconfirmed": 1}
        assert outcome["unconfirmed"] == 2
    assert list(world.rows("ledger")) == ["C002"]
    world["yayoi"].import_()
    outcome = world.run()
    assert (writes(outcome), outcome["unconfirmed"], outcome["exit_code"]) == (0, 0, 0)
    assert world.rows("yayoi") == world.rows("ledger")


def test_an_edit_of_a_row_that_is_to_be_deleted_brings_nobody_back(home: Path) -> None:
    world = deleting(home)
    world["yayoi"].edit("C001", 電話="03-7777-7777")
    outcome = world.run()
    assert (writes(outcome), outcome["unconfirmed"]) == (0, 1)
    assert list(world.rows("ledger")) == ["C002"]


def test_a_deletion_that_nobody_imports_raises_an_alarm_after_a_week(home: Path) -> None:
    world = deleting(home)
    with world.store.read() as connection:
        late = queues.count_open(connection, "customers", ["yayoi"], time.time() + 8 * DAY)
    assert late.overdue == 1


def test_a_customer_who_returns_after_a_deletion_was_imported_is_not_deleted_again(home: Path) -> None:
    world = deleting(home)
    world["yayoi"].import_()
    world.run()
    world["ledger"].put(YAMADA)
    world["yayoi"].put(YAMADA)
    outcome = world.run()
    assert writes(outcome) == 0
    assert set(world.rows("yayoi")) == {"C001", "C002"}


# S22


@pytest.mark.peer("airbyte#50874")
def test_a_newly_mapped_column_is_settled_as_on_the_first_day(home: Path) -> None:
    world = World(home, {"ledger": system(columns=columns("備考")), "crm": system(columns=columns("備考"))})
    world["ledger"].put(YAMADA | {"備考": "上得意"}, TANAKA | {"備考": ""})
    world["crm"].put(YAMADA | {"備考": "注意"}, TANAKA | {"備考": "紹介客"})
    world.run()
    for name in world.systems:
        world.map(name, {"key": "コード", "fields": {**FIELDS, "note": "備考"}})
    assert world.run()["exit_code"] == 3
    assert [(one["field"], one["reason"]) for one in world.conflicts()] == [("note", "first")]
    assert world.cell("ledger", "備考", "C002") == "紹介客"
    assert len(world.values()) == 2


@pytest.mark.peer("airbyte#32636")
def test_a_mapping_that_reads_the_same_otherwise_plans_nothing(home: Path) -> None:
    world = pair(home, YAMADA, TANAKA | {"電話": "０３（２２２２）２２２２"})
    world.map(
        "ledger", {"key": "コード", "fields": {**FIELDS, "phone": {"column": "電話", "clean": ["phone"]}}}
    )
    outcome = world.run()
    assert writes(outcome) == 0
    assert outcome["exit_code"] == 0
    assert writes(world.run()) == 0
    world["crm"].edit("C001", 電話="03-9999-9999")
    world.run()
    assert world.cell("ledger", "電話") == "03-9999-9999"


@pytest.mark.peer("airbyte#70440")
def test_a_column_taken_out_of_the_mapping_clears_nothing(home: Path) -> None:
    world = pair(home)
    fewer = {name: entry for name, entry in FIELDS.items() if name != "phone"}
    world.map("ledger", {"key": "コード", "fields": fewer})
    assert writes(world.run()) == 0
    assert world.cell("crm", "電話") == world.cell("ledger", "電話") == "03-1111-1111"


def test_a_changed_rule_is_written_down(home: Path) -> None:
    world = pair(home)
    world.rule(world.rules | {"fields": {"phone": {"owner": "crm"}}})
    world.run()
    assert "config.rules" in {row.action for row in world.table("ledger")}


# S24


def test_a_number_a_date_and_an_amount_are_the_same_in_every_spelling(home: Path) -> None:
    fields = {**FIELDS, "credit_limit": "与信", "acquired_on": "獲得日", "closing_day": "締日"}
    both = columns("与信", "獲得日", "締日")
    world = World(
        home,
        {"ledger": system(columns=both), "crm": system(columns=both)},
        mappings={name: {"fields": fields} for name in ("ledger", "crm")},
    )
    world["ledger"].put(YAMADA | {"与信": 1234000.0, "獲得日": "2026-04-01", "締日": 20})
    world["crm"].put(YAMADA | {"与信": "1,234,000", "獲得日": "令和8年4月1日", "締日": "20"})
    outcome = world.run()
    assert writes(outcome) == 0
    assert outcome["exit_code"] == 0
    assert world.values()[0]["acquired_on"] == "2026-04-01"


# S25 and the guards


def guarded(home: Path, count: int = 12) -> World:
    return pair(home, *many(count), limits={"delete": 100})


def test_an_old_copy_stops_the_run(home: Path) -> None:
    world = guarded(home, 4)
    old = deepcopy(world["ledger"].table)
    for n in range(4):
        world["ledger"].edit(f"C00{n}", 電話=f"06-0000-000{n}")
    world.run()
    world["ledger"].incremental = False
    world["ledger"].table = old
    world["ledger"].clock += 1
    outcome = world.run()
    assert outcome["exit_code"] == 7
    assert world.table("block")[0].code == "TSK-5106"
    assert world.cell("crm", "電話", "C000") == "06-0000-0000"


def test_an_old_copy_that_undoes_our_own_writes_stops_the_run(home: Path) -> None:
    world = guarded(home, 4)
    old = deepcopy(world["ledger"].table)
    for n in range(4):
        world["crm"].edit(f"C00{n}", 電話=f"06-0000-000{n}")
    world.run()
    world["ledger"].incremental = False
    world["ledger"].table = old
    world["ledger"].clock += 1
    assert world.run()["exit_code"] == 7
    assert world.table("block")[0].code == "TSK-5106"


@pytest.mark.invariant("I5")
def test_an_emptied_source_stops_the_run(home: Path) -> None:
    world = guarded(home)
    for key in list(world.rows("ledger")):
        world["ledger"].remove(key)
    assert world.run()["exit_code"] == 7
    assert world.table("block")[0].code == "TSK-5101"
    assert len(world.rows("crm")) == 12


@pytest.mark.peer("rclone PR 9812")
def test_a_mass_rekey_is_not_a_mass_delete(home: Path) -> None:
    world = guarded(home, 6)
    for n in range(4):
        world["ledger"].edit(f"C{n:03}", コード=f"N{n:03}")
    assert world.run()["exit_code"] == 7
    assert world.table("block")[0].code == "TSK-5105"
    assert sorted(world.rows("crm")) == [f"C{n:03}" for n in range(6)]


def test_a_stopped_sync_stays_stopped_until_somebody_says_why(home: Path) -> None:
    world = guarded(home)
    for n in range(7):
        world["ledger"].remove(f"C{n:03}")
    world.run()
    assert world.run()["exit_code"] == 7
    world.acknowledge()
    assert world.run()["exit_code"] == 0


def test_what_was_acknowledged_is_not_what_comes_later(home: Path) -> None:
    world = guarded(home)
    for n in range(7):
        world["ledger"].remove(f"C{n:03}")
    world.run()
    world.acknowledge()
    world["ledger"].remove("C007")
    assert world.run()["exit_code"] == 7


def test_a_guard_takes_nothing_in(home: Path) -> None:
    world = guarded(home)
    gone = [world["ledger"].table[number] for number in list(world["ledger"].table)]
    for n in range(7):
        world["ledger"].remove(f"C{n:03}")
    world.run()
    assert {row.state for row in world.table("link")} == {"here"}
    assert len(gone) == 12


# S26


CONSENT = {**FIELDS, "consent_mail": {"column": "DM", "values": {"可": "in", "不可": "out"}}}


def consenting(home: Path, entries: Any = None, **rules: Any) -> World:
    three = {name: system(columns=columns("DM")) for name in ("ledger", "crm", "yayoi")}
    world = World(home, three, entries, {name: {"fields": CONSENT} for name in three}, **rules)
    world["ledger"].put(YAMADA | {"DM": "可"}, TANAKA | {"DM": "可"})
    world.run()
    return world


@pytest.mark.parametrize(
    ("entries", "rules"),
    [
        ({}, {}),
        ({"crm": {"direction": "out"}}, {}),
    ],
    ids=["plain", "receiving system"],
)
def test_a_no_counts_from_anyone_whatever_the_policies_say(home: Path, entries: Any, rules: Any) -> None:
    world = consenting(home, entries, **rules)
    world["crm"].edit("C001", DM="不可")
    world.run()
    assert [world.cell(name, "DM") for name in world.systems] == ["不可"] * 3
    assert world.conflicts() == []


def test_a_no_is_written_before_everything_else(home: Path) -> None:
    world = consenting(home)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].edit("C002", DM="不可")
    world.run()
    first = next(world.plan().changes_for("yayoi"))
    assert first.cells == {"DM": "不可"}


def test_a_yes_from_a_side_that_did_not_know_of_the_no_is_not_taken(home: Path) -> None:
    world = consenting(home)
    world["yayoi"].edit("C001", DM="")
    world.run()
    world["crm"].edit("C001", DM="不可")
    world["yayoi"].fail_next("retry")
    world.run()
    world["yayoi"].edit("C001", DM="可")
    world.run()
    assert [world.cell(name, "DM") for name in world.systems] == ["不可"] * 3


def test_a_later_yes_that_knew_of_the_no_counts(home: Path) -> None:
    world = consenting(home)
    world["crm"].edit("C001", DM="不可")
    world.run()
    world["ledger"].edit("C001", DM="可")
    world.run()
    assert [world.cell(name, "DM") for name in world.systems] == ["可"] * 3


# Losing answers


@pytest.mark.invariant("I2")
@pytest.mark.peer("n8n#14423")
@pytest.mark.parametrize("failure", ["reply_lost", "partial", "twice", "retry"])
@pytest.mark.parametrize("crm", [{}, {"key": "番号", "assigns_key": True}], ids=["our key", "its own key"])
def test_a_lost_answer_makes_no_second_row(home: Path, failure: Any, crm: dict[str, Any]) -> None:
    world = World(home, {"ledger": system(), "crm": system(columns=columns("番号"), **crm)})
    world["ledger"].put(*many(4))
    world["crm"].fail_next(failure)
    world.run()
    world.run()
    assert sorted(row["会社名"] for row in world["crm"].rows().values()) == [f"顧客{n}" for n in range(4)]
    assert writes(world.run()) == 0


def test_a_write_that_never_arrived_is_told_and_made_by_the_next_run(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system()})
    world["ledger"].put(*many(4))
    world["crm"].fail_next("partial")
    outcome = world.run()
    assert (outcome["exit_code"], outcome["systems"]["crm"]["created"]) == (1, 2)
    outcome = world.run()
    assert (outcome["exit_code"], outcome["systems"]["crm"]["created"]) == (0, 2)


@pytest.mark.invariant("I10")
def test_a_bad_row_stops_only_itself(home: Path) -> None:
    world = pair(home)
    world["ledger"].put({"コード": "C003", "会社名": "佐藤", "区分": "謎"}, TANAKA)
    outcome = world.run()
    assert outcome["exit_code"] == 3
    assert sorted(world.rows("crm")) == ["C001", "C002"]
    held = world.held()[0]
    assert (held["system"], held["code"], held["column"], held["key"]) == (
        "ledger",
        "TSK-2090",
        "区分",
        "C003",
    )
    world["ledger"].edit("C003", 区分="新規")
    assert world.run()["exit_code"] == 0
    assert sorted(world.rows("crm")) == ["C001", "C002", "C003"]


@pytest.mark.peer("n8n blank keys")
def test_rows_without_a_key_stop_nobody_else(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system()})
    blank = [{"コード": "", "会社名": f"無番{n}"} for n in range(10)]
    world["ledger"].put(*many(15), *blank)
    outcome = world.run()
    assert len(world.rows("crm")) == 15
    assert outcome["systems"]["ledger"]["quarantined"] == 10
    assert outcome["exit_code"] == 3


@pytest.mark.invariant("I1")
def test_what_was_read_adds_up(home: Path) -> None:
    world = pair(home, *many(5))
    world["ledger"].incremental = False
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["ledger"].edit("C002", 区分="謎")
    world["ledger"].put(
        {"コード": "", "会社名": "無番"}, TANAKA | {"コード": "C003"}, TANAKA | {"コード": "C009"}
    )
    for _ in range(2):
        told = world.run()["systems"]["ledger"]
        assert told["read"] == told["unchanged"] + told["changed"] + told["quarantined"] == 8


def test_a_held_row_that_vanishes_is_forgotten(home: Path) -> None:
    world = pair(home)
    world["crm"].put({"コード": "X1", "会社名": "佐藤", "区分": "謎"})
    world.run()
    world["crm"].remove("X1")
    world["ledger"].put({"コード": "X1", "会社名": "佐藤"})
    assert world.run()["exit_code"] == 0
    assert sorted(world.rows("crm")) == ["C001", "X1"]


@pytest.mark.invariant("I2")
def test_a_held_row_is_not_created_a_second_time(home: Path) -> None:
    world = pair(home)
    world["crm"].put({"コード": "X1", "会社名": "佐藤", "区分": "謎"})
    world["ledger"].put({"コード": "X1", "会社名": "佐藤"})
    world.run()
    assert len(world.table("link")) == 4
    world["crm"].edit("X1", 区分="")
    assert world.run()["exit_code"] == 0
    assert len(world.values()) == 2
