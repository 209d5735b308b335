"""A firm with a ledger in a CSV file and customers in kintone, as the tests of this folder need it."""

import csv
from pathlib import Path

from tasuki import sync
from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App

TOKEN = "kintone-api-token-of-app-12"
TEXT = {"type": "SINGLE_LINE_TEXT"}
FIELDS = {"顧客コード": {**TEXT, "unique": True}, "会社名": TEXT, "TEL": TEXT}
SYNC = """\
sync: customers
model: customer
systems:
  ledger: {direction: both}
  crm: {direction: both, originates: false, receives_new: all%s}
"""
MAPPING = """\
mapping: 1
connector: %s
model: customer
settings: {%s}
key: 顧客コード
issued_by: tasuki
fields: {code: 顧客コード, name: 会社名, phone: {column: TEL, clean: [phone]}}
"""


def ledger(home: Path, *rows: tuple[str, str, str], name: str = "ledger") -> None:
    with (home / "files" / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("顧客コード", "会社名", "TEL"), *rows])


def names(home: Path, name: str = "crm") -> list[str]:
    with (home / "files" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row["会社名"] for row in csv.DictReader(file)]


def furnish(home: Path, kintone: bool = False) -> None:
    """Two CSV files, or a CSV file and kintone behind the connection kintone_main."""
    for folder in ("dags", "mappings", "files"):
        (home / folder).mkdir(exist_ok=True)
    connection = ", connection: kintone_main" if kintone else ""
    (home / "dags" / "customers.yaml").write_text(SYNC % connection, encoding="utf-8")
    crm = ("kintone", "app: 12") if kintone else ("csv", "path: files/crm.csv")
    for name, connector in {"ledger": ("csv", "path: files/ledger.csv"), "crm": crm}.items():
        (home / "mappings" / f"{name}.yaml").write_text(MAPPING % connector, encoding="utf-8")
    ledger(home, ("C001", "株式会社山田商店", "03-1234-5678"), ("C002", "青葉小売株式会社", "06-1111-2222"))
    if not kintone:
        ledger(home, name="crm")


def settle(home: Path) -> None:
    """A first run through the engine alone, so that later ones need nobody's approval."""
    run = sync.start(home, "customers", "tester")
    for system in ("ledger", "crm"):
        sync.read(home, "customers", run, system)
    plan = sync.plan(home, "customers", run)
    if plan["approval"]:
        sync.approve(home, plan["digest"], "tester", "first load")
    for system in ("ledger", "crm"):
        sync.apply(home, "customers", run, system)
    assert sync.close(home, "customers", run)["exit_code"] == 0


def kintone() -> KintoneSandbox:
    return KintoneSandbox([App(12, FIELDS, token=TOKEN)])
