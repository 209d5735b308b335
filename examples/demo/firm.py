"""The demo's firm: 786 customers of whom three systems know some each, with the mess that firms have."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from examples.demo import offices, spelling
from examples.demo.customer import COLUMNS, STAGES, SYSTEMS, Customer, Row, Said, blank_row, plain
from examples.demo.offices import Office

SHARES = {
    ("ledger", "accounting", "kintone"): 250,
    ("ledger", "accounting"): 170,
    ("ledger", "kintone"): 120,
    ("ledger",): 53,
    ("accounting", "kintone"): 60,
    ("accounting",): 66,
    ("kintone",): 67,
}
"""How many customers each group of systems knows; 593, 546 and 497 rows, to which the bad ones come."""


class Bad(NamedTuple):
    """A row that nobody can use as it is, and the code it is held back with."""

    system: str
    code: str
    row: Row
    notes: dict[str, str]


class Firm(NamedTuple):
    customers: list[Customer]
    bad: list[Bad]
    alone: list[Row]
    """kintone rows that may be a customer of the ledger: a person must say, until then they wait."""
    spare: list[Office]
    """For what happens later: new customers, moves."""


def build(random: Random, scale: float = 1.0) -> Firm:
    """`scale` .1 gives a tenth of the customers; the bad rows are always twelve."""
    counts = {systems: max(6, round(count * scale)) for systems, count in SHARES.items()}
    drawn = iter(offices.draw(random, sum(counts.values()) + 40))
    numbers = iter(random.sample(range(1, 90_000), sum(counts.values()) + 40))
    customers = [
        _customer(random, next(drawn), next(numbers), systems)
        for systems, count in counts.items()
        for _ in range(count)
    ]
    _differ(customers)
    alone = [_namesake(random, customer) for customer in _of(customers, ("ledger",))[:2]]
    bad = list(_bad_rows(random, drawn, numbers))
    return Firm(customers, bad, alone, list(drawn))


def facts(random: Random, office: Office, number: int, systems: tuple[str, ...]) -> Row:
    """What is true of a customer; `typed` is the plain form."""
    phone = phone_number(random)
    corporate = corporate_number(f"{random.randrange(1000, 5000):04}01{number:06}")
    stages = ("prospect",) if systems == ("kintone",) else ("buyer", "satisfied", "satisfied", "loyal")
    if "accounting" not in systems and "ledger" in systems:
        stages = ("prospect", "prospect", "buyer", "satisfied")
    building = random.choice(("", "", "", " 本社ビル3階", " 第2ビル5階"))
    told = {
        "code": f"C{number:05}",
        "name_kana": office.kana,
        "corporate_number": corporate,
        "invoice_number": f"T{corporate}",
        "postal_code": office.postal_code,
        "address": office.address + building,
        "phone": phone,
        "email": f"info@c{number:05}.example.{random.choice(('jp', 'com'))}",
        "contact_name": f"{random.choice(_FAMILY)} {random.choice(_GIVEN)}",
        "stage": random.choice(stages),
        "acquired_on": (date(2001, 4, 1) + timedelta(days=random.randrange(9_000))).isoformat(),
        "closing_day": random.choice(("10", "15", "20", "25")),
    }
    return {"name": Said(office.core, office.name)} | {name: plain(text) for name, text in told.items()}


def write_down(random: Random, system: str, office: Office, true: Row) -> Row:
    """One system's row: each field typed somehow, some left blank."""
    row = blank_row(system)
    for name in COLUMNS[system]:
        if random.random() >= _OFTEN_BLANK.get(name, 0.0):
            row[name] = _said(random, system, name, office, true)
    if not row["address"].meaning:
        row["postal_code"] = Said()
    return row


def corporate_number(registry: str) -> str:
    """13 digits: the check digit of 法人番号の指定等に関する省令 第2条 before the twelve of `registry`."""
    total = sum(int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(registry)))
    return f"{9 - total % 9}{registry}"


def phone_number(random: Random) -> str:
    """In the shape of a Japanese number; made up, like all ways to reach anybody here."""
    area, first = random.choice(_AREAS)
    digits = 5 - len(area)
    middle = f"{random.choice(first)}{random.randrange(10**digits):0{digits}}"
    return f"{area}-{middle}-{random.randrange(10000):04}"


_OFTEN_BLANK = {
    "name_kana": 0.15,
    "corporate_number": 0.3,
    "invoice_number": 0.3,
    "address": 0.05,
    "phone": 0.08,
    "email": 0.2,
    "contact_name": 0.3,
    "acquired_on": 0.3,
}
_FAMILY = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田")
_GIVEN = ("太郎", "一郎", "健", "誠", "学", "花子", "恵子", "幸子", "由美", "直樹", "洋子", "明")
_AREAS = (("03", "3456"), ("06", "4567"), ("045", "2345"), ("052", "2345"), ("092", "2345"), ("075", "2345"))


def _customer(random: Random, office: Office, number: int, systems: tuple[str, ...]) -> Customer:
    true = facts(random, office, number, systems)
    rows = {system: write_down(random, system, office, true) for system in systems}
    if "kintone" in rows:
        _lose_code(random, rows, office, true)
    return Customer(rows, {system: _notes(random, system) for system in rows}, first=systems)


def _notes(random: Random, system: str) -> dict[str, str]:
    """Columns that no mapping names; nobody may touch them."""
    if system == "ledger":
        return {
            "年間売上": str(random.randrange(1, 900) * 10_000),
            "備考": random.choice(("", "担当交代", "要訪問")),
        }
    if system == "accounting":
        return {
            "売掛残高": str(random.randrange(0, 900_000)),
            "担当部門": random.choice(("営業一課", "営業二課")),
        }
    return {"商談メモ": random.choice(("", "展示会で名刺交換\n来月に再訪", "①価格 ②納期"))}


def _lose_code(random: Random, rows: dict[str, Row], office: Office, true: Row) -> None:
    """Half of kintone's rows have no code. A number says whose they are, or nothing but their likeness."""
    if len(rows) > 1 and random.random() < 0.5:
        return
    rows["kintone"]["code"] = Said()
    keys = [("corporate_number", "invoice_number"), ("phone",), _LIKENESS] + [("email",)] * ("ledger" in rows)
    names = random.choice(keys) if len(rows) > 1 else ()
    if names is _LIKENESS:
        rows["kintone"] |= dict.fromkeys(("corporate_number", "phone", "email"), Said())
    for name in names:
        for system, row in rows.items():
            if name in row:
                row[name] = _said(random, system, name, office, true)


_LIKENESS = ("name_kana", "postal_code", "address")
"""All that is left of a customer somebody typed in from a letterhead."""


def _said(random: Random, system: str, name: str, office: Office, true: Row) -> Said:
    meaning = true[name].meaning
    return Said(meaning, _typed(random, system, name, office, meaning))


def _typed(random: Random, system: str, name: str, office: Office, text: str) -> str:
    if name == "stage":
        return STAGES[system][text]
    if name == "acquired_on" and system == "kintone":
        return text
    ways: dict[str, Callable[[Random, str], str]] = {
        "name": lambda random, _: spelling.name(random, office),
        "name_kana": spelling.kana,
        "phone": spelling.phone,
        "postal_code": spelling.postal_code,
        "address": spelling.address,
        "contact_name": spelling.person,
        "acquired_on": spelling.day,
    }
    return ways[name](random, text) if name in ways else text


def _differ(customers: list[Customer]) -> None:
    """Some rows say something else, not only in other letters: old names, moves, promotions, two numbers."""
    everywhere = [c for c in _of(customers, SYSTEMS) if c.rows["kintone"]["code"].meaning]
    chosen = iter(everywhere)
    for kind, count in (("name", 3), ("address", 2), ("email", 2), ("stage", 2), ("phone", 3)):
        for customer in (next(chosen) for _ in range(min(count, max(1, len(everywhere) // 6)))):
            _DIFFERENCES[kind](customer.rows)


def _old_name(rows: dict[str, Row]) -> None:
    old = rows["ledger"]["name"].meaning + "製作"
    rows["accounting"]["name"] = Said(old, f"株式会社{old}")


def _old_address(rows: dict[str, Row]) -> None:
    for system, text in (("ledger", "東京都千代田区丸の内1-9-1"), ("kintone", "大阪府大阪市北区梅田3-1-3")):
        rows[system]["address"] = plain(text)
        rows[system]["postal_code"] = plain("100-0005" if system == "ledger" else "530-0001")


def _other_email(rows: dict[str, Row]) -> None:
    number = rows["ledger"]["code"].meaning.lower()
    rows["ledger"]["email"] = plain(f"{number}.old@example.co.jp")
    rows["kintone"]["email"] = plain(f"{number}.new@example.co.jp")


def _other_stage(rows: dict[str, Row]) -> None:
    rows["ledger"]["stage"] = Said("buyer", STAGES["ledger"]["buyer"])
    rows["kintone"]["stage"] = Said("loyal", STAGES["kintone"]["loyal"])


def _two_numbers(rows: dict[str, Row]) -> None:
    rows["ledger"]["phone"] = plain("03-3000-0001")
    rows["kintone"]["phone"] = plain("03-3000-0002")


_DIFFERENCES: dict[str, Callable[[dict[str, Row]], None]] = {
    "name": _old_name,
    "address": _old_address,
    "email": _other_email,
    "stage": _other_stage,
    "phone": _two_numbers,
}


def _of(customers: list[Customer], systems: tuple[str, ...]) -> list[Customer]:
    return [customer for customer in customers if tuple(customer.rows) == systems]


def _namesake(random: Random, customer: Customer) -> Row:
    """The same name, nothing else in common: it may be the same firm or not."""
    customer.held_back_from = frozenset({"kintone"})
    return blank_row("kintone") | {
        "name": customer.rows["ledger"]["name"],
        "phone": plain(phone_number(random)),
        "stage": Said("prospect", STAGES["kintone"]["prospect"]),
    }


def _bad_rows(random: Random, drawn: Iterator[Office], numbers: Iterator[int]) -> Iterator[Bad]:
    for system, code, wrong in _WRONG:
        office, number = next(drawn), next(numbers)
        row = write_down(random, system, office, facts(random, office, number, (system,)))
        notes = {} if code == "TSK-1015" else _notes(random, system)
        yield Bad(system, code, row | {name: plain(text) for name, text in wrong.items()}, notes)


_WRONG: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ledger", "TSK-1001", {"code": ""}),
    ("ledger", "TSK-1001", {"code": ""}),
    ("ledger", "TSK-1002", {"code": "C99999"}),
    ("ledger", "TSK-1002", {"code": "C99999"}),
    ("ledger", "TSK-2042", {"acquired_on": "2023/2/30"}),
    ("ledger", "TSK-2062", {"corporate_number": "1234567890123"}),
    ("ledger", "TSK-2090", {"stage": "要確認"}),
    ("accounting", "TSK-2022", {"phone": "3456-7890"}),
    ("accounting", "TSK-2031", {"postal_code": "12A-45B"}),
    ("accounting", "TSK-2051", {"closing_day": "月末"}),
    ("accounting", "TSK-1015", {}),
    ("kintone", "TSK-2021", {"phone": "社長の携帯"}),
)
"""What is wrong with the bad rows. The line of TSK-1015 lacks its last columns."""
