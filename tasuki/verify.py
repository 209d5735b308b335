"""Proves that the ledger is whole: every entry, the chain, the tree, its checkpoints. Shares only the hash.

What it can't see: a lie at the source, and a rewrite of everything by somebody who also replaced every kept
head; for that a checkpoint must have been kept elsewhere.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import orjson

from tasuki.ledger import leaf_hash, node_hash


class Stored(NamedTuple):
    """One row of the ledger's table."""

    seq: int
    body: bytes
    hash: bytes
    columns: Mapping[str, str]
    """What the table repeats outside the body, for searching."""


class Problem(NamedTuple):
    """What is wrong at an entry; 0 where it is no entry's fault."""

    seq: int
    code: str


class Report(NamedTuple):
    ok: bool
    entries: int
    root: str
    checkpoints: int
    first: str
    """When the first entry was made."""
    problems: tuple[Problem, ...]


MANY = 20
"""Problems listed before verification gives up: the rest follows from the first."""


def verify(
    entries: Iterable[Stored],
    head: tuple[int, bytes] | None,
    checkpoints: Mapping[int, bytes],
    values: Iterable[tuple[str, bytes]] = (),
    hide: Callable[[str], str] = lambda value: "",
) -> Report:
    """`entries` by number; `head` is (size, last hash) as kept apart; `values` are (digest, bytes) of the
    value table, checked with `hide`."""
    problems: list[Problem] = []
    previous, size, first = bytes(32), 0, ""
    stack: list[tuple[int, bytes]] = []
    left = dict(checkpoints)
    for stored in entries:
        size += 1
        problems += [Problem(stored.seq, code) for code in _faults(stored, size, previous)]
        if len(problems) > MANY:
            break
        first = first or stored.columns.get("at", "")
        previous = leaf_hash(stored.body)
        _add(stack, previous)
        if size in left and left.pop(size) != _root(stack):
            problems.append(Problem(size, "TSK-5406"))
    if head is not None and head != (size, previous):
        problems.append(Problem(size, "TSK-5405"))
    problems += [Problem(missing, "TSK-5407") for missing in left]
    problems += [Problem(0, "TSK-5408") for digest, data in values if hide(data.decode()) != digest]
    root = _root(stack).hex() if stack else ""
    return Report(not problems, size, root, len(checkpoints), first, tuple(problems[:MANY]))


def _faults(stored: Stored, expected: int, previous: bytes) -> list[str]:
    try:
        body = orjson.loads(stored.body)
    except orjson.JSONDecodeError:
        return ["TSK-5401"]
    faults = []
    if orjson.dumps(body, option=orjson.OPT_SORT_KEYS) != stored.body:
        faults.append("TSK-5401")
    if stored.seq != expected or body.get("seq") != expected:
        faults.append("TSK-5402")
    if body.get("prev") != previous.hex():
        faults.append("TSK-5403")
    columns_differ = any(str(body.get(name, "")) != value for name, value in stored.columns.items())
    if leaf_hash(stored.body) != stored.hash or columns_differ:
        faults.append("TSK-5404")
    return faults


def _add(stack: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Keeps the roots of full subtrees, largest first, as RFC 6962 section 2.1 splits a tree."""
    level = 0
    while stack and stack[-1][0] == level:
        leaf = node_hash(stack.pop()[1], leaf)
        level += 1
    stack.append((level, leaf))


def _root(stack: list[tuple[int, bytes]]) -> bytes:
    result = stack[-1][1]
    for _, full in reversed(stack[:-1]):
        result = node_hash(full, result)
    return result
