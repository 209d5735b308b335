"""The shape of one entry of the message catalogue."""

from typing import NamedTuple


class Text(NamedTuple):
    """What happened (`ja`, `en`) and what to do about it (`ja_hint`, `en_hint`)."""

    ja: str
    ja_hint: str
    en: str
    en_hint: str


class Both(NamedTuple):
    """A detail of a message that has words of its own."""

    ja: str
    en: str
