"""The stand-in keeps kintone's published limits and errors, so that what passes here can pass there.

RECORDS: https://cybozu.dev/ja/kintone/docs/rest-api/records/
QUERY: https://cybozu.dev/ja/kintone/docs/overview/query/
COMMON: https://cybozu.dev/ja/kintone/docs/rest-api/overview/kintone-rest-api-overview/
"""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tasuki.sandbox.kintone import load
from tests.sandbox.curl import FIELDS, NOW, Client, client, company, refusal, sandbox

pytestmark = pytest.mark.integration

# The fixtures come by import, so that they stand beside the app they serve.
__all__ = ["client", "sandbox"]


# Limits


def test_500_records_can_be_read_at_once_and_not_501(client: Client) -> None:
    """RECORDS get-records: 一度に取得できるレコードは500件まで."""
    assert client.read("limit 500").status_code == 200
    assert refusal(client.read("limit 501")) == (400, "GAIA_QU01")


def test_offset_ends_at_10000(client: Client) -> None:
    """QUERY offset: 10,000 at most since 2020-07."""
    assert client.read("offset 10000").status_code == 200
    assert refusal(client.read("offset 10001")) == (400, "GAIA_QU02")


def test_100_records_come_when_no_limit_is_named(client: Client) -> None:
    """QUERY limit: 省略時は100件."""
    client.sandbox.put(12, *(company(number) for number in range(150)))
    assert len(client.read("").json()["records"]) == 100


def test_100_records_can_be_added_at_once_and_not_101(client: Client) -> None:
    """RECORDS add-records: 一度に登録できるレコードは100件まで."""
    assert client.add(*(company(number) for number in range(100))).status_code == 200
    assert refusal(client.add(*(company(number) for number in range(200, 301)))) == (400, "CB_VA01")
    assert len(client.sandbox.rows(12)) == 100


def test_100_records_can_be_changed_at_once_and_not_101(client: Client) -> None:
    """RECORDS update-records: 一度に更新できるレコードは100件まで."""
    ids = client.sandbox.put(12, *(company(number) for number in range(101)))
    forms = [{"id": id, "record": {"備考": {"value": "改"}}} for id in ids]
    assert refusal(client.change(*forms)) == (400, "CB_VA01")
    assert client.change(*forms[:100]).status_code == 200


def test_100_records_can_be_deleted_at_once_and_not_101(client: Client) -> None:
    """RECORDS delete-records: 一度に削除できるレコードは100件まで."""
    ids = client.sandbox.put(12, *(company(number) for number in range(101)))
    assert refusal(client.call("DELETE", app=12, ids=ids)) == (400, "CB_VA01")
    assert client.call("DELETE", app=12, ids=ids[:100]).status_code == 200
    assert list(client.sandbox.rows(12)) == ids[100:]


def test_20_calls_fit_in_one_bulk_request_and_not_21(client: Client) -> None:
    """RECORDS bulk-request: 一度に処理できるリクエストは20件まで."""
    calls = [_bulk_add(company(number)) for number in range(21)]
    assert refusal(client.call("POST", "bulkRequest", requests=calls)) == (400, "CB_VA01")
    assert client.call("POST", "bulkRequest", requests=calls[:20]).status_code == 200
    assert len(client.sandbox.rows(12)) == 20


def test_a_url_of_more_than_8_kb_is_too_long(client: Client) -> None:
    """COMMON X-HTTP-Method-Override: リクエストURLが8KBを超える場合."""
    question = f'備考 like "{"a" * 9000}"'
    assert client.read(question).status_code == 414
    client.session.headers["X-HTTP-Method-Override"] = "GET"
    assert client.call("POST", app=12, query=question).json()["records"] == []


def test_a_unique_text_holds_64_characters(client: Client) -> None:
    """RECORDS update-records: the value of a 重複禁止 field has 64 characters at most."""
    assert client.add({"コード": "a" * 64, "会社名": "あ"}).status_code == 200
    assert refusal(client.add({"コード": "b" * 65, "会社名": "あ"})) == (400, "CB_VA01")


# What a write promises


def test_one_bad_record_stops_the_whole_call_and_is_named(client: Client) -> None:
    answer = client.add(company(1), company(2, 会社名=""), company(3))
    assert refusal(answer) == (400, "CB_VA01")
    assert list(answer.json()["errors"]) == ["records[1].会社名.value"]
    assert not client.sandbox.rows(12)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"会社名": ""}, "records[0].会社名.value"),
        ({"会社名": "長い長い長い長い長い会社"}, "records[0].会社名.value"),
        ({"コード": "C001"}, "records[0].コード.value"),
        ({"金額": "千円"}, "records[0].金額.value"),
        ({"金額": "100001"}, "records[0].金額.value"),
        ({"契約日": "2026/11/22"}, "records[0].契約日.value"),
        ({"区分": "休眠"}, "records[0].区分.value"),
        ({"興味": ["株"]}, "records[0].興味.values"),
    ],
)
def test_what_the_form_forbids_is_refused(client: Client, values: dict[str, Any], place: str) -> None:
    client.sandbox.put(12, company(1))
    answer = client.add(company(2) | values)
    assert refusal(answer) == (400, "CB_VA01")
    assert list(answer.json()["errors"]) == [place]


def test_a_blank_is_not_a_duplicate(client: Client) -> None:
    assert client.add({"コード": "", "会社名": "甲"}, {"コード": "", "会社名": "乙"}).status_code == 200


def test_fields_that_do_not_exist_are_passed_over_in_silence(client: Client) -> None:
    """The contract: objects containing field codes that do not exist are ignored."""
    assert client.add(company(1, ない項目="x")).status_code == 200


def test_another_revision_stops_the_whole_call(client: Client) -> None:
    """RECORDS update-records: 実際のリビジョン番号と一致しない場合はエラーとなり更新されません."""
    first, second = client.sandbox.put(12, company(1), company(2))
    form = {"備考": {"value": "改"}}
    answer = client.change(
        {"id": first, "revision": 1, "record": form}, {"id": second, "revision": 7, "record": form}
    )
    assert refusal(answer) == (409, "GAIA_CO02")
    assert [row["$revision"] for row in client.sandbox.rows(12).values()] == ["1", "1"]
    assert client.change({"id": second, "revision": -1, "record": form}).status_code == 200


def test_a_write_raises_the_revision(client: Client) -> None:
    [id] = client.sandbox.put(12, company(1))
    answer = client.change({"id": id, "record": {"備考": {"value": "改"}}})
    assert answer.json()["records"] == [{"id": str(id), "revision": "2"}]


def test_upsert_changes_what_is_there_and_adds_what_is_not(client: Client) -> None:
    """RECORDS update-records, upsert: updateKey names a 重複禁止 text or number field."""
    client.sandbox.put(12, company(1))
    forms = [
        {"updateKey": {"field": "コード", "value": f"C00{number}"}, "record": {"会社名": {"value": "新"}}}
        for number in (1, 2)
    ]
    answer = client.change(*forms, upsert=True)
    assert [record["operation"] for record in answer.json()["records"]] == ["UPDATE", "INSERT"]
    assert client.found('会社名 = "新" order by $id asc') == ["C001", "C002"]
    assert refusal(client.change({**forms[0], "updateKey": {"field": "会社名", "value": "新"}})) == (
        400,
        "CB_VA01",
    )


def test_an_update_of_what_is_not_there_is_refused(client: Client) -> None:
    """GAIA_RE20 for updateKey: kintone-labs/cli-kintone#27."""
    form = {"record": {"備考": {"value": "改"}}}
    assert refusal(client.change({"id": 9, **form})) == (404, "GAIA_RE01")
    key = {"updateKey": {"field": "コード", "value": "C009"}}
    assert refusal(client.change({**key, **form})) == (404, "GAIA_RE20")


def test_a_record_number_is_never_used_again(client: Client) -> None:
    [first] = client.sandbox.put(12, company(1))
    client.call("DELETE", app=12, ids=[first], revisions=[1])
    assert client.sandbox.put(12, company(1)) == [first + 1]


def test_a_bulk_request_undoes_everything_when_one_call_fails(client: Client) -> None:
    calls = [_bulk_add(company(1)), _bulk_add(company(1)), _bulk_add(company(2))]
    answer = client.call("POST", "bulkRequest", requests=calls)
    assert answer.status_code == 400
    assert [result.get("code", "") for result in answer.json()["results"]] == ["", "CB_VA01", ""]
    assert not client.sandbox.rows(12)


def test_times_of_change_keep_no_seconds(client: Client) -> None:
    """QUERY: seconds are ignored."""
    client.sandbox.put(12, company(1))
    [record] = client.read('更新日時 = "2026-11-22T00:00:59Z"').json()["records"]
    assert record["更新日時"]["value"] == "2026-11-22T00:00:00Z"


# Answers


def test_only_the_fields_asked_for_come(client: Client) -> None:
    client.sandbox.put(12, company(1))
    answer = client.call("GET", app=12, fields=["$id", "会社名", "ない項目"], totalCount=True).json()
    assert [sorted(record) for record in answer["records"]] == [["$id", "会社名"]]
    assert answer["totalCount"] == "1"


def test_one_record_can_be_read(client: Client) -> None:
    [id] = client.sandbox.put(12, company(1))
    assert client.call("GET", "record", app=12, id=id).json()["record"]["会社名"]["value"] == "会社1"
    assert refusal(client.call("GET", "record", app=12, id=99)) == (404, "GAIA_RE01")


def test_the_form_tells_its_fields(client: Client) -> None:
    form = client.call("GET", "app/form/fields", app=12).json()["properties"]
    assert form["区分"]["options"]["既存"] == {"label": "既存", "index": "1"}
    assert form["更新日時"]["type"] == "UPDATED_TIME"
    assert client.call("GET", "app", id=12).json()["appId"] == "12"


# Who may


def test_a_caller_without_a_token_must_log_in(client: Client) -> None:
    del client.session.headers["X-Cybozu-API-Token"]
    assert refusal(client.read("")) == (401, "CB_AU01")


def test_a_token_of_another_app_is_refused(client: Client) -> None:
    client.session.headers["X-Cybozu-API-Token"] = "other"
    assert refusal(client.read("")) == (400, "GAIA_IA02")
    client.session.headers["X-Cybozu-API-Token"] = "other, secret"
    assert client.read("").status_code == 200


def test_a_token_without_the_right_is_refused(client: Client) -> None:
    client.sandbox.apps[12].permissions = frozenset({"read"})
    assert refusal(client.add(company(1))) == (403, "GAIA_NO01")


def test_an_app_that_does_not_exist_is_refused(client: Client) -> None:
    assert refusal(client.call("POST", app=99, records=[])) == (404, "GAIA_AP01")


# Faults


@pytest.mark.parametrize("code", ["CB_VA01", "GAIA_CO02", "GAIA_DA02", "GAIA_IA02", "GAIA_NO01", "GAIA_TO04"])
def test_any_documented_error_can_be_switched_on_once(client: Client, code: str) -> None:
    client.sandbox.fail(code)
    assert refusal(client.add(company(1)))[1] == code
    assert client.add(company(1)).status_code == 200


def test_too_busy_may_name_the_seconds_to_wait(client: Client) -> None:
    client.sandbox.fail("429", after=3)
    assert client.read("").headers["Retry-After"] == "3"
    client.sandbox.fail("429")
    answer = client.read("")
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, False)


def test_a_page_may_come_instead_of_data(client: Client) -> None:
    client.sandbox.fail("html")
    answer = client.read("")
    assert (answer.status_code, answer.text[:9]) == (200, "<!DOCTYPE")


def test_a_lost_reply_was_carried_out_and_a_broken_line_was_not(client: Client) -> None:
    client.sandbox.fail("reply_lost")
    with pytest.raises(requests.ConnectionError):
        client.add(company(1))
    client.sandbox.fail("reset")
    with pytest.raises(requests.ConnectionError):
        client.add(company(2))
    client.sandbox.fail("reply_cut")
    with pytest.raises(requests.JSONDecodeError):
        client.add(company(3)).json()
    assert client.found("") == ["C003", "C001"]


def test_a_fault_can_wait_for_a_write(client: Client) -> None:
    client.sandbox.fail("503", method="POST")
    assert client.read("").status_code == 200
    assert client.add(company(1)).status_code == 503


def test_the_record_keeps_what_was_said_and_no_credentials(client: Client) -> None:
    client.add(company(1))
    [exchange] = client.sandbox.exchanges
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/k/v1/records.json", 200)
    assert "secret" not in repr(exchange)


def test_calls_and_writes_are_counted(client: Client) -> None:
    client.add(company(1), company(2))
    client.read("")
    app = client.sandbox.apps[12]
    assert (app.requests, app.writes) == (2, 2)


# As a program


def test_the_program_serves_an_app_and_leaves_its_state(tmp_path: Path) -> None:
    app, state, log = tmp_path / "app.json", tmp_path / "state.json", tmp_path / "log.jsonl"
    given = {"id": 12, "token": "secret", "fields": FIELDS, "records": [company(1)]}
    app.write_text(json.dumps({"apps": [given]}), encoding="utf-8")
    command = [sys.executable, "-m", "tasuki.sandbox.kintone", "--app", app, "--state", state, "--log", log]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout
        url = json.loads(program.stdout.readline())["url"]
        door = f"{url}/_sandbox"
        with requests.Session() as session:
            session.trust_env = False
            session.post(f"{door}/clock", json={"now": NOW.isoformat()})
            session.post(f"{door}/fail", json={"kind": "503"})
            session.headers["X-Cybozu-API-Token"] = "secret"
            body = {"app": 12, "records": [{"会社名": {"value": "新"}}]}
            statuses = [session.post(f"{url}/k/v1/records.json", json=body).status_code for _ in range(2)]
            assert statuses == [503, 200]
            assert len(session.get(f"{door}/state").json()["apps"][0]["records"]) == 2
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
    [again] = load(state.read_text(encoding="utf-8"), NOW)
    assert [record.values["会社名"] for record in again.records.values()] == ["会社1", "新"]
    assert again.records[2].updated == NOW
    assert len(log.read_text(encoding="utf-8").splitlines()) == 2


def _bulk_add(record: dict[str, Any]) -> dict[str, Any]:
    forms = [{name: {"value": value} for name, value in record.items()}]
    return {"method": "POST", "api": "/k/v1/records.json", "payload": {"app": 12, "records": forms}}
