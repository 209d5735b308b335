"""The firm's kintone: an app of customers and an app of activities, spoken to as kintone's own API is."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests

CUSTOMERS, ACTIVITIES = 1, 2
TOKENS = {CUSTOMERS: "demo-customers-token", ACTIVITIES: "demo-activities-token"}

Texts = Mapping[str, str]


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "SINGLE_LINE_TEXT", **more}


FORMS: dict[int, dict[str, dict[str, Any]]] = {
    CUSTOMERS: {
        "顧客コード": _text(unique=True),
        "会社名": _text(required=True),
        "フリガナ": _text(),
        "法人番号": _text(),
        "郵便番号": _text(),
        "住所": _text(),
        "電話番号": _text(),
        "メールアドレス": _text(),
        "担当者名": _text(),
        "段階": {"type": "DROP_DOWN", "options": ["リード", "新規取引", "継続取引", "優良顧客"]},
        "登録日": {"type": "DATE"},
        "商談メモ": {"type": "MULTI_LINE_TEXT"},
        "連携キー": _text(unique=True),
    },
    ACTIVITIES: {
        "メールID": _text(unique=True, required=True),
        "種別": {"type": "DROP_DOWN", "options": ["メール", "訪問", "電話"]},
        "方向": {"type": "DROP_DOWN", "options": ["受信", "発信"]},
        "顧客コード": _text(),
        "相手": _text(),
        "社員": _text(),
        "日時": {"type": "DATETIME"},
        "件名": _text(),
        "本文": {"type": "MULTI_LINE_TEXT"},
    },
}
OURS = {app: [code for code in form if code != "連携キー"] for app, form in FORMS.items()}
"""Fields that a check looks at; 連携キー is a mark of the sync's own."""


def write(path: Path, customers: Iterable[Texts]) -> None:
    """The file from which the stand-in starts."""
    records = {CUSTOMERS: [_stored(row) for row in customers], ACTIVITIES: []}
    names = {CUSTOMERS: "顧客管理", ACTIVITIES: "活動履歴"}
    apps = [
        {"id": app, "name": names[app], "token": TOKENS[app], "fields": form, "records": records[app]}
        for app, form in FORMS.items()
    ]
    path.write_text(json.dumps({"apps": apps}, ensure_ascii=False), encoding="utf-8")


class Kintone:
    """What a person at kintone's screen, or a check, does through the API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def read(self, app: int) -> list[dict[str, str]]:
        """All records, by field; blank fields are ""."""
        return [{code: _shown(record, code) for code in OURS[app]} for record in self._all(app)]

    def revisions(self) -> dict[int, dict[str, str]]:
        """By app and record number: what was written since can't hide."""
        return {app: {_shown(r, "$id"): _shown(r, "$revision") for r in self._all(app)} for app in FORMS}

    def edit(self, changes: Mapping[str, Texts]) -> None:
        """Name of the firm → field → text."""
        updates = [{"id": self._number(name), "record": _form(fields)} for name, fields in changes.items()]
        self._call("PUT", CUSTOMERS, "records", records=updates)

    def add(self, row: Texts) -> None:
        self._call("POST", CUSTOMERS, "records", records=[_form(row)])

    def remove(self, name: str) -> None:
        self._call("DELETE", CUSTOMERS, "records", ids=[self._number(name)])

    def _all(self, app: int) -> list[Any]:
        found: list[Any] = []
        while True:
            last = found[-1]["$id"]["value"] if found else 0
            page = self._call("GET", app, "records", query=f"$id > {last} order by $id asc limit 500")
            found += page["records"]
            if len(page["records"]) < 500:
                return found

    def _number(self, name: str) -> int:
        [record] = (r for r in self._all(CUSTOMERS) if _shown(r, "会社名") == name)
        return int(_shown(record, "$id"))

    def _call(self, method: str, app: int, what: str, **body: Any) -> Any:
        answer = self.session.request(
            method,
            f"{self.url}/k/v1/{what}.json",
            headers={"X-Cybozu-API-Token": TOKENS[app]},
            json={"app": app, **body},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()


def _form(fields: Texts) -> dict[str, dict[str, str | None]]:
    return {code: {"value": text or None} for code, text in fields.items()}


def _stored(row: Texts) -> dict[str, str]:
    return {code: text for code, text in row.items() if text}


def _shown(record: Mapping[str, Any], code: str) -> str:
    return str(record[code]["value"] or "")
