"""The numbers that Tasuki gives to new rows of systems whose keys it issues."""

from sqlalchemy import Connection, select, update

from tasuki.definition import Sync
from tasuki.mapping import Mapping as SystemMapping
from tasuki.plan import Change
from tasuki.store import tables
from tasuki.store.statements import CHUNK, insert_new


class Counters:
    """Those of a sync's systems; never a number that a system already uses. `write` keeps what was given."""

    def __init__(self, connection: Connection, sync: Sync) -> None:
        self._connection = connection
        self._sync = sync
        self._last: dict[str, int] = {}
        self._free: dict[str, list[tuple[int, str]]] = {}
        """The next numbers nobody uses, and how they are spelled; the first one last."""

    def issued(self, change: Change) -> Change:
        """With its key, where that comes from the counter."""
        if not change.issue:
            return change
        mapping = self._sync.systems[change.system].mapping
        self._last[change.system], key = self._next(mapping)
        # The number is no part of what was agreed: read back it is news, and goes round to the others (S7).
        return change._replace(key=key, cells={**change.cells, mapping.key: key}, issue=False)

    def write(self) -> None:
        for system, last in self._last.items():
            mine = tables.counter.c.name == _name(system)
            self._connection.execute(update(tables.counter).where(mine).values(last=last))

    def _next(self, mapping: SystemMapping) -> tuple[int, str]:
        system = mapping.system
        last = self._last[system] if system in self._last else self._begin(system)
        while not self._free.get(system):
            self._free[system] = self._look(mapping, last)
            last += CHUNK
        return self._free[system].pop()

    def _begin(self, system: str) -> int:
        """Where the counter stands; ours until the commit."""
        zero = {"name": _name(system), "last": 0}
        self._connection.execute(insert_new(self._connection, tables.counter), zero)
        mine = select(tables.counter.c.last).where(tables.counter.c.name == zero["name"])
        return int(self._connection.execute(mine.with_for_update()).scalar_one())

    def _look(self, mapping: SystemMapping, last: int) -> list[tuple[int, str]]:
        issue, link = mapping.issue, tables.link
        numbers = range(last + CHUNK, last, -1)
        keys = {number: f"{issue.prefix}{number:0{issue.digits}d}" for number in numbers}
        used = select(link.c.key).where(link.c.system == mapping.system, link.c.key.in_(keys.values()))
        taken = set(self._connection.execute(used).scalars())
        return [(number, key) for number, key in keys.items() if key not in taken]


def _name(system: str) -> str:
    return f"key:{system}"
