"""What each system's row says, said, and would say of a customer: the sides that reconcile compares."""

from collections.abc import Collection, Mapping

from tasuki.connector import Cell
from tasuki.definition import Sync, System
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record, pick
from tasuki.reference import References
from tasuki.side import shared, view as readable
from tasuki.snapshot import LinkState, Snapshot
from tasuki.unit import Side

NOTHING = b"{}"


class Shown:
    """Every row in canonical words, with its references found."""

    def __init__(self, sync: Sync, snapshot: Snapshot) -> None:
        self._sync = sync
        self.references = References(sync.model, snapshot.referred, snapshot.redirects)
        self.columns = {
            name: {column.name: column for column in state.description.columns}
            for name, state in snapshot.systems.items()
        }
        self._fields = {name: shared(sync, system.mapping) for name, system in sync.systems.items()}
        self._names = {name: _naming(system.mapping) for name, system in sync.systems.items()}
        self._maps = {name: frozenset(fields) for name, fields in self._fields.items()}
        self._fixed = {
            name: system.mapping.fixed | self._names[name] for name, system in sync.systems.items()
        }

    def side(self, link: LinkState) -> Side:
        system = self._sync.systems[link.system]
        maps = self._maps[link.system]
        observed, _ = self.references.resolve(self.observed(link))
        agreed = observed
        if link.kept.agreed == NOTHING:
            agreed = {}
        elif link.kept.agreed != link.kept.observed:
            agreed, _ = self.references.resolve(self._view(link, link.agreed))
        settled = pick(link.settled, maps)
        echo = self.echo(link, system, observed)
        return Side(
            link=link.id,
            system=link.system,
            maps=maps,
            observed=observed,
            agreed={**agreed, **pick(observed, echo)},
            settled={**settled, **echo},
            shows=lambda record: self.shown(system, record),
            since=link.since,
            until=link.until,
            direction=system.entry.direction,
            fixed=self._fixed[link.system],
            gives=system.entry.gives,
            restore=system.entry.restore,
            sent=link.sent.value if link.sent else {},
        )

    def observed(self, link: LinkState) -> Record:
        """What the row shows."""
        return self._view(link, link.observed)

    def told(self, link: LinkState, names: Collection[str]) -> Record:
        """Of these fields; the row's others are not even read."""
        mapping = self._sync.systems[link.system].mapping
        mine = [name for name in names if name in self._maps[link.system]]
        return pick(readable(mapping, mapping.cells_of(mine, link.observed)), mine)

    def _view(self, link: LinkState, cells: Mapping[str, Cell]) -> Record:
        mapping = self._sync.systems[link.system].mapping
        return pick(readable(mapping, cells), self.fields(mapping))

    def fields(self, mapping: SystemMapping) -> tuple[str, ...]:
        """The fields that this system shares."""
        return self._fields[mapping.system]

    def echo(self, link: LinkState, system: System, observed: Record) -> Record:
        """Fields that show what was sent, of late or before: the import has happened (S20)."""
        echo: Record = {}
        for sent in (*link.sent.before, link.sent.value) if link.sent else ():
            shown = self.shown(system, sent)
            echo |= {n: v for n, v in sent.items() if observed.get(n) in (v, shown.get(n))}
        return echo

    def awaits(self, link: LinkState, side: Side, value: Record) -> bool:
        """Whether something that was sent, and still counts, has not been seen back."""
        still = {n for n, v in side.sent.items() if value.get(n, "") == v}
        return any(
            self.echo(link, self._sync.systems[link.system], side.observed).get(n) is None for n in still
        )

    def shown(self, system: System, record: Record) -> Record:
        """How `system` would show these values: spelled, cut and re-read (S3)."""
        spelled = self.references.spell(record, system.mapping)
        fitted = system.mapping.to_cells(spelled, self.columns[system.name])
        if fitted.code:
            return record
        shown, _ = self.references.resolve(readable(system.mapping, fitted.cells))
        return pick(shown, record)

    def points_nowhere(self, link: LinkState) -> bool:
        return self.references.some and bool(self.references.resolve(self.observed(link))[1])

    def whole(self, side: Side, back: Record) -> Record:
        """The units of which nothing but what was sent, or nothing, stands in the row."""
        found: Record = {}
        for names in self._sync.model.units().values():
            mine = [name for name in names if name in side.maps]
            if any(n in back for n in mine) and all(n in back or not side.observed.get(n) for n in mine):
                found |= {name: back.get(name, "") for name in mine}
        return found


def _naming(mapping: SystemMapping) -> frozenset[str]:
    """The fields that name a row: written when it is made and never again, or it would be another row. Rows
    of merged customers each keep their own."""
    return frozenset(name for name, mapped in mapping.fields.items() if mapping.key in mapped.columns)
