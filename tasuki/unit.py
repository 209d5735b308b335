"""One field or group of one customer, and what is true of it now: the rules, case by case.

Three-way, per system: a side changed when it differs from what that same side agreed to (sync-rules S2).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from tasuki.definition import PolicyEntry
from tasuki.model import Field
from tasuki.record import Record, blank, content_digest, pick
from tasuki.value import folded, whole_group


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


class Part(NamedTuple):
    """What one side shows, showed and stands for in one unit; worked out once, for every rule asks."""

    side: Side
    names: tuple[str, ...]
    """The fields of the unit that this side knows."""
    now: Record
    before: Record | None
    """None when this side never settled the whole of what it maps: a newcomer (S14, S22)."""
    stood_for: Record
    changed: bool
    """Against its own past only; equal to what a write would show there is no change either (S3)."""

    @property
    def newcomer(self) -> bool:
        return self.before is None


def part_of(side: Side, names: tuple[str, ...]) -> Part:
    now, stood_for = pick(side.observed, names), pick(side.settled, names)
    before = pick(side.agreed, names)
    if len(before) < len(names):
        return Part(side, names, now, None, stood_for, False)
    return Part(side, names, now, before, stood_for, now != before and now != side.shows(stood_for))


MERGED = "merged"
"""Stands in the place of a system: what was typed while two customers were one (S17)."""


class Candidate(NamedTuple):
    """A value that a side offers for a unit."""

    system: str
    value: Record
    since: float = 0.0
    until: float = 0.0


class Conflict(NamedTuple):
    """A unit that a person must decide; it is frozen everywhere until then (sync-rules S13)."""

    key: str
    unit: str
    base: Record
    candidates: tuple[Candidate, ...]
    reason: str
    """ask · overlap · first · cut · part · unmerged"""


class Verdict(NamedTuple):
    """What is true of a unit now, and the rule that says so."""

    value: Record
    rule: str = ""
    source: str = ""
    conflict: Conflict | None = None
    decided: str = ""


class Unit:
    """One field or group of one entity, and the sides that know it: the table of cases that decides it."""

    def __init__(
        self,
        entity: str,
        unit: str,
        fields: Sequence[Field],
        base: Record,
        policy: PolicyEntry,
        parts: tuple[Part, ...],
    ) -> None:
        self.entity = entity
        self.unit = unit
        self.fields = fields
        self.names = tuple(field.name for field in fields)
        self.base = pick(base, self.names)
        self.policy = policy
        self.parts = parts

    # What a side holds, and whether it counts.

    def cut(self, part: Part) -> bool:
        """The system holds another text than the value it stands for, beyond spelling."""
        if part.before is None or not self.written(part):
            return False
        return not self.alike(part.before, part.stood_for)

    def written(self, part: Part) -> bool:
        """Whether this unit is ever written there; else what stands there was never ours."""
        side = part.side
        one_way = side.direction == "in" or (self.policy.only == side.system and self.unit != "consent")
        return not one_way and not side.fixed.issuperset(part.names)

    def alike(self, one: Record, other: Record) -> bool:
        return all(
            one[field.name] == other[field.name]
            or folded(field, one[field.name]) == folded(field, other[field.name])
            for field in self.fields
            if field.name in one and field.name in other
        )

    def deaf(self, part: Part) -> str:
        """Why edits on this side don't count, "" when they do."""
        side = part.side
        if side.direction == "out":
            return "out"
        if self.policy.only and self.policy.only != side.system:
            return "only"
        if len(part.names) < len(self.names) and not side.gives and self.unit != "consent":
            return "part"
        return ""

    # The decision.

    def decide(self, decisions: Mapping[str, Record], merged: Record | None = None) -> Verdict:
        edits = [part for part in self.parts if part.changed and not self.deaf(part)]
        news = [
            part
            for part in self.parts
            if part.newcomer and not blank(part.now) and self.deaf(part) in ("", "part")
        ]
        if merged is not None:
            verdict = self._ask(edits, "unmerged", [Candidate(MERGED, merged)], with_base=True)
        else:
            verdict = self._with_edits(edits, news) if edits else self._with_news(news)
        if self.unit == "consent":
            verdict = self._opt_out(verdict, edits)
        if verdict.conflict and verdict.conflict.key in decisions:
            return Verdict(decisions[verdict.conflict.key], "decision", decided=verdict.conflict.key)
        return verdict

    def _with_edits(self, edits: list[Part], news: list[Part]) -> Verdict:
        cut = [part for part in edits if self.cut(part)]
        if cut:
            return self._ask([*edits, *news], "cut", with_base=True)
        if not self.policy.only:
            whole = [found for part in edits if (found := self._whole(part))]
            if len(whole) < len(edits):
                return self._ask(edits, "part", with_base=True)
            edits = whole
        offers = [part for part in edits if not self._refused_blank(part)]
        if not offers:
            return Verdict(self.base)
        unaware = [part for part in offers if not self._knew_base(part)]
        if len(self._distinct([*offers, *news])) == 1 and not unaware:
            rule = "same" if len(offers) > 1 else "edit"
            return self._take(self._spelling(offers), rule)
        owner = next((part for part in [*offers, *news] if part.side.system == self.policy.owner), None)
        if owner:
            return self._take(owner, "owner")
        if unaware and self._owner_stands_for_base():
            return Verdict(self.base, "owner", self.policy.owner or "")
        if self.policy.policy == "newest" and not news and not unaware:
            return self._newest(offers)
        return self._ask([*offers, *news], "ask", with_base=bool(unaware))

    def _whole(self, part: Part) -> Part | None:
        """All of the group, as this side gives it; None where its part of it leaves the rest open (S10)."""
        if len(part.names) == len(self.names):
            return part
        found = whole_group(self.unit, part.now)
        return part._replace(names=self.names, now=pick(found, self.names)) if found else None

    def _with_news(self, news: list[Part]) -> Verdict:
        """A side without a base: equal is agreed, a blank is filled, different is never newest (S14)."""
        if not news:
            return Verdict(self.base)
        if not blank(self.base):
            strangers = [part for part in news if not self.alike(part.now, self.base)]
            if not strangers:
                return Verdict(self.base)
            owner = next((part for part in strangers if part.side.system == self.policy.owner), None)
            if owner:
                return self._take(owner, "owner")
            if self._owner_stands_for_base():
                return Verdict(self.base, "owner", self.policy.owner or "")
            return self._ask(strangers, "first", with_base=True)
        if len(self._distinct(news)) == 1:
            return self._take(self._spelling(news), "first")
        owner = next((part for part in news if part.side.system == self.policy.owner), None)
        return self._take(owner, "owner") if owner else self._ask(news, "first")

    def _newest(self, offers: list[Part]) -> Verdict:
        """The last edit wins only when its whole interval lies after all others (S12)."""
        latest = max(offers, key=lambda part: part.side.since)
        others = [part for part in offers if not self.alike(part.now, latest.now)]
        if all(part.side.until <= latest.side.since for part in others):
            return self._take(latest, "newest")
        return self._ask(offers, "overlap")

    def _opt_out(self, verdict: Verdict, edits: list[Part]) -> Verdict:
        """A no counts from anyone at once, whatever direction and policy say; a yes only from a side that
        counts and knew of the no (S26)."""
        told = [part for part in self.parts if part.changed or part.newcomer]
        value = dict(verdict.value if not verdict.conflict else self.base)
        rule, source = verdict.rule, verdict.source
        for name in self.names:
            refusing = next((part for part in told if self._says_no(part, name)), None)
            if refusing:
                value[name], rule, source = "out", "opt_out", refusing.side.system
            elif self.base.get(name) == "out" and any(self._says_yes(part, name) for part in told):
                knew = any((part.before or {}).get(name) == "out" for part in edits)
                if not knew or self._older(value):
                    # The no stands with its own date and evidence, not with those of the older yes.
                    value |= pick(self.base, ("consent_on", "consent_evidence"))
                    value[name], rule, source = "out", "opt_out", ""
        if verdict.conflict and rule != "opt_out":
            return verdict
        return Verdict(value, rule, source)

    def _says_no(self, part: Part, name: str) -> bool:
        return part.now.get(name) == "out" and (part.before or {}).get(name) != "out"

    def _says_yes(self, part: Part, name: str) -> bool:
        now, before = part.now.get(name, "out"), (part.before or {}).get(name)
        return now not in ("out", before)

    def _older(self, value: Record) -> bool:
        new, old = value.get("consent_on", ""), self.base.get("consent_on", "")
        return bool(new and old and new < old)

    def _knew_base(self, part: Part) -> bool:
        """False when the value moved elsewhere and never reached this side: it edited an older one."""
        return self.alike(part.stood_for, self.base) or self.alike(part.now, self.base)

    def _owner_stands_for_base(self) -> bool:
        return any(
            part.side.system == self.policy.owner and not part.newcomer and not part.changed
            for part in self.parts
        )

    def _refused_blank(self, part: Part) -> bool:
        return self.policy.never_clear and blank(part.now)

    def _distinct(self, parts: list[Part]) -> list[Part]:
        found: list[Part] = []
        for part in parts:
            if not any(self.alike(part.now, other.now) for other in found):
                found.append(part)
        return found

    def _spelling(self, parts: list[Part]) -> Part:
        """Whose words count among equal values: the owner's, else his who knows most of the group."""
        owner = next((part for part in parts if part.side.system == self.policy.owner), None)
        return owner or max(parts, key=lambda part: len(part.names))

    def _take(self, part: Part, rule: str) -> Verdict:
        """The whole unit from one side; what that side doesn't map keeps its value."""
        return Verdict({**self.base, **part.now}, rule, part.side.system)

    def _ask(
        self, parts: list[Part], reason: str, others: Sequence[Candidate] = (), with_base: bool = False
    ) -> Verdict:
        candidates = [*(Candidate(p.side.system, p.now, p.side.since, p.side.until) for p in parts), *others]
        if with_base:
            candidates.append(Candidate("", self.base))
        return Verdict(self.base, conflict=question(self.entity, self.unit, self.base, candidates, reason))

    # What follows for each side.

    def fate(self, part: Part, value: Record) -> Literal["settle", "write", "drift", "nothing"]:
        names = part.names
        target = pick(value, names)
        now = part.now
        if now == target or now == part.side.shows(target):
            return "settle" if self._unsettled(part, target) else "nothing"
        if part.side.sent and pick(part.side.sent, names) == target:
            return "nothing"
        if not self.written(part):
            return "settle" if self._unsettled(part, target) else "nothing"
        if part.newcomer:
            return "settle" if blank(target) or self._only_spelled_otherwise(now, target) else "write"
        moved = part.stood_for != target
        if part.changed:
            if self.deaf(part) and not moved:
                return "write" if part.side.restore else "drift"
            return "settle" if self._only_spelled_otherwise(now, target) else "write"
        return "write" if moved else "nothing"

    def _only_spelled_otherwise(self, now: Record, target: Record) -> bool:
        return not blank(now) and self.alike(now, target)

    def _unsettled(self, part: Part, target: Record) -> bool:
        return part.now != part.before or part.stood_for != target


def question(entity: str, unit: str, base: Record, candidates: Sequence[Candidate], reason: str) -> Conflict:
    """The conflict of these values: asked again it has the same key (S13)."""
    key = content_digest([entity, unit, [[c.system, c.value] for c in candidates]])[:16]
    return Conflict(key, unit, base, tuple(candidates), reason)
