"""S14: corrections are proposed to the sources as a plan of their own, and never written unasked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tasuki import sync as steps
from tasuki.connector import Column
from tasuki.errata import ALL, Correction
from tasuki.errors import UserError
from tasuki.memory import MemorySystem
from tasuki.plan import Plan
from tasuki.store import plans
from tests.flow.world import FIELDS, World, columns, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "㈱山田商店", "電話": "03-1111-1111", "カナ": "ﾔﾏﾀﾞ"}
SPELLED = YAMADA | {"会社名": "株式会社山田商店", "電話": "０３（１１１１）１１１１"}
KANA = {**FIELDS, "name_kana": "カナ"}
MAPPING = {"fields": KANA, "issued_by": "ledger"}


class Shouting(MemorySystem):
    """Keeps half-width kana, whatever it is told."""

    def kept(self, cells: Any) -> dict[str, Any]:
        return super().kept({name: "ﾔﾏﾀﾞ" if cell == "ヤマダ" else cell for name, cell in cells.items()})


def pair(home: Path, crm: dict[str, str] = SPELLED, **parts: Any) -> World:
    """Two systems that agree on a customer, each in its own letters."""
    named = columns("カナ")
    theirs = system(columns=parts.pop("columns", named), kind=parts.pop("kind", MemorySystem))
    mappings = {"ledger": MAPPING, "crm": {**MAPPING, "fields": KANA | parts.pop("fields_of_crm", {})}}
    world = World(home, {"ledger": system(columns=named), "crm": theirs}, mappings=mappings, **parts)
    world["ledger"].put(YAMADA)
    world["crm"].put(crm)
    world.run()
    return world


def propose(world: World, kinds: Sequence[Correction] = ALL) -> Plan:
    run = world.begin()
    run.start()
    for name in world.systems:
        run.read(name)
    made, _ = run.correct(kinds)
    run.leave_planned(0)
    return made


def apply(world: World, made: Plan) -> dict[str, Any]:
    """What `tasuki apply` does, in a process of its own."""
    with world.store.read() as connection:
        stored = plans.find(connection, made.digest, ("waiting", "approved", "planned"))
    run = steps.Run(world.store, world.sync, world.open, stored.run, "tester")
    return run.close(world.apply(run))


def state(world: World, made: Plan) -> str:
    return next(row.state for row in world.table("plan") if row.digest == made.digest)


def test_corrections_wait_for_approval_and_no_sync_writes_them(home: Path) -> None:
    world = pair(home)
    shown = world.rows("ledger"), world.rows("crm")
    made = propose(world)
    assert {(c.system, d.field, d.reason) for c in made.changes for d in c.diffs} == {
        ("ledger", "name_kana", "respell"),
        ("crm", "name_kana", "respell"),
        ("crm", "name", "respell"),
        ("crm", "phone", "respell"),
    }
    assert {reason.code for reason in made.reasons} == {"correction"}
    assert writes(world.run()) == writes(world.run()) == 0
    assert (world.rows("ledger"), world.rows("crm")) == shown
    assert state(world, made) == "waiting"


@pytest.mark.invariant("I3")
@pytest.mark.invariant("I4")
def test_approved_corrections_are_written_and_nothing_follows(home: Path) -> None:
    world = pair(home)
    made = propose(world)
    world.run()
    world.approve(made.digest)
    outcome = apply(world, made)
    assert (outcome["exit_code"], writes(outcome)) == (0, 2)
    assert world.rows("ledger") == world.rows("crm")
    assert world.cell("crm", "カナ") == "ヤマダ"
    assert writes(world.run()) == 0
    plan = world.plan()
    assert (plan.moves, plan.settles, plan.changes, plan.conflicts) == ((), (), (), ())
    assert propose(world).changes == ()
    assert world.problems() == ()


def test_what_is_not_approved_is_not_written(home: Path) -> None:
    world = pair(home)
    shown = world.rows("ledger"), world.rows("crm")
    made = propose(world)
    assert writes(apply(world, made)) == 0
    assert (world.rows("ledger"), world.rows("crm")) == shown


def test_new_corrections_take_the_place_of_older_ones_and_of_no_sync(home: Path) -> None:
    world = pair(home)
    first = propose(world)
    world["ledger"].put({"コード": "C002", "会社名": "田中", "カナ": "ﾀﾅｶ"})
    world.run()
    second = propose(world)
    assert (state(world, first), state(world, second)) == ("superseded", "waiting")
    with world.store.read() as connection, pytest.raises(UserError, match="TSK-5001"):
        plans.find(connection, first.digest, ("waiting",))


def test_a_sync_that_waits_for_approval_stays_when_corrections_are_made(home: Path) -> None:
    world = pair(home, limits={"create": 0})
    world["ledger"].put({"コード": "C002", "会社名": "田中"})
    world.run(approve=False)
    waiting = world.plan()
    propose(world)
    assert state(world, waiting) == "waiting"


@pytest.mark.invariant("I9")
def test_a_customer_that_moved_after_the_proposal_is_left_as_it_is(home: Path) -> None:
    world = pair(home)
    made = propose(world)
    world["ledger"].edit("C001", 会社名="㈱山田商会")
    world.run()
    world.approve(made.digest)
    assert writes(apply(world, made)) == 0
    assert world.cell("crm", "カナ") == "ﾔﾏﾀﾞ"


def test_a_customer_in_conflict_by_now_is_left_as_it_is(home: Path) -> None:
    world = pair(home)
    made = propose(world)
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["crm"].edit("C001", 電話="03-3333-3333")
    world.run()
    world.approve(made.digest)
    assert writes(apply(world, made)) == 0
    assert propose(world).left_out == 1


def test_a_cell_that_was_edited_meanwhile_is_not_overwritten(home: Path) -> None:
    world = pair(home, columns=columns("カナ"))
    made = propose(world)
    world["crm"].versions = False
    world["crm"].edit("C001", カナ="ヤマタ")
    world.approve(made.digest)
    apply(world, made)
    assert world.cell("crm", "カナ") == "ヤマタ"


def test_an_edit_that_no_sync_has_seen_is_left_for_it(home: Path) -> None:
    world = pair(home)
    world["crm"].edit("C001", 住所="東京都府中市本町1-1")
    made = propose(world)
    assert (made.changes, made.left_out) == ((), 1)
    assert writes(world.run()) == 1
    assert world.cell("ledger", "住所") == "東京都府中市本町1-1"
    assert propose(world).left_out == 0


def test_a_customer_whose_row_vanished_is_left_for_the_sync(home: Path) -> None:
    world = pair(home)
    world["ledger"].put({"コード": "C002", "会社名": "田中"})
    world.run()
    world["crm"].remove("C001")
    made = propose(world)
    assert (made.changes, made.left_out) == ((), 1)


def test_a_correction_that_waits_for_its_import_is_not_proposed_again(home: Path) -> None:
    world = pair(home)
    world["crm"].confirms = "next_read"
    made = propose(world)
    world.approve(made.digest)
    apply(world, made)
    again = propose(world)
    assert (again.changes, again.left_out) == ((), 1)
    world.run()
    world["crm"].import_()
    assert world.run()["unconfirmed"] == 0
    assert world.rows("crm") == world.rows("ledger")
    assert propose(world).changes == ()


def test_corrections_are_no_approval_of_a_first_load(home: Path) -> None:
    world = pair(home)
    world.systems["yayoi"] = system(columns=columns("カナ"))
    world["yayoi"].put(YAMADA | {"メール": "a@example.jp"})
    world.map("yayoi", {"key": "コード", **MAPPING})
    world.rule({**world.rules, "systems": {**world.rules["systems"], "yayoi": {}}})
    made = propose(world)
    world.approve(made.digest)
    assert writes(apply(world, made)) == 2
    outcome = world.run(approve=False)
    assert [reason["code"] for reason in outcome["approval"]["reasons"]] == ["first_load"]


@pytest.mark.invariant("I4")
def test_what_a_target_cuts_is_no_mistake(home: Path) -> None:
    named = columns(Column("会社名", max_chars=4), "カナ")
    cut = {"name": {"column": "会社名", "overflow": "cut"}}
    world = pair(home, columns=named, crm=YAMADA | {"会社名": ""}, fields_of_crm=cut)
    assert world.cell("crm", "会社名") == "㈱山田商"
    made = propose(world)
    assert {diff.field for change in made.changes for diff in change.diffs} == {"name_kana"}


def test_a_system_that_insists_on_its_letters_is_not_told_twice(home: Path) -> None:
    world = pair(home, kind=Shouting)
    made = propose(world)
    world.approve(made.digest)
    apply(world, made)
    assert (world.cell("ledger", "カナ"), world.cell("crm", "カナ")) == ("ヤマダ", "ﾔﾏﾀﾞ")
    assert writes(world.run()) == 0
    assert propose(world).changes == ()


def test_a_row_held_back_is_mended_and_read_again(home: Path) -> None:
    world = pair(home, crm=YAMADA | {"区分": "優良"})
    assert world.cell("ledger", "区分") == "優良"
    world["crm"].edit("C001", 区分="優艮", メール="a@example.jp")
    assert world.run()["exit_code"] == 3
    made = propose(world)
    assert [(c.system, d.field, d.before, d.after) for c in made.changes for d in c.diffs] == [
        ("crm", "stage", "優艮", "優良")
    ]
    world.approve(made.digest)
    assert writes(apply(world, made)) == 1
    outcome = world.run()
    assert (outcome["exit_code"], outcome["quarantined"]) == (0, 0)
    assert world.cell("ledger", "メール") == "a@example.jp"


def test_a_write_that_a_system_refused_is_not_repeated_unasked(home: Path) -> None:
    world = pair(home)
    made = propose(world, ["respell"])
    world["crm"].writes = False
    world.approve(made.digest)
    assert apply(world, made)["systems"]["crm"]["failed"] == 1
    world["crm"].writes = True
    world.run()
    assert world.cell("crm", "会社名") == "株式会社山田商店"
    assert {change.system for change in propose(world).changes} == {"crm"}


@pytest.mark.parametrize("failure", ["retry", "reply_lost", "partial"])
@pytest.mark.invariant("I8")
def test_a_correction_whose_answer_was_lost_is_written_once(home: Path, failure: Any) -> None:
    world = pair(home)
    made = propose(world)
    world.approve(made.digest)
    world["crm"].fail_next(failure)
    apply(world, made)
    world.run()
    assert world.cell("crm", "カナ") == "ヤマダ"
    assert writes(world.run()) == 0
    assert world.problems() == ()
