"""Decides what a customer's fields are now, from what each system showed before and shows today.

Pure: the result says what to settle, what to write and what to ask, and touches nothing. `tasuki.unit` holds
the rules for one field or group.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tasuki.definition import PolicyEntry
from tasuki.model import Model, Shared
from tasuki.record import Record, blank, pick
from tasuki.unit import Conflict, Side, Unit, Verdict, part_of


class Ruling(NamedTuple):
    """A unit whose value moved, and the rule that moved it."""

    unit: str
    before: Record
    after: Record
    rule: str
    """edit · same · owner · newest · decision · opt_out · first · archive"""
    source: str


class Drift(NamedTuple):
    """An edit that doesn't count: shown, and overwritten only where `restore` says so (sync-rules S8)."""

    link: int
    unit: str
    reason: str


class Outcome(NamedTuple):
    """Everything that follows for one entity."""

    value: Record
    rulings: tuple[Ruling, ...]
    conflicts: tuple[Conflict, ...]
    settled: Mapping[int, frozenset[str]]
    """Link → units whose agreed value becomes what is observed."""
    writes: Mapping[int, frozenset[str]]
    """Link → units that must be written."""
    drifts: tuple[Drift, ...]
    decided: tuple[str, ...]
    """Keys of conflicts that a person's decision settled here."""


def reconcile(
    entity: str,
    model: Model,
    base: Record,
    sides: Iterable[Side],
    policy: Callable[[str], PolicyEntry],
    decisions: Mapping[str, Record],
    merged: Mapping[str, Record] = {},
) -> Outcome:
    """`sides` in the order of the sync; `decisions` chosen values by conflict key; `merged` units that were
    edited while this customer was one with another, and to what: a person says whose they are (S17)."""
    here = tuple(sides)
    found = _Findings(base)
    for shared in model.shared(tuple(side.maps for side in here)):
        unit = shared.unit
        if unit not in merged and _at_rest(shared, here, base):
            continue
        rule = policy(unit)
        if unit not in merged and (told := _told_alike(shared, here, base, rule)):
            found.agree(shared, here, told, rule)
            continue
        parts = tuple(part_of(here[at], names) for at, names in shared.of)
        case = Unit(entity, unit, shared.fields, base, rule, parts)
        found.judge(case, case.decide(decisions, merged.get(unit)))
    return found.outcome()


class _Findings:
    """Collects what follows, unit by unit."""

    def __init__(self, base: Record) -> None:
        self.value = dict(base)
        self.rulings: list[Ruling] = []
        self.conflicts: list[Conflict] = []
        self.settled: dict[int, set[str]] = {}
        self.writes: dict[int, set[str]] = {}
        self.drifts: list[Drift] = []
        self.decided: list[str] = []

    def agree(self, shared: Shared, sides: Sequence[Side], told: Record, policy: PolicyEntry) -> None:
        """A unit that every side tells alike is settled everywhere."""
        if not blank(told):
            self._rule(shared.unit, told, "first", _first_of(shared, sides, policy))
        for at, _ in shared.of:
            self.settled.setdefault(sides[at].link, set()).add(shared.unit)

    def judge(self, case: Unit, verdict: Verdict) -> None:
        """What a verdict means for the value and for each side; an open conflict freezes both."""
        if verdict.conflict:
            self.conflicts.append(verdict.conflict)
            return
        if verdict.decided:
            self.decided.append(verdict.decided)
        if verdict.value != case.base:
            self._rule(case.unit, verdict.value, verdict.rule, verdict.source)
        now = {**case.base, **verdict.value}
        for part in case.parts:
            link = part.side.link
            match case.fate(part, now):
                case "settle":
                    self.settled.setdefault(link, set()).add(case.unit)
                case "write":
                    self.writes.setdefault(link, set()).add(case.unit)
                case "drift":
                    self.drifts.append(Drift(link, case.unit, case.deaf(part) or "held"))

    def _rule(self, unit: str, after: Record, rule: str, source: str) -> None:
        self.rulings.append(Ruling(unit, pick(self.value, after), after, rule, source))
        self.value.update(after)

    def outcome(self) -> Outcome:
        return Outcome(
            self.value,
            tuple(self.rulings),
            tuple(self.conflicts),
            {link: frozenset(units) for link, units in self.settled.items()},
            {link: frozenset(units) for link, units in self.writes.items()},
            tuple(self.drifts),
            tuple(self.decided),
        )


def _told_alike(shared: Shared, sides: Sequence[Side], base: Record, policy: PolicyEntry) -> Record | None:
    """What all sides show, letter by letter, of a unit that is new to each of them and to us; None wherever
    `Unit` has something to weigh. A first load ends here for most units of most customers."""
    names = shared.of[0][1]
    if policy.only or shared.unit == "consent" or len(names) < len(shared.fields):
        return None
    told = sides[shared.of[0][0]].observed
    if any(base.get(name) or name not in told for name in names):
        return None
    for at, known in shared.of:
        side = sides[at]
        observed, agreed, fresh = side.observed, side.agreed, False
        for name in names:
            if observed.get(name) != told[name]:
                return None
            fresh = fresh or name not in agreed
        if not fresh or known != names or side.direction == "out" or side.sent:
            return None
    return pick(told, names)


def _first_of(shared: Shared, sides: Sequence[Side], policy: PolicyEntry) -> str:
    """Among equals the owner's word counts, else that of the first."""
    systems = [sides[at].system for at, _ in shared.of]
    return policy.owner if policy.owner in systems else systems[0]


def _at_rest(shared: Shared, sides: Sequence[Side], base: Record) -> bool:
    """Every side shows what it agreed to, and agreed to what is true now: nothing follows. Most units of most
    customers end here, so this looks at nothing else."""
    for at, names in shared.of:
        side = sides[at]
        agreed, observed, settled = side.agreed, side.observed, side.settled
        for name in names:
            if (
                name not in agreed
                or observed.get(name) != agreed[name]
                or settled.get(name) != base.get(name)
            ):
                return False
    return True
