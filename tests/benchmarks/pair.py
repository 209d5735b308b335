"""A made-up firm's two customer lists, an accounting ledger and a CRM, as cp932 CSV files of twenty columns.

Half of the customers stand in both, typed by other hands under other codes, and a few twice in one list.
"""

import csv
from collections import Counter
from pathlib import Path

import yaml

from tests.benchmarks import firm
from tests.benchmarks.identity.masters import Row, draw

SEED = 34
CODES = {"ledger": "C", "crm": "K"}
"""System → how its codes begin."""
SYSTEMS: dict[str, dict[str, str]] = {"ledger": {}, "crm": {"receives_new": "all"}}
"""A customer enters the ledger by a person's hand only."""
OWNED = ("name", "name_kana", "address", "phone")
"""Where the lists differ the ledger is right, and nobody need be asked."""
ACCOUNTING = ("corporate_number", "invoice_number", "closing_day", "payment_months", "credit_limit")
"""The CRM has these columns too; nobody fills them."""


def workspace(home: Path, size: int) -> None:
    """Both lists of `size` rows, and the sync that makes them agree, never run."""
    for folder in ("files", "mappings", "dags"):
        (home / folder).mkdir(parents=True)
    fields = {field: {"owner": "ledger"} for field in OWNED}
    _yaml(
        home / "dags" / "bench.yaml",
        {"sync": "bench", "model": "customer", "systems": SYSTEMS, "fields": fields},
    )
    for name, rows in lists(size).items():
        _yaml(home / "mappings" / f"{name}.yaml", _mapping(name))
        with (home / "files" / f"{name}.csv").open(
            "w", encoding="cp932", errors="replace", newline=""
        ) as file:
            csv.writer(file).writerows([list(firm.FIELDS.values()), *rows])


def lists(size: int) -> dict[str, list[list[str]]]:
    """System → its rows, in the order of firm.FIELDS."""
    told: dict[str, list[list[str]]] = {name: [] for name in CODES}
    met: Counter[int] = Counter()
    for row in draw(SEED, 3 * size):
        name = "ledger" if (row.entity + met[row.entity]) % 2 else "crm"
        met[row.entity] += 1
        if len(told[name]) < size:
            told[name].append(_typed(name, len(told[name]), row))
    return told


def _typed(name: str, number: int, row: Row) -> list[str]:
    cells = dict(zip(firm.FIELDS, firm.row(row.entity), strict=False))
    cells |= {
        "code": f"{CODES[name]}{number + 1:07}",
        "name": row.name,
        "name_kana": row.kana,
        "postal_code": row.postal,
        "address": f"{row.address} {row.building}".strip(),
        "phone": row.phone,
        "mobile": "",
        "fax": "",
    }
    if name == "crm":
        cells |= dict.fromkeys(ACCOUNTING, "")
    return list(cells.values())


def _mapping(name: str) -> dict[str, object]:
    return {
        "mapping": 1,
        "connector": "csv",
        "model": "customer",
        "settings": {"path": f"files/{name}.csv", "encoding": "cp932"},
        "key": firm.FIELDS["code"],
        "issued_by": "ledger" if name == "ledger" else "tasuki",
        "issue": {"prefix": "K9", "digits": 6},
        "fields": firm.FIELDS,
    }


def _yaml(path: Path, data: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
