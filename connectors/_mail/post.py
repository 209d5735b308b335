"""Where mails lie: the places of a mail server or of folders on disk, both read the same way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol


class Place(NamedTuple):
    """Where one copy of a mail lies; `number` is what its folder calls it."""

    folder: str
    number: str

    def __str__(self) -> str:
        return f"{self.folder}/{self.number}"


class Post(Protocol):
    """Both raise Retry when the mails can't be reached now, UserError when a folder is missing."""

    def heads(self, folders: Sequence[str], since: Mapping[str, Any]) -> Iterator[tuple[Place, bytes]]:
        """The header lines of mails that came after `since`, folder by folder, oldest arrival first."""

    def mails(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        """At most `message.LIMIT` bytes from the start of each; those that are gone are left out."""

    @property
    def seen(self) -> dict[str, Any]:
        """By folder, as JSON can carry it: the `since` of the next read, complete once `heads` has ended."""

    def close(self) -> None: ...
