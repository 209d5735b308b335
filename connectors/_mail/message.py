"""One mail as people read it: who, to whom, when, subject, text, attached files.

Only the tolerant part of Python's mail package is used (policy compat32): the newer one stops on unknown
charsets and on some bounces. Names, subjects and texts are read by tasuki.japanese, which knows what
Japanese mailers really send.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from email import message_from_bytes
from email.errors import InvalidBase64CharactersDefect
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import NamedTuple

from connectors._mail.html import readable
from tasuki.errors import Skip
from tasuki.japanese.encoding import decode
from tasuki.japanese.header import decode_header, decode_parameter

LIMIT = 512 * 1024
"""Bytes from the start of a mail that are read: headers and text; attachments behind need no reading."""

HEAD_LIMIT = 64 * 1024
"""Bytes of a mail's own header lines; honest ones have 2 to 20 thousand."""


class Party(NamedTuple):
    """Name as written, address in lower case."""

    name: str
    address: str


class Mail(NamedTuple):
    """Times are ISO 8601 UTC, "" when the mail tells none; line ends are \\n, all else is verbatim."""

    message_id: str
    """Without its <>; "" when the mail has none."""
    date: str
    sender: Party
    to: tuple[Party, ...]
    """To, then Cc, then Bcc."""
    reply_to: tuple[Party, ...]
    subject: str
    text: str
    thread: str
    """The Message-ID that began the exchange, as the mail tells it."""
    attachments: tuple[str, ...]
    """File names; the last is "…" when the mail is longer than LIMIT and more may follow."""
    answered_itself: bool = False
    """A machine's answer to a mail: out of office, undeliverable, read (RFC 3834, RFC 6522)."""

    @property
    def key(self) -> str:
        """The Message-ID, else a digest that every copy of this mail shares."""
        if self.message_id and len(self.message_id) <= _LONGEST_ID:
            return self.message_id
        told = "\0".join((self.message_id, self.date, self.sender.address, self.subject, self.text))
        return "sha256:" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def parse(data: bytes) -> Mail:
    """`data` is a mail, or its first LIMIT bytes.

    Raises Skip TSK-7001 when its structure can't be followed, TSK-7002 when headers or text go beyond LIMIT.
    """
    _refuse_hostile(data)
    try:
        return _mail(message_from_bytes(data), cut=len(data) >= LIMIT)
    except RecursionError:
        # Comments or parts nested some hundred deep: nobody's mail, and no other sign of it exists.
        raise Skip("TSK-7001") from None


def known_id(data: bytes) -> str:
    """The key of a mail that `parse` refuses, "" when even that can't be read."""
    own_id, _ = glance(data[:HEAD_LIMIT])
    return own_id if len(own_id) <= _LONGEST_ID else ""


def glance(head: bytes) -> tuple[str, str]:
    """Message-ID and date of some header lines, as in `Mail`."""
    headers = _Headers(BytesHeaderParser().parsebytes(head))
    return _own_id(headers), _date(headers)


_LONGEST_ID = 250
# Each open boundary is compared with each line.
_BOUNDARIES = 40
_PARTS = 1000
_JST = timezone(timedelta(hours=9))
# For headers that break the grammar (a name with a bare comma); bounded, so that the cost is the length.
_ADDRESS = re.compile(r"""[^\s<>,;:"()@]{1,64}@[^\s<>,;:"()@]{1,255}""")
# Unquoted, "info@a.jp <taro@b.jp>" would be read as two people; within quotes and comments all is well.
_ADDRESS_AS_NAME = re.compile(
    r""""(?:[^"\\]|\\.){0,400}"|\([^()]{0,400}\)|(?P<name>[^\s<>",;:()@][^<>",;:()@]{0,200}@[^<>",;:()]{1,255})(?=<[^<>]*@)"""
)
_ID = re.compile(r"<([^<>\s]+)>")
# Lines of base64 up to one that is padded, blank or of other signs.
_CODED = re.compile(
    r"\s*(?:[A-Za-z0-9+/]+[ \t]*(?:\r\n|[\r\n]|$))*(?:[A-Za-z0-9+/]+={1,2}[ \t]*(?:[\r\n]|$))?"
)


def _refuse_hostile(data: bytes) -> None:
    end = re.search(rb"\r?\n\r?\n", data)
    if (end.start() if end else len(data)) > HEAD_LIMIT:
        raise Skip("TSK-7002")
    if len(re.findall(rb"boundary", data, re.IGNORECASE)) > _BOUNDARIES or data.count(b"\n--") > _PARTS:
        raise Skip("TSK-7001")


def _mail(message: "Message[str, str]", cut: bool) -> Mail:
    headers = _Headers(message)
    body = _body(message)
    leaves = list(_leaves(message))
    if cut and (any(part is leaves[-1] for part in body) or (not body and len(leaves) > 1)):
        raise Skip("TSK-7002")
    own_id, date, senders = _own_id(headers), _date(headers), _parties(headers, "from", "sender")
    if not (own_id or date or senders):
        raise Skip("TSK-7001")
    return Mail(
        message_id=own_id,
        date=date,
        sender=senders[0] if senders else Party("", ""),
        to=_parties(headers, "to", "cc", "bcc"),
        reply_to=_parties(headers, "reply-to"),
        subject=_clean(decode_header(headers.first("subject"))).strip(),
        text="\n".join(_text(part) for part in body),
        thread=_first_id(headers.first("references")) or _first_id(headers.first("in-reply-to")) or own_id,
        attachments=tuple(filter(None, map(_file_name, leaves))) + (("…",) if cut else ()),
        answered_itself=headers.first("auto-submitted").strip().lower().startswith("auto-replied")
        or message.get_content_type() == "multipart/report",
    )


class _Headers:
    """Header values as they came, bytes beyond ASCII as surrogates."""

    def __init__(self, message: "Message[str, str]") -> None:
        self._items = [(name.lower(), str(value)) for name, value in message.raw_items()]

    def all(self, wanted: str) -> list[str]:
        return [value for name, value in self._items if name == wanted]

    def first(self, wanted: str) -> str:
        return next(iter(self.all(wanted)), "")


def _own_id(headers: _Headers) -> str:
    raw = headers.first("message-id")
    return _first_id(raw) or _clean(decode_header(raw)).strip(" <>")


def _first_id(raw: str) -> str:
    found = _ID.search(_clean(decode_header(raw)))
    return found[1] if found else ""


def _clean(text: str) -> str:
    """No database holds NUL."""
    return text.replace("\0", "")


# --- dates and people -------------------------------------------------------------------------------------


def _date(headers: _Headers) -> str:
    """Date, else the time at which the last server received it."""
    received = headers.first("received").rpartition(";")[2]
    return _utc(decode_header(headers.first("date"))) or _utc(decode_header(received))


def _utc(raw: str) -> str:
    try:
        moment = parsedate_to_datetime(raw)
        if moment.tzinfo is None:
            # RFC 5322 3.3: -0000 is UTC. "JST" and no zone at all are what old Japanese mailers write.
            moment = moment.replace(tzinfo=UTC if "-0000" in raw else _JST)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year > 1900 else ""
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def _parties(headers: _Headers, *names: str) -> tuple[Party, ...]:
    return tuple(dict.fromkeys(party for name in names for party in _named(headers, name)))


def _named(headers: _Headers, name: str) -> list[Party]:
    """Addresses are taken apart before encoded names are read: a name may hold commas and brackets."""
    came = [decode(value.encode("utf-8", "surrogateescape")).text for value in headers.all(name)]
    written = [_ADDRESS_AS_NAME.sub(_as_name, value) for value in came]
    read = [decode_header(value) for value in written]
    found = (
        getaddresses(written),
        getaddresses(read),
        [("", address) for address in _ADDRESS.findall(" ".join(read))],
    )
    return next((parties for parties in map(_with_address, found) if parties), [])


def _as_name(match: re.Match[str]) -> str:
    return f'"{match["name"].strip()}" ' if match["name"] else match[0]


def _with_address(found: list[tuple[str, str]]) -> list[Party]:
    """A group ("undisclosed-recipients:;") has none."""
    return [
        Party(_clean(decode_header(name)).strip(), _clean(address).strip().lower())
        for name, address in found
        if "@" in address
    ]


# --- text and files ---------------------------------------------------------------------------------------


def _body(part: "Message[str, str]") -> list["Message[str, str]"]:
    """The parts that are the mail's text: of alternatives the first that says something."""
    children = _children(part)
    if part.get_content_type() == "multipart/alternative" and children:
        readings = [_body(child) for child in children]
        return next((parts for parts in readings if any(_text(part).strip() for part in parts)), [])
    if children:
        return [text for child in children for text in _body(child)]
    # A multipart without its boundary is one text.
    readable_type = (
        part.get_content_type() in {"text/plain", "text/html"} or part.get_content_maintype() == "multipart"
    )
    return [part] if readable_type and not _attached(part) else []


def _children(part: "Message[str, str]") -> list["Message[str, str]"]:
    # Of a part that is text, get_payload stops on some charsets unless it is asked for bytes.
    payload = part.get_payload() if part.is_multipart() else []
    if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
        return []
    return [child for child in payload if isinstance(child, Message)]


def _leaves(part: "Message[str, str]") -> Iterator["Message[str, str]"]:
    """Parts that hold no others; a mail sent as an attachment is one."""
    children = _children(part)
    if not children:
        yield part
    for child in children:
        yield from _leaves(child)


def _attached(part: "Message[str, str]") -> bool:
    disposition = _Headers(part).first("content-disposition")
    return disposition.strip().lower().startswith("attachment") or bool(
        decode_parameter(disposition, "filename")
    )


def _text(part: "Message[str, str]") -> str:
    _tidy_transfer(part)
    payload = part.get_payload(decode=True)
    charset = decode_parameter(_Headers(part).first("content-type"), "charset")
    pieces = [payload if isinstance(payload, bytes) else b""]
    if any(isinstance(defect, InvalidBase64CharactersDefect) for defect in part.defects):
        pieces = _before_and_after_base64(str(part.get_payload()))
    text = "\n".join(decode(piece, charset).text for piece in pieces)
    text = _clean(text).replace("\r\n", "\n").replace("\r", "\n")
    return readable(text) if part.get_content_type() == "text/html" else text


def _before_and_after_base64(payload: str) -> list[bytes]:
    """What is coded, and the plain footer that a mailing list hung below it; read as one, both are lost."""
    coded = _CODED.match(payload)
    end = coded.end() if coded else 0
    signs = re.sub(r"[\s=]", "", payload[:end])
    whole = signs[: len(signs) - (len(signs) % 4 == 1)]
    footer = payload[end:].strip("\r\n").encode("utf-8", "surrogateescape")
    return [base64.b64decode(whole + "=" * (-len(whole) % 4)), footer]


def _tidy_transfer(part: "Message[str, str]") -> None:
    """Python undoes base64 only under its bare name: no blank, quotes or comment behind it."""
    written = _Headers(part).first("content-transfer-encoding")
    if found := re.match(r"[\s\"']*([\w-]+)", written):
        part.replace_header("content-transfer-encoding", found[1])


def _file_name(part: "Message[str, str]") -> str:
    """ "" for what is no file; folders that some mailers send along are cut off."""
    headers = _Headers(part)
    name = decode_parameter(headers.first("content-disposition"), "filename")
    name = name or decode_parameter(headers.first("content-type"), "name")
    if not name and part.get_content_type() == "message/rfc822":
        inner = part.get_payload() if part.is_multipart() else []
        attached = inner[0] if isinstance(inner, list) and inner else None
        name = (
            f"{decode_header(_Headers(attached).first('subject'))}.eml"
            if isinstance(attached, Message)
            else ""
        )
    if part.get_content_type() in {"text/plain", "text/html"} and not _attached(part):
        return ""
    return re.split(r"[\\/]", _clean(name))[-1].strip()
