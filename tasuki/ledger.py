"""The ledger's arithmetic: canonical bytes, the chain and the tree, and how personal values are hidden.

An entry is a JSON object in canonical form (sorted keys, no floats, ASCII keys), for which sorted orjson and
RFC 8785 agree byte for byte. It holds the hash of the entry before it; all entries are leaves of an RFC 6962
tree. Personal values appear only as keyed HMACs: phone numbers can be enumerated, so a bare hash would tell.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import orjson

LEAF = b"\x00"
NODE = b"\x01"
"""Domain separation of RFC 6962, section 2.1."""

FIRST = bytes(32)
"""The "entry before" of the first entry."""


class Diff(NamedTuple):
    """One field of an entry; values already hidden where they are personal."""

    field: str
    before: str
    after: str
    rule: str = ""


class Entry(NamedTuple):
    """What happened, before it has a number. Empty parts are left out of the bytes."""

    action: str
    """category.operation: sync.* conflict.* merge.* config.* access.* system.*"""
    at: str
    """UTC, ISO 8601 to the millisecond."""
    actor: str
    run: str = ""
    step: str = ""
    model: str = ""
    entity: str = ""
    system: str = ""
    external_id: str = ""
    diffs: tuple[Diff, ...] = ()
    decision: Mapping[str, object] = {}
    mapping: str = ""
    source: str = ""
    trade_date: str = ""
    amount: str = ""
    currency: str = ""
    partner: str = ""
    outcome: str = ""
    error: str = ""
    token: str = ""
    corrects: int = 0


def encode(entry: Entry, seq: int, previous: bytes) -> bytes:
    """The exact bytes that are stored and hashed."""
    body: dict[str, object] = {"v": 1, "seq": seq, "prev": previous.hex(), "tz": "Asia/Tokyo"}
    for name, value in zip(entry._fields, entry, strict=True):
        if value:
            body[name] = value
    if entry.diffs:
        body["diffs"] = [{k: v for k, v in zip(Diff._fields, diff, strict=True) if v} for diff in entry.diffs]
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(LEAF + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def grow(frontier: Sequence[bytes | None], leaf: bytes) -> list[bytes | None]:
    """The tree's right edge after one more leaf: slot k holds the root of a full subtree of 2^k leaves."""
    grown = list(frontier)
    for level, full in enumerate(grown):
        if full is None:
            grown[level] = leaf
            return grown
        leaf, grown[level] = node_hash(full, leaf), None
    return [*grown, leaf]


def root(frontier: Iterable[bytes | None]) -> bytes:
    """The Merkle tree hash of RFC 6962; of no entries the hash of nothing."""
    result: bytes | None = None
    for full in frontier:
        if full is not None:
            result = full if result is None else node_hash(full, result)
    return hashlib.sha256(b"").digest() if result is None else result


class Seal:
    """Hides personal values under a key of their purpose; the same value hides the same way."""

    def __init__(self, key: bytes) -> None:
        self.id = hashlib.sha256(b"tasuki ledger key" + key).hexdigest()[:16]
        self._key = key
        self._purposes: dict[str, Callable[[bytes], bytes]] = {}

    def hide(self, value: str, purpose: str = "sync") -> str:
        """ "h:" and 128 bits in hex; a blank stays blank: that nothing stood there is no secret."""
        if not value:
            return ""
        if purpose not in self._purposes:
            self._purposes[purpose] = _keyed(_keyed(self._key)(purpose.encode()))
        return "h:" + self._purposes[purpose](value.encode())[:16].hex()


def _keyed(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA-256 (RFC 2104) under one key, which is taken in once: a first load hides a million texts, and
    Python's own would begin each time with the key."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inside = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
    outside = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(message: bytes) -> bytes:
        inner, outer = inside.copy(), outside.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    return digest


BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""
