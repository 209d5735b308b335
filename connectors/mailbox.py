"""The shared mailbox: every mail, visit report and call report becomes one row, however many copies arrive.

Read only. Deleting a mail never deletes its row: a read never claims to have seen everything.
"""

import csv
import difflib
import imaplib
import io
import json
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors._mail.activity import Activity, House, told
from connectors._mail.imap import Imap
from connectors._mail.maildir import Maildir
from connectors._mail.message import Mail, glance, known_id, parse
from connectors._mail.post import Place, Post
from tasuki.connector import BadRow, Cell, Column, Description, End, Refused, Result, Row, Write
from tasuki.errors import Retry, Skip, UserError
from tasuki.japanese.encoding import decode
from tasuki.settings import Connection


class StaffList(BaseModel):
    """A CSV with one line per person, in any Japanese code; a person may have several lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path
    address: str
    """The column of the mail address."""
    name: str
    """The column of the name."""


class MailboxSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path | None = None
    """A Maildir; without it the mails are read from the connection's server."""
    folders: Annotated[tuple[str, ...], Field(min_length=1)] = ("INBOX",)
    """As the server names them; of two copies of a mail that of the earlier folder counts."""
    own_domains: Annotated[tuple[str, ...], Field(min_length=1)]
    staff: StaffList | None = None


COLUMNS = (
    Column("message_id", unique=True, writable=False),
    Column("date", "datetime", writable=False),
    Column("kind", "choice", writable=False, choices=("mail", "visit", "call")),
    Column("direction", "choice", writable=False, choices=("in", "out")),
    Column("counterpart", writable=False),
    Column("counterpart_name", writable=False),
    Column("counterpart_code", writable=False),
    Column("staff", writable=False),
    Column("staff_name", writable=False),
    Column("subject", writable=False),
    Column("text", writable=False),
    Column("thread", writable=False),
    Column("folder", writable=False),
    Column("attachments", writable=False),
)
_NAMES = tuple(column.name for column in COLUMNS)
_PAGE = 100


class MailboxConnector:
    """Internal mail and further copies give no row: `counted` says how many the last read met."""

    Settings: ClassVar[type[BaseModel]] = MailboxSettings

    def __init__(
        self, settings: MailboxSettings, *, key: str, home: Path, connection: Connection | None = None
    ) -> None:
        """Raises UserError TSK-7012 without a place to read, TSK-7016 for another key than message_id."""
        if (settings.path is None) == (connection is None):
            raise UserError("TSK-7012")
        if key != "message_id":
            raise UserError("TSK-7016", key)
        self._settings = settings
        self._home = home
        self._connection = connection
        self.counted: dict[str, int] = {}

    def describe(self) -> Description:
        return Description(COLUMNS, batch=1, deletes=False, writes=False)

    def read(self, columns: Sequence[str], cursor: str = "") -> Iterator[list[Row | BadRow] | End]:
        """Raises Retry TSK-7020 (server), 7022 (folder on disk), UserError TSK-7010 to 7015."""
        order = [self._position(name) for name in columns]
        house = House(
            frozenset(domain.lower().lstrip("@") for domain in self._settings.own_domains), self._staff()
        )
        place = self._connection.id if self._connection else str(self._settings.path)
        try:
            with closing(self._post()) as post:
                yield from self._pages(post, json.loads(cursor or "{}"), house, order)
                seen = json.dumps(post.seen, ensure_ascii=False, sort_keys=True)
        except ssl.SSLCertVerificationError:
            raise UserError("TSK-7011", place) from None
        except (imaplib.IMAP4.error, OSError):
            # "from None": what a server says may hold addresses.
            raise Retry("TSK-7020" if self._connection else "TSK-7022", place) from None
        yield End(complete=False, cursor=seen, unchanged=seen == cursor)

    def fetch(self, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        """By reading it all: no server searches for the digests of mails without Message-ID."""
        pages = (page for page in self.read(columns) if isinstance(page, list))
        return {row.key: row for page in pages for row in page if isinstance(row, Row) and row.key in keys}

    def write(self, columns: Sequence[str], writes: Sequence[Write]) -> list[Result]:
        """Nothing is ever written to a mailbox: `describe` says so."""
        return [
            Refused(write.token, "TSK-1016", details={"column": ", ".join(write.cells)}) for write in writes
        ]

    def close(self) -> None:
        """Every read has its own session, closed at its end."""

    def _post(self) -> Post:
        if self._connection:
            return Imap(self._connection)
        assert self._settings.path
        return Maildir(self._home / self._settings.path)

    def _staff(self) -> dict[str, str]:
        """Address to name. Raises UserError TSK-1006 without the file, TSK-1003 without a column."""
        chosen = self._settings.staff
        if not chosen:
            return {}
        file = self._home / chosen.path
        if not file.is_file():
            raise UserError("TSK-1006", str(chosen.path))
        lines = csv.DictReader(io.StringIO(decode(file.read_bytes()).text))
        for column in (chosen.address, chosen.name):
            if column not in (lines.fieldnames or ()):
                raise _missing(column, lines.fieldnames or (), str(chosen.path))
        people = [((line[chosen.address] or "").strip().lower(), line[chosen.name] or "") for line in lines]
        return {address: name.strip() for address, name in people if "@" in address}

    def _position(self, name: str) -> int:
        if name not in _NAMES:
            raise _missing(name, _NAMES, "mailbox")
        return _NAMES.index(name)

    def _pages(
        self, post: Post, since: dict[str, Any], house: House, order: Sequence[int]
    ) -> Iterator[list[Row | BadRow]]:
        chosen, copies = _one_copy_each(post.heads(self._settings.folders, since))
        self.counted = {"internal": 0, "copies": copies}
        met: set[str] = set()
        for start in range(0, len(chosen), _PAGE):
            page: list[Row | BadRow] = []
            for place, data in post.mails(chosen[start : start + _PAGE]):
                row = self._row(place, data, house, order, met)
                if row:
                    page.append(row)
            if page:
                yield page

    def _row(
        self, place: Place, data: bytes, house: House, order: Sequence[int], met: set[str]
    ) -> Row | BadRow | None:
        try:
            mail = parse(data)
        except Skip as unreadable:
            return BadRow(str(place), unreadable.code, key=known_id(data))
        activity = told(mail, house)
        if mail.key in met or activity.direction == "internal":
            self.counted["copies" if mail.key in met else "internal"] += 1
            return None
        met.add(mail.key)
        cells = _cells(mail, activity, place)
        return Row(mail.key, tuple(cells[at] for at in order), at=str(place))


def _one_copy_each(heads: Iterator[tuple[Place, bytes]]) -> tuple[list[Place], int]:
    """Of the copies of one Message-ID the oldest, then that of the earlier folder; and how many others.

    In the order in which they were met, so that a folder is opened once. Mails without an id are all kept:
    only their text tells copies apart.
    """
    best: dict[str, tuple[str, int, Place]] = {}
    total = 0
    for total, (place, head) in enumerate(heads, start=1):
        message_id, date = glance(head)
        candidate = (date or "9999", total, place)
        name = message_id or f"{place}\0"
        best[name] = min(best.get(name, candidate), candidate)
    return [place for _, _, place in sorted(best.values(), key=lambda found: found[1])], total - len(best)


def _cells(mail: Mail, activity: Activity, place: Place) -> tuple[Cell, ...]:
    """In the order of COLUMNS."""
    return (
        mail.key,
        mail.date,
        activity.kind,
        activity.direction,
        *activity.counterpart,
        activity.staff,
        activity.staff_name,
        mail.subject,
        mail.text,
        mail.thread or mail.key,
        place.folder,
        ", ".join(mail.attachments),
    )


def _missing(column: str, there: Sequence[str], place: str) -> UserError:
    near = difflib.get_close_matches(column, there, n=1)
    return UserError("TSK-1003", place, column=column, suggestion=f" (→ {near[0]}?)" if near else "")
