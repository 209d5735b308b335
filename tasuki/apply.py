"""Carries out a plan in one system: intent, write, outcome; and finds out what a crash left."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from tasuki.connector import (
    Cell,
    Connector,
    End,
    Refused,
    Result,
    Row,
    Stale,
    Unknown,
    Write,
    Written,
)
from tasuki.definition import Sync, System
from tasuki.errors import Retry
from tasuki.plan import Change
from tasuki.record import pick
from tasuki.side import view
from tasuki.store import Store
from tasuki.store.intents import open_intents, pending_intents
from tasuki.store.outcomes import fail, record
from tasuki.store.rows import keys_of_links
from tasuki.store.statements import chunks, paged

RECORDED = 2_000
"""Outcomes of one transaction: a file takes ten thousand writes at once, and all we know of each is much. An
intent whose outcome isn't recorded yet stays open."""
DONE = {"create": "created", "update": "updated", "delete": "deleted"}


class Writer:
    """One system in one run."""

    def __init__(
        self, store: Store, sync: Sync, system: System, connector: Connector, run: str, actor: str
    ) -> None:
        self.store = store
        self.sync = sync
        self.system = system
        self.connector = connector
        self.run = run
        self.actor = actor
        self.description = connector.describe()
        self.counts: Counter[str] = Counter()
        """Created, updated, deleted, failed, stale, unconfirmed so far; they hold when a Retry comes, too."""

    def apply(self, changes: Iterable[Change], seen: Callable[[int], None] = lambda done: None) -> None:
        """Raises Retry when the system can't be used, what was written before stays recorded; and at the end
        when it left writes without an answer that turned out not to be there."""
        unheard = 0
        pages = paged(changes, self.description.batch)
        first = next(pages, None)
        if first is None and self.description.confirms == "next_read":
            self.connector.write(self.system.mapping.columns, ())
        for page in chain([first] if first else [], pages):
            with self.store.write() as connection:
                ready = open_intents(connection, self.store.seal, self.sync, page, self.run, self.actor)
            unheard += self._send(ready)
            seen(len(page))
        if unheard:
            raise Retry("TSK-3013", self.system.name, count=unheard)

    def recover(self) -> None:
        """Settles intents whose outcome nobody saw: looks first, and never sends blindly again (I8)."""
        with self.store.read() as connection:
            left = pending_intents(connection, self.sync.name, self.system.name)
        for page in chunks(left, self.description.batch):
            self._look(page)

    def _send(self, changes: Sequence[Change]) -> int:
        """How many never arrived, though the system didn't refuse them."""
        if not changes:
            return 0
        try:
            results = self._write(changes)
        except Retry:
            self._fail([(change, "void", None) for change in changes])
            raise
        by_token = {change.token: change for change in changes}
        done = [(by_token[r.token], r) for r in results if isinstance(r, Written)]
        self._record(done)
        refused = [(by_token[r.token], "refused", r) for r in results if isinstance(r, Refused)]
        stale = [(by_token[r.token], "stale", None) for r in results if isinstance(r, Stale)]
        self._fail([*refused, *stale])
        self.counts += Counter(DONE[change.action] for change, _ in done)
        self.counts += Counter({"failed": len(refused), "stale": len(stale)})
        if self.description.confirms == "next_read":
            self.counts["unconfirmed"] += len(done)
        unknown = [by_token[r.token] for r in results if isinstance(r, Unknown)]
        return self._look(unknown) if unknown else 0

    def _write(self, changes: Sequence[Change]) -> list[Result]:
        """Sends once; and once more where only the row's version moved: somebody edited a column that we
        neither read nor write, and no later read would ever show us the new version."""
        columns = self.system.mapping.columns
        results = {r.token: r for r in self.connector.write(columns, [_write(change) for change in changes])}
        stale = [c for c in changes if isinstance(results[c.token], Stale) and c.version]
        if stale:
            rows = self.connector.fetch(columns, [change.key for change in stale])
            again = [
                change._replace(version=rows[change.key].version)
                for change in stale
                if change.key in rows
                and _stands(change, dict(zip(columns, rows[change.key].cells, strict=True)))
            ]
            if again:
                sent = self.connector.write(columns, [_write(change) for change in again])
                results |= {r.token: r for r in sent}
        return list(results.values())

    def _look(self, changes: Sequence[Change]) -> int:
        """Asks the system what became of these changes; how many never arrived, left for the next plan."""
        rows = self._rows_of(changes)
        done: list[tuple[Change, Written]] = []
        lost: list[tuple[Change, str, Refused | None]] = []
        for change in changes:
            verdict = self._verdict(change, rows.get(change.token))
            if verdict:
                done.append((change, verdict))
            else:
                lost.append((change, "void", None))
        self._record(done)
        self._fail(lost)
        self.counts += Counter(DONE[change.action] for change, _ in done)
        return len(lost)

    def _verdict(self, change: Change, row: Row | None) -> Written | None:
        if change.action == "delete":
            return Written(change.token, change.key) if row is None else None
        if row is None:
            return None
        found = _as_written(change, row, self.system.mapping.columns)
        applied = change.action == "create" or _shows(self.system, change, found.cells or {})
        return found if applied else None

    def _rows_of(self, changes: Sequence[Change]) -> dict[str, Row]:
        """Token → the row that a change is about, as far as there is one now."""
        columns = self.system.mapping.columns
        named = [change for change in changes if change.key]
        found = self.connector.fetch(columns, [change.key for change in named]) if named else {}
        rows = {change.token: found[change.key] for change in named if change.key in found}
        nameless = [change for change in changes if not change.key]
        return rows | (self._newcomers(nameless) if nameless else {})

    def _newcomers(self, changes: Sequence[Change]) -> dict[str, Row]:
        """Rows that a system named itself without telling us: new to us, and showing just what we sent."""
        columns = self.system.mapping.columns
        with self.store.read() as connection:
            ours = keys_of_links(connection, self.system.name)
        strangers = [
            row
            for page in self.connector.read(columns)
            if not isinstance(page, End)
            for row in page
            if isinstance(row, Row) and row.key not in ours
        ]
        found: dict[str, Row] = {}
        for change in changes:
            for row in strangers:
                if _shows(self.system, change, dict(zip(columns, row.cells, strict=True))):
                    found[change.token] = row
                    strangers.remove(row)
                    break
        return found

    def _record(self, done: Sequence[tuple[Change, Written]]) -> None:
        for page in chunks(done, RECORDED):
            shown = self._read_back(page)
            with self.store.write() as connection:
                record(
                    connection,
                    self.store.seal,
                    self.sync,
                    self.system,
                    shown,
                    self.run,
                    self.actor,
                    self.description.confirms,
                )

    def _read_back(self, done: Sequence[tuple[Change, Written]]) -> list[tuple[Change, Written]]:
        """What a system made of our write, where its answer doesn't tell (I4); not where the row moved on
        since: then it holds somebody's edit, and agreed is what the mapping predicts."""
        silent = [w.key for c, w in done if w.cells is None and c.action != "delete"]
        if not silent or self.description.confirms == "next_read":
            return list(done)
        columns = self.system.mapping.columns
        rows = self.connector.fetch(columns, silent)
        return [
            (change, _as_written(change, rows[written.key], columns))
            if written.cells is None
            and written.key in rows
            and written.version in ("", rows[written.key].version)
            else (change, written)
            for change, written in done
        ]

    def _fail(self, failed: Sequence[tuple[Change, str, Refused | None]]) -> None:
        if failed:
            with self.store.write() as connection:
                fail(connection, self.store.seal, self.sync, failed, self.run, self.actor)


def _stands(change: Change, cells: Mapping[str, Cell]) -> bool:
    return all(cells.get(column) == cell for column, cell in change.base.items())


def _write(change: Change) -> Write:
    return Write(change.action, change.key, change.cells, change.base, change.version, change.token)


def _as_written(change: Change, row: Row, columns: Sequence[str]) -> Written:
    """A row that turned out to show what was meant, as the answer that never came."""
    return Written(change.token, row.key, row.version, dict(zip(columns, row.cells, strict=True)))


def _shows(system: System, change: Change, cells: Mapping[str, Cell]) -> bool:
    """Whether a row shows what a change wanted, as this mapping reads it."""
    wanted, shown = view(system.mapping, change.cells), view(system.mapping, cells)
    return pick(shown, wanted) == wanted
