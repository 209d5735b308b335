"""A customer as several systems write it down, and what they should all say once they agree.

This is the demo's own idea of the rules, made from how the data was built; it shares no code with Tasuki.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

SYSTEMS = ("ledger", "accounting", "kintone")

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "ledger": {
        "code": "顧客コード",
        "name": "会社名",
        "name_kana": "フリガナ",
        "corporate_number": "法人番号",
        "postal_code": "〒",
        "address": "住所",
        "phone": "TEL",
        "email": "メール",
        "contact_name": "担当者",
        "stage": "区分",
        "acquired_on": "登録日",
    },
    "accounting": {
        "code": "得意先コード",
        "name": "得意先名",
        "name_kana": "フリガナ",
        "invoice_number": "登録番号",
        "postal_code": "郵便番号",
        "address": "住所",
        "phone": "電話",
        "closing_day": "締日",
    },
    "kintone": {
        "code": "顧客コード",
        "name": "会社名",
        "name_kana": "フリガナ",
        "corporate_number": "法人番号",
        "postal_code": "郵便番号",
        "address": "住所",
        "phone": "電話番号",
        "email": "メールアドレス",
        "contact_name": "担当者名",
        "stage": "段階",
        "acquired_on": "登録日",
    },
}
"""What each system knows of a customer; accounting keeps the address in two columns, 住所1 and 住所2."""

STAGES: Mapping[str, Mapping[str, str]] = {
    "ledger": {"prospect": "見込", "buyer": "新規", "satisfied": "既存", "loyal": "優良"},
    "kintone": {"prospect": "リード", "buyer": "新規取引", "satisfied": "継続取引", "loyal": "優良顧客"},
}
BUYING = ("buyer", "satisfied", "loyal")
"""Stages in which accounting takes a customer over."""

OWNERS = {
    "name": "ledger",
    "name_kana": "ledger",
    "address": "ledger",
    "email": "kintone",
    "stage": "kintone",
}
"""Who wins where two differ; where nobody is named, a person is asked."""

UNITS = (
    ("code",),
    ("name",),
    ("name_kana",),
    ("corporate_number",),
    ("invoice_number",),
    ("address", "postal_code"),
    ("phone",),
    ("email",),
    ("contact_name",),
    ("stage",),
    ("acquired_on",),
    ("closing_day",),
)
KEPT_AS_TYPED = ("name", "address", "contact_name")
"""Handed on letter by letter; the others are handed on in their plain form."""

ISSUED = "T??????"
"""A code from Tasuki's own counter; which one, nobody can say beforehand."""


class Said(NamedTuple):
    """What a cell means, and how it was typed; "" twice for a blank one."""

    meaning: str = ""
    typed: str = ""


Row = dict[str, Said]
"""By field, every field that the system knows."""


@dataclass
class Customer:
    rows: dict[str, Row]
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By system and column: what stands beside, and no sync may touch."""
    held_back_from: frozenset[str] = frozenset()
    """Systems where an undecided row may be this customer already, so that nobody creates it there."""
    conflicts: set[str] = field(default_factory=set)
    """Units that wait for a person."""
    first: tuple[str, ...] = ()
    """The systems that knew this customer before Tasuki came."""


class Expected(NamedTuple):
    """What a sync should do, by system."""

    created: dict[str, int]
    updated: dict[str, int]


def plain(meaning: str) -> Said:
    return Said(meaning, meaning)


def blank_row(system: str) -> Row:
    return dict.fromkeys(COLUMNS[system], Said())


def cells(system: str, row: Row) -> dict[str, str]:
    """The row as it stands in the system, by column."""
    told = {column: row[name].typed for name, column in COLUMNS[system].items()}
    if system == "accounting":
        told["住所1"], _, told["住所2"] = told.pop("住所").partition(" ")
    return told


def shown(customers: Iterable[Customer], system: str) -> list[dict[str, str]]:
    """All rows of a system, with what stands beside."""
    return [
        cells(system, c.rows[system]) | dict(c.notes.get(system, {})) for c in customers if system in c.rows
    ]


def first_load(customers: Iterable[Customer]) -> Expected:
    """Everybody tells what they know; equal is equal however it is typed; a blank is filled."""
    expected = Expected(dict.fromkeys(SYSTEMS, 0), dict.fromkeys(SYSTEMS, 0))
    for customer in customers:
        agreed = {f: said for unit in UNITS for f, said in _agreed(customer, unit).items()}
        before = {system: dict(row) for system, row in customer.rows.items()}
        for unit in UNITS:
            if unit[0] not in customer.conflicts:
                for system in customer.rows:
                    _tell(customer.rows[system], system, {f: agreed[f] for f in unit})
        count_changes(before, customer, expected)
        create_missing(customer, agreed, expected)
    return expected


def count_changes(before: Mapping[str, Row], customer: Customer, expected: Expected) -> None:
    for system, row in before.items():
        expected.updated[system] += row != customer.rows[system]


def create_missing(customer: Customer, agreed: Row, expected: Expected) -> None:
    """The ledger and kintone take everybody over, accounting those who buy."""
    known = any(row["code"].meaning for row in customer.rows.values())
    for system in SYSTEMS:
        wanted = system != "accounting" or agreed["stage"].meaning in BUYING
        if system not in customer.rows and system not in customer.held_back_from and wanted:
            _tell(customer.rows.setdefault(system, blank_row(system)), system, agreed)
            expected.created[system] += 1
    if not known:
        # The ledger's new row gets a code from the counter, and the others learn it in the same run.
        for system, row in customer.rows.items():
            row["code"] = plain(ISSUED)
            expected.updated[system] += system != "ledger"


def _agreed(customer: Customer, unit: tuple[str, ...]) -> Row:
    """What a unit is to be everywhere; blank, and noted as a conflict, when a person must decide."""
    offers = [
        (system, {f: row.get(f, Said()) for f in unit})
        for system in SYSTEMS
        if unit[0] in (row := customer.rows.get(system, {})) and row[unit[0]].meaning
    ]
    owned = [offer for system, offer in offers if system == OWNERS.get(unit[0])]
    if not offers:
        return dict.fromkeys(unit, Said())
    if len({tuple(said.meaning for said in offer.values()) for _, offer in offers}) > 1 and not owned:
        customer.conflicts.add(unit[0])
        return dict.fromkeys(unit, Said())
    return (owned or [offers[0][1]])[0]


def _tell(row: Row, system: str, news: Row) -> None:
    """Writes what differs in meaning; a unit that means the same keeps its typing."""
    mine = {f: said for f, said in news.items() if f in COLUMNS[system]}
    for unit in UNITS:
        part = {f: mine[f] for f in unit if f in mine}
        if any(said.meaning for said in part.values()) and any(
            row[f].meaning != part[f].meaning for f in part
        ):
            for f, said in part.items():
                if f in KEPT_AS_TYPED or said.meaning != row[f].meaning:
                    row[f] = handed_on(system, f, said)


def handed_on(system: str, name: str, said: Said) -> Said:
    """How `said` stands in another system."""
    if name == "stage":
        return Said(said.meaning, STAGES[system].get(said.meaning, ""))
    return said if name in KEPT_AS_TYPED else plain(said.meaning)
