"""Reads one row against what its customer is: which cells should say something else, and who says so."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tasuki.definition import Sync
from tasuki.errata import Correction, Erratum, refused
from tasuki.mapping import Fitted
from tasuki.record import Record, pick
from tasuki.shown import Shown
from tasuki.side import view
from tasuki.snapshot import Cells, EntityState, LinkState, Snapshot, Whole
from tasuki.spelling import respells, same
from tasuki.unit import Side
from tasuki.value import cell_text


class Row(NamedTuple):
    """A primary row as the store keeps it and as it reads."""

    link: LinkState
    side: Side


class Customer(NamedTuple):
    """A customer, and its rows that can be read."""

    state: EntityState
    rows: tuple[Row, ...]

    def says(self, link: int, name: str) -> str:
        return next((row.side.observed.get(name, "") for row in self.rows if row.side.link == link), "")

    def others(self, link: int) -> list[Side]:
        return [row.side for row in self.rows if row.side.link != link]


class Corrected(NamedTuple):
    """One field of one row, in the row's own letters: two spellings are one value."""

    field: str
    before: str
    after: str
    kind: Correction
    source: str
    cells: Cells


class Proofreader:
    """Of one sync. `kinds` are the corrections that are asked for."""

    def __init__(self, sync: Sync, snapshot: Snapshot, shown: Shown, kinds: Collection[Correction]) -> None:
        self.sync = sync
        self.shown = shown
        self.kinds = kinds
        self.whole = snapshot.whole or Whole(frozenset(), {}, {})
        self.fields = sync.model.fields

    def may_write(self, side: Side, name: str) -> bool:
        """Not the fields that come from this system alone."""
        only = self.sync.policy(self.sync.model.unit(name)).only
        return name in side.maps - side.fixed and side.direction != "in" and only != side.system

    def stands_for(self, customer: Customer, row: Row, name: str, text: str) -> bool:
        """Whether a row shows this value, in whatever letters, or what its system made of it (S3)."""
        now = row.side.observed.get(name, "")
        if self._same(name, now, text) or now == row.side.shows({name: text}).get(name):
            return True
        return self._wrote(customer.state, row.link, self._cells(row.link, name, text).cells)

    def proved(self, customer: Customer, row: Row, why: Mapping[str, Erratum]) -> list[Corrected] | None:
        """What the customer's own errata make of this row; None where the system can't take it."""
        found = []
        for name, erratum in why.items():
            if self.may_write(row.side, name) and not self._knows(customer, row.side, erratum):
                fitted = self._cells(row.link, name, erratum.after)
                if fitted.code:
                    return None
                found.append(_corrected(erratum, row.link.observed, fitted.cells))
        return [one for one in found if one.before != one.after]

    def _knows(self, customer: Customer, side: Side, erratum: Erratum) -> bool:
        """Whether a row says already what the others are told, in its own letters perhaps."""
        now = side.observed.get(erratum.field, "")
        return now != customer.state.value.get(erratum.field) and self._same(
            erratum.field, now, erratum.after
        )

    def wrong(self, customer: Customer, row: Row, value: Record, besides: Collection[str]) -> list[Corrected]:
        """What this row lacks, misspells or gets wrong, as far as the rest of the customer knows better;
        `besides` are fields that are corrected anyway."""
        found: list[Corrected] = []
        for unit, fields in self.sync.model.units().items():
            # A no to advertising is nobody's slip of the pen.
            names = fields if unit != "consent" else ()
            names = tuple(
                n for n in names if value.get(n) and n not in besides and self.may_write(row.side, n)
            )
            # Most rows say just what they should, so the rest is done for the others only.
            differing = [name for name in names if not self._says(row.link, name, value[name])]
            if differing:
                found += self._in_unit(customer, row, differing, value)
        return found

    def unreadable(self, customer: Customer, link: LinkState) -> list[Corrected]:
        """The cells for which a row is held back, where another system knows each of them; else nothing."""
        mapping, shows = self.sync.systems[link.system].mapping, self.whole.held[link.id]
        side, found = self.shown.side(link), []
        for name in mapping.fields.keys() - view(mapping, shows).keys() if shows else ():
            text = customer.state.value.get(name, "")
            source = self._source(customer, link, name, text)
            fitted = self._cells(link, name, text)
            if not (text and source and self.may_write(side, name)) or fitted.code:
                return []
            found.append(_corrected(Erratum(name, text, "fix", source), shows, fitted.cells))
        mended = {column: cell for one in found for column, cell in one.cells.items()}
        whole = len(view(mapping, {**shows, **mended})) == len(mapping.fields)
        return sorted(found) if whole and "fix" in self.kinds else []

    # One unit of one row.

    def _in_unit(self, customer: Customer, row: Row, names: Sequence[str], value: Record) -> list[Corrected]:
        """Of a group that shows something else, all or nothing: an address never mixes two places."""
        shows = {name: text for name in names if (text := row.side.observed.get(name, ""))}
        strange = [name for name in shows if not self.stands_for(customer, row, name, value[name])]
        if strange and not self._contradicted(customer, row.side, strange, value):
            return []
        kinds = {name: self._kind(name, shows.get(name, ""), value[name], name in strange) for name in names}
        found = [
            self._corrected(customer, row.link, name, value[name], kind)
            for name, kind in kinds.items()
            if kind and kind in self.kinds
        ]
        return [one for one in found if one]

    def _corrected(
        self, customer: Customer, link: LinkState, name: str, text: str, kind: Correction
    ) -> Corrected | None:
        fitted = self._cells(link, name, text)
        if fitted.code or self._wrote(customer.state, link, fitted.cells):
            return None
        erratum = Erratum(name, text, kind, self._source(customer, link, name, text))
        return _corrected(erratum, link.observed, fitted.cells)

    def _kind(self, name: str, now: str, after: str, strange: bool) -> Correction | None:
        if not now or strange:
            return "fix" if now else "fill"
        known = self._same(name, now, after) and respells(self.fields[name], now, after)
        return "respell" if known else None

    def _contradicted(self, customer: Customer, side: Side, names: Sequence[str], value: Record) -> bool:
        """A row's values can't be so, or two other systems, and none of the rest, say otherwise."""
        fields = self.fields
        if all(refused(fields[n], side.observed[n]) and not refused(fields[n], value[n]) for n in names):
            return True
        told = [record for other in customer.others(side.link) if (record := pick(other.observed, names))]
        told = [record for record in told if any(record.values())]
        return len(told) > 1 and all(self._same(n, r.get(n, ""), value[n]) for r in told for n in names)

    def _source(self, customer: Customer, link: LinkState, name: str, text: str) -> str:
        """Who says so: the field's owner, else the first system that does; "" where this one does itself, in
        a form that is not the proper one, and where none does any more."""
        if customer.says(link.id, name) == text:
            return ""
        owner = self.sync.policy(self.sync.model.unit(name)).owner
        others = sorted(customer.others(link.id), key=lambda side: side.system != owner)
        return next((o.system for o in others if self._same(name, o.observed.get(name, ""), text)), "")

    def _same(self, name: str, one: str, other: str) -> bool:
        return same(self.fields[name], one, other)

    def _cells(self, link: LinkState, name: str, text: str) -> Fitted:
        mapping = self.sync.systems[link.system].mapping
        spelled = self.shown.references.spell({name: text}, mapping)
        return mapping.to_cells(spelled, self.shown.columns[link.system])

    def _says(self, link: LinkState, name: str, text: str) -> bool:
        """Whether a row says this to the letter."""
        fitted = self._cells(link, name, text)
        return not fitted.code and _text(link.observed, fitted.cells) == _text(fitted.cells, fitted.cells)

    def _wrote(self, state: EntityState, link: LinkState, cells: Cells) -> bool:
        """We wrote just this before. Where the row shows something else, that is the system's own spelling,
        or a person put it back: nobody is asked twice."""
        written = self.whole.written.get((state.id, link.system), {})
        return bool(cells) and all(written.get(column) == cell for column, cell in cells.items())


def _corrected(erratum: Erratum, before: Cells, after: Cells) -> Corrected:
    name, _, kind, source = erratum
    return Corrected(name, _text(before, after), _text(after, after), kind, source, after)


def _text(cells: Cells, columns: Iterable[str]) -> str:
    return " ".join(filter(None, (cell_text(cells.get(column)) for column in columns)))
