"""S20 with real files: what waits for a person to import follows what the program exports."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from tasuki.cli import app

pytestmark = pytest.mark.integration

FIELDS = {"code": "コード", "name": "会社名", "phone": "TEL"}


class Office:
    """A ledger that is written in place, and an accounting program that a person imports into."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for folder in ("mappings", "dags"):
            (home / folder).mkdir()
        self._map("ledger", path="台帳.csv")
        self._map("accounts", path="書出.csv", import_path="取込.csv")
        systems = {name: {"receives_new": "all"} for name in ("ledger", "accounts")}
        self._yaml("dags/customers", {"sync": "customers", "model": "customer", "systems": systems})

    def _map(self, name: str, **settings: str) -> None:
        what = {"mapping": 1, "connector": "csv", "model": "customer", "issued_by": "ledger"}
        self._yaml(f"mappings/{name}", {**what, "settings": settings, "key": "コード", "fields": FIELDS})

    def _yaml(self, name: str, data: object) -> None:
        (self.home / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")

    def holds(self, name: str, *lines: str) -> None:
        text = "\n".join(["コード,会社名,TEL,担当", *lines]) + "\n"
        (self.home / name).write_text(text, "utf-8")

    def lines(self, name: str) -> list[str]:
        return (self.home / name).read_text("utf-8").split()[1:]

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--json", "--home", str(self.home)])

    def sync(self) -> int:
        return self("sync", "customers").exit_code

    def approve(self) -> None:
        """The first load, which always waits for somebody."""
        plan = json.loads(self("plan", "customers").stdout)["digest"]
        assert self("approve", plan, "--reason", "確認済").exit_code == 0


def test_an_edit_in_the_program_is_not_undone_by_an_import_of_last_week(home: Path) -> None:
    office = Office(home)
    office.holds("台帳.csv", "C001,山田商店,03-1111-1111,佐藤")
    office.holds("書出.csv", "C001,山田商店,03-1111-1111,佐藤")
    office.approve()
    assert office.sync() == 0
    office.holds("台帳.csv", "C001,山田商店,03-2222-2222,佐藤")
    assert office.sync() == 0
    assert office.lines("取込.csv") == ["C001,山田商店,03-2222-2222,佐藤"]
    office.holds("書出.csv", "C001,山田商店,03-1111-1111,鈴木")
    assert office.sync() == 0
    assert office.lines("取込.csv") == ["C001,山田商店,03-2222-2222,鈴木"]
    office.holds("書出.csv", "C001,山田商店,03-2222-2222,鈴木")
    assert office.sync() == 0
    assert office.lines("取込.csv") == []
