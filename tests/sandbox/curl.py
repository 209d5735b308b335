"""A stand-in app and a person with curl, for the tests of the stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tests.sandbox import contract

NOW = datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC)
FIELDS: dict[str, dict[str, Any]] = {
    "コード": {"type": "SINGLE_LINE_TEXT", "unique": True},
    "会社名": {"type": "SINGLE_LINE_TEXT", "required": True, "maxLength": "10"},
    "備考": {"type": "MULTI_LINE_TEXT"},
    "金額": {"type": "NUMBER", "minValue": "0", "maxValue": "100000"},
    "契約日": {"type": "DATE"},
    "訪問日時": {"type": "DATETIME"},
    "区分": {"type": "DROP_DOWN", "options": ["見込", "既存"]},
    "興味": {"type": "CHECK_BOX", "options": ["展示会", "資料"]},
}


class Client:
    """A person with curl."""

    def __init__(self, sandbox: KintoneSandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.headers["X-Cybozu-API-Token"] = "secret"

    def call(self, method: str, name: str = "records", /, **body: Any) -> requests.Response:
        return self.session.request(method, f"{self.sandbox.url}/k/v1/{name}.json", json=body)

    def read(self, query: str, **more: Any) -> requests.Response:
        url = f"{self.sandbox.url}/k/v1/records.json"
        return self.session.get(url, params={"app": 12, "query": query, **more})

    def found(self, query: str) -> list[str]:
        return [record["コード"]["value"] for record in self.read(query).json()["records"]]

    def add(self, *records: dict[str, Any]) -> requests.Response:
        forms = [{name: {"value": value} for name, value in record.items()} for record in records]
        return self.call("POST", app=12, records=forms)

    def change(self, *records: dict[str, Any], **more: Any) -> requests.Response:
        return self.call("PUT", app=12, records=list(records), **more)


@pytest.fixture
def sandbox() -> Iterator[KintoneSandbox]:
    apps = [App(12, FIELDS, token="secret"), App(13, {"名前": {"type": "LINK"}}, token="secret")]
    with KintoneSandbox(apps) as kintone:
        kintone.now = NOW
        yield kintone
    contract.check(kintone.exchanges)


@pytest.fixture
def client(sandbox: KintoneSandbox) -> Iterator[Client]:
    client = Client(sandbox)
    yield client
    client.session.close()


def company(number: int, **more: Any) -> dict[str, Any]:
    return {"コード": f"C{number:03}", "会社名": f"会社{number}", **more}


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
