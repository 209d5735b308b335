"""Whose telephone, name or product this is: the customer with all that the systems hold of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tasuki.identity.party import party_by_itself, reading_by_itself
from tasuki.identity.reading import Parts, phone_by_itself
from tasuki.record import Record
from tasuki.store import entries
from tasuki.store.entries import Held, Hit, Standing
from tasuki.terms import Way, asked

MOST = 20
"""Customers shown; more say that the question was too wide."""


class Found(NamedTuple):
    """A customer; or a record that leads to none, a product in stock or a contact of nobody."""

    model: str
    entity: str
    """"" for a row that is not a customer's yet."""
    value: Record
    rows: tuple[Standing, ...]
    """Where it stands, in every system."""
    via: tuple[Held, ...]
    """The contacts and installed items that led here."""


def lookup(connection: Any, way: Way, text: str, most: int = MOST) -> list[Found]:
    """A telephone number or a product's in any writing, whole; a name as it begins, written or spoken.

    In the order of the names; `most` of them.
    """
    hits, ids = _hits(connection, way, sorted(asked(way, text, _fold)), most)
    held = entries.held(connection, list(ids)[:most])
    owners = entries.held(connection, [one.value["customer"] for one in held.values() if _led(one)])
    led: dict[str, dict[str, Held]] = {}
    for one in filter(None, (held.get(hit.entity) for hit in hits)):
        owner = owners.get(one.value["customer"]) if _led(one) else None
        led.setdefault(owner.entity if owner else one.entity, {}).setdefault(one.entity, one)
    targets = {one.entity: one for one in (*held.values(), *owners.values())}
    chosen = _chosen(list(led), targets)[:most]
    rows = entries.standing(connection, chosen)
    found = [_found(targets[id], rows.get(id, ()), led[id]) for id in chosen]
    return [*found, *map(_unlinked, (hit for hit in hits if not hit.entity))][:most]


def _hits(connection: Any, way: Way, texts: Sequence[str], most: int) -> tuple[list[Hit], dict[str, None]]:
    """Rows, and whose they are: of half as many as may be needed where that is enough."""
    links = entries.under(connection, way, texts, prefix=way == "name", most=most * 2)
    hits = entries.hits(connection, links[:most])
    if len(_owners(hits)) < most:
        hits += entries.hits(connection, links[most:])
    return hits, _owners(hits)


def _owners(hits: Iterable[Hit]) -> dict[str, None]:
    return dict.fromkeys(hit.entity for hit in hits if hit.entity)


def _fold(kind: str, texts: Sequence[str]) -> list[str]:
    """A single text is folded ten times as fast by itself as in a column."""
    return [(_BY_ITSELF[kind](text) or ("",))[0] for text in texts]


_BY_ITSELF: Mapping[str, Callable[[str], Parts | None]] = {
    "name": party_by_itself,
    "kana": reading_by_itself,
    "phone": phone_by_itself,
}


def _led(held: Held) -> bool:
    return held.model != "customer" and bool(held.value.get("customer"))


def _chosen(ids: Sequence[str], targets: Mapping[str, Held]) -> list[str]:
    """Customers; other records only where no customer was found."""
    customers = [id for id in ids if targets[id].model == "customer"]
    return customers or list(ids)


def _found(target: Held, rows: Sequence[Standing], led: Mapping[str, Held]) -> Found:
    via = tuple(one for id, one in led.items() if id != target.entity)
    return Found(target.model, target.entity, target.value, tuple(rows), via)


def _unlinked(hit: Hit) -> Found:
    return Found(hit.model, "", {}, (hit.row,), ())
