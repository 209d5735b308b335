"""Rows laid out for matching: each column folded once, each distinct value kept once."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasuki.identity.kinds import KINDS, Cut, Kind
from tasuki.identity.letters import Bools, Hashes, Ints, Letters, Outline, Sums, both, distinct, joined, sums

Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int32]
MISSING = -1
PAGE = 1 << 14
"""Texts read at once: as many as the processor's cache is good for."""


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
    codes: Indexes
    """Per row an index into the values, or MISSING."""
    parts: Hashes
    """[part, value]: equal hashes mean equal parts; 0 for a part that is missing."""
    letters: Mapping[int, Letters]
    """Part → its texts, of the parts whose letters are compared."""
    outlines: Mapping[int, Outline]
    """Of the same parts."""
    keys: Hashes
    """[slot, value]: hashes under which rows meet, 0 where a value has none."""

    @property
    def values(self) -> int:
        return int(self.parts.shape[1])


class Table(NamedTuple):
    columns: tuple[Column, ...]
    rows: int

    def of_rows(self, rows: Ints) -> "Table":
        """Some rows, in the order given."""
        return Table(tuple(column._replace(codes=column.codes[rows]) for column in self.columns), len(rows))

    def hashes(self) -> Hashes:
        """Of each row all it holds; 0 for one that holds nothing."""
        found = np.zeros(self.rows, np.uint64)
        for column in self.columns:
            found = both(found, of_rows(column, _values(column.parts)))
        return np.where(self.blank(), np.uint64(0), found)

    def blank(self) -> Bools:
        found = np.ones(self.rows, bool)
        for column in self.columns:
            found &= column.codes == MISSING
        return found


def of_rows(column: Column, by_value: Hashes) -> Hashes:
    """Of each row what is told of its value; 0 where it is missing."""
    return np.asarray(np.append(by_value, np.uint64(0))[column.codes])


def lay_out(fields: Sequence[Field], texts: Mapping[str, Sequence[str]]) -> Table:
    """`texts` holds a list of cells for every field, all of one length; "" is a missing value."""
    return _table([_column(field, texts[field.name]) for field in fields])


def set_out(fields: Sequence[Field], parts: Mapping[str, tuple[Letters, ...]]) -> Table:
    """Of texts that were read before, by their kinds."""
    return _table([_set_out(field, parts[field.name]) for field in fields])


def _set_out(field: Field, parts: Sequence[Letters]) -> Column:
    # Of few rows a column costs the same whether it is filled or not, and half of a ledger's often aren't.
    if any(len(part.codes) > len(part.ends) for part in parts):
        return _of_pages(field, [_page(field.rules, parts)])
    return _blank(field)._replace(codes=np.full(parts[0].size, MISSING, np.int32))


@cache
def _blank(field: Field) -> Column:
    return _of_pages(field, [_page(field.rules, field.rules.read([""]))])


def _table(columns: Sequence[Column]) -> Table:
    return Table(tuple(columns), len(columns[0].codes) if columns else 0)


class _Page(NamedTuple):
    """Some texts of a column, read: each value among them once, by its hash."""

    codes: Indexes
    """Of each text an index into the values, or MISSING."""
    values: Hashes
    parts: Hashes
    letters: Mapping[int, Letters]
    keys: Hashes


def _column(field: Field, texts: Sequence[str]) -> Column:
    read = field.rules.read
    starts = range(0, max(len(texts), 1), PAGE)
    return _of_pages(field, [_page(field.rules, read(texts[start : start + PAGE])) for start in starts])


def _of_pages(field: Field, pages: Sequence[_Page]) -> Column:
    return _of_page(field, pages[0] if len(pages) == 1 else _together(pages))


def _of_page(field: Field, page: _Page) -> Column:
    outlines = {part: told.outline() for part, told in page.letters.items()}
    return Column(field, page.codes, page.parts, page.letters, outlines, page.keys)


def _together(pages: Sequence[_Page]) -> _Page:
    every = distinct(np.concatenate([page.values for page in pages]))
    codes, past = [], 0
    for page in pages:
        here = np.append(every.codes[past : past + len(page.values)], MISSING).astype(np.int32)
        codes.append(here[page.codes])
        past += len(page.values)
    letters = {
        part: joined([page.letters[part] for page in pages]).take(every.first) for part in pages[0].letters
    }
    return _Page(
        np.concatenate(codes),
        every.hashes,
        np.concatenate([page.parts for page in pages], axis=1)[:, every.first],
        letters,
        np.concatenate([page.keys for page in pages], axis=1)[:, every.first],
    )


def _page(kind: Kind, parts: Sequence[Letters]) -> _Page:
    sums_of = {id(part): sums(part) for part in parts}
    readies = [sums_of[id(part)] for part in parts]
    hashes = np.array([part.hashes() for part in readies])
    every = distinct(_values(hashes))
    blank = int(len(every.hashes) > 0 and every.hashes[0] == 0)
    first = every.first[blank:]
    return _Page(
        np.where(every.codes < blank, MISSING, every.codes - blank).astype(np.int32),
        every.hashes[blank:],
        hashes[:, first],
        {part: parts[part].take(first) for part in sorted(_compared(kind))},
        np.array([_key(slot, cuts, readies)[first] for slot, cuts in enumerate(kind.keys)]),
    )


def _values(parts: Hashes) -> Hashes:
    """Of each value; 0 for one without any part."""
    found = np.zeros(parts.shape[1], np.uint64)
    for part in parts:
        found = both(found, part)
    return np.where(parts.any(axis=0), found, np.uint64(0))


def _compared(kind: Kind) -> set[int]:
    return {test.part for level in kind.levels for test in level.tests if test.metric in LETTERED}


LETTERED = ("jaro_winkler", "edits", "extends")
"""Tests that look at the letters; the others only ask whether two texts are equal."""


def _key(slot: int, cuts: Sequence[Cut], parts: Sequence[Sums]) -> Hashes:
    """Signed 64-bit integers hold it, as databases have them."""
    pieces = [_piece(cut, parts[cut.part]) for cut in cuts]
    found = np.full(len(parts[0].ends), slot + 1, np.uint64)
    for piece in pieces:
        found = both(found, piece)
    return np.where(np.any(pieces, axis=0), np.maximum(found >> np.uint64(1), np.uint64(1)), np.uint64(0))


def _piece(cut: Cut, part: Sums) -> Hashes:
    found = part.hashes(cut.head, cut.tail)
    return np.where(part.ends - part.starts > cut.tail, found, np.uint64(0)) if cut.longer else found
