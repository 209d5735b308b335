"""What people look a record up by: telephone numbers, names, product numbers, in whatever writing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from tasuki.japanese.fold import bare
from tasuki.mapping import REFERENCE

Way = Literal["phone", "name", "product"]
"""How somebody asks."""
Term = tuple[Way, str]


class Looked(NamedTuple):
    """A field that finds its record. `kind`: how its texts are folded."""

    field: str
    way: Way
    kind: Literal["name", "kana", "phone", "number", "reference"]


LOOKED: Mapping[str, tuple[Looked, ...]] = {
    "customer": (
        Looked("name", "name", "name"),
        Looked("name_as_registered", "name", "name"),
        Looked("short_name", "name", "name"),
        Looked("name_kana", "name", "kana"),
        Looked("contact_name", "name", "name"),
        Looked("phone", "phone", "phone"),
        Looked("mobile", "phone", "phone"),
        Looked("fax", "phone", "phone"),
    ),
    "contact": (
        Looked("name", "name", "name"),
        Looked("name_kana", "name", "kana"),
        Looked("phone", "phone", "phone"),
        Looked("mobile", "phone", "phone"),
    ),
    "product": (Looked("code", "product", "number"),),
    "item": (Looked("serial", "product", "number"), Looked("product", "product", "reference")),
}
"""Canonical model → its fields that people look for."""

Fold = Callable[[str, Sequence[str]], Sequence[str]]
"""(kind of tasuki.identity, texts) → each folded, "" where it says nothing."""


def terms_of(looked: Looked, texts: Sequence[str], fold: Fold) -> list[list[Term]]:
    """Of each text of a field."""
    said = [_SPLIT[looked.kind](text) for text in texts]
    folded = iter(_folded(looked.kind, [text for several in said for text in several], fold))
    return [[(looked.way, text) for _ in several if (text := next(folded))] for several in said]


def asked(way: Way, text: str, fold: Fold) -> frozenset[str]:
    """The folded texts that a question may mean; a name is also taken as it sounds."""
    kinds = {"name": ("name", "kana"), "phone": ("phone",), "product": ("number",)}[way]
    return frozenset(told for kind in kinds for told in _folded(kind, [text], fold) if told)


def _folded(kind: str, texts: Sequence[str], fold: Fold) -> Sequence[str]:
    return [bare(text) for text in texts] if kind in ("number", "reference") else fold(kind, texts)


def _whole(text: str) -> Sequence[str]:
    return (text,)


def _numbers(text: str) -> Sequence[str]:
    """The canonical form joins several with commas, each perhaps with an extension."""
    return [part.partition(";ext=")[0] for part in text.split(",")] if text.startswith("+") else (text,)


def _named(text: str) -> Sequence[str]:
    """Whatever a row names the record by to which it points."""
    return [part.partition("=")[2] for part in text.split(REFERENCE)]


_SPLIT: Mapping[str, Callable[[str], Sequence[str]]] = {
    "name": _whole,
    "kana": _whole,
    "phone": _numbers,
    "number": _whole,
    "reference": _named,
}
