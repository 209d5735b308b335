"""The Test button says in Japanese whether the system lets us in; the forms are Japanese too."""

import json
import re
from collections.abc import Iterator

import pytest
from airflow.sdk import Connection
from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tasuki_provider import get_provider_info
from tasuki_provider.hooks import ImapHook, KintoneHook, SftpHook

pytestmark = pytest.mark.airflow

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


@pytest.fixture
def kintone() -> Iterator[KintoneSandbox]:
    with KintoneSandbox([App(12, {"会社名": {"type": "SINGLE_LINE_TEXT"}}, token="right")]) as service:
        yield service


def enter(monkeypatch: pytest.MonkeyPatch, connection: Connection) -> None:
    """Airflow's own way for a connection without a database."""
    monkeypatch.setenv("AIRFLOW_CONN_TRIED", connection.as_json())


def kintone_connection(host: str, token: str = "right", **extra: object) -> Connection:
    return Connection(
        conn_id="tried", conn_type="tasuki_kintone", host=host, password=token, extra=json.dumps(extra)
    )


def test_the_right_token_gets_in(monkeypatch: pytest.MonkeyPatch, kintone: KintoneSandbox) -> None:
    enter(monkeypatch, kintone_connection(kintone.url, app_id=12))
    assert KintoneHook("tried").test_connection() == (True, "接続できました")


def test_a_wrong_token_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, kintone: KintoneSandbox
) -> None:
    enter(monkeypatch, kintone_connection(kintone.url, token="wrong-token", app_id=12))
    let_in, message = KintoneHook("tried").test_connection()
    assert not let_in
    assert re.search(r"[ぁ-ん]", message)
    assert re.search(r"\[TSK-\d{4}\]$", message)
    assert "wrong-token" not in message


def test_a_form_without_an_app_says_which_field_is_empty(
    monkeypatch: pytest.MonkeyPatch, kintone: KintoneSandbox
) -> None:
    enter(monkeypatch, kintone_connection(kintone.url))
    let_in, message = KintoneHook("tried").test_connection()
    assert not let_in
    assert "テスト用のアプリID" in message


@pytest.mark.parametrize(
    ("hook", "type", "extra"),
    [(SftpHook, "tasuki_sftp", {"host_key": KEY}), (ImapHook, "tasuki_imap", {"security": "none"})],
)
def test_a_server_that_is_down_gives_a_message_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, hook: type[SftpHook], type: str, extra: dict[str, str]
) -> None:
    # Port 1 (tcpmux) is reserved; nothing answers there on loopback.
    connection = Connection(
        conn_id="tried", conn_type=type, host="127.0.0.1", port=1, extra=json.dumps(extra)
    )
    enter(monkeypatch, connection)
    let_in, message = hook("tried").test_connection()
    assert not let_in
    assert re.search(r"[ぁ-ん].*\[TSK-\d{4}\]$", message)


def test_an_sftp_server_whose_key_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, Connection(conn_id="tried", conn_type="tasuki_sftp", host="127.0.0.1", port=1))
    let_in, message = SftpHook("tried").test_connection()
    assert not let_in
    assert "TSK-1053" in message


def test_airflow_finds_every_connection_type_with_its_hook() -> None:
    hooks = ProvidersManagerTaskRuntime().hooks
    for type in get_provider_info()["connection-types"]:
        found = hooks[type["connection-type"]]
        assert found is not None
        assert found.hook_name == type["hook-name"]


def test_every_label_of_a_form_is_japanese_or_a_japanese_firm_knows_it() -> None:
    for type in get_provider_info()["connection-types"]:
        labels = [*type["ui-field-behaviour"]["relabeling"].values()]
        labels += [field["label"] for field in type["conn-fields"].values()]
        assert all(re.search(r"[ぁ-んァ-ヶ一-龠]", label) for label in labels)


def test_no_form_asks_for_a_secret_in_a_field_that_shows_it() -> None:
    for type in get_provider_info()["connection-types"]:
        assert not [name for name in type["conn-fields"] if re.search("token|pass|phrase", name)]
