"""Who has a workbook open: the small files that Excel and LibreOffice leave beside it."""

import datetime as dt
import struct
import unicodedata
from typing import NamedTuple


class Lock(NamedTuple):
    holder: str
    """"?" when the file doesn't say."""
    since: str
    """In Tokyo, to the minute."""


def lock_names(name: str, beside: list[str]) -> list[str]:
    """Those of the files in its folder that lock the workbook `name`.

    Names are compared whatever their case and composition: macOS and Samba store them otherwise.
    """
    wanted = {_folded(f"~${name}"), _folded(f".~lock.{name}#")}
    return [other for other in beside if _folded(other) in wanted]


def parse(name: str, data: bytes, modified: float) -> Lock:
    """Who and since when, from a lock file; `modified` in seconds since 1970 UTC.

    Such a file stays behind after a crash: its age is shown, and nobody but a person deletes it.
    """
    tokyo = dt.timezone(dt.timedelta(hours=9))
    since = dt.datetime.fromtimestamp(modified, tokyo).strftime("%Y-%m-%d %H:%M")
    holder = _excel(data) if name.startswith("~$") else _libreoffice(data)
    return Lock(holder.strip() or "?", since)


def _excel(data: bytes) -> str:
    """At 55 the number of UTF-16 units, then the name; before that the same in the ANSI code page."""
    try:
        (count,) = struct.unpack_from("<H", data, 55)
        return data[57 : 57 + 2 * count].decode("utf-16-le") if 0 < count <= 52 else ""
    except (struct.error, UnicodeDecodeError):
        return ""


def _libreoffice(data: bytes) -> str:
    """name,user,host,time,profile; in UTF-8, with \\ before a comma that belongs to the name."""
    text, name, escaped = data.decode("utf-8", "replace"), "", False
    for letter in text:
        if letter == "," and not escaped:
            break
        escaped = letter == "\\" and not escaped
        if not escaped:
            name += letter
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
