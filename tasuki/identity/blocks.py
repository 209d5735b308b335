"""What an index keeps of rows: the blocks where they meet others, and their values, folded once for all.

The blocks are some of those that a batch meets in, under the same hashes; rows of one customer are to meet in
any of them, in as few bytes as possible.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np

from tasuki.identity.candidates import Key, Places, keys
from tasuki.identity.kinds import KINDS
from tasuki.identity.letters import Hashes, Letters, mixed, of_texts
from tasuki.identity.table import Field, Table, set_out

LARGEST = 20
"""Rows of a block that still tells something; of a larger one nobody is a candidate. Among a million rows a
limit of 40 finds half a per cent more of the true pairs, and compares four times as many."""

Values = tuple[tuple[str, ...] | None, ...]
"""Of one row, field by field: a folded value's parts, None where it has none."""

SINGLE = {"name": 0, "kana": 0, "phone": 0, "email": 0, "corporate_number": 0, "address": 1}
"""Kinds whose values are seldom shared → the slot of Kind.keys that tells most."""

TOGETHER = (("name", 0, "postal_code", 0), ("name", 1, "phone", 1))
"""Values that are common, or mistyped, and tell enough together: kind and slot of both."""


class Kept(NamedTuple):
    """Of one row."""

    blocks: frozenset[int]
    """Signed 64 bits each."""
    values: Values


def keep(of: str, fields: Sequence[Field], parts: Mapping[str, tuple[Letters, ...]]) -> list[Kept]:
    """Of each row. `parts`: by field, the texts of all rows as its kind reads them; `of`: the canonical
    model, for rows of two models never meet."""
    table = set_out(fields, parts)
    chosen = [_salted(of, fields, key) for key in keys(table, partial(_is_kept, fields))]
    blocks = np.array(chosen).reshape(len(chosen), table.rows).T.astype(np.int64).tolist()
    values = [_values(parts[field.name]) for field in fields]
    return [
        Kept(frozenset(mine) - {0}, told)
        for mine, told in zip(blocks, zip(*values, strict=True), strict=True)
    ]


def _is_kept(fields: Sequence[Field], places: Places, slots: Places) -> bool:
    told = tuple(chain.from_iterable((fields[f].kind, s) for f, s in zip(places, slots, strict=True)))
    return told in TOGETHER or (len(told) == 2 and SINGLE.get(fields[places[0]].kind) == slots[0])


def _salted(of: str, fields: Sequence[Field], key: Key) -> Hashes:
    """Hashes under which only rows of one model and one key meet; 0 stays 0."""
    told = [of, *(f"{fields[f].name}.{s}" for f, s in zip(key.fields, key.slots, strict=True))]
    salt = np.uint64(int.from_bytes(hashlib.sha256("\0".join(told).encode()).digest()[:8], "big"))
    return np.where(key.hashes == 0, np.uint64(0), mixed(key.hashes ^ salt))


def _values(parts: Sequence[Letters]) -> list[tuple[str, ...] | None]:
    texts = zip(*(part.texts() for part in parts), strict=True)
    return [told if any(told) else None for told in texts]


def table_of(fields: Sequence[Field], rows: Sequence[Values]) -> Table:
    """The rows laid out again from what was kept of them; ready to be compared and judged."""
    return set_out(fields, {field.name: _parts(field, at, rows) for at, field in enumerate(fields)})


def _parts(field: Field, at: int, rows: Sequence[Values]) -> tuple[Letters, ...]:
    blank = ("",) * _PARTS[field.kind]
    told = [row[at] or blank for row in rows]
    return tuple(of_texts(part) for part in (zip(*told, strict=True) if told else ((),) * len(blank)))


_PARTS = {name: len(kind.read([""])) for name, kind in KINDS.items()}
