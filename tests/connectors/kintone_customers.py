"""The customers app that the tests of kintone share, and short words for what they do with it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.kintone import KintoneConnector, KintoneSettings
from tasuki.connector import Cell, End, Row, Write
from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tasuki.settings import Connection
from tests.sandbox import contract

SECRET = "token-canary"
NOW = datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC)
NAMES = ("顧客コード", "会社名", "TEL")
FIELDS: dict[str, dict[str, Any]] = {
    "顧客コード": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "会社名": {"type": "SINGLE_LINE_TEXT", "required": True, "maxLength": "50"},
    "TEL": {"type": "LINK", "protocol": "CALL", "maxLength": "20"},
    "備考": {"type": "MULTI_LINE_TEXT"},
    "金額": {"type": "NUMBER", "maxValue": "100000"},
    "契約日": {"type": "DATE"},
    "訪問日時": {"type": "DATETIME"},
    "区分": {"type": "DROP_DOWN", "options": ["見込", "既存"]},
    "興味": {"type": "CHECK_BOX", "options": ["展示会", "資料"]},
    "担当": {"type": "USER_SELECT"},
    "法人番号": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "取込番号": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "明細": {"type": "SUBTABLE", "fields": {}},
}


@pytest.fixture
def kintone() -> Iterator[KintoneSandbox]:
    with KintoneSandbox([App(12, FIELDS, token=SECRET)]) as kintone:
        kintone.now = NOW
        yield kintone
    contract.check(kintone.exchanges)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def system(kintone: KintoneSandbox, pauses: list[float]) -> Iterator[KintoneConnector]:
    connector = opened(kintone, pauses=pauses)
    yield connector
    connector.close()


def opened(
    kintone: KintoneSandbox,
    *,
    key: str = "顧客コード",
    token: str = SECRET,
    pauses: list[float] | None = None,
    **settings: Any,
) -> KintoneConnector:
    return KintoneConnector(
        KintoneSettings(**{"app": 12, **settings}),
        key=key,
        home=Path(),
        connection=Connection("kintone", host=kintone.url, password=SecretStr(token)),
        pause=(pauses if pauses is not None else []).append,
    )


def company(number: int, **more: Cell) -> dict[str, Cell]:
    return {"顧客コード": f"C{number:03}", "会社名": f"会社{number}", **more}


def read(system: KintoneConnector, columns: Sequence[str] = NAMES, cursor: str = "") -> tuple[list[Row], End]:
    *pages, end = system.read(columns, cursor)
    assert isinstance(end, End)
    return [row for page in pages if isinstance(page, list) for row in page if isinstance(row, Row)], end


def keys(rows: Sequence[Row]) -> list[str]:
    return [row.key for row in rows]


def create(number: int, **more: Cell) -> Write:
    cells = company(number, **more)
    return Write("create", f"C{number:03}", cells, {}, "", f"create-{number}")


def update(row: Row, **cells: Cell) -> Write:
    return Write("update", row.key, cells, {}, row.version, f"update-{row.key}")


def delete(row: Row) -> Write:
    return Write("delete", row.key, {}, {}, row.version, f"delete-{row.key}")


def methods(kintone: KintoneSandbox) -> list[str]:
    """The calls about records so far."""
    return [one.method for one in kintone.exchanges if one.path.endswith("/records.json")]
