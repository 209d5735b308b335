"""What a run would do, from the state of the store alone: who receives, what waits, what needs approval."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tasuki import definition
from tasuki.connector import Column, Description
from tasuki.definition import Sync
from tasuki.plan import Change, Plan
from tasuki.planner import decide
from tasuki.snapshot import EntityState, LinkState, Snapshot, SystemState, kept
from tests.flow.world import FIELDS, columns

NAMES = ("ledger", "crm")
YAMADA = {"コード": "C001", "会社名": "山田商店", "電話": "03-1111-1111", "区分": "新規"}


@pytest.fixture
def sync(home: Path) -> Any:
    """Reads the sync of a ledger and a CRM; given are the parts they take and the rules."""

    def load(crm: Any = None, mapping: Any = None, **rules: Any) -> Sync:
        whole = {"mapping": 1, "connector": "memory", "model": "customer", "key": "コード", "fields": FIELDS}
        for folder in ("mappings", "dags"):
            (home / folder).mkdir()
        for name, told in {"ledger": {}, "crm": mapping or {}}.items():
            told = whole | {"issued_by": "tasuki"} | told
            (home / "mappings" / f"{name}.yaml").write_text(yaml.safe_dump(told), "utf-8")
        file = {"sync": "customers", "model": "customer", "systems": {"ledger": {}, "crm": crm or {}}}
        (home / "dags" / "customers.yaml").write_text(yaml.safe_dump(file | rules), "utf-8")
        return definition.load(home, "customers")

    return load


def row(link: int, of: str, cells: dict[str, Any], **state: Any) -> LinkState:
    """A row just read that belongs to nobody yet."""
    made: dict[str, Any] = {
        "id": link,
        "system": of,
        "key": cells["コード"],
        "entity": "",
        "role": "primary",
        "state": "here",
        "dirty": True,
        "version": "",
        "place": "",
        "kept": kept({name: cells.get(name, "") for name in columns_of(of)}, {}, {}),
        "since": 0.0,
        "until": 0.0,
        "sent": None,
    }
    return LinkState(**(made | state))


def columns_of(name: str) -> list[str]:
    return [column.name for column in columns()]


def known(link: int, of: str, cells: dict[str, Any], edit: Any = None, **state: Any) -> LinkState:
    """A row of customer cu_1, settled, and what somebody typed over it since."""
    before = row(link, of, cells)
    said = kept(before.observed | (edit or {}), before.observed, VALUE)
    return before._replace(kept=said, entity="cu_1", dirty=bool(edit), **state)


VALUE = {"code": "C001", "name": "山田商店", "phone": "03-1111-1111", "stage": "buyer"} | dict.fromkeys(
    ("address", "email", "corporate_number"), ""
)


def snapshot(*links: LinkState, crm: Any = None, rows: int = 10, **more: Any) -> Snapshot:
    of_systems = {name: SystemState(Description(columns(), 100), rows, loaded=True) for name in NAMES}
    if crm:
        of_systems["crm"] = of_systems["crm"]._replace(**crm)
    settled = {link.entity: EntityState(link.entity, VALUE, 1, False) for link in links if link.entity}
    blank: dict[str, Any] = dict.fromkeys(Snapshot._fields, ())
    blank |= {name: {} for name in ("decisions", "open_conflicts", "merged", "referred", "redirects")}
    made = {"entities": settled, "links": links, "systems": of_systems, "likely": None, "learned": b""}
    return Snapshot(**(blank | made | {"parted": frozenset()} | more))


def actions(plan: Plan) -> list[tuple[str, str]]:
    return [(change.system, change.action) for change in plan.changes]


def codes(plan: Plan) -> list[str]:
    return [waiting.code for waiting in plan.waiting]


LEDGER = row(1, "ledger", YAMADA)


@pytest.mark.invariant("I9")
def test_the_same_state_gives_the_same_plan_digest_and_all(sync: Any) -> None:
    rules, state = (
        sync({"receives_new": "all"}),
        snapshot(LEDGER, row(2, "ledger", YAMADA | {"コード": "C2"})),
    )
    turned = state._replace(links=state.links[::-1])
    assert decide(rules, state) == decide(rules, state)
    assert decide(rules, turned).digest == decide(rules, state).digest


@pytest.mark.parametrize(
    ("receives", "done"),
    [
        ("all", [("crm", "create")]),
        ("none", []),
        ({"stage": ["buyer"]}, [("crm", "create")]),
        ({"stage": ["loyal"]}, []),
    ],
    ids=["all", "none", "its stage", "another stage"],
)
def test_s6_a_new_customer_goes_where_it_is_received(sync: Any, receives: Any, done: Any) -> None:
    assert actions(decide(sync({"receives_new": receives}), snapshot(LEDGER))) == done


def test_s6_a_row_of_a_system_that_does_not_originate_waits(sync: Any) -> None:
    plan = decide(sync({"originates": False}), snapshot(row(1, "crm", YAMADA)))
    assert (plan.changes, plan.moves, codes(plan)) == ((), (), ["TSK-5022"])


def test_s6_a_key_that_nobody_issues_is_waited_for(sync: Any) -> None:
    fields = {name: entry for name, entry in FIELDS.items() if name != "code"}
    rules = sync({"receives_new": "all"}, {"fields": fields, "issued_by": "crm"})
    assert codes(decide(rules, snapshot(LEDGER))) == ["TSK-5020"]


def test_s6_a_create_asks_for_the_same_thing_at_every_attempt(sync: Any) -> None:
    rules = sync({"receives_new": "all"})
    (first,), (again,) = (decide(rules, snapshot(LEDGER, rows=rows)).changes for rows in (10, 11))
    assert first.token == again.token


@pytest.mark.invariant("I2")
@pytest.mark.parametrize(("crm", "code"), [({"complete": False}, "TSK-5104"), ({"read": False}, "TSK-1070")])
def test_nothing_is_created_where_nobody_knows_what_stands(sync: Any, crm: Any, code: str) -> None:
    plan = decide(sync({"receives_new": "all"}), snapshot(LEDGER, crm=crm))
    assert (plan.changes, codes(plan)) == ((), [code])


def test_an_update_tells_its_cells_what_stood_there_and_why(sync: Any) -> None:
    edited = known(1, "ledger", YAMADA, {"電話": "03-2222-2222"})
    (change,) = decide(sync(), snapshot(edited, known(2, "crm", YAMADA))).changes
    assert (change.system, change.action, change.key) == ("crm", "update", "C001")
    assert (change.cells, change.base) == ({"電話": "03-2222-2222"}, {"電話": "03-1111-1111"})
    assert [(diff.field, diff.reason, diff.source) for diff in change.diffs] == [("phone", "edit", "ledger")]


def test_a_text_that_does_not_fit_is_refused_and_the_rest_is_written(sync: Any) -> None:
    edited = known(1, "ledger", YAMADA, {"会社名": "山田商店東京本社", "電話": "03-2222-2222"})
    narrow = Description(columns(Column("会社名", max_chars=6)), 100)
    plan = decide(sync(), snapshot(edited, known(2, "crm", YAMADA), crm={"description": narrow}))
    assert [(refusal.system, refusal.code, refusal.column) for refusal in plan.refusals] == [
        ("crm", "TSK-1013", "会社名")
    ]
    assert [change.cells for change in plan.changes] == [{"電話": "03-2222-2222"}]


@pytest.mark.parametrize(
    ("crm", "done", "unlinked"),
    [({}, [], [1]), ({"on_delete": "delete"}, [("crm", "delete")], [])],
    ids=["unlink", "delete"],
)
def test_s16_a_row_that_is_gone_is_deleted_where_the_target_asks_for_it(
    sync: Any, crm: Any, done: Any, unlinked: list[int]
) -> None:
    gone = known(1, "ledger", YAMADA)._replace(state="gone", dirty=True)
    plan = decide(sync(crm), snapshot(gone, known(2, "crm", YAMADA)))
    assert (actions(plan), list(plan.buried)) == (done, unlinked)


def test_s16_an_edit_elsewhere_survives_a_delete(sync: Any) -> None:
    gone = known(1, "ledger", YAMADA)._replace(state="gone", dirty=True)
    edited = known(2, "crm", YAMADA, {"電話": "03-2222-2222"})
    plan = decide(sync({"on_delete": "delete"}), snapshot(gone, edited))
    assert actions(plan) == []
    assert [move.value["phone"] for move in plan.moves] == ["03-2222-2222"]


def test_one_customer_can_be_planned_alone(sync: Any) -> None:
    rules, state = (
        sync({"receives_new": "all"}),
        snapshot(LEDGER, row(2, "ledger", YAMADA | {"コード": "C2"})),
    )
    first: Change = decide(rules, state).changes[0]
    assert [change.entity for change in decide(rules, state, [first.entity]).changes] == [first.entity]


@pytest.mark.parametrize(
    ("state", "rules", "reasons"),
    [
        ({"crm": {"loaded": False}}, {}, ["first_load"]),
        ({}, {"limits": {"create": 1}}, ["create"]),
        ({}, {}, []),
    ],
    ids=["first load", "over a limit", "within"],
)
def test_what_is_more_than_usual_needs_approval(
    sync: Any, state: Any, rules: Any, reasons: list[str]
) -> None:
    told = sync({"receives_new": "all"}, **rules)
    plan = decide(told, snapshot(LEDGER, row(2, "ledger", YAMADA | {"コード": "C2"}), **state))
    assert [reason.code for reason in plan.reasons] == reasons


def test_s17_what_is_written_back_after_an_unmerge_always_needs_approval(sync: Any) -> None:
    edited = known(1, "ledger", YAMADA, {"電話": "03-2222-2222"})
    state = snapshot(edited, known(2, "crm", YAMADA), parted=frozenset({"cu_1"}))
    assert [reason.code for reason in decide(sync(), state).reasons] == ["unmerge"]
