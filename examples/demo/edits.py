"""The second day: people edit every system, one mail after another comes in, and what must follow."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import NamedTuple

from examples.demo import accounting, ledger, workspace
from examples.demo.customer import (
    COLUMNS,
    STAGES,
    SYSTEMS,
    UNITS,
    Customer,
    Expected,
    Row,
    Said,
    blank_row,
    cells,
    create_missing,
    handed_on,
    plain,
)
from examples.demo.firm import Firm, phone_number
from examples.demo.kintone_app import Kintone
from examples.demo.offices import Office


class Edit(NamedTuple):
    """Somebody types `said` into one field of one system."""

    customer: Customer
    system: str
    field: str
    said: Said


class Day(NamedTuple):
    """What people do, as the files and the API will see it."""

    ledger: dict[str, dict[str, str]]
    """Name of the firm → column → text."""
    accounting: dict[str, dict[str, str]]
    kintone: dict[str, dict[str, str]]
    removed: str
    added: dict[str, str]
    expected: Expected
    told: list[str]
    """What happened, in words."""


def second_day(random: Random, firm: Firm, newcomer: str) -> Day:
    """Plans the edits, and moves `firm` to what all systems must show after the next sync."""
    cast = _cast(firm)
    phone = plain(phone_number(random))
    both = plain(phone_number(random)), plain(phone_number(random))
    moved, lead = firm.spare[0], firm.spare[1]
    renamed = cast["renamed"].rows["ledger"]["name"].meaning + "ホールディングス"
    edits = [
        Edit(cast["phone"], "ledger", "phone", phone),
        Edit(cast["email"], "kintone", "email", plain("shinki@example.co.jp")),
        Edit(cast["moved"], "accounting", "address", plain(f"{moved.address} 新社屋2階")),
        Edit(cast["moved"], "accounting", "postal_code", plain(moved.postal_code)),
        Edit(cast["two fields"], "ledger", "contact_name", plain("新任 次郎")),
        Edit(cast["two fields"], "kintone", "stage", _stage("kintone", "loyal")),
        Edit(cast["conflict"], "ledger", "phone", both[0]),
        Edit(cast["conflict"], "kintone", "phone", both[1]),
        Edit(cast["renamed"], "ledger", "name", Said(renamed, f"㈱{renamed}")),
        Edit(cast["blank"], "ledger", "contact_name", Said()),
        Edit(cast["kept"], "ledger", "email", Said()),
        Edit(cast["buys"], "kintone", "stage", _stage("kintone", "buyer")),
    ]
    typed = _typed(edits)
    expected = _follow(edits)
    removed = cast["removed"].rows.pop("kintone")
    cast["removed"].held_back_from = frozenset({"kintone"})
    added = _lead(random, lead, newcomer)
    firm.customers.append(Customer({"kintone": dict(added)}))
    create_missing(firm.customers[-1], added, expected)
    return Day(
        typed["ledger"],
        typed["accounting"],
        typed["kintone"],
        removed["name"].typed,
        cells("kintone", added),
        expected,
        list(_TOLD),
    )


def perform(day: Day, home: Path, kintone: Kintone) -> None:
    ledger.edit(home / workspace.LEDGER, day.ledger)
    accounting.edit(home / workspace.ACCOUNTING, day.accounting)
    kintone.edit(day.kintone)
    kintone.remove(day.removed)
    kintone.add(day.added)


_TOLD = (
    "台帳で電話番号を変えた",
    "kintoneでメールアドレスを変えた",
    "会計で住所を変えた(移転)",
    "同じ顧客の担当者を台帳で、段階をkintoneで変えた",
    "同じ顧客の電話番号を台帳とkintoneで別々に変えた(競合)",
    "台帳で社名を変えた",
    "台帳で担当者を消した",
    "台帳でメールアドレスを消した(never_clear: 戻る)",
    "kintoneのリードが新規取引になった(会計に登録される)",
    "kintoneで顧客を削除した(作り直さない)",
    "kintoneに新しいリードを入れた",
)


def _cast(firm: Firm) -> dict[str, Customer]:
    """Who plays which part: customers in all three systems with the fields that the part needs."""
    everywhere = (c for c in firm.customers if tuple(sorted(c.rows)) == ("accounting", "kintone", "ledger"))
    full = (c for c in everywhere if not c.conflicts and _complete(c))
    parts = ("phone", "email", "moved", "two fields", "conflict", "renamed", "blank", "kept", "removed")
    cast = dict(zip(parts, full, strict=False))
    leads = (c for c in firm.customers if set(c.rows) == {"ledger", "kintone"} and _is_lead(c))
    return cast | {"buys": next(leads)}


def _complete(customer: Customer) -> bool:
    row = customer.rows["ledger"]
    return (
        all(row[field].meaning for field in ("phone", "email", "contact_name", "address"))
        and row["stage"].meaning != "loyal"
    )


def _is_lead(customer: Customer) -> bool:
    return customer.rows["kintone"]["stage"].meaning == "prospect"


def _stage(system: str, stage: str) -> Said:
    return Said(stage, STAGES[system][stage])


def _lead(random: Random, office: Office, email: str) -> Row:
    return blank_row("kintone") | {
        "name": Said(office.core, office.name),
        "phone": plain(phone_number(random)),
        "email": plain(email),
        "stage": _stage("kintone", "prospect"),
    }


def _typed(edits: Iterable[Edit]) -> dict[str, dict[str, dict[str, str]]]:
    """Before anything moves: where each edit is typed."""
    found: dict[str, dict[str, dict[str, str]]] = {system: defaultdict(dict) for system in SYSTEMS}
    for edit in edits:
        row = edit.customer.rows[edit.system]
        columns = cells(edit.system, {**row, edit.field: edit.said})
        changed = {c: text for c, text in columns.items() if text != cells(edit.system, row)[c]}
        found[edit.system][row["name"].typed] |= changed
    return found


def _follow(edits: list[Edit]) -> Expected:
    """A lone edit goes everywhere; two different ones are a conflict, and every side keeps its own."""
    expected = Expected(dict.fromkeys(SYSTEMS, 0), dict.fromkeys(SYSTEMS, 0))
    for edit in edits:
        edit.customer.rows[edit.system][edit.field] = edit.said
    touched = {id(edit.customer): edit.customer for edit in edits}
    for customer in touched.values():
        mine = [edit for edit in edits if edit.customer is customer]
        before = {system: dict(row) for system, row in customer.rows.items()}
        for unit in UNITS:
            _spread(customer, [edit for edit in mine if edit.field in unit])
        for system, row in before.items():
            expected.updated[system] += row != customer.rows[system]
        # The ledger last: it holds the agreed spelling.
        rows = [customer.rows[system] for system in reversed(SYSTEMS) if system in customer.rows]
        agreed = {field: said for row in rows for field, said in row.items()}
        create_missing(customer, agreed, expected)
    return expected


def _spread(customer: Customer, edits: list[Edit]) -> None:
    editors = {edit.system for edit in edits}
    if len(editors) > 1:
        customer.conflicts.add(edits[0].field)
    elif any(edit.field == "email" and not edit.said.meaning for edit in edits):
        customer.rows["ledger"]["email"] = plain(customer.rows["kintone"]["email"].meaning)
    else:
        for edit in edits:
            for system, row in customer.rows.items():
                if edit.field in COLUMNS[system] and row[edit.field].meaning != edit.said.meaning:
                    row[edit.field] = handed_on(system, edit.field, edit.said)
