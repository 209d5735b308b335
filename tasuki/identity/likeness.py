"""What the model says of rows in several systems: which are likely one customer, and why.

A pure function of records, model and people's decisions (invariant I12).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tasuki.identity.clusters import Decisions
from tasuki.identity.decision import Evidence, decide
from tasuki.identity.keys import COMPARED, corporate_number
from tasuki.identity.matching import match
from tasuki.identity.model import Model
from tasuki.identity.modelfile import load
from tasuki.identity.partition import Likely
from tasuki.identity.table import Field
from tasuki.identity.verdict import Zone
from tasuki.record import Record

FIRST = Path(__file__).with_name("first_model.json")
"""Learned from made-up masters by tools/first_model.py."""
ENOUGH = 2_000
"""Rows that a model of a firm's own is learned from; fewer are judged by the first one."""

FIELDS = {
    model: tuple(Field(name, kind) for name, kind in kinds.items()) for model, kinds in COMPARED.items()
}

Pairs = Iterable[tuple[int, int]]
"""Of links."""


class Word(NamedTuple):
    """What a model says of some records."""

    model: Model
    likely: tuple[Likely, ...]
    """By link, the smaller first."""


def ask(
    model: Model | None,
    fields: Sequence[Field],
    records: Mapping[int, Record],
    same: Pairs = (),
    different: Pairs = (),
) -> Word:
    """`same` and `different` are settled: by people, or by an earlier run.

    Without a model one is learned from these records, or, when they are few, the first one speaks.
    """
    links = sorted(records)
    place = {link: index for index, link in enumerate(links)}
    if model is None and len(links) < ENOUGH:
        model = load(FIRST)
    people = Decisions(_placed(place, same), _placed(place, different))
    found = match(fields, texts(fields, (records[link] for link in links)), model, people)
    made = decide(found.model, found.table, found.one, found.other)
    told = (
        Likely(links[pair.one], links[pair.other], zone, evidence)
        for pair, evidence in zip(found.pairs(), made, strict=True)
        if (zone := _zone(pair.zone, evidence)) != "different"
    )
    return Word(found.model, tuple(told))


def texts(fields: Sequence[Field], records: Iterable[Record]) -> dict[str, list[str]]:
    """Per field one text a record."""
    found: dict[str, list[str]] = {field.name: [] for field in fields}
    for record in records:
        told = {**record, "corporate_number": corporate_number(record)}
        for name, column in found.items():
            column.append(told.get(name, ""))
    return found


def _placed(place: Mapping[int, int], pairs: Pairs) -> tuple[tuple[int, int], ...]:
    return tuple((place[a], place[b]) for a, b in pairs if a in place and b in place)


def _zone(zone: Zone, evidence: Evidence) -> Zone:
    """A name alone, or a telephone alone, never joins two rows unasked; nor do two that are only similar."""
    told = [bar for bar in evidence["bars"] if bar["bits"] > 1]
    certain = len(told) > 1 and any(bar["level"] in EXACT for bar in told)
    return "review" if zone == "same" and not certain else zone


EXACT = ("same", "same_core", "order", "same_block")
"""Levels at which two texts mean the same."""
