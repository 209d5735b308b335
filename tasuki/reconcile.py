"""Decides what a customer's fields are now, from what each system showed before and shows today.

Three-way for every field or group, per system: a side changed when it differs from what that same side agreed
to (sync-rules S2). Pure: the result says what to settle, what to write and what to ask, and touches nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from tasuki.definition import PolicyEntry
from tasuki.model import Field, Model
from tasuki.record import Record, blank, content_digest, pick
from tasuki.value import folded


class Side(NamedTuple):
    """One system's row of the entity, in canonical words."""

    link: int
    system: str
    maps: frozenset[str]
    """The fields this system knows."""
    observed: Record
    agreed: Record
    """What this side showed when last settled; a field never settled is absent."""
    settled: Record
    """The entity's values that `agreed` stood for; they differ where the system cut or respelled them."""
    shows: Callable[[Record], Record]
    """How this system would show these values."""
    since: float = 0.0
    until: float = 0.0
    """When `observed` came about: somewhere in this interval (sync-rules S12)."""
    direction: Literal["both", "in", "out"] = "both"
    fixed: frozenset[str] = frozenset()
    """Fields that can't be written here."""
    gives: bool = False
    restore: bool = False
    sent: Record = {}  # noqa: RUF012  a NamedTuple default; nobody writes to it
    """Values handed over for a person to import, not seen back yet (S20)."""


MERGED = "merged"
"""Stands in the place of a system: what was typed while two customers were one (S17)."""


class Candidate(NamedTuple):
    """A value that a side offers for a unit."""

    system: str
    value: Record
    since: float = 0.0
    until: float = 0.0


class Ruling(NamedTuple):
    """A unit whose value moved, and the rule that moved it."""

    unit: str
    before: Record
    after: Record
    rule: str
    """edit · same · owner · newest · decision · opt_out · first · archive"""
    source: str


class Conflict(NamedTuple):
    """A unit that a person must decide; it is frozen everywhere until then (sync-rules S13)."""

    key: str
    unit: str
    base: Record
    candidates: tuple[Candidate, ...]
    reason: str
    """ask · overlap · first · cut · part · unmerged"""


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


class _Verdict(NamedTuple):
    value: Record
    rule: str = ""
    source: str = ""
    conflict: Conflict | None = None
    decided: str = ""


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
    mapped = frozenset().union(*(side.maps for side in here)) if here else frozenset()
    value = dict(base)
    rulings: list[Ruling] = []
    conflicts: list[Conflict] = []
    settled: dict[int, set[str]] = {}
    writes: dict[int, set[str]] = {}
    drifts: list[Drift] = []
    decided: list[str] = []
    for unit, fields in model.units().items():
        names = tuple(name for name in fields if name in mapped)
        if not names or (unit not in merged and _at_rest(names, base, here)):
            continue
        case = _Unit(
            entity, unit, tuple(model.fields[n] for n in names), pick(base, names), policy(unit), here
        )
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
        for side in case.sides:
            match case.fate(side, {**case.base, **verdict.value}):
                case "settle":
                    settled.setdefault(side.link, set()).add(unit)
                case "write":
                    writes.setdefault(side.link, set()).add(unit)
                case "drift":
                    drifts.append(Drift(side.link, unit, case.deaf(side) or "held"))
    return Outcome(
        value,
        tuple(rulings),
        tuple(conflicts),
        {link: frozenset(units) for link, units in settled.items()},
        {link: frozenset(units) for link, units in writes.items()},
        tuple(drifts),
        tuple(decided),
    )


def question(entity: str, unit: str, base: Record, candidates: Sequence[Candidate], reason: str) -> Conflict:
    """The conflict of these values: asked again it has the same key (S13)."""
    key = content_digest([entity, unit, [[c.system, c.value] for c in candidates]])[:16]
    return Conflict(key, unit, base, tuple(candidates), reason)


def _at_rest(names: Sequence[str], base: Record, sides: Sequence[Side]) -> bool:
    """Every side shows what it agreed to, and agreed to what is true now: nothing follows. Most units of most
    customers end here, so this looks at nothing else."""
    return not any(
        name not in side.agreed
        or side.observed.get(name) != side.agreed[name]
        or side.settled.get(name) != base.get(name)
        for side in sides
        for name in names
        if name in side.maps
    )


class _Unit:
    """One field or group of one entity, and the sides that know it."""

    def __init__(
        self,
        entity: str,
        unit: str,
        fields: tuple[Field, ...],
        base: Record,
        policy: PolicyEntry,
        sides: tuple[Side, ...],
    ) -> None:
        self.entity = entity
        self.unit = unit
        self.fields = fields
        self.names = tuple(field.name for field in fields)
        self.base = base
        self.policy = policy
        self.sides = tuple(side for side in sides if side.maps & set(self.names))

    # What a side shows, showed, and would show.

    def of(self, side: Side) -> tuple[str, ...]:
        return tuple(name for name in self.names if name in side.maps)

    def now(self, side: Side) -> Record:
        return pick(side.observed, self.of(side))

    def before(self, side: Side) -> Record | None:
        """None when this side never settled the whole of what it maps: a newcomer (S14, S22)."""
        names = self.of(side)
        return pick(side.agreed, names) if all(name in side.agreed for name in names) else None

    def stood_for(self, side: Side) -> Record:
        return pick(side.settled, self.of(side))

    def newcomer(self, side: Side) -> bool:
        return self.before(side) is None

    def changed(self, side: Side) -> bool:
        """Against its own past only; equal to what a write would show there is no change either (S3)."""
        before = self.before(side)
        now = self.now(side)
        return before is not None and now != before and now != side.shows(self.stood_for(side))

    def cut(self, side: Side) -> bool:
        """The system holds another text than the value it stands for, beyond spelling."""
        before = self.before(side)
        return before is not None and self.written(side) and not self.alike(before, self.stood_for(side))

    def written(self, side: Side) -> bool:
        """Whether this unit is ever written there; else what stands there was never ours."""
        one_way = side.direction == "in" or (self.policy.only == side.system and self.unit != "consent")
        return not one_way and not side.fixed.issuperset(self.of(side))

    def alike(self, one: Record, other: Record) -> bool:
        return all(
            one[field.name] == other[field.name]
            or folded(field, one[field.name]) == folded(field, other[field.name])
            for field in self.fields
            if field.name in one and field.name in other
        )

    def deaf(self, side: Side) -> str:
        """Why edits on this side don't count, "" when they do."""
        if side.direction == "out":
            return "out"
        if self.policy.only and self.policy.only != side.system:
            return "only"
        if len(self.of(side)) < len(self.names) and not side.gives and self.unit != "consent":
            return "part"
        return ""

    # The decision.

    def decide(self, decisions: Mapping[str, Record], merged: Record | None = None) -> _Verdict:
        edits = [side for side in self.sides if self.changed(side) and not self.deaf(side)]
        news = [
            side
            for side in self.sides
            if self.newcomer(side) and not blank(self.now(side)) and self.deaf(side) in ("", "part")
        ]
        if merged is not None:
            verdict = self._ask(edits, "unmerged", [Candidate(MERGED, merged)], with_base=True)
        else:
            verdict = self._with_edits(edits, news) if edits else self._with_news(news)
        if self.unit == "consent":
            verdict = self._opt_out(verdict, edits)
        if verdict.conflict and verdict.conflict.key in decisions:
            return _Verdict(decisions[verdict.conflict.key], "decision", decided=verdict.conflict.key)
        return verdict

    def _with_edits(self, edits: list[Side], news: list[Side]) -> _Verdict:
        cut = [side for side in edits if self.cut(side)]
        if cut:
            return self._ask([*edits, *news], "cut", with_base=True)
        partial = [side for side in edits if len(self.of(side)) < len(self.names)]
        if partial and not self.policy.only:
            return self._ask(edits, "part", with_base=True)
        offers = [side for side in edits if not self._refused_blank(side)]
        if not offers:
            return _Verdict(self.base)
        unaware = [side for side in offers if not self._knew_base(side)]
        if len(self._distinct([*offers, *news])) == 1 and not unaware:
            rule = "same" if len(offers) > 1 else "edit"
            return self._take(self._spelling(offers), rule)
        owner = next((side for side in [*offers, *news] if side.system == self.policy.owner), None)
        if owner:
            return self._take(owner, "owner")
        if unaware and self._owner_stands_for_base():
            return _Verdict(self.base, "owner", self.policy.owner or "")
        if self.policy.policy == "newest" and not news and not unaware:
            return self._newest(offers)
        return self._ask([*offers, *news], "ask", with_base=bool(unaware))

    def _with_news(self, news: list[Side]) -> _Verdict:
        """A side without a base: equal is agreed, a blank is filled, different is never newest (S14)."""
        if not news:
            return _Verdict(self.base)
        if not blank(self.base):
            strangers = [side for side in news if not self.alike(self.now(side), self.base)]
            if not strangers:
                return _Verdict(self.base)
            owner = next((side for side in strangers if side.system == self.policy.owner), None)
            if owner:
                return self._take(owner, "owner")
            if self._owner_stands_for_base():
                return _Verdict(self.base, "owner", self.policy.owner or "")
            return self._ask(strangers, "first", with_base=True)
        if len(self._distinct(news)) == 1:
            return self._take(self._spelling(news), "first")
        owner = next((side for side in news if side.system == self.policy.owner), None)
        return self._take(owner, "owner") if owner else self._ask(news, "first")

    def _newest(self, offers: list[Side]) -> _Verdict:
        """The last edit wins only when its whole interval lies after all others (S12)."""
        latest = max(offers, key=lambda side: side.since)
        others = [side for side in offers if not self.alike(self.now(side), self.now(latest))]
        if all(side.until <= latest.since for side in others):
            return self._take(latest, "newest")
        return self._ask(offers, "overlap")

    def _opt_out(self, verdict: _Verdict, edits: list[Side]) -> _Verdict:
        """A no counts from anyone at once, whatever direction and policy say; a yes only from a side that
        counts and knew of the no (S26)."""
        told = [side for side in self.sides if self.changed(side) or self.newcomer(side)]
        value = dict(verdict.value if not verdict.conflict else self.base)
        rule, source = verdict.rule, verdict.source
        for name in self.names:
            refusing = next((side for side in told if self._says_no(side, name)), None)
            if refusing:
                value[name], rule, source = "out", "opt_out", refusing.system
            elif self.base.get(name) == "out" and any(self._says_yes(side, name) for side in told):
                knew = any((self.before(side) or {}).get(name) == "out" for side in edits)
                if not knew or self._older(value):
                    # The no stands with its own date and evidence, not with those of the older yes.
                    value |= pick(self.base, ("consent_on", "consent_evidence"))
                    value[name], rule, source = "out", "opt_out", ""
        if verdict.conflict and rule != "opt_out":
            return verdict
        return _Verdict(value, rule, source)

    def _says_no(self, side: Side, name: str) -> bool:
        return self.now(side).get(name) == "out" and (self.before(side) or {}).get(name) != "out"

    def _says_yes(self, side: Side, name: str) -> bool:
        now, before = self.now(side).get(name, "out"), (self.before(side) or {}).get(name)
        return now not in ("out", before)

    def _older(self, value: Record) -> bool:
        new, old = value.get("consent_on", ""), self.base.get("consent_on", "")
        return bool(new and old and new < old)

    def _knew_base(self, side: Side) -> bool:
        """False when the value moved elsewhere and never reached this side: it edited an older one."""
        return self.alike(self.stood_for(side), self.base) or self.alike(self.now(side), self.base)

    def _owner_stands_for_base(self) -> bool:
        return any(
            side.system == self.policy.owner and not self.newcomer(side) and not self.changed(side)
            for side in self.sides
        )

    def _refused_blank(self, side: Side) -> bool:
        return self.policy.never_clear and blank(self.now(side))

    def _distinct(self, sides: list[Side]) -> list[Side]:
        found: list[Side] = []
        for side in sides:
            if not any(self.alike(self.now(side), self.now(other)) for other in found):
                found.append(side)
        return found

    def _spelling(self, sides: list[Side]) -> Side:
        """Whose words count among equal values: the owner's, else his who knows most of the group."""
        owner = next((side for side in sides if side.system == self.policy.owner), None)
        return owner or max(sides, key=lambda side: len(self.of(side)))

    def _take(self, side: Side, rule: str) -> _Verdict:
        """The whole unit from one side; what that side doesn't map keeps its value."""
        return _Verdict({**self.base, **self.now(side)}, rule, side.system)

    def _ask(
        self, sides: list[Side], reason: str, others: Sequence[Candidate] = (), with_base: bool = False
    ) -> _Verdict:
        candidates = [*(Candidate(s.system, self.now(s), s.since, s.until) for s in sides), *others]
        if with_base:
            candidates.append(Candidate("", self.base))
        return _Verdict(self.base, conflict=question(self.entity, self.unit, self.base, candidates, reason))

    # What follows for each side.

    def fate(self, side: Side, value: Record) -> Literal["settle", "write", "drift", "nothing"]:
        names = self.of(side)
        target = pick(value, names)
        now = self.now(side)
        if now == target or now == side.shows(target):
            return "settle" if self._unsettled(side, target) else "nothing"
        if side.sent and pick(side.sent, names) == target:
            return "nothing"
        if not self.written(side):
            return "settle" if self._unsettled(side, target) else "nothing"
        if self.newcomer(side):
            return "settle" if blank(target) or self._only_spelled_otherwise(now, target) else "write"
        moved = self.stood_for(side) != target
        if self.changed(side):
            if self.deaf(side) and not moved:
                return "write" if side.restore else "drift"
            return "settle" if self._only_spelled_otherwise(now, target) else "write"
        return "write" if moved else "nothing"

    def _only_spelled_otherwise(self, now: Record, target: Record) -> bool:
        return not blank(now) and self.alike(now, target)

    def _unsettled(self, side: Side, target: Record) -> bool:
        return self.now(side) != self.before(side) or self.stood_for(side) != target
