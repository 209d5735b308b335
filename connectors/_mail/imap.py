"""Mails on a mail server, read over IMAP without marking, moving or deleting any."""

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from typing import Any

from connectors._mail.message import LIMIT
from connectors._mail.post import Place
from tasuki import oauth
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection, is_this_machine


class Imap:
    """A session on one server. Besides what `Post` says, IMAP4.error and OSError come through."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        try:
            self._session = _opened(connection)
        except UnicodeError:  # "imap..example.jp" can be no server's name
            raise Retry("TSK-7020", connection.id) from None
        self.seen: dict[str, Any] = {}
        with ExitStack() as unless_logged_in:
            unless_logged_in.callback(self.close)
            _log_in(self._session, connection)
            unless_logged_in.pop_all()

    def heads(self, folders: Sequence[str], since: Mapping[str, Any]) -> Iterator[tuple[Place, bytes]]:
        """A changed UIDVALIDITY voids all numbers (RFC 3501 2.3.1.1): the folder is read from its start."""
        for folder in folders:
            validity, after = self._examine(folder)
            known = since.get(folder) or {}
            first = known.get("uidnext", 1) if known.get("uidvalidity") == validity else 1
            self.seen[folder] = {"uidvalidity": validity, "uidnext": after}
            if first < after:
                wanted = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE)]<0.{_HEAD}>"
                for number, head in self._fetch(f"{first}:{after - 1}", wanted):
                    yield Place(folder, str(number)), head

    def mails(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        for folder, group in groupby(places, key=lambda place: place.folder):
            validity, _ = self._examine(folder)
            if validity != self.seen[folder]["uidvalidity"]:
                raise Retry("TSK-7021", self._connection.id)
            while some := ",".join(place.number for place in islice(group, _AT_ONCE)):
                for number, data in self._fetch(some, f"BODY.PEEK[]<0.{LIMIT}>"):
                    yield Place(folder, str(number)), data

    def close(self) -> None:
        try:
            self._session.logout()
        except (imaplib.IMAP4.error, OSError):
            self._session.shutdown()

    def _examine(self, folder: str) -> tuple[int, int]:
        """UIDVALIDITY and UIDNEXT. EXAMINE, not SELECT, so that nothing counts as read."""
        answer, _ = self._session.select(_quoted(wire_name(folder)), readonly=True)
        if answer != "OK":
            raise UserError("TSK-7014", self._connection.id, folder=folder)
        return self._told("UIDVALIDITY"), self._told("UIDNEXT")

    def _told(self, name: str) -> int:
        _, [value] = self._session.response(name)
        if not value:
            raise UserError("TSK-7015", self._connection.id)
        return int(value)

    def _fetch(self, numbers: str, wanted: str) -> Iterator[tuple[int, bytes]]:
        answer, data = self._session.uid("FETCH", numbers, f"(UID {wanted})")
        if answer != "OK":
            raise Retry("TSK-7021", self._connection.id)
        yield from _fetched(data)


_HEAD = 4096
_AT_ONCE = 16
_SECONDS = 60
# RFC 5530: answers to a log-in that have nothing to do with the password.
_LATER = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]")


def wire_name(folder: str) -> str:
    """A folder's name in the modified UTF-7 of RFC 3501 5.1.3, in which servers also name its directory."""

    def shifted(match: re.Match[str]) -> str:
        coded = base64.b64encode(match[0].encode("utf-16-be")).decode("ascii")
        return "&" + coded.rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", shifted, folder.replace("&", "&-"))


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _opened(connection: Connection) -> imaplib.IMAP4:
    """TLS from the start unless `security` says starttls; none is for a server on this machine only."""
    host, security = connection.host, connection.extra.get("security", "ssl")
    context = ssl.create_default_context()
    if security == "ssl":
        return imaplib.IMAP4_SSL(host, connection.port or 993, ssl_context=context, timeout=_SECONDS)
    if security not in {"starttls", "none"} or (security == "none" and not is_this_machine(host)):
        raise UserError("TSK-7013", connection.id)
    session = imaplib.IMAP4(host, connection.port or 143, timeout=_SECONDS)
    if security == "starttls":
        if "STARTTLS" not in session.capabilities:
            session.shutdown()
            raise UserError("TSK-7013", connection.id)
        session.starttls(context)
    return session


def _log_in(session: imaplib.IMAP4, connection: Connection) -> None:
    """PLAIN where the server takes it: LOGIN can't carry a password beyond ASCII. XOAUTH2 with a token."""
    login, password = connection.login, connection.password.get_secret_value()
    greeting = oauth.greeting(connection) if oauth.wanted(connection) else ""
    try:
        if greeting:
            # Refused, the server tells why in a second challenge, which wants an empty answer.
            session.authenticate("XOAUTH2", lambda told: b"" if told else greeting.encode())
        elif "AUTH=PLAIN" in session.capabilities:
            session.authenticate("PLAIN", lambda _: f"\0{login}\0{password}".encode())
        else:
            session.login(_quoted(login), password)
    except imaplib.IMAP4.abort:
        raise
    except UnicodeEncodeError:
        raise UserError("TSK-7010", connection.id) from None
    except imaplib.IMAP4.error as error:
        # "from None": the server's words may repeat the login.
        if _LATER.search(str(error)):
            raise Retry("TSK-7020", connection.id) from None
        raise UserError("TSK-7010", connection.id) from None


def _fetched(data: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
    """imaplib gives (b"1 (UID 5 BODY[] {n}", literal), then b")" or, from some servers, b" UID 5)"."""
    for at, item in enumerate(data):
        if isinstance(item, tuple):
            after = data[at + 1] if at + 1 < len(data) and isinstance(data[at + 1], bytes) else b""
            if number := re.search(rb"\bUID (\d+)", item[0] + after):
                yield int(number[1]), item[1]
        elif item and (empty := re.match(rb"\d+ \((?=.*BODY\[).*\bUID (\d+)", item)):
            yield int(empty[1]), b""
