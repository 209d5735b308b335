import functools
from random import Random

import pytest

from tasuki.identity.candidates import keys
from tasuki.identity.clusters import Decisions
from tasuki.identity.explain import explain
from tasuki.identity.matching import Matching, Pair, match
from tasuki.identity.model import Model
from tasuki.identity.table import lay_out
from tests.identity.office import FIELDS, Line, ledger, texts


@functools.cache
def of_ledger() -> Matching:
    return match(FIELDS, texts(ledger()[0]))


@pytest.fixture(scope="module")
def model() -> Model:
    return of_ledger().model


def partition(found: Matching) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for row, group in enumerate(found.groups.tolist()):
        groups.setdefault(group, set()).add(row)
    return {frozenset(rows) for rows in groups.values()}


def between(found: Matching, one: int, other: int) -> Pair | None:
    return next((pair for pair in found.pairs() if (pair.one, pair.other) == (one, other)), None)


def added(*lines: Line) -> tuple[list[Line], int]:
    """The ledger with more lines, and the row of the first of them."""
    known, _ = ledger()
    return [*known, *lines], len(known)


def test_rows_of_one_firm_are_found_whatever_their_spelling() -> None:
    found, truth = of_ledger(), ledger()[1]
    expected: dict[int, set[int]] = {}
    for row, firm in enumerate(truth):
        expected.setdefault(firm, set()).add(row)
    assert partition(found) == {frozenset(rows) for rows in expected.values()}


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    lines, _ = ledger()
    order = list(range(len(lines)))
    Random(seed).shuffle(order)
    shuffled = match(FIELDS, texts([lines[row] for row in order]))
    back = {frozenset(order[row] for row in group) for group in partition(shuffled)}
    assert back == partition(of_ledger())
    assert shuffled.model == of_ledger().model


@pytest.mark.invariant("I12")
def test_a_decision_recomputes_bit_for_bit_from_rows_and_model() -> None:
    lines, _ = ledger()
    found = of_ledger()
    again = match(FIELDS, texts(lines), model=found.model)
    assert again.pairs() == found.pairs()
    reasons = explain(found.model, found.table, found.one, found.other)
    assert [reason.probability for reason in reasons] == [pair.probability for pair in found.pairs()]


@pytest.mark.invariant("I12")
def test_another_corporate_number_forbids_a_merge_however_alike(model: Model) -> None:
    firm = Line("株式会社襷商会", "タスキショウカイ", "0312345678", "東京都港区芝1-2-3")
    lines, row = added(
        firm._replace(corporate_number="8700110005901"), firm._replace(corporate_number="1180301018771")
    )
    found = match(FIELDS, texts(lines))
    assert found.groups[row] != found.groups[row + 1]
    assert between(found, row, row + 1) is None


def test_the_same_corporate_number_joins_two_addresses() -> None:
    lines, row = added(
        Line("株式会社襷商会", "", "0312345678", "東京都港区芝1-2-3", "8700110005901"),
        Line("襷商会", "", "", "長野県松本市中央4-5-6", "T8700110005901"),
    )
    found = match(FIELDS, texts(lines))
    assert found.groups[row] == found.groups[row + 1]


def test_families_at_one_telephone_stay_two_people() -> None:
    home = ("0312345678", "東京都港区芝1-2-3")
    lines, row = added(Line("山田 太郎", "ヤマダ タロウ", *home), Line("山田 花子", "ヤマダ ハナコ", *home))
    found = match(FIELDS, texts(lines))
    assert found.groups[row] != found.groups[row + 1]


def test_a_group_firm_at_one_address_is_not_the_same() -> None:
    lines, row = added(
        Line("株式会社襷商会", "タスキショウカイ", "0312345678", "東京都港区芝1-2-3"),
        Line("株式会社襷商会不動産", "タスキショウカイフドウサン", "0312345678", "東京都港区芝1-2-3"),
    )
    found = match(FIELDS, texts(lines))
    assert found.groups[row] != found.groups[row + 1]


def test_namesakes_in_two_towns_stay_apart() -> None:
    lines, row = added(
        Line("株式会社大和", "ヤマト", "0312345678", "東京都港区芝1-2-3"),
        Line("株式会社大和", "ヤマト", "0522345678", "長野県松本市中央4-5-6"),
    )
    found = match(FIELDS, texts(lines))
    assert found.groups[row] != found.groups[row + 1]


def test_what_people_decided_beats_the_model_and_survives_training() -> None:
    lines, truth = ledger()
    row = next(row for row in range(len(truth) - 1) if truth[row] == truth[row + 1])
    stranger = next(other for other in range(row + 2, len(truth)) if truth[other] != truth[row])
    people = Decisions(same=((row, stranger),), different=((row, row + 1),))
    found = match(FIELDS, texts(lines), people=people)
    assert found.groups[row] == found.groups[stranger]
    assert found.groups[row] != found.groups[row + 1]


def test_a_few_new_rows_are_judged_by_a_model_made_before(model: Model) -> None:
    new = [
        Line("株式会社襷商会", "タスキショウカイ", "0312345678", "東京都港区芝1-2-3"),
        Line("㈱襷商会", "", "03-1234-5678", "港区芝１－２－３"),
        Line("襷工業", "", "0452345678", "横浜市西区西1-1"),
    ]
    assert partition(match(FIELDS, texts(new), model=model)) == {frozenset({0, 1}), frozenset({2})}


@pytest.mark.invariant("I12")
def test_a_model_made_before_says_the_same_of_two_rows_whoever_they_came_with(model: Model) -> None:
    two = [
        Line("株式会社襷商会", "タスキショウカイ", "0312345678", "東京都港区芝1-2-3"),
        Line("㈱襷商会", "", "06-1234-5678", "港区芝１－２－３"),
    ]
    others = [
        Line(f"株式会社襷{n:04}工業", "タスキ", f"03{n:08}", f"東京都港区芝{n}-1-2") for n in range(1998)
    ]
    alone = match(FIELDS, texts(two), model=model).pairs()
    among = match(FIELDS, texts([*two, *others]), model=model)
    assert alone[0]._replace(one=0, other=1) == between(among, 0, 1)


@pytest.mark.invariant("I12")
def test_the_keys_of_a_row_are_its_own() -> None:
    lines, _ = ledger()
    alone, among = (lay_out(FIELDS, texts(some)) for some in (lines[:1], lines))
    assert [key.hashes[0] for key in keys(alone)] == [key.hashes[0] for key in keys(among)]


def test_a_thousand_copies_of_one_row_are_one_firm() -> None:
    lines, row = added(*[Line("株式会社襷", "タスキ", "0312345678", "東京都港区芝1-2-3")] * 1000)
    found = match(FIELDS, texts(lines))
    assert len(set(found.groups[row:].tolist())) == 1


@pytest.mark.invariant("I12")
def test_even_among_a_thousand_copies_corporate_numbers_keep_firms_apart() -> None:
    one = Line("株式会社襷", "タスキ", "0312345678", "東京都港区芝1-2-3", "8700110005901")
    lines, row = added(*[one] * 400, *[one._replace(corporate_number="1180301018771")] * 400)
    found = match(FIELDS, texts(lines))
    assert len(set(found.groups[row : row + 400].tolist())) == 1
    assert len(set(found.groups[row:].tolist())) == 2


def test_nothing_and_one_row_are_no_trouble() -> None:
    assert match(FIELDS, texts([])).pairs() == []
    assert partition(match(FIELDS, texts([Line("株式会社襷")]))) == {frozenset({0})}


def test_blank_rows_are_not_one_another() -> None:
    assert len(partition(match(FIELDS, texts([Line(""), Line(""), Line("")])))) == 3
