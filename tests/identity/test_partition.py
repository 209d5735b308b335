"""Which rows are one customer, by keys and human words: sync-rules S15, invariants I2 and I12."""

from itertools import permutations
from typing import Any

import pytest

from tasuki.identity import Party, partition
from tasuki.identity.keys import Key

NUMBER, OTHER = "7000012050002", "8700110005901"


def party(link: int, system: str, entity: str = "", **more: str) -> Party:
    return Party(
        link, system, entity, more.get("corporate", ""), more.get("code", ""), more.get("branch", "")
    )


def key(kind: str, text: str = "山田") -> Key:
    return Key(kind, text.encode())


def told(parties: list[Party], *keys: tuple[int, Key], **words: Any) -> tuple[list[Any], list[Any]]:
    """(links, customer) of every group with a newcomer, and the pairs that are asked about."""
    found = partition(parties, keys, **words)
    groups = [(group.links, group.entity) for group in found.groups]
    return groups, [(review.one, review.other) for review in found.reviews]


def shared(kind: str, *links: int) -> list[tuple[int, Key]]:
    return [(link, key(kind)) for link in links]


LEDGER, CRM, YAYOI = party(1, "ledger"), party(2, "crm"), party(3, "yayoi")
APART = [((1,), ""), ((2,), "")]
NUMBERED = [LEDGER._replace(corporate=NUMBER), CRM._replace(corporate=NUMBER)]


def test_s15_a_certain_key_joins_rows_of_two_systems() -> None:
    assert told([LEDGER, CRM], *shared("phone+name", 1, 2)) == ([((1, 2), "")], [])


def test_a_name_alone_raises_the_question() -> None:
    assert told([LEDGER, CRM], *shared("name", 1, 2)) == (APART, [(1, 2)])


def test_a_newcomer_joins_the_customer_that_is_there() -> None:
    assert told([LEDGER._replace(entity="cu_1"), CRM], *shared("email+name", 1, 2)) == (
        [((1, 2), "cu_1")],
        [],
    )


@pytest.mark.invariant("I2")
def test_s15_a_key_held_twice_in_one_system_decides_nothing() -> None:
    twice = [LEDGER, LEDGER._replace(link=4), CRM]
    assert told(twice, *shared("corporate", 1, 2, 4)) == ([*APART, ((4,), "")], [(1, 2), (2, 4)])


@pytest.mark.invariant("I2")
@pytest.mark.parametrize(
    ("ledger", "crm"),
    [({"branch": "大阪支店"}, {"branch": "東京支店"}), ({"code": "C001"}, {"code": "C002"})],
    ids=["two branches", "two codes"],
)
def test_s15_one_corporation_under_two_names_is_related_and_asked(
    ledger: dict[str, str], crm: dict[str, str]
) -> None:
    rows = [NUMBERED[0]._replace(**ledger), NUMBERED[1]._replace(**crm)]
    groups, asked = told(rows, *shared("corporate", 1, 2))
    assert groups == APART
    assert asked == [(1, 2)]


def test_s15_two_corporate_numbers_are_two_firms_whatever_else_is_equal() -> None:
    rows = [LEDGER._replace(corporate=NUMBER), CRM._replace(corporate=OTHER)]
    groups, _ = told(rows, *shared("phone+name", 1, 2))
    assert groups == APART


def test_a_chain_that_would_join_two_customers_joins_none_and_is_asked() -> None:
    rows = [LEDGER._replace(entity="cu_1"), CRM, YAYOI._replace(entity="cu_2")]
    keys = [*shared("email+name", 1, 2), (2, key("phone+name", "x")), (3, key("phone+name", "x"))]
    assert told(rows, *keys) == ([((2,), "")], [(1, 2), (2, 3)])


@pytest.mark.invariant("I12")
def test_a_person_parts_what_a_key_joins() -> None:
    assert told([LEDGER, CRM], *shared("code", 1, 2), different=[(2, 1)]) == (APART, [])


@pytest.mark.invariant("I12")
def test_a_person_joins_what_no_key_does() -> None:
    assert told([LEDGER, CRM], same=[(2, 1)]) == ([((1, 2), "")], [])


def test_settled_customers_are_not_asked_about_again() -> None:
    rows = [LEDGER._replace(entity="cu_1"), CRM._replace(entity="cu_2")]
    assert told(rows, *shared("corporate", 1, 2)) == ([], [])


@pytest.mark.invariant("I12")
def test_the_order_of_rows_and_keys_does_not_matter() -> None:
    rows = [*NUMBERED, YAYOI, party(4, "ledger")]
    keys = [*shared("corporate", 1, 2), (3, key("email+name")), (4, key("email+name")), (2, key("name"))]
    found = {repr(partition(mine, theirs)) for mine in permutations(rows) for theirs in (keys, keys[::-1])}
    assert len(found) == 1
