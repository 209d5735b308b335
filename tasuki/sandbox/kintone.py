"""A stand-in for kintone on this machine: apps with records, kintone's limits and kintone's errors.

For try-outs and tests where no real kintone may be touched. Published contract: kintone/rest-api-spec
(Apache-2.0); what that file leaves out (limits, errors) comes from https://cybozu.dev/ja/kintone/docs/.

    with KintoneSandbox([App(12, {"会社名": {"type": "SINGLE_LINE_TEXT"}}, token="t")]) as kintone:
        ...  # kintone.url, kintone.apps[12], kintone.fail("429", after=3), kintone.exchanges
"""

import argparse
import json
import re
import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tasuki.sandbox.kintone_app import MAX_WRITES, App, Problem, Record, minute
from tasuki.sandbox.server import Answer, Call, Server

MAX_BULK = 20

ERRORS: dict[str, tuple[int, str]] = {
    "CB_VA01": (400, "入力内容が正しくありません。"),
    "CB_IL02": (400, "不正なリクエストです。"),
    "CB_AU01": (401, "ログインしてください。"),
    "CB_WA01": (401, "パスワード認証に失敗しました。"),
    "CB_NO02": (403, "権限がありません。"),
    "GAIA_IA02": (400, "指定したAPIトークンは、アプリで生成されたトークンと異なります。"),
    "GAIA_LO04": (520, "値がルックアップの参照先のアプリにありません。"),
    "GAIA_NO01": (403, "このAPIトークンでは、指定したAPIを実行できません。"),
    "GAIA_AP01": (404, "指定したアプリが見つかりません。"),
    "GAIA_RE01": (404, "指定したレコードが見つかりません。"),
    "GAIA_RE20": (404, "updateKeyの条件にあてはまるレコードが見つかりません。"),
    "GAIA_CO02": (409, "指定したrevisionは最新ではありません。"),
    "GAIA_DA02": (520, "データベースのロックに失敗しました。"),
    "GAIA_QU01": (400, "limitには500以下の値を指定してください。"),
    "GAIA_QU02": (400, "offsetには10,000以下の値を指定してください。"),
    "GAIA_IQ03": (400, "この演算子は、このフィールドに使えません。"),
    "GAIA_IQ11": (400, "指定したフィールドが見つかりません。"),
    "GAIA_TO04": (429, "同時接続数が上限を超えました。"),
}
"""Status and message by kintone's code; statuses as seen in cli-kintone's features and kintone's pages."""


class Endpoint(NamedTuple):
    permission: str
    run: Callable[["KintoneService", App, Mapping[str, Any], datetime], Any]


class KintoneService:
    """The apps of one domain and the calls they understand."""

    def __init__(self, apps: Iterable[App]) -> None:
        self.apps = {app.id: app for app in apps}

    def answer(self, call: Call, now: datetime) -> Answer:
        try:
            if (call.method, call.path.rpartition("/")[2]) == ("POST", "bulkRequest.json"):
                return self.bulk(call, now)
            return Answer(200, self.route(call, now))
        except Problem as problem:
            return self.error(problem.code, problem.errors)
        except (KeyError, TypeError, ValueError, AttributeError):
            return self.error("CB_IL02")

    def error(self, code: str, errors: Mapping[str, Sequence[str]] | None = None) -> Answer:
        status, message = ERRORS[code]
        body: dict[str, Any] = {"code": code, "id": "sandbox0000000000000", "message": message}
        if errors:
            body["errors"] = {place: {"messages": list(messages)} for place, messages in errors.items()}
        return Answer(status, body)

    def state(self) -> dict[str, Any]:
        """What `load` takes, with the records as they are and the calls counted."""
        return {"apps": [_saved(app) for app in self.apps.values()]}

    def route(self, call: Call, now: datetime) -> Any:
        path = re.fullmatch(r"/k/(?:guest/\d+/)?v1/(.+)\.json", call.path)
        name = path.group(1) if path else ""
        tokens = call.headers.get("x-cybozu-api-token", "")
        if not tokens:
            raise Problem("CB_AU01")
        endpoint = ENDPOINTS.get((call.method, name))
        if endpoint is None:
            raise Problem("CB_IL02")
        app = self.app(call.params.get("id" if name == "app" else "app"))
        self.admit(app, endpoint.permission, tokens)
        app.requests += 1
        return endpoint.run(self, app, call.params, now)

    def app(self, given: Any) -> App:
        if given is None:
            raise Problem("CB_VA01", {"app": ["必須です。"]})
        if int(given) not in self.apps:
            raise Problem("GAIA_AP01")
        return self.apps[int(given)]

    def admit(self, app: App, permission: str, tokens: str) -> None:
        """Up to nine tokens come in one header, joined by commas."""
        if app.token not in [token.strip() for token in tokens.split(",")]:
            raise Problem("GAIA_IA02")
        if permission not in app.permissions:
            raise Problem("GAIA_NO01")

    def bulk(self, call: Call, now: datetime) -> Answer:
        """Several calls as one: the first that fails undoes those before it and stands alone in `results`."""
        requests = call.params["requests"]
        if len(requests) > MAX_BULK:
            raise Problem("CB_VA01", {"requests": [f"一度に{MAX_BULK}件までです。"]})
        before = {app.id: (app.records, app.last_id, app.writes) for app in self.apps.values()}
        results: list[Any] = []
        for one in requests:
            answer = self.answer(Call(one["method"], one["api"], one["payload"], call.headers), now)
            results.append(answer.body)
            if answer.status != 200:
                for app in self.apps.values():
                    app.records, app.last_id, app.writes = before[app.id]
                alone = [answer.body if result is answer.body else {} for result in results]
                return Answer(answer.status, {"results": alone + [{}] * (len(requests) - len(alone))})
        return Answer(200, {"results": results})


def _read_many(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    text = params.get("query") or ""
    records = [app.typed(record, params.get("fields") or ()) for record in app.select(text)]
    counted = str(params.get("totalCount", "")).lower() == "true"
    return {"records": records, "totalCount": str(len(app.found(app.query(text)))) if counted else None}


def _read_one(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    record = app.records.get(int(params["id"]))
    if record is None:
        raise Problem("GAIA_RE01")
    return {"record": app.typed(record)}


def _add(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    made = app.add(_at_most(params["records"], "records"), now)
    return {
        "ids": [str(record.id) for record in made],
        "revisions": [str(record.revision) for record in made],
    }


def _change(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    upsert = str(params.get("upsert", "")).lower() == "true"
    if upsert and "add" not in app.permissions:
        raise Problem("GAIA_NO01")
    known = set(app.records)
    made = app.change(_at_most(params["records"], "records"), upsert, now)
    return {"records": [_changed(record, upsert, record.id in known) for record in made]}


def _changed(record: Record, upsert: bool, known: bool) -> dict[str, str]:
    done = {"operation": "UPDATE" if known else "INSERT"} if upsert else {}
    return {"id": str(record.id), "revision": str(record.revision), **done}


def _remove(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    revisions = [int(one) if one not in (None, "") else None for one in params.get("revisions", [])]
    app.remove([int(one) for one in _at_most(params["ids"], "ids")], revisions)
    return {}


def _form(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    return {"properties": {code: _property(found) for code, found in app.fields.items()}, "revision": "1"}


def _property(definition: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(definition)
    if "options" in shown:
        shown["options"] = {
            label: {"label": label, "index": str(index)} for index, label in enumerate(shown["options"])
        }
    return shown


def _about(service: KintoneService, app: App, params: Mapping[str, Any], now: datetime) -> Any:
    born = {"createdAt": minute(now), "modifiedAt": minute(now)}
    return {"appId": str(app.id), "code": "", "name": app.name, "description": "", **born}


def _at_most(given: list[Any], place: str) -> list[Any]:
    if len(given) > MAX_WRITES:
        raise Problem("CB_VA01", {place: [f"一度に{MAX_WRITES}件までです。"]})
    return given


ENDPOINTS = {
    ("GET", "records"): Endpoint("read", _read_many),
    ("GET", "record"): Endpoint("read", _read_one),
    ("POST", "records"): Endpoint("add", _add),
    ("PUT", "records"): Endpoint("edit", _change),
    ("DELETE", "records"): Endpoint("delete", _remove),
    ("GET", "app/form/fields"): Endpoint("read", _form),
    ("GET", "app"): Endpoint("read", _about),
}


class KintoneSandbox(Server):
    """The service behind its door, and hands that reach past the API as a person at the screen does."""

    def __init__(
        self, apps: Iterable[App], *, port: int = 0, state: Path | None = None, log: Path | None = None
    ) -> None:
        service = KintoneService(apps)
        super().__init__(service, port=port, state=state, log=log)
        self.apps = service.apps

    def put(self, app: int, *records: Mapping[str, Any]) -> list[int]:
        """A person types new records; returns their record numbers."""
        forms = [{code: {"value": value} for code, value in record.items()} for record in records]
        return [record.id for record in self.apps[app].add(forms, self.time())]

    def edit(self, app: int, id: int, **values: Any) -> None:
        form = {code: {"value": value} for code, value in values.items()}
        self.apps[app].change([{"id": id, "record": form}], False, self.time())

    def remove(self, app: int, *ids: int) -> None:
        self.apps[app].remove(ids, [])

    def rows(self, app: int) -> dict[int, dict[str, Any]]:
        """What the app holds, by record number."""
        return {id: self.apps[app].plain(record) for id, record in self.apps[app].records.items()}


def load(text: str, now: datetime) -> list[App]:
    """Apps from JSON: {"apps": [{"id", "name", "token", "fields", "records": [{code: value}]}]}.

    A field's `options` is a list of labels. Records of a saved state keep their numbers, revisions and
    times; others are numbered from 1.
    """
    return [_loaded(given, now) for given in json.loads(text)["apps"]]


def _loaded(given: Mapping[str, Any], now: datetime) -> App:
    app = App(given["id"], dict(given["fields"]), given.get("name", ""), given.get("token", ""))
    for row in given.get("records", []):
        app.last_id = number = int(row.get("$id", app.last_id + 1))
        times = [
            datetime.fromisoformat(row[name]) if name in row else now for name in ("$created", "$updated")
        ]
        values = app.writable({code: {"value": value} for code, value in row.items()})
        app.records[number] = Record(number, int(row.get("$revision", 1)), values, *times)
    app.last_id = given.get("last_id", app.last_id)
    return app


def _saved(app: App) -> dict[str, Any]:
    return {
        "id": app.id,
        "name": app.name,
        "token": app.token,
        "fields": app.fields,
        "requests": app.requests,
        "writes": app.writes,
        "last_id": app.last_id,
        "records": [
            {
                "$id": record.id,
                "$revision": record.revision,
                "$created": record.created.isoformat(),
                "$updated": record.updated.isoformat(),
                **record.values,
            }
            for record in app.records.values()
        ],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until SIGTERM or Ctrl-C; a state file that is already there goes on where it ended."""
    parser = argparse.ArgumentParser(prog="python -m tasuki.sandbox.kintone")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--app", type=Path, required=True)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args(arguments)
    source = given.state if given.state and given.state.exists() else given.app
    apps = load(source.read_text(encoding="utf-8"), datetime.now(UTC))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with KintoneSandbox(apps, port=given.port, state=given.state, log=given.log) as kintone:
        kintone.save()
        print(json.dumps({"url": kintone.url}), flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
