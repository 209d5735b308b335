"""What the store keeps as JSON comes back as it was."""

from typing import NamedTuple

from tasuki.packed import pack, unpacker


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
