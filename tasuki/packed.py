"""Values as the store keeps them: JSON, where a named tuple is the list of its parts.

What comes back was written by Tasuki itself, so it is trusted: a plan of a first load has a million parts,
and checking each of them again would take longer than making them did.
"""

import sys
from collections.abc import Callable
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import orjson

V = TypeVar("V")
Build = Callable[[Any], Any]


def pack(value: object) -> bytes:
    return orjson.dumps(value, default=list)


def unpacker(kind: type[V]) -> Callable[[bytes], V]:
    """The way back from `pack` for values of this kind."""
    build = builder(kind)
    return lambda data: build(orjson.loads(data))


def builder(kind: type[V]) -> Callable[[Any], V]:
    """Makes a value of this kind, a named tuple of plain values, tuples and others of its like, from its JSON
    already read. Parts that an older Tasuki didn't know take their defaults."""
    return _build(kind)


def _build(kind: Any) -> Build:
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named(kind)
    if get_origin(kind) is tuple:
        return _row(get_args(kind))
    if isinstance(kind, UnionType):
        (one,) = (part for part in get_args(kind) if part is not type(None))
        build = _build(one)
        return _same if build is _same else lambda data: None if data is None else build(data)
    return _same


def _named(kind: Any) -> Build:
    hints = get_type_hints(kind)
    builds = [_build(hints[name]) for name in kind._fields]
    if all(build is _same for build in builds):
        return lambda data: kind(*data)
    return lambda data: kind(*[build(part) for build, part in zip(builds, data, strict=False)])


def _row(kinds: tuple[Any, ...]) -> Build:
    if kinds[-1] is not ...:
        builds = [_build(kind) for kind in kinds]
        return lambda data: tuple(build(part) for build, part in zip(builds, data, strict=True))
    if kinds[0] is str:
        # Names of fields and units, mostly: the same few texts for every customer.
        return lambda data: tuple(map(sys.intern, data))
    build = _build(kinds[0])
    return tuple if build is _same else lambda data: tuple(map(build, data))


def _same(data: Any) -> Any:
    return data
