"""Decides what a customer's fields are now, from what each system showed before and shows today.

Pure: the result says what to settle, what to write and what to ask, and touches nothing. `tasuki.unit` holds
the rules for one field or group.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tasuki.definition import PolicyEntry
from tasuki.model import Model, Shared
from tasuki.record import Record, blank, pick
from tasuki.unit import Conflict, Side, Unit, part_of


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
    value = dict(base)
    rulings: list[Ruling] = []
    conflicts: list[Conflict] = []
    settled: dict[int, set[str]] = {}
    writes: dict[int, set[str]] = {}
    drifts: list[Drift] = []
    decided: list[str] = []
    for shared in model.shared(tuple(side.maps for side in here)):
        unit = shared.unit
        if unit not in merged and _at_rest(shared, here, base):
            continue
        if unit not in merged and (told := _told_alike(shared, here, base, policy(unit))):
            if not blank(told):
                source = _first_of(shared, here, policy(unit))
                rulings.append(Ruling(unit, pick(base, told), told, "first", source))
                value.update(told)
            for at, _ in shared.of:
                settled.setdefault(here[at].link, set()).add(unit)
            continue
        parts = tuple(part_of(here[at], names) for at, names in shared.of)
        case = Unit(entity, unit, shared.fields, base, policy(unit), parts)
        verdict = case.decide(decisions, merged.get(unit))
        if verdict.conflict:
            conflicts.append(verdict.conflict)
            continue
        if verdict.decided:
            decided.append(verdict.decided)
        if verdict.value != case.base:
            before = pick(base, verdict.value)
            rulings.append(Ruling(unit, before, verdict.value, verdict.rule, verdict.source))
            value.update(verdict.value)
        now = {**case.base, **verdict.value}
        for part in parts:
            match case.fate(part, now):
                case "settle":
                    settled.setdefault(part.side.link, set()).add(unit)
                case "write":
                    writes.setdefault(part.side.link, set()).add(unit)
                case "drift":
                    drifts.append(Drift(part.side.link, unit, case.deaf(part) or "held"))
    return Outcome(
        value,
        tuple(rulings),
        tuple(conflicts),
        {link: frozenset(units) for link, units in settled.items()},
        {link: frozenset(units) for link, units in writes.items()},
        tuple(drifts),
        tuple(decided),
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
