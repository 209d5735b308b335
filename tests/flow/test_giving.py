"""S6-S11: who may give, who receives."""

from pathlib import Path
from typing import Any

import pytest

from tasuki.connector import Column
from tests.flow.world import FIELDS, World, columns, system, writes

pytestmark = pytest.mark.integration

YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111"}
TANAKA = {"コード": "C002", "会社名": "田中工業"}
NUMBERED = columns(Column("番号", writable=False, assigned=True))
"""A system that names its own rows."""
ADDRESS = {**FIELDS, "postal_code": {"column": "郵便番号", "clean": []}}


def pair(home: Path, *rows: dict[str, str], crm: Any = None, **parts: Any) -> World:
    world = World(home, {"ledger": system(), "crm": crm or system()}, **parts)
    world["ledger"].put(*(rows or (YAMADA,)))
    world.run()
    return world


# S6


def test_a_system_that_does_not_originate_makes_no_customer(home: Path) -> None:
    world = pair(home, entries={"crm": {"originates": False}})
    world["crm"].put(TANAKA)
    outcome = world.run()
    assert "C002" not in world.rows("ledger")
    assert outcome["waiting"] == 1


def test_a_system_receives_no_new_rows_unless_told(home: Path) -> None:
    world = pair(home, entries={"crm": {"receives_new": "none"}})
    assert world.rows("crm") == {}


def test_a_key_that_tasuki_issues_is_the_same_for_every_attempt(home: Path) -> None:
    bare = {name: entry for name, entry in FIELDS.items() if name != "code"}
    world = World(home, {"ledger": system(), "crm": system()}, mappings={"crm": {"fields": bare}})
    world["ledger"].put(YAMADA)
    world["crm"].fail_next("retry", "retry")
    world.run()
    world.run()
    world.run()
    assert list(world.rows("crm")) == ["000001"]


def test_a_key_that_tasuki_issues_is_never_one_in_use(home: Path) -> None:
    bare = {name: entry for name, entry in FIELDS.items() if name != "code"}
    world = World(
        home,
        {"ledger": system(), "crm": system()},
        {"crm": {"originates": False}},
        {"crm": {"fields": bare}},
    )
    world["crm"].put({"コード": "000001", "会社名": "古い客"})
    world["ledger"].put(YAMADA)
    world.run()
    assert {key: row["会社名"] for key, row in world.rows("crm").items()} == {
        "000001": "古い客",
        "000002": "山田商店",
    }


# S7


def test_a_number_that_the_target_assigns_goes_round_in_the_same_run(home: Path) -> None:
    crm = system(columns=columns(Column("番号", assigned=True, writable=False)))
    fields = {**FIELDS, "note": {"column": "番号", "direction": "in"}}
    world = World(
        home,
        {"ledger": system(columns=columns("備考")), "crm": crm},
        mappings={"crm": {"fields": fields}, "ledger": {"fields": {**FIELDS, "note": "備考"}}},
    )
    world["ledger"].put(YAMADA)
    world.run()
    assert world.cell("ledger", "備考") == world.cell("crm", "番号") != ""
    assert writes(world.run()) == 0


@pytest.mark.parametrize(
    "ledger", [{}, {"tells": False}, {"confirms": "next_read"}], ids=["tells", "silent", "file"]
)
def test_a_number_that_tasuki_issues_goes_round_too(home: Path, ledger: dict[str, Any]) -> None:
    crm = system(columns=columns("番号"), key="番号", assigns_key=True)
    world = World(home, {"crm": crm, "ledger": system(**ledger)})
    crm.put({"会社名": "山田商店"})
    world.run()
    world["ledger"].import_()
    world.run()
    assert [row["コード"] for row in crm.rows().values()] == list(world["ledger"].rows()) == ["000001"]
    assert writes(world.run()) == 0


def test_the_second_wave_touches_no_other_customer(home: Path) -> None:
    """What a target refused a moment ago isn't sent again in the same run."""
    crm = system(columns=columns(Column("番号", assigned=True, writable=False)))
    fields = {**FIELDS, "note": {"column": "番号", "direction": "in"}}
    world = World(
        home,
        {"ledger": system(columns=columns("備考")), "crm": crm},
        mappings={"crm": {"fields": fields}, "ledger": {"fields": {**FIELDS, "note": "備考"}}},
    )
    world["ledger"].put(YAMADA)
    world.run()
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world["ledger"].put(TANAKA)
    world.run(between=lambda: world["crm"].edit("C001", 電話="03-9999-9999"))
    assert {change.entity for change in world.plan().changes} == {
        row.entity for row in world.table("link") if row.key == "C002"
    }


# S8


def test_a_system_that_only_gives_is_never_written(home: Path) -> None:
    world = pair(home, entries={"ledger": {"direction": "in", "receives_new": "none"}})
    world["crm"].edit("C001", 電話="03-2222-2222")
    world["crm"].put(TANAKA)
    world.run()
    assert world.rows("ledger") == {"C001": {"会社名": "山田商店", "電話": "03-1111-1111"}}
    assert world.values()[0]["phone"] == "03-2222-2222"


@pytest.mark.peer("mautic#11251")
def test_a_losing_value_in_a_giving_system_is_not_raised_again(home: Path) -> None:
    world = pair(
        home,
        entries={"ledger": {"direction": "in", "receives_new": "none"}},
        fields={"phone": {"owner": "crm"}},
    )
    world["crm"].edit("C001", 電話="03-2222-2222")
    world["ledger"].edit("C001", 電話="03-3333-3333")
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"
    world["ledger"].edit("C001", 会社名="山田商会")
    world.run()
    assert world.cell("crm", "電話") == "03-2222-2222"
    world["ledger"].edit("C001", 電話="03-4444-4444")
    world.run()
    assert world.cell("crm", "電話") == "03-4444-4444"


def test_an_edit_in_a_receiving_system_is_drift_shown_and_left(home: Path) -> None:
    world = pair(home, entries={"crm": {"direction": "out"}})
    world["crm"].edit("C001", 電話="03-2222-2222")
    outcome = world.run()
    assert [drift.reason for drift in world.plan().drifts] == ["out"]
    assert writes(outcome) == 0
    assert world.cell("ledger", "電話") == "03-1111-1111"


# S9


@pytest.mark.peer("drt#1138")
def test_a_column_that_is_not_mapped_stays_untouched(home: Path) -> None:
    crm = system(columns=columns("社内メモ"))
    world = pair(home, crm=crm)
    crm.edit("C001", 社内メモ="大事")
    world["ledger"].edit("C001", 電話="03-2222-2222")
    world.run()
    assert world.cell("crm", "社内メモ") == "大事"


def test_clearing_a_value_clears_it_elsewhere(home: Path) -> None:
    world = pair(home)
    world["ledger"].edit("C001", 電話="")
    world.run()
    assert world.cell("crm", "電話") == ""


# S10


def test_a_part_of_a_group_is_received(home: Path) -> None:
    whole = system(columns=columns("郵便番号"))
    world = World(home, {"ledger": whole, "crm": system()}, mappings={"ledger": {"fields": ADDRESS}})
    world["ledger"].put(YAMADA | {"郵便番号": "100-0001", "住所": "東京都千代田区1"})
    world.run()
    world["ledger"].edit("C001", 郵便番号="530-0001", 住所="大阪市北区1")
    world.run()
    assert world.cell("crm", "住所") == "大阪市北区1"


UMEDA = {"郵便番号": "530-0001", "住所": "大阪府大阪市北区梅田1-1-3"}
"""In a town of one postal code."""


@pytest.mark.parametrize("typed", ["大阪府大阪市北区梅田1-1-3", "〒530-0001 大阪府大阪市北区梅田1-1-3"])
def test_a_part_that_leaves_nothing_open_gives_the_whole_group(home: Path, typed: str) -> None:
    fields = {"ledger": {"fields": {**FIELDS, "postal_code": "郵便番号"}}}
    whole = system(columns=columns("郵便番号"))
    world = World(home, {"ledger": whole, "crm": system()}, {"crm": {"gives": True}}, fields)
    world["ledger"].put(YAMADA | {"郵便番号": "100-0001", "住所": "東京都千代田区千代田1-1"})
    world.run()
    world["crm"].edit("C001", 住所=typed)
    world.run()
    assert world.conflicts() == []
    assert {column: world.cell("ledger", column) for column in UMEDA} == UMEDA
    assert world.cell("crm", "住所") == typed
    assert writes(world.run()) == 0
