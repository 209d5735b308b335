"""What a read brings in: unchanged rows stop, changed ones come, bad ones are held, missing ones proven."""

from collections.abc import Iterator
from typing import Any

import pytest

from tasuki import mapping
from tasuki.connector import BadRow, End, Row
from tasuki.errors import Stop
from tasuki.intake import Intake, Known, take_in
from tasuki.record import cells_digest

MAPPING = """\
mapping: 1
connector: memory
model: customer
key: コード
issued_by: tasuki
fields:
  code: コード
  name: 会社名
  stage: {column: 区分, values: {見込: prospect}}
"""
YAMADA = Row("C1", ("C1", "山田商店", "見込"), 3)
TANAKA = Row("C2", ("C2", "田中工業", ""), 4)
KNOWN = {"C1": cells_digest(YAMADA.cells), "C2": cells_digest(TANAKA.cells)}
DONE = End(complete=True, cursor="now")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> mapping.Mapping:
    path = tmp_path_factory.mktemp("mappings") / "ledger.yaml"
    path.write_text(MAPPING, "utf-8")
    return mapping.load(path)


class Told:
    """A system that shows just these pages."""

    def __init__(self, *pages: Any) -> None:
        self.pages = pages

    def read(self, columns: Any, cursor: str = "") -> Iterator[Any]:
        yield from self.pages


def read(ledger: mapping.Mapping, *pages: Any, **known: Any) -> Intake:
    digests = known.pop("digests", KNOWN)
    told: Any = Told(*pages)
    held = known.pop("held", {})
    return take_in(told, ledger, Known("before", len(digests), lambda: digests, held, written=False))


def sizes(taken: Intake) -> tuple[int, int, int, int]:
    """read, unchanged, changed, quarantined: the control totals of I1."""
    assert taken.read == taken.unchanged + len(taken.arrivals) + taken.quarantined
    return taken.read, taken.unchanged, len(taken.arrivals), taken.quarantined


@pytest.mark.invariant("I1")
@pytest.mark.parametrize(
    ("page", "counted"),
    [
        ([YAMADA, TANAKA], (2, 2, 0, 0)),
        ([YAMADA, TANAKA._replace(cells=("C2", "田中商会", ""))], (2, 1, 1, 0)),
        ([YAMADA, TANAKA, Row("C3", ("C3", "佐藤", ""), 5)], (3, 2, 1, 0)),
        ([YAMADA, TANAKA._replace(cells=("C2", "田中工業", "謎"))], (2, 1, 0, 1)),
        ([YAMADA, TANAKA, BadRow(5, "TSK-1001", "コード")], (3, 2, 0, 1)),
        ([YAMADA, TANAKA, TANAKA._replace(at=9)], (3, 1, 0, 2)),
        ([YAMADA, YAMADA._replace(at=8), YAMADA._replace(at=9)], (3, 0, 0, 3)),
    ],
    ids=["at rest", "an edit", "a new row", "a bad value", "no key", "twice", "three times"],
)
def test_read_is_unchanged_and_changed_and_quarantined(
    ledger: mapping.Mapping, page: list[Any], counted: tuple[int, ...]
) -> None:
    assert sizes(read(ledger, page, DONE)) == counted


@pytest.mark.invariant("I1")
def test_a_row_in_quarantine_that_stays_as_bad_is_counted_and_not_held_anew(ledger: mapping.Mapping) -> None:
    bad = TANAKA._replace(cells=("C2", "田中工業", "謎"))
    taken = read(ledger, [YAMADA, bad], DONE, held={"C2": cells_digest(bad.cells)})
    assert (sizes(taken), taken.held, taken.still_held) == ((2, 1, 0, 1), (), {"C2"})


def test_a_row_out_of_quarantine_arrives_though_it_shows_what_was_known_before(
    ledger: mapping.Mapping,
) -> None:
    taken = read(ledger, [YAMADA, TANAKA], DONE, held={"C2": b"as it was when it was bad"})
    assert [arrival.key for arrival in taken.arrivals] == ["C2"]


@pytest.mark.invariant("I10")
def test_a_held_row_says_where_it_stands_and_which_column_it_is(ledger: mapping.Mapping) -> None:
    (held,) = read(ledger, [YAMADA, TANAKA._replace(cells=("C2", "田中", "謎"))], DONE).held
    assert (held.key, held.place, held.column) == ("C2", "4", "区分")


@pytest.mark.invariant("I5")
@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        (([YAMADA], DONE), ("C2",)),
        (([YAMADA], DONE._replace(complete=False)), ()),
        (([YAMADA, BadRow(4, "TSK-1001", "コード")], DONE), ()),
        (([YAMADA, BadRow(4, "TSK-1022", "会社名", "C2")], DONE), ()),
        (([], DONE._replace(keys=frozenset({"C1"}))), ("C2",)),
    ],
    ids=["a whole read", "cut off", "a row without a key", "a bad row", "named by an incremental read"],
)
def test_a_row_is_missing_only_where_the_read_proves_it(
    ledger: mapping.Mapping, pages: Any, missing: tuple[str, ...]
) -> None:
    assert read(ledger, *pages).missing == missing


@pytest.mark.invariant("I5")
def test_a_read_without_its_end_stops_the_run(ledger: mapping.Mapping) -> None:
    with pytest.raises(Stop, match="TSK-5104"):
        read(ledger, [YAMADA, TANAKA])


def test_an_unchanged_source_counts_all_that_is_known_and_asks_for_no_digest(ledger: mapping.Mapping) -> None:
    told: Any = Told(DONE._replace(unchanged=True))
    taken = take_in(told, ledger, Known("now", 40, lambda: pytest.fail("asked"), {}, written=False))
    assert sizes(taken) == (40, 40, 0, 0)


def test_s25_a_source_that_is_as_before_our_own_write_is_read_whole(ledger: mapping.Mapping) -> None:
    class Restored(Told):
        def read(self, columns: Any, cursor: str = "") -> Iterator[Any]:
            yield from [DONE._replace(unchanged=True)] if cursor else self.pages

    told: Any = Restored([YAMADA, TANAKA._replace(cells=("C2", "田中商会", ""))], DONE)
    assert sizes(take_in(told, ledger, Known("now", 2, lambda: KNOWN, {}, written=True))) == (2, 1, 1, 0)
