"""Groups rows into customers, by certain keys and by what the model is sure of; the rest becomes a review.

A pure function of rows, keys, the model's word and human decisions: the order of the rows doesn't matter
(invariant I12).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import Any, Literal, NamedTuple

from tasuki.identity.keys import CERTAIN, Key


class Party(NamedTuple):
    """A row as matching sees it."""

    link: int
    system: str
    entity: str
    """"" while it belongs to nobody."""
    corporate: str
    code: str
    """Its code in the shared code space, "" elsewhere."""
    branch: str = ""
    """Two branches of one corporation are related, not the same (S15)."""


class Likely(NamedTuple):
    """What the model says of two rows; pairs it holds for strangers are not told."""

    one: int
    other: int
    zone: Literal["same", "review"]
    evidence: dict[str, Any]
    """The waterfall, as tasuki.identity.decision makes it: fields, levels and bits, no value."""


class Group(NamedTuple):
    """Rows that are one customer; `entity` is the one they join, "" for a new one."""

    links: tuple[int, ...]
    entity: str
    reasons: tuple[str, ...]
    evidence: tuple[dict[str, Any], ...] = ()
    """Of the model, where it joined them."""


class Review(NamedTuple):
    """Two rows that may be one customer; a person decides."""

    one: int
    other: int
    reasons: tuple[str, ...]
    evidence: dict[str, Any] | None = None


class Partition(NamedTuple):
    groups: tuple[Group, ...]
    """Every group with at least one row that was nobody's, oldest link first."""
    reviews: tuple[Review, ...]


def partition(
    parties: Iterable[Party],
    keys: Iterable[tuple[int, Key]],
    same: Iterable[tuple[int, int]] = (),
    different: Iterable[tuple[int, int]] = (),
    likely: Iterable[Likely] | None = None,
) -> Partition:
    """`same` and `different` are pairs of links that a person decided on; they beat every key and the model.

    Without a model (`likely` None) keys that aren't certain raise the question; with one it speaks for them.
    """
    everyone = {party.link: party for party in sorted(parties)}
    apart = {frozenset(pair) for pair in different}
    told = {(w.one, w.other): w for w in likely or () if {w.one, w.other} <= everyone.keys()}
    certain, doubtful = _pairs(everyone, keys, weak=likely is None)
    edges = {pair: reasons for pair, reasons in certain.items() if frozenset(pair) not in apart}
    for one, other in same:
        if one in everyone and other in everyone:
            edges[min(one, other), max(one, other)] = {"person"}
    groups, broken = _joined(everyone, _linked(everyone), apart, {}, edges)
    # What a number or a code calls into question, likeness doesn't settle (S15).
    sure = {
        pair: {MODEL}
        for pair, word in told.items()
        if word.zone == "same" and pair not in doubtful and _across(everyone, pair)
    }
    groups, _ = _joined(everyone, groups, apart, edges, sure)
    questions = _questions(everyone, groups, apart, broken, doubtful, told)
    joins = edges | sure
    return Partition(
        tuple(_group(everyone, group, joins, told) for group in groups if _has_new(everyone, group)),
        tuple(
            Review(*pair, tuple(sorted(reasons)), told[pair].evidence if pair in told else None)
            for pair, reasons in sorted(questions.items())
        ),
    )


MODEL = "model"
"""The reason of a pair that the probabilistic model joined or asks about."""
Edges = dict[tuple[int, int], set[str]]


def _pairs(everyone: Mapping[int, Party], keys: Iterable[tuple[int, Key]], weak: bool) -> tuple[Edges, Edges]:
    """Links that share a key, certain and doubtful. A key held twice in one system decides nothing (S15)."""
    buckets: dict[Key, list[int]] = defaultdict(list)
    for link, key in keys:
        if link in everyone and (weak or CERTAIN[key.kind]):
            buckets[key].append(link)
    certain: Edges = defaultdict(set)
    doubtful: Edges = defaultdict(set)
    for key, links in buckets.items():
        if len(links) < 2 or not any(not everyone[link].entity for link in links):
            continue
        systems = [everyone[link].system for link in links]
        unique = len(set(systems)) == len(systems)
        sure = unique and CERTAIN[key.kind]
        for one, other in _neighbours(sorted(links)):
            branches = key.kind == "corporate" and everyone[one].branch != everyone[other].branch
            if everyone[one].system != everyone[other].system:
                (certain if sure and not branches else doubtful)[one, other].add(key.kind)
    return certain, doubtful


def _neighbours(links: Sequence[int]) -> Iterable[tuple[int, int]]:
    """All pairs of a small bucket; of a large one each row with the first, or reviews would explode."""
    if len(links) <= 8:
        return combinations(links, 2)
    return ((links[0], link) for link in links[1:])


def _across(everyone: Mapping[int, Party], pair: tuple[int, int]) -> bool:
    return everyone[pair[0]].system != everyone[pair[1]].system


def _linked(everyone: Mapping[int, Party]) -> list[list[int]]:
    """Rows as they belong together now; whoever is nobody's stands alone."""
    homes: dict[str, list[int]] = defaultdict(list)
    for party in everyone.values():
        homes[party.entity].append(party.link)
    alone = [[link] for link in homes.pop("", [])]
    return [*homes.values(), *alone]


def _joined(
    everyone: Mapping[int, Party],
    groups: Sequence[Sequence[int]],
    apart: set[frozenset[int]],
    within: Edges,
    edges: Edges,
) -> tuple[list[list[int]], Edges]:
    """`groups` joined by `edges` where the whole is sound; where not, as before, with the edges told.

    `within` are the edges that made the groups.
    """
    home = {link: index for index, group in enumerate(groups) for link in group}
    parent = list(range(len(groups)))

    def top(group: int) -> int:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for one, other in edges:
        a, b = top(home[one]), top(home[other])
        parent[max(a, b)] = min(a, b)
    found: dict[int, list[int]] = defaultdict(list)
    for index in range(len(groups)):
        found[top(index)].append(index)
    every = within | edges
    joined: list[list[int]] = []
    broken: set[int] = set()
    for parts in found.values():
        links = sorted(link for part in parts for link in groups[part])
        if len(parts) == 1 or _sound(everyone, links, apart, every):
            joined.append(links)
        else:
            joined += [list(groups[part]) for part in parts]
            broken.update(parts)
    torn = {(a, b): why for (a, b), why in edges.items() if home[a] in broken and home[a] != home[b]}
    return sorted(joined), torn


def _sound(
    everyone: Mapping[int, Party], links: Sequence[int], apart: set[frozenset[int]], edges: Edges
) -> bool:
    """One row a system, one customer, one 法人番号, one code, nobody kept apart; a person may say otherwise
    of rows."""
    parties = [everyone[link] for link in links]
    pairs = list(combinations(sorted(links), 2))
    said = {link for pair in pairs if edges.get(pair) == {"person"} for link in pair}
    # Rows that a person joined, now or in a merge before, may differ in all that machines go by.
    new = [party for party in parties if not party.entity and party.link not in said]
    settled = [party for party in parties if party not in new]
    systems = [party.system for party in parties]
    return (
        not any(systems.count(party.system) > 1 for party in new)
        and not (apart and apart & set(map(frozenset, pairs)))
        and len({party.entity for party in parties} - {""}) <= 1
        and _agree({party.corporate for party in new}, {party.corporate for party in settled})
        and _agree({party.code for party in new}, {party.code for party in settled})
    )


def _agree(new: set[str], settled: set[str]) -> bool:
    """One number; where several are settled already, one of them."""
    mine, known = new - {""}, settled - {""}
    return len(mine) <= 1 and (not known or mine <= known)


def _questions(
    everyone: Mapping[int, Party],
    groups: Sequence[Sequence[int]],
    apart: set[frozenset[int]],
    broken: Edges,
    doubtful: Edges,
    told: Mapping[tuple[int, int], Likely],
) -> Edges:
    """What a person must look at: certain keys that contradict each other, and what is only likely."""
    home = {link: index for index, group in enumerate(groups) for link in group}
    maybe = {pair: {MODEL} for pair, word in told.items() if word.zone == "review"}
    alike = {pair: {MODEL} for pair, word in told.items() if word.zone == "same"}
    between: dict[tuple[int, int], tuple[int, int]] = {}
    questions: Edges = defaultdict(set)
    for asked, bound in ((broken, _free), (doubtful, _open), (maybe, _open), (alike, _one_firm)):
        for pair, reasons in sorted(asked.items()):
            one, other = (groups[home[link]] for link in pair)
            settled = one is other or all(any(everyone[i].entity for i in side) for side in (one, other))
            parted = apart and any(frozenset(two) in apart for two in product(one, other))
            if not settled and not parted and bound(everyone, one, other):
                # Two customers are one question, however many rows each has.
                sides = home[pair[0]], home[pair[1]]
                questions[between.setdefault((min(sides), max(sides)), pair)] |= reasons
    return questions


def _free(everyone: Mapping[int, Party], one: Sequence[int], other: Sequence[int]) -> bool:
    return True


def _open(everyone: Mapping[int, Party], one: Sequence[int], other: Sequence[int]) -> bool:
    """Not ruled out by numbers, nor by a system that holds both."""
    systems = {everyone[link].system for link in one} & {everyone[link].system for link in other}
    codes = {everyone[link].code for link in (*one, *other)} - {""}
    return not systems and len(codes) <= 1 and _one_firm(everyone, one, other)


def _one_firm(everyone: Mapping[int, Party], one: Sequence[int], other: Sequence[int]) -> bool:
    """A customer may stand twice in a system, under two codes; two 法人番号 are two firms."""
    return len({everyone[link].corporate for link in (*one, *other)} - {""}) <= 1


def _has_new(everyone: Mapping[int, Party], group: Sequence[int]) -> bool:
    return any(not everyone[link].entity for link in group)


def _group(
    everyone: Mapping[int, Party],
    links: Sequence[int],
    edges: Edges,
    told: Mapping[tuple[int, int], Likely],
) -> Group:
    entity = next((everyone[link].entity for link in links if everyone[link].entity), "")
    inside = [pair for pair in combinations(sorted(links), 2) if pair in edges]
    reasons = {reason for pair in inside for reason in edges[pair]}
    evidence = [
        {"one": one, "other": other, **told[one, other].evidence}
        for one, other in inside
        if edges[one, other] == {MODEL}
    ]
    return Group(tuple(links), entity, tuple(sorted(reasons)), tuple(evidence))
