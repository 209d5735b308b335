"""What the store keeps as JSON comes back as it was."""

from typing import NamedTuple

from tasuki.packed import PAGE, Pages, Pile, joined, pack, pages_of, unfolded, unpacker


class Coin(NamedTuple):
    worth: int
    marks: tuple[str, ...] = ()


class Purse(NamedTuple):
    owner: str
    coins: tuple[Coin, ...]
    spare: Coin | None
    pairs: tuple[tuple[str, int], ...]
    cells: dict[str, object]
    note: str = "none"


PURSE = Purse("花子", (Coin(1), Coin(5, ("穴",))), Coin(10), (("a", 1), ("b", 2)), {"列": [1, None, "x"]}, "")


def test_a_value_comes_back_with_its_types() -> None:
    assert unpacker(Purse)(pack(PURSE)) == PURSE
    assert isinstance(unpacker(Purse)(pack(PURSE)).coins[1], Coin)


def test_what_is_absent_stays_absent() -> None:
    bare = PURSE._replace(spare=None, coins=(), pairs=())
    assert unpacker(Purse)(pack(bare)) == bare


def test_parts_that_an_older_program_did_not_know_take_their_defaults() -> None:
    assert unpacker(Purse)(pack(PURSE[:5])) == PURSE._replace(note="none")


MANY = [Coin(worth, ("穴",) * (worth % 3)) for worth in range(2 * PAGE + 7)]


def test_many_values_are_walked_through_as_often_as_one_likes() -> None:
    pile = Pile(Coin, MANY).whole()
    assert isinstance(pile, Pages)
    assert (len(pile), list(pile), list(pile)) == (len(MANY), MANY, MANY)
    assert (pile[PAGE], pile[:3], pile[-2:]) == (MANY[PAGE], tuple(MANY[:3]), tuple(MANY[-2:]))


def test_few_values_stay_as_they_are() -> None:
    assert Pile(Coin).whole() == ()
    assert Pile(Coin, MANY[:3]).whole() == tuple(MANY[:3])


def test_pages_that_were_put_away_say_what_they_said() -> None:
    for values in (MANY, MANY[:3], []):
        assert list(unfolded(Coin, pages_of(Coin, Pile(Coin, values).whole()))) == values


def test_piles_lie_in_the_order_of_their_making() -> None:
    assert list(joined(Coin, [Pile(Coin, MANY[:5]), Pile(Coin), Pile(Coin, MANY[5:])])) == MANY
