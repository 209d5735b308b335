"""Mails as bytes, the way old and new mail programs write them; built by hand, because no library makes
the faults of the old ones."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Literal, NamedTuple

Way = Literal["utf-8", "jis", "sjis", "html"]
"""jis: ISO-2022-JP with ①㈱ in it, which the standard does not know. sjis: cp932 bytes, headers too."""

TOKYO = timezone(timedelta(hours=9))


class Person(NamedTuple):
    name: str
    address: str


class Mail(NamedTuple):
    id: str
    at: datetime
    sender: Person
    to: tuple[Person, ...]
    subject: str
    text: str
    way: Way = "utf-8"

    def bytes(self) -> bytes:
        lines = [
            b"Message-ID: <%s>" % self.id.encode(),
            b"Date: " + format_datetime(self.at.astimezone(TOKYO)).encode(),
            b"From: " + _person(self.sender, self.way),
            b"To: " + b", ".join(_person(one, self.way) for one in self.to),
            b"Subject: " + _header(self.subject, self.way),
            b"MIME-Version: 1.0",
        ]
        return b"\r\n".join([*lines, *_body(self.text, self.way)]) + b"\r\n"

    @property
    def utc(self) -> str:
        return self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z")


def _person(person: Person, way: Way) -> bytes:
    address = f"<{person.address}>".encode()
    return _header(person.name, way) + b" " + address if person.name else address


def _header(text: str, way: Way) -> bytes:
    if text.isascii():
        return text.encode()
    if way == "sjis":
        return text.encode("cp932")
    parts = [text[at : at + 10] for at in range(0, len(text), 10)]
    if way == "jis":
        return b"\r\n ".join(b"=?ISO-2022-JP?B?" + base64.b64encode(iso_2022_jp(p)) + b"?=" for p in parts)
    return b"\r\n ".join(b"=?UTF-8?B?" + base64.b64encode(p.encode()) + b"?=" for p in parts)


def _body(text: str, way: Way) -> list[bytes]:
    lines = text.split("\n")
    if way == "jis":
        head = [b"Content-Type: text/plain; charset=ISO-2022-JP", b"Content-Transfer-Encoding: 7bit", b""]
        return [*head, *map(iso_2022_jp, lines)]
    if way == "sjis":
        head = [b"Content-Type: text/plain; charset=Shift_JIS", b"Content-Transfer-Encoding: 8bit", b""]
        return [*head, *(line.encode("cp932") for line in lines)]
    if way == "html":
        page = "<html><body>" + "<br>\r\n".join(lines) + "</body></html>"
        return _base64("text/html", page)
    return _base64("text/plain", "\r\n".join(lines))


def _base64(kind: str, text: str) -> list[bytes]:
    encoded = base64.encodebytes(text.encode()).rstrip().replace(b"\n", b"\r\n")
    head = [f"Content-Type: {kind}; charset=UTF-8".encode(), b"Content-Transfer-Encoding: base64", b""]
    return [*head, encoded]


def iso_2022_jp(text: str) -> bytes:
    """cp932's two-byte letters moved to the 94 × 94 table of JIS, row 13 (①㈱) included, as Outlook did."""
    out, wide = bytearray(), False
    for character in text:
        code = character.encode("cp932")
        if (len(code) == 2) != wide:
            wide = not wide
            out += b"\x1b$B" if wide else b"\x1b(B"
        out += _jis(*code) if wide else code
    return bytes(out + (b"\x1b(B" if wide else b""))


def _jis(lead: int, trail: int) -> bytes:
    row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + 0x21
    if trail >= 0x9F:
        return bytes((row + 1, trail - 0x7E))
    return bytes((row, trail - (0x1F if trail < 0x7F else 0x20)))
