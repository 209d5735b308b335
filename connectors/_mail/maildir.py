"""Mails in folders on disk, one file each (Maildir++), as mail servers and archives keep them."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connectors._mail.imap import wire_name
from connectors._mail.message import HEAD_LIMIT, LIMIT
from connectors._mail.post import Place
from tasuki.errors import UserError

# Files are ordered by the time they came into the folder (ctime: delivered, moved, copied). A clock may be
# set back, so what came this long before the newest is read again; the engine knows it by its key.
_OVERLAP = 600 * 10**9


class Maildir:
    """INBOX is the folder itself; 送信済み lies in .送信済み or, as servers write it, in .&kAFP4W4IMH8-."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listed: dict[Place, Path] = {}
        self.seen: dict[str, Any] = {}

    def heads(self, folders: Sequence[str], since: Mapping[str, Any]) -> Iterator[tuple[Place, bytes]]:
        for folder in folders:
            letters = _letters(self._folder(folder))
            known, now = since.get(folder) or {}, _state(letters)
            self.seen[folder] = now
            if known.get("listing") == now["listing"]:
                self.seen[folder] = known
                continue
            came = known.get("newest", 0) - _OVERLAP
            places = {Place(folder, letter.name): letter.path for letter in letters if letter.came >= came}
            self._listed.update(places)
            yield from self.mails(list(places), HEAD_LIMIT)

    def mails(self, places: Sequence[Place], limit: int = LIMIT) -> Iterator[tuple[Place, bytes]]:
        for place in places:
            path = self._path_of(place)
            if path:
                yield place, _start(path, limit)

    def close(self) -> None:
        self._listed.clear()

    def _folder(self, folder: str) -> Path:
        """Raises UserError TSK-1006 without the Maildir, TSK-7014 without the folder."""
        if not (self._path / "cur").is_dir():
            raise UserError("TSK-1006", str(self._path))
        names = [f".{folder}", f".{wire_name(folder)}"]
        choices = [self._path] if folder == "INBOX" else [self._path / name for name in names]
        for choice in choices:
            if (choice / "cur").is_dir():
                return choice
        raise UserError("TSK-7014", str(self._path), folder=folder)

    def _path_of(self, place: Place) -> Path | None:
        """A mail that was marked as read meanwhile has got another file name."""
        if not self._listed[place].exists():
            again = {letter.name: letter.path for letter in _letters(self._folder(place.folder))}
            self._listed[place] = again.get(place.number, self._listed[place])
        return self._listed[place] if self._listed[place].exists() else None


class _Letter(NamedTuple):
    came: int
    name: str
    path: Path


def _letters(folder: Path) -> list[_Letter]:
    """Oldest arrival first. A file's name up to ":" stays, what follows are marks (read, answered)."""
    found = []
    for part in ("new", "cur"):
        for entry in os.scandir(folder / part):
            if not entry.name.startswith("."):
                with contextlib.suppress(FileNotFoundError):  # moved from new to cur: it is met there
                    came = entry.stat().st_ctime_ns
                    found.append(_Letter(came, entry.name.partition(":")[0], Path(entry.path)))
    return sorted(found)


def _start(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit)


def _state(letters: list[_Letter]) -> dict[str, Any]:
    names = "\n".join(sorted(letter.name for letter in letters))
    listing = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()
    return {"listing": listing, "newest": max((letter.came for letter in letters), default=0)}
