"""Who has a workbook open: the small files that Excel and LibreOffice leave beside it."""

import datetime as dt
import struct
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol


class Lock(NamedTuple):
    holder: str
    """"?" when the file doesn't say."""
    since: str
    """In Tokyo, to the minute."""


class Folder(Protocol):
    """Where a workbook lies, here or on a server."""

    def beside(self) -> list[str]:
        """Names of all files there."""

    def entry(self, name: str) -> tuple[bytes, float] | None:
        """A small file's content and when it was written, seconds since 1970 UTC; None when it is gone."""


class LocalFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def beside(self) -> list[str]:
        with suppress(FileNotFoundError):
            return [entry.name for entry in self.path.iterdir()]
        return []

    def entry(self, name: str) -> tuple[bytes, float] | None:
        path = self.path / name
        with suppress(FileNotFoundError):
            modified = path.stat().st_mtime
            try:
                return path.read_bytes(), modified
            except PermissionError:
                return b"", modified  # Excel holds its lock file shut on a Windows share
        return None


def lock(folder: Folder, name: str) -> Lock | None:
    """Who has the workbook `name` open; None when nobody has.

    Names are compared whatever their case and composition: macOS and Samba store them otherwise.
    """
    marks = {_folded(f"~${name}"), _folded(f".~lock.{name}#")}
    for other in folder.beside():
        found = folder.entry(other) if _folded(other) in marks else None
        if found is not None:
            return parse(other, *found)
    return None


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
