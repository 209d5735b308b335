"""The store on SQLite and on PostgreSQL: the same histories come out the same."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import numpy as np
import orjson
import pytest
from sqlalchemy import select, text

from tasuki.errors import Retry
from tasuki.identity import likeness
from tasuki.identity.decision import decide, recompute
from tasuki.identity.modelfile import load
from tasuki.ledger import Diff, Entry
from tasuki.lookup import lookup
from tasuki.store import (
    Store,
    catalogue,
    decisions,
    index,
    journal,
    open_store,
    records,
    remember,
    runs,
    tables,
)
from tasuki.terms import Way
from tests.flow.world import World, system, writes
from tests.servers import Postgres, postgres

pytestmark = pytest.mark.integration

T = TypeVar("T")
R = TypeVar("R")

ENGINES = ("sqlite", "postgresql")
YAMADA = {"コード": "C001", "会社名": "㈱山田商店", "電話": "03-1234-5678", "区分": "新規", "住所": "港区１"}
OPENING = "import sys, pathlib; from tasuki import store; store.open_store(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The stores opened in this test lie in this kind of database."""
    if request.param == "sqlite":
        monkeypatch.delenv("TASUKI_DATABASE_URL", raising=False)
    else:
        monkeypatch.setenv("TASUKI_DATABASE_URL", request.getfixturevalue("server").database())
    return str(request.param)


@pytest.fixture(params=ENGINES)
def bare(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """As `engine`, but nobody has made the tables yet."""
    if request.param == "sqlite":
        monkeypatch.delenv("TASUKI_DATABASE_URL", raising=False)
    else:
        monkeypatch.setenv("TASUKI_DATABASE_URL", request.getfixturevalue("server").empty())
    return str(request.param)


@pytest.fixture
def firm(engine: str, home: Path) -> Iterator[World]:
    """A ledger and a CRM with one customer, at rest."""
    world = World(home, {"ledger": system(), "crm": system()}, fields={"phone": {"owner": "ledger"}})
    world["ledger"].put(YAMADA)
    world.settle()
    yield world
    world.store.close()


@pytest.fixture
def store(engine: str, home: Path) -> Iterator[Store]:
    opened = open_store(home)
    yield opened
    opened.close()


@pytest.mark.invariant("I3")
def test_a_first_load_reaches_every_system_and_then_rests(firm: World) -> None:
    assert firm.rows("crm")["C001"] == firm.rows("ledger")["C001"]
    assert writes(firm.run()) == 0


def test_an_edit_travels_and_both_sides_end_the_same(firm: World) -> None:
    firm["crm"].edit("C001", 住所="大阪市北区２")
    assert writes(firm.run()) == 1
    assert firm.cell("ledger", "住所") == "大阪市北区２"


def test_a_conflict_waits_until_somebody_decides(firm: World) -> None:
    firm["ledger"].edit("C001", 住所="東京都")
    firm["crm"].edit("C001", 住所="大阪市")
    assert firm.run()["conflicts"] == 1
    firm.choose("address", "crm")
    firm.settle()
    assert firm.cell("ledger", "住所") == "大阪市"
    assert firm.conflicts() == []


def test_a_bad_row_is_held_back_and_let_go_when_mended(firm: World) -> None:
    firm["crm"].edit("C001", 区分="知らない区分")
    assert firm.run()["quarantined"] == 1
    assert [held["column"] for held in firm.held()] == ["区分"]
    firm["crm"].edit("C001", 区分="優良")
    firm.settle()
    assert firm.cell("ledger", "区分") == "優良"
    assert firm.held() == []


def test_a_row_that_is_gone_leaves_a_tombstone_that_stops_its_return(firm: World) -> None:
    firm["crm"].remove("C001")
    firm.settle()
    assert firm.rows("crm") == {}


@pytest.mark.invariant("I8")
def test_a_lost_reply_and_a_killed_run_end_as_if_nothing_had_happened(firm: World) -> None:
    firm["ledger"].put(YAMADA | {"コード": "C002", "会社名": "鈴木工業"})
    firm["crm"].fail_next("reply_lost")
    run = firm.begin()
    run.start()
    firm.look(run)
    run.commit()
    firm.crash()
    firm.settle()
    assert sorted(firm.rows("crm")) == ["C001", "C002"]
    assert [row.status for row in firm.table("run") if row.status == "killed"] == ["killed"]


def test_the_ledger_of_a_whole_history_verifies(firm: World) -> None:
    firm["crm"].edit("C001", 電話="06-1111-2222")
    firm.settle()
    with firm.store.read() as connection:
        report = records.check(connection, firm.store.seal)
    assert report.ok, report.problems
    assert report.entries == len(firm.table("ledger"))


def test_the_log_up_to_a_day_holds_that_whole_day(firm: World) -> None:
    with firm.store.read() as connection:
        everything = list(records.log(connection, {}))
        day = everything[-1]["at"][:10]
        assert list(records.log(connection, {"start": everything[0]["at"][:10], "end": day})) == everything
        assert list(records.log(connection, {"end": "2001-01-01"})) == []


def test_a_second_run_of_the_same_sync_is_turned_away(firm: World) -> None:
    first, second = firm.begin(), firm.begin()
    first.start()
    with pytest.raises(Retry, match="TSK-5310"):
        second.start()
    first.close()
    second.start()


def test_of_two_runs_that_start_at_the_same_moment_one_gets_the_lease(store: Store) -> None:
    start = Barrier(2, timeout=20)

    def take(run: str) -> list[bool]:
        return [_takes(store, sync, run, start) for sync in "abcdefghij"]

    taken = zip(*_at_once(take, "one", "other"), strict=True)
    assert [sorted(pair) for pair in taken] == [[False, True]] * 10


@pytest.mark.invariant("I7")
def test_two_programs_that_append_at_once_leave_one_unbroken_chain(engine: str, home: Path) -> None:
    stores = [open_store(home) for _ in range(2)]

    start = Barrier(2, timeout=20)

    def append(store: Store) -> None:
        start.wait()
        for number in range(10):
            with store.write() as connection:
                journal.append(connection, store.seal, [_entry(number)] * 3, lambda field: True)

    _at_once(append, *stores)
    with stores[0].read() as connection:
        report = records.check(connection, stores[0].seal)
    assert (report.ok, report.entries) == (True, 60)


def test_a_transaction_that_fails_takes_its_ledger_entries_back(store: Store) -> None:
    def half() -> None:
        with store.write() as connection:
            remember(connection, "word", "half done")
            journal.append(connection, store.seal, [_entry(1)], lambda field: True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with store.read() as connection:
        assert records.check(connection, store.seal).entries == 0
        assert connection.execute(select(tables.meta).where(tables.meta.c.name == "word")).all() == []


def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    words = select(tables.meta.c.value).where(tables.meta.c.name == "word")
    with store.read() as reader:
        before = reader.execute(words).all()
        with store.write() as writer:
            remember(writer, "word", "new")
        assert reader.execute(words).all() == before


def test_several_programs_may_open_a_store_that_is_not_there_yet(bare: str, home: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", OPENING, str(home)]) for _ in range(4)]
    assert [one.wait(60) for one in started] == [0, 0, 0, 0]
    with open_store(home).read() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def _takes(store: Store, sync: str, run: str, start: Barrier) -> bool:
    start.wait()
    try:
        with store.write() as connection:
            runs.take_lease(connection, sync, run)
    except Retry:
        return False
    return True


def _entry(number: int) -> Entry:
    diffs = (Diff("name", "", f"山田商店{number}", "newest"),)
    return Entry("sync.update", journal.now(), "tester", entity="cu_1", system="crm", diffs=diffs)


def _at_once(work: Callable[[T], R], *inputs: T) -> list[R]:
    with ThreadPoolExecutor(len(inputs)) as pool:
        return list(pool.map(work, inputs))


FIRST = {"コード": "L1", "会社名": "山田商店", "電話": "03-1111-1111", "メール": "a@example.jp"}
SECOND = {"コード": "L2", "会社名": "ヤマダ商店", "区分": "新規", "住所": "港区１"}
CRM = {"コード": "X2", "会社名": "ヤマダ商店 本店", "電話": "06-2222-2222", "法人番号": "7000012050002"}
MEETINGS = {
    "twice in both systems": ({}, [FIRST, SECOND], []),
    "once in each system": ({"receives_new": "none"}, [FIRST], [CRM]),
    "twice in one system": ({"receives_new": "none"}, [FIRST, SECOND], [CRM]),
    "never written in one": ({"direction": "in", "receives_new": "none"}, [FIRST], [CRM]),
}


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("synced", [True, False], ids=["synced between", "at once"])
@pytest.mark.parametrize("meeting", MEETINGS)
def test_an_unmerge_ends_as_if_nobody_had_been_merged(
    engine: str,
    home: Path,
    meeting: str,
    synced: bool,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    never = _met(home / "never", meeting)
    if engine == "postgresql":
        monkeypatch.setenv("TASUKI_DATABASE_URL", request.getfixturevalue("server").database())
    merged = _met(home / "merged", meeting)
    number = merged.merge("L1", "X2" if "X2" in merged.rows("crm") else "L2")
    if synced:
        merged.settle()
    merged.unmerge(number)
    merged.settle()
    assert _state(merged) == _state(never)
    for world in (never, merged):
        world["crm"].edit(sorted(world.rows("crm"))[0], 電話="06-9999-9999")
        world.settle()
    assert _state(merged) == _state(never)
    never.store.close()
    merged.store.close()


def _met(home: Path, meeting: str) -> World:
    part, ledger, crm = MEETINGS[meeting]
    own = {name: {"issued_by": name} for name in ("ledger", "crm")} if part else {}
    world = World(home, {"ledger": system(), "crm": system()}, {"ledger": part, "crm": part}, own)
    world["ledger"].put(*ledger)
    world["crm"].put(*crm)
    world.run()
    while world.reviews():
        world.answer(False)
        world.run()
    world.settle()
    return world


def _state(world: World) -> tuple[object, ...]:
    """Customers, the rows that are theirs, what each shows and agreed to; blanks are no values."""

    def filled(data: bytes) -> dict[str, str]:
        return {name: text for name, text in orjson.loads(data).items() if text}

    homes = {row.id: filled(row.value) for row in world.table("entity") if row.redirect is None}
    links = sorted(
        (row.system, row.key, row.role, row.state, row.dirty, row.entity, filled(row.agreed))
        for row in world.table("link")
    )
    pending = {row.id for row in world.table("entity") if row.pending}
    return homes, links, pending, world.rows("ledger"), world.rows("crm")


def test_the_index_follows_the_rows_and_decisions_are_kept_to_the_last_bit(firm: World) -> None:
    firm["crm"].put(YAMADA | {"コード": "C002", "会社名": "山田商店㈱", "電話": "06-1111-2222"})
    firm.run()
    with firm.store.write() as connection:
        index.catch_up(connection)
        links = [row.id for row in firm.table("link")]
        found = index.candidates_of(connection, links)
        assert len({one for pair in found for one in pair}) == len(links)
        model, table = load(likeness.FIRST), index.table_of(connection, "customer", links)
        one, other = np.array([0]), np.array([len(links) - 1])
        (told,) = decide(model, table, one, other)
        made = [decisions.Decision(links[0], links[-1], told, "first", "model", 1.5)]
        for _ in range(2):
            decisions.write_decisions(connection, made)
    with firm.store.read() as connection:
        kept = decisions.decision_of(connection, links[0], links[-1])
    assert kept == made[0]
    assert recompute(model, kept.evidence) == told
    catalogue.file_away(firm.store, 0)
    assert firm.table("recent_block_key") == firm.table("recent_term") == []
    with firm.store.read() as connection:
        assert index.candidates_of(connection, links) == found
    firm["crm"].remove("C002")
    firm.run()
    (gone,) = [row.id for row in firm.table("link") if row.state == "gone"]
    with index.current(firm.store) as connection:
        left = index.candidates_of(connection, links)
    assert left == [pair for pair in found if gone not in pair]


@pytest.mark.parametrize(("way", "typed"), [("phone", "03-1234-5678"), ("name", "山田")])
def test_a_customer_is_found_with_its_rows_in_all_systems(firm: World, way: Way, typed: str) -> None:
    with firm.store.read() as connection:
        found = lookup(connection, way, typed)
    assert [{row.system for row in one.rows} for one in found] == [{"ledger", "crm"}]


def test_a_server_that_drops_the_line_means_later(
    home: Path, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASUKI_DATABASE_URL", server.database())
    store = open_store(home)
    with pytest.raises(Retry, match="TSK-5303"):
        _read_and_be_cut_off(store)
    with store.read() as again:
        assert again.execute(text("SELECT 1")).scalar_one() == 1
    store.close()


def _read_and_be_cut_off(store: Store) -> None:
    with store.read() as reading:
        line = reading.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with store.write() as other:
            other.execute(text("SELECT pg_terminate_backend(:line)"), {"line": line})
        reading.execute(text("SELECT 1"))
