"""Groups rows into customers by certain keys; whatever is less than certain becomes a review.

A pure function of rows, keys and human decisions: the order of the rows doesn't matter (invariant I12).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

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


class Group(NamedTuple):
    """Rows that are one customer; `entity` is the one they join, "" for a new one."""

    links: tuple[int, ...]
    entity: str
    reasons: tuple[str, ...]


class Review(NamedTuple):
    """Two rows that may be one customer; a person decides."""

    one: int
    other: int
    reasons: tuple[str, ...]


class Partition(NamedTuple):
    groups: tuple[Group, ...]
    """Every group with at least one row that was nobody's, oldest link first."""
    reviews: tuple[Review, ...]


def partition(
    parties: Iterable[Party],
    keys: Iterable[tuple[int, Key]],
    same: Iterable[tuple[int, int]] = (),
    different: Iterable[tuple[int, int]] = (),
) -> Partition:
    """`same` and `different` are pairs of links that a person decided on; they beat every key."""
    everyone = {party.link: party for party in sorted(parties)}
    apart = {frozenset(pair) for pair in different}
    certain, doubtful = _pairs(everyone, keys)
    edges = {pair: reasons for pair, reasons in certain.items() if frozenset(pair) not in apart}
    for one, other in same:
        if one in everyone and other in everyone:
            edges[min(one, other), max(one, other)] = {"person"}
    groups, broken = _components(everyone, edges)
    home = {link: index for index, group in enumerate(groups) for link in group}
    questions: dict[tuple[int, int], set[str]] = defaultdict(set)
    for pair, reasons in [*broken.items(), *doubtful.items()]:
        if frozenset(pair) not in apart and _open(everyone, groups, home, pair, pair in broken):
            questions[pair] |= reasons
    return Partition(
        tuple(_group(everyone, group, edges) for group in groups if _has_new(everyone, group)),
        tuple(Review(*pair, tuple(sorted(reasons))) for pair, reasons in sorted(questions.items())),
    )


Edges = dict[tuple[int, int], set[str]]


def _pairs(everyone: Mapping[int, Party], keys: Iterable[tuple[int, Key]]) -> tuple[Edges, Edges]:
    """Links that share a key, certain and doubtful. A key held twice in one system decides nothing (S15)."""
    buckets: dict[Key, list[int]] = defaultdict(list)
    for link, key in keys:
        if link in everyone:
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


def _components(everyone: Mapping[int, Party], edges: Edges) -> tuple[list[list[int]], Edges]:
    """Connected rows, and the edges of those that can't all be one customer: these fall apart again."""
    parent = {link: link for link in everyone}

    def top(link: int) -> int:
        while parent[link] != link:
            parent[link] = parent[parent[link]]
            link = parent[link]
        return link

    entities: dict[str, int] = {}
    for party in everyone.values():
        if party.entity:
            parent[top(party.link)] = top(entities.setdefault(party.entity, party.link))
    for one, other in edges:
        parent[max(top(one), top(other))] = min(top(one), top(other))
    found: dict[int, list[int]] = defaultdict(list)
    for link in everyone:
        found[top(link)].append(link)
    groups: list[list[int]] = []
    broken: Edges = {}
    for links in found.values():
        if _sound(everyone, links, edges):
            groups.append(links)
            continue
        groups += _apart(everyone, links)
        inside = set(links)
        broken.update({pair: reasons for pair, reasons in edges.items() if inside.issuperset(pair)})
    return sorted(groups), broken


def _sound(everyone: Mapping[int, Party], links: Sequence[int], edges: Edges) -> bool:
    """One row a system, one customer, one 法人番号, one code; a person may say otherwise of rows."""
    parties = [everyone[link] for link in links]
    by_person = any(edges.get(pair) == {"person"} for pair in combinations(sorted(links), 2))
    new = [party for party in parties if not party.entity]
    systems = [party.system for party in parties]
    rows_clash = any(systems.count(party.system) > 1 for party in new)
    return (
        (by_person or not rows_clash)
        and len({party.entity for party in parties} - {""}) <= 1
        and len({party.corporate for party in parties} - {""}) <= 1
        and len({party.code for party in parties} - {""}) <= 1
    )


def _apart(everyone: Mapping[int, Party], links: Sequence[int]) -> list[list[int]]:
    """Rows that already belong together stay so; every other stands alone."""
    groups: dict[str, list[int]] = defaultdict(list)
    alone = []
    for link in links:
        entity = everyone[link].entity
        groups[entity].append(link) if entity else alone.append([link])
    return [*(group for entity, group in groups.items() if entity), *alone]


def _open(
    everyone: Mapping[int, Party],
    groups: Sequence[Sequence[int]],
    home: Mapping[int, int],
    pair: tuple[int, int],
    broken: bool,
) -> bool:
    """Whether a person must look: not the same group already, not ruled out by numbers or systems."""
    one, other = (groups[home[link]] for link in pair)
    if one is other or all(everyone[link].entity for link in pair):
        return False
    if broken:
        return True
    numbers = {everyone[link].corporate for link in (*one, *other)} - {""}
    codes = {everyone[link].code for link in (*one, *other)} - {""}
    systems = {everyone[link].system for link in one} & {everyone[link].system for link in other}
    return len(numbers) <= 1 and len(codes) <= 1 and not systems


def _has_new(everyone: Mapping[int, Party], group: Sequence[int]) -> bool:
    return any(not everyone[link].entity for link in group)


def _group(everyone: Mapping[int, Party], links: Sequence[int], edges: Edges) -> Group:
    entity = next((everyone[link].entity for link in links if everyone[link].entity), "")
    reasons = {reason for pair in combinations(sorted(links), 2) for reason in edges.get(pair, ())}
    return Group(tuple(links), entity, tuple(sorted(reasons)))
