"""The report of a run reaches the steward by mail, in Japanese, without any customer's data."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from tasuki import courier, report
from tasuki.definition import ReportEntry
from tasuki.settings import Connection

ENTRY = ReportEntry(connection="smtp_main", sender="tasuki@example.co.jp", to=["soumu@example.co.jp"])
OUTCOME = {
    "run_id": "20261122T000000-aaaa",
    "sync": "customers",
    "status": "waiting",
    "systems": {
        "ledger": {
            "read": 600,
            "changed": 12,
            "quarantined": 3,
            "created": 0,
            "updated": 7,
            "deleted": 0,
            "failed": 0,
        }
    },
    "conflicts": 2,
    "reviews": 0,
    "quarantined": 3,
    "waiting": 0,
    "unconfirmed": 0,
    "approval": {"plan": "0123456789abcdef", "reasons": []},
}


class Inbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  aiosmtpd's name
        content = getattr(envelope, "content", b"")
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, Connection]]:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=0)
    server.start()
    port = server.server.sockets[0].getsockname()[1]
    yield inbox, Connection("smtp_main", host="127.0.0.1", port=port, extra={"security": "none"})
    server.stop()


def test_the_report_says_first_whether_the_night_run_worked(inbox: tuple[Inbox, Connection]) -> None:
    received, connection = inbox
    courier.send(report.compose(OUTCOME, ENTRY), connection)

    (mail,) = received.mails
    assert mail["Subject"] == "[襷] customers: 承認待ち (waits for approval)"
    assert mail["To"] == "soumu@example.co.jp"
    text = mail.get_content()
    assert "ledger: 読取 600  変更 12  保留 3  追加 0  更新 7" in text
    assert "競合 2  tasuki conflicts list" in text
    assert "tasuki approve 01234567" in text
    assert "名寄せ確認" not in text
