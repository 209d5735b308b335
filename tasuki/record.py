"""A record in canonical words: field by field, as text.

Every canonical value is text, so that it can be hashed, shown, approved and logged the same way everywhere:
dates as ISO 8601, amounts as plain decimals, choices by their canonical name. A field that a system doesn't
map is absent; a blank cell is "". The two are never mixed up (sync-rules S9).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import orjson

Record = dict[str, str]


def cells_digest(cells: Iterable[object]) -> bytes:
    """16 bytes that differ when any cell differs; the cells in the order of the mapping's columns."""
    return hashlib.sha256(orjson.dumps(tuple(cells))).digest()[:16]


def content_digest(value: object) -> str:
    """SHA-256 in hex of a JSON value in canonical form (sorted keys, no spaces)."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def stream_digest(value: Mapping[str, object]) -> str:
    """`content_digest` of an object whose iterators stand for lists, written down part by part."""
    told = hashlib.sha256(b"{")
    for number, (name, part) in enumerate(sorted(value.items())):
        told.update((b"," if number else b"") + orjson.dumps(name) + b":")
        if isinstance(part, Iterator):
            told.update(b"[")
            for at, one in enumerate(part):
                told.update((b"," if at else b"") + orjson.dumps(one, option=orjson.OPT_SORT_KEYS))
            told.update(b"]")
        else:
            told.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
    told.update(b"}")
    return told.hexdigest()


def pick(record: Mapping[str, str], fields: Iterable[str]) -> Record:
    """The part of a record that speaks of `fields`; absent stays absent."""
    return {field: record[field] for field in fields if field in record}


def blank(record: Mapping[str, str]) -> bool:
    return not any(record.values())
