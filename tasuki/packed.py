"""Values as the store keeps them: JSON, where a named tuple is the list of its parts.

What comes back was written by Tasuki itself, so it is trusted: a plan of a first load has a million parts,
and checking each of them again would take longer than making them did.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import UnionType
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints, overload

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


PAGE = 500
"""Values of a page."""


class Page(NamedTuple):
    size: int
    body: bytes


class Pages(Sequence[V]):
    """Values of one kind, kept as JSON and unpacked while somebody walks through them: of a first load there
    are more than the memory should hold."""

    def __init__(self, kind: type[V], pages: Sequence[Page]) -> None:
        self.pages = pages
        self._build: Callable[[Any], V] = builder(kind)

    def __len__(self) -> int:
        return sum(page.size for page in self.pages)

    def __iter__(self) -> Iterator[V]:
        return (self._build(one) for page in self.pages for one in orjson.loads(page.body))

    @overload
    def __getitem__(self, at: int) -> V: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[V, ...]: ...
    def __getitem__(self, at: int | slice) -> V | tuple[V, ...]:
        if isinstance(at, slice):
            return tuple(islice(self, *at.indices(len(self))))
        return next(islice(self, at, None))


class Pile(Generic[V]):
    """Values of one kind that are still being made, packed as they grow many."""

    def __init__(self, kind: type[V], values: Iterable[V] = ()) -> None:
        self._kind = kind
        self._pages: list[Page] = []
        self._last: list[V] = []
        self.extend(values)

    def append(self, value: V) -> None:
        self._last.append(value)
        if len(self._last) == PAGE:
            self._turn()

    def extend(self, values: Iterable[V]) -> None:
        for value in values:
            self.append(value)

    def whole(self) -> Sequence[V]:
        """Few of them as they are."""
        if not self._pages:
            return tuple(self._last)
        return Pages(self._kind, self.pages())

    def pages(self) -> list[Page]:
        if self._last:
            self._turn()
        return self._pages

    def _turn(self) -> None:
        self._pages.append(Page(len(self._last), pack(self._last)))
        self._last = []


def joined(kind: type[V], piles: Sequence[Pile[V]]) -> Sequence[V]:
    """Pile upon pile."""
    return unfolded(kind, [page for pile in piles for page in pile.pages()])


def pages_of(kind: type[V], values: Sequence[V]) -> Sequence[Page]:
    return values.pages if isinstance(values, Pages) else Pile(kind, values).pages()


def unfolded(kind: type[V], pages: Sequence[Page]) -> Sequence[V]:
    """What `pages_of` took."""
    found = Pages(kind, pages)
    return tuple(found) if len(found) <= PAGE else found


def _build(kind: Any) -> Build:
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named(kind)
    if get_origin(kind) is tuple:
        return _row(get_args(kind))
    if get_origin(kind) is Sequence:
        return _row((*get_args(kind), ...))
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
