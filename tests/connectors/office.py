"""A small office with its mails on disk, and how its tests read them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connectors.mailbox import MailboxConnector, MailboxSettings
from tasuki.connector import BadRow, End, Row

COLUMNS = ("kind", "direction", "counterpart", "staff", "subject", "folder")


class Seen(NamedTuple):
    rows: dict[str, Row]
    bad: list[BadRow]
    end: End


def read(mailbox: MailboxConnector, cursor: str = "", columns: Sequence[str] = COLUMNS) -> Seen:
    *pages, end = mailbox.read(columns, cursor)
    assert isinstance(end, End)
    every = [row for page in pages if isinstance(page, list) for row in page]
    rows = {row.key: row for row in every if isinstance(row, Row)}
    assert len(rows) == sum(isinstance(row, Row) for row in every), "every mail comes once"
    return Seen(rows, [row for row in every if isinstance(row, BadRow)], end)


def letter(
    number: int,
    *,
    sender: str = "yamada@customer.jp",
    to: str = "eigyo@example.co.jp",
    subject: str = "見積",
    text: str = "本文",
    hour: int = 10,
    message_id: str | None = None,
) -> bytes:
    own_id = f"{number}@customer.jp" if message_id is None else message_id
    lines = [
        f"Message-ID: <{own_id}>" if own_id else "X-None: x",
        f"Date: Sun, 22 Nov 2026 {hour}:00:00 +0900",
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
    ]
    return "\r\n".join(lines).encode()


class Office:
    """A workspace with a Maildir in files/mail."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.mail = home / "files" / "mail"
        self.folder("INBOX")

    def folder(self, name: str) -> Path:
        path = self.mail if name == "INBOX" else self.mail / f".{name}"
        for part in ("cur", "new", "tmp"):
            (path / part).mkdir(parents=True, exist_ok=True)
        return path

    def deliver(self, data: bytes, name: str, folder: str = "INBOX") -> Path:
        file = self.folder(folder) / "new" / name
        file.write_bytes(data)
        return file

    def open(self, **settings: Any) -> MailboxConnector:
        chosen = {"path": "files/mail", "own_domains": ["example.co.jp"], **settings}
        return MailboxConnector(MailboxSettings(**chosen), key="message_id", home=self.home)
