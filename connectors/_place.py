"""Where a firm's file lies, and how it is replaced so that nobody ever sees half of it.

Every place offers the same: `open`, `modified`, `replace`, `close`.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from zoneinfo import ZoneInfo

from tasuki.errors import Retry, TasukiError, UserError

CHUNK = 1 << 20
BACKUPS = 30
"""Older copies of one file than this many writes ago are let go."""
TOKYO = ZoneInfo("Asia/Tokyo")


class Place(Protocol):
    """Raises UserError TSK-1006 when there is no file, Retry TSK-1073 when it can't be used now."""

    def open(self) -> BinaryIO:
        """For reading; can seek."""

    def modified(self) -> str:
        """ISO 8601 with zone."""

    def replace(self, content: Iterable[bytes], seen: str) -> bool:
        """Puts `content` in the file's stead; False, and nothing done, when its digest isn't `seen` any more.

        With "" there was no file yet.
        """

    def close(self) -> None: ...


class LocalPlace:
    """A file of this machine or of a mounted share; what it held before is kept in `backups`."""

    def __init__(self, path: Path, backups: Path) -> None:
        self.path = path
        self.backups = backups

    def open(self) -> BinaryIO:
        with _plainly(self.path):
            return self.path.open("rb")

    def modified(self) -> str:
        with _plainly(self.path):
            return datetime.fromtimestamp(self.path.stat().st_mtime, TOKYO).isoformat()

    def replace(self, content: Iterable[bytes], seen: str) -> bool:
        # One name for ever: what a killed run left behind is overwritten by the next.
        draft = self.path.with_name(f".{self.path.name}.tasuki")
        try:
            with _plainly(self.path):
                self._write(draft, content, like=self.path if seen else None)
                if self._digest() != seen:
                    return False
                if seen:
                    self._keep()
                draft.replace(self.path)
                _settle(self.path.parent)
            return True
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, draft: Path, content: Iterable[bytes], like: Path | None) -> None:
        """Nobody but us may read the draft before it has the old file's owner and mode."""
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        if like is None:
            draft.chmod(0o666 & ~_umask())
            return
        old = like.stat()
        if (old.st_uid, old.st_gid) != (os.getuid(), os.getgid()):
            # Only root may give files away; others keep at least the group.
            with suppress(PermissionError):
                os.chown(draft, old.st_uid if os.getuid() == 0 else -1, old.st_gid)
        shutil.copymode(like, draft)

    def _digest(self) -> str:
        if not self.path.exists():
            return ""
        with self.open() as file:
            return digest(file)

    def _keep(self) -> None:
        """A hard link costs no space and no time; a copy where the backups are on another disk."""
        self.backups.mkdir(parents=True, exist_ok=True)
        kept = self.backups / datetime.now(TOKYO).strftime("%Y%m%dT%H%M%S.%f")
        try:
            kept.hardlink_to(self.path)
        except OSError:
            shutil.copy2(self.path, kept)
        for old in sorted(self.backups.iterdir())[:-BACKUPS]:
            old.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def digest(file: BinaryIO) -> str:
    """sha256 of the whole file, as hex."""
    file.seek(0)
    mark = hashlib.sha256()
    while chunk := file.read(CHUNK):
        mark.update(chunk)
    return mark.hexdigest()


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """Faults of the operating system, said in our words."""
    try:
        yield
    except TasukiError:
        raise
    except OSError as error:
        # No wait makes a file of a folder.
        if isinstance(error, FileNotFoundError) or path.is_dir():
            raise UserError("TSK-1006", str(path)) from None
        raise Retry("TSK-1073", str(path), reason=error.strerror or type(error).__name__) from error


def _settle(folder: Path) -> None:
    """The new name survives a power cut only once the folder is on disk; not every share can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
