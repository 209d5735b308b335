"""Makes a plan of corrections: what the sources lack, misspell or get wrong (入力漏れ・表記揺れ・誤記).

The ordinary sync lets a cell be that says the same in other letters, and knows nothing of a blank that all
systems agree on. Here that is proposed, all at once, to a person; nothing of it is written unasked.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from tasuki.definition import Sync
from tasuki.errata import Correction, Erratum, Told, errata
from tasuki.plan import Change, FieldDiff, Move, Plan, Reason, Settle, Why, digest_of
from tasuki.proofread import Corrected, Customer, Proofreader, Row
from tasuki.reconcile import Outcome, reconcile
from tasuki.record import Record, content_digest, pick
from tasuki.shown import Shown
from tasuki.snapshot import Cells, EntityState, LinkState, Snapshot


def correct(sync: Sync, snapshot: Snapshot, kinds: Collection[Correction]) -> Plan:
    """Pure, like `planner.decide`, from a snapshot of the whole sync."""
    return _Corrections(sync, snapshot, kinds).plan()


class _Corrections:
    """Collects the parts of one plan."""

    def __init__(self, sync: Sync, snapshot: Snapshot, kinds: Collection[Correction]) -> None:
        self.sync = sync
        self.snapshot = snapshot
        self.kinds = kinds
        self.shown = Shown(sync, snapshot)
        self.reader = Proofreader(sync, snapshot, self.shown, kinds)
        self.asked = {*snapshot.open_conflicts.values(), *snapshot.parted, *snapshot.merged}
        self.moves: list[Move] = []
        self.settles: list[Settle] = []
        self.changes: list[Change] = []
        self.left_out = 0

    def plan(self) -> Plan:
        of_entity: dict[str, list[LinkState]] = defaultdict(list)
        for link in self.snapshot.links:
            if link.system in self.sync.systems:
                of_entity[link.entity].append(link)
        for entity in sorted(of_entity.keys() & self.snapshot.entities.keys()):
            self._entity(self.snapshot.entities[entity], of_entity[entity])
        return self._finish()

    def _entity(self, state: EntityState, links: Sequence[LinkState]) -> None:
        order = list(self.sync.systems)
        own = [link for link in links if link.role == "primary" and link.state in ("here", "held")]
        own.sort(key=lambda link: (order.index(link.system), link.id))
        held = [link for link in own if link.id in self.reader.whole.held]
        customer = Customer(state, tuple(self._row(link) for link in own if link not in held))
        if self._waits(state, links) or any(self._reconcile(customer, state.value)[1:]):
            self.left_out += 1
        elif held:
            # The rest of such a customer waits until its row can be read again.
            for link in held:
                self._mend(customer, link)
        else:
            self._correct(customer)

    def _row(self, link: LinkState) -> Row:
        """Blank where nothing was ever settled: a row that we made says so, an older one is silent."""
        side = self.shown.side(link)
        return Row(link, side._replace(settled=dict.fromkeys(side.agreed, "") | side.settled))

    def _waits(self, state: EntityState, links: Iterable[LinkState]) -> bool:
        """Whether the ordinary sync, or a person's answer, comes first."""
        return state.pending or state.id in self.asked or any(map(self._moves, links))

    def _moves(self, link: LinkState) -> bool:
        if link.dirty or link.sent or link.id in self.reader.whole.reviewed:
            return True
        unknown = not self.snapshot.systems[link.system].read or self.shown.points_nowhere(link)
        return link.state != "gone" and unknown

    def _reconcile(self, customer: Customer, value: Record) -> Outcome:
        sides = [row.side for row in customer.rows]
        known = dict.fromkeys((name for side in sides for name in side.agreed), "") | value
        return reconcile(customer.state.id, self.sync.model, known, sides, self.sync.policy, {})

    # What one customer needs.

    def _mend(self, customer: Customer, link: LinkState) -> None:
        found = self.reader.unreadable(customer, link)
        if found:
            told = pick(customer.state.value, [one.field for one in found])
            shows = self.reader.whole.held[link.id]
            self.changes.append(_change(customer.state, link, shows, found, told))

    def _correct(self, customer: Customer) -> None:
        proved = self._proved(customer)
        if not self._propose(customer, proved):
            # A system can't take what is proved: the value stays, and the rest is proposed.
            self._propose(customer, ())

    def _proved(self, customer: Customer) -> tuple[Erratum, ...]:
        """What is wrong with the customer's own value, where some row may be told; not what comes from one
        system alone: it knows best."""
        told = [Told(row.side.system, row.side.observed) for row in customer.rows]
        return tuple(
            erratum
            for erratum in errata(self.sync.model, customer.state.value, told)
            if erratum.kind in self.kinds
            and not self.sync.policy(self.sync.model.unit(erratum.field)).only
            and any(self.reader.may_write(row.side, erratum.field) for row in customer.rows)
            and not any(self._elsewhere(customer, row, erratum) for row in customer.rows)
        )

    def _elsewhere(self, customer: Customer, row: Row, erratum: Erratum) -> bool:
        """Whether a row that would be told shows another group than the customer's, say another place: what
        is proved of one says nothing of the other."""
        value, model = customer.state.value, self.sync.model
        group = model.units()[model.unit(erratum.field)]
        if len(group) == 1 or not self.reader.may_write(row.side, erratum.field):
            return False
        wanted = {**value, erratum.field: erratum.after}
        other = [name for name in group if row.side.observed.get(name, "") not in ("", wanted.get(name))]
        return not all(self.reader.stands_for(customer, row, name, value.get(name, "")) for name in other)

    def _propose(self, customer: Customer, proved: Sequence[Erratum]) -> bool:
        """False, and nothing proposed, where a system can't take what is proved."""
        state = customer.state
        why = {erratum.field: erratum for erratum in proved}
        value = {**state.value, **{name: erratum.after for name, erratum in why.items()}}
        outcome = self._reconcile(customer, value)
        changes: list[Change] = []
        settles: list[Settle] = []
        for row in customer.rows:
            sure = self.reader.proved(customer, row, why)
            if sure is None:
                return False
            found = sure + self.reader.wrong(customer, row, value, [one.field for one in sure])
            written = self._units(one.field for one in found)
            if found:
                told = self._part(row, written, value)
                changes.append(_change(state, row.link, row.link.observed, found, told))
            id = row.link.id
            settled = (outcome.settled.get(id, frozenset()) | outcome.writes.get(id, frozenset())) - written
            if settled:
                part = self._part(row, settled, value)
                settles.append(Settle(id, state.id, tuple(sorted(settled)), part))
        self.changes += changes
        self.settles += settles
        if proved:
            self.moves.append(_move(state, value, proved))
        return True

    def _units(self, fields: Iterable[str]) -> frozenset[str]:
        return frozenset(map(self.sync.model.unit, fields))

    def _part(self, row: Row, units: Collection[str], value: Record) -> Record:
        known = self.sync.model.units()
        return pick(value, [n for unit in known if unit in units for n in known[unit] if n in row.side.maps])

    # The whole.

    def _finish(self) -> Plan:
        told = {item.entity for part in (self.moves, self.settles, self.changes) for item in part}
        plan = Plan(
            sync=self.sync.name,
            rules="",
            moves=tuple(self.moves),
            matches=(),
            settles=tuple(self.settles),
            changes=tuple(self.changes),
            conflicts=(),
            void=(),
            decided=(),
            reviews=(),
            refusals=(),
            waiting=(),
            drifts=(),
            buried=(),
            confirmed=(),
            reasons=self._reasons(),
            versions=tuple((one, self.snapshot.entities[one].version) for one in sorted(told)),
            digest="",
            left_out=self.left_out,
        )
        return plan._replace(digest=digest_of(plan))

    def _reasons(self) -> tuple[Reason, ...]:
        counts = Counter(change.system for change in self.changes)
        return tuple(Reason("correction", name, counts[name]) for name in self.sync.systems if counts[name])


def _change(
    state: EntityState, link: LinkState, shows: Cells, found: Sequence[Corrected], told: Record
) -> Change:
    cells = {column: cell for one in found for column, cell in one.cells.items()}
    base = {column: shows.get(column) for column in cells}
    # What was corrected once and put back may be corrected again: the version tells the two apart.
    token = content_digest([state.id, link.system, "correct", cells, base, state.version])[:32]
    return Change(
        system=link.system,
        action="update",
        entity=state.id,
        link=link.id,
        key=link.key,
        diffs=tuple(FieldDiff(one.field, one.before, one.after, one.kind, one.source) for one in found),
        cells=cells,
        base=base,
        version=link.version,
        value=told,
        token=token,
    )


def _move(state: EntityState, value: Record, proved: Sequence[Erratum]) -> Move:
    before: Mapping[str, str] = {e.field: state.value.get(e.field, "") for e in proved}
    why = tuple(Why(erratum.kind, erratum.source, (erratum.field,)) for erratum in proved)
    return Move(state.id, state.version, value, {name: text for name, text in before.items() if text}, why)
