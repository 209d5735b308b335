"""Rows laid out for matching: each column folded once, each distinct value kept once."""

import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasuki.identity.kinds import KINDS, Kind, Parts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MISSING = -1


class Field(NamedTuple):
    """One thing that rows are compared by."""

    name: str
    kind: str

    @property
    def rules(self) -> Kind:
        return KINDS[self.kind]


class Column(NamedTuple):
    """A field of all rows: which of the distinct values each row holds."""

    field: Field
    codes: Ints
    """Per row an index into `values`, or MISSING."""
    values: tuple[Parts, ...]
    """In the order of their letters, so that nothing depends on the order of rows."""
    keys: npt.NDArray[np.uint64]
    """[slot, value]: hashes under which rows meet, 0 where a value has none."""

    def part(self, index: int) -> "npt.NDArray[np.object_]":
        return np.array([value[index] for value in self.values], dtype=object)


class Table(NamedTuple):
    columns: tuple[Column, ...]
    rows: int


def lay_out(fields: Sequence[Field], texts: Mapping[str, Sequence[str]]) -> Table:
    """`texts` holds a list of cells for every field, all of one length; "" is a missing value."""
    columns = tuple(_column(field, texts[field.name]) for field in fields)
    return Table(columns, len(columns[0].codes) if columns else 0)


def _column(field: Field, texts: Sequence[str]) -> Column:
    read = field.rules.read
    parts = {text: read(text) if text else None for text in set(texts)}
    values = sorted({value for value in parts.values() if value is not None})
    index = {value: code for code, value in enumerate(values)}
    code_of = {text: MISSING if value is None else index[value] for text, value in parts.items()}
    codes = np.fromiter((code_of[text] for text in texts), np.int64, len(texts))
    slots = [[_hash(slot, key(value)) for value in values] for slot, key in enumerate(field.rules.keys)]
    return Column(field, codes, tuple(values), np.array(slots, np.uint64).reshape(len(slots), len(values)))


def _hash(slot: int, text: str) -> int:
    """A clash costs one needless comparison, so 32 bits are plenty."""
    return zlib.crc32(text.encode(), slot + 1) + 1 if text else 0
