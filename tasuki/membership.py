"""Says which rows belong to which customer, in which part, and which must wait until somebody knows."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from tasuki.definition import Sync
from tasuki.identity import Group, Party, Review, partition
from tasuki.identity.keys import branch, corporate_number
from tasuki.plan import Match, Promotion, Waiting
from tasuki.shown import Shown
from tasuki.snapshot import LinkState, Snapshot


class Membership(NamedTuple):
    """Who is who, as one plan sees it."""

    rows: Mapping[str, tuple[LinkState, ...]]
    """Customer → its rows, those that join now among them."""
    matches: tuple[Match, ...]
    promoted: tuple[Promotion, ...]
    reviews: tuple[Review, ...]
    waiting: tuple[Waiting, ...]
    held: Mapping[str, frozenset[str]]
    """Customer → systems where it must not be created yet: an undecided row there may be it (I2)."""


def membership(
    sync: Sync, snapshot: Snapshot, shown: Shown, only: Collection[str] | None = None
) -> Membership:
    """Pure. `only` these customers, or all."""
    return _Members(sync, snapshot, shown).tell(only)


def ids_of(model: str, system: str, key: str, link: int) -> Iterator[str]:
    """The numbers of customers that begin with this row: the first, and further ones for a row that was
    parted from the customer it had begun."""
    text = f"{model}\0{system}\0{key}\0{link}"
    for again in range(AGAIN):
        told = f"{text}\0{again}" if again else text
        yield f"{model[:2]}_{hashlib.sha256(told.encode()).hexdigest()[:20]}"


NUMBERS = ("code", "corporate_number", "invoice_number")
AGAIN = 16
"""How often one row may begin a customer."""


class _Members:
    def __init__(self, sync: Sync, snapshot: Snapshot, shown: Shown) -> None:
        self.sync = sync
        self.snapshot = snapshot
        self.shown = shown
        self.links = {link.id: link for link in snapshot.links}
        self.incorporated = {link for link, key in snapshot.keys if key.kind == "corporate"}
        self.waiting: list[Waiting] = []

    def tell(self, only: Collection[str] | None) -> Membership:
        groups, reviews = self._identify()
        rows: dict[str, list[LinkState]] = defaultdict(list)
        for link in self.links.values():
            if link.entity:
                rows[link.entity].append(link)
        matches: list[Match] = []
        for entity, group in groups.items():
            if only is None or entity in only:
                joined = list(self._join(entity, rows[entity], group))
                matches += [match for match, _ in joined]
                rows[entity] += [link for _, link in joined]
        chosen = rows.keys() if only is None else rows.keys() & set(only)
        promoted = [made for entity in sorted(chosen) for made in self._heirs(entity, rows[entity])]
        roles = {made.link: "primary" for made in promoted} | {made.instead: "duplicate" for made in promoted}
        return Membership(
            {
                entity: tuple(link._replace(role=roles.get(link.id, link.role)) for link in rows[entity])
                for entity in chosen
            },
            tuple(matches),
            tuple(promoted),
            reviews,
            tuple(self.waiting),
            self._held(groups, reviews),
        )

    def _ready(self) -> Iterator[LinkState]:
        """Rows that may be planned; one that points at a record we don't know waits (S18)."""
        open_ = bool(self.sync.model.references())
        for link in self.links.values():
            if open_ and link.state == "here" and not link.entity and self.shown.points_nowhere(link):
                self.waiting.append(Waiting(link.system, link.id, "", "TSK-5023"))
            elif link.state in ("here", "held") and link.system in self.sync.systems:
                yield link

    def _identify(self) -> tuple[dict[str, Group], tuple[Review, ...]]:
        snapshot, parties = self.snapshot, [self._party(link) for link in self._ready()]
        found = partition(parties, snapshot.keys, snapshot.same, snapshot.different, snapshot.likely)
        groups: dict[str, Group] = {}
        doubtful = self._undecided(found.groups, found.reviews)
        for group in found.groups:
            here = [self.links[i] for i in group.links if self.links[i].state == "here"]
            if group.entity:
                groups[group.entity] = group
            elif not here or doubtful & set(group.links):
                continue
            elif any(self.sync.systems[link.system].entry.originates for link in here):
                groups[self._new_id(min(here))] = group
            else:
                self.waiting += [Waiting(link.system, link.id, "", "TSK-5022") for link in here]
        return groups, found.reviews

    def _party(self, link: LinkState) -> Party:
        # A branch matters between two rows that share the number; to read it off a name takes its time.
        shares = link.id in self.incorporated
        record = self.shown.told(link, (*NUMBERS, "name") if shares else NUMBERS)
        code = record.get("code", "") if self.sync.model.own_code == "code" else ""
        return Party(link.id, link.system, link.entity, corporate_number(record), code, branch(record))

    def _undecided(self, groups: Iterable[Group], reviews: Iterable[Review]) -> frozenset[int]:
        """Rows that wait for a review: the new one, of two new ones the one whose system comes later."""
        order = list(self.sync.systems)
        group_of = {link: group for group in groups for link in group.links}

        def new(link: int) -> bool:
            return not self.links[link].entity and not group_of[link].entity

        def rank(link: int) -> tuple[int, int]:
            return min((order.index(self.links[i].system), i) for i in group_of[link].links)

        return frozenset(max(filter(new, (r.one, r.other)), key=rank) for r in reviews)

    def _held(self, groups: Mapping[str, Group], reviews: Iterable[Review]) -> dict[str, frozenset[str]]:
        home = {link.id: link.entity for link in self.links.values() if link.entity}
        home |= {i: entity for entity, group in groups.items() for i in group.links}
        held: dict[str, set[str]] = defaultdict(set)
        for review in reviews:
            for mine, theirs in ((review.one, review.other), (review.other, review.one)):
                if mine in home:
                    held[home[mine]].add(self.links[theirs].system)
        return {entity: frozenset(systems) for entity, systems in held.items()}

    def _new_id(self, link: LinkState) -> str:
        ids = ids_of(self.sync.model.name, link.system, link.key, link.id)
        return next(id for id in ids if id not in self.snapshot.used)

    def _join(
        self, entity: str, known: Iterable[LinkState], group: Group
    ) -> Iterator[tuple[Match, LinkState]]:
        """One row of a system is the customer's, a second one its duplicate; a row that can be read goes
        before one that is held back."""
        taken = {link.system for link in known if link.state != "gone" and link.role == "primary"}
        new = [self.links[i] for i in group.links if not self.links[i].entity]
        for link in sorted(new, key=lambda link: (link.state != "here", link.id)):
            role: Literal["primary", "duplicate"] = "duplicate" if link.system in taken else "primary"
            taken.add(link.system)
            evidence = tuple(e for e in group.evidence if link.id in (e["one"], e["other"]))
            match = Match(link.id, link.system, link.key, entity, group.reasons, evidence, role)
            yield match, link._replace(role=role)

    def _heirs(self, entity: str, links: Sequence[LinkState]) -> Iterator[Promotion]:
        """Where a primary is gone and its duplicate is there, that one is the customer's row now."""
        for link in (link for link in links if link.role == "primary" and link.state == "gone"):
            others = [other for other in links if other.system == link.system and other != link]
            heirs = [other for other in others if other.role == "duplicate" and other.state == "here"]
            if heirs and not any(other.role == "primary" for other in others):
                yield Promotion(min(heirs, key=lambda heir: heir.id).id, entity, link.id)
