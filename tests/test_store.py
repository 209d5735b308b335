"""A store that can't be reached: said with a code, in both languages, and without the password."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from tasuki.cli import app
from tasuki.errors import Retry, UserError
from tasuki.store import Store, open_store, recall, remember, snapshots
from tests.flow.world import World, system
from tests.servers import free_port

pytestmark = pytest.mark.integration

SECRET = "himitsu"


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """A port at which nobody listens."""
    address = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("TASUKI_DATABASE_URL", f"postgresql://tasuki:{SECRET}@{address}/tasuki")
    return address


def test_a_server_that_is_down_means_later(home: Path, nowhere: str) -> None:
    with pytest.raises(Retry) as error:
        open_store(home)
    assert (error.value.code, error.value.place) == ("TSK-5303", f"{nowhere}/tasuki")


@pytest.mark.invariant("I11")
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_command_says_so_and_ends_with_1(home: Path, nowhere: str, lang: str) -> None:
    for folder in ("mappings", "dags"):
        (home / folder).mkdir(exist_ok=True)
    for words in (["runs"], ["conflicts"], ["quarantine"], ["verify"]):
        done = CliRunner().invoke(app, [*words, "--home", str(home), "--lang", lang])
        assert (done.exit_code, "TSK-5303" in done.stderr) == (1, True), done.output
        assert SECRET not in done.output


@pytest.mark.parametrize(
    "url",
    ["nonsense", f"postgresql://u:{SECRET}@host:port/db", "nosuch://host/db", f"mysql://u:{SECRET}@host/db"],
)
def test_a_url_that_is_none_is_an_error_of_the_configuration(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TASUKI_DATABASE_URL", url)
    with pytest.raises(UserError) as error:
        open_store(home)
    assert error.value.code == "TSK-5304"
    assert SECRET not in str(error.value)


def test_a_folder_that_holds_no_store_file_is_said_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASUKI_DATABASE_URL", f"sqlite:///{home}/absent/tasuki.db")
    with pytest.raises(Retry, match="No such file or directory") as error:
        open_store(home)
    assert error.value.code == "TSK-5303"


@pytest.mark.parametrize("key", ["", "no key", "abc"])
def test_a_key_that_is_none_is_not_the_stores_own(home: Path, key: str) -> None:
    open_store(home).close()
    (home / "var" / "ledger.key").write_text(key)
    with pytest.raises(UserError, match="TSK-5302"):
        open_store(home)


def test_a_file_that_is_no_database_is_to_be_restored(home: Path) -> None:
    (home / "tasuki.db").write_bytes(b"0" * 4096)
    with pytest.raises(UserError, match="TSK-5305") as error:
        open_store(home)
    assert error.value.place.endswith("tasuki.db")


@pytest.mark.invariant("I11")
def test_a_full_disk_means_later_and_tells_no_value(home: Path) -> None:
    store = open_store(home)
    with pytest.raises(Retry, match="TSK-5303") as full:
        _fill_the_disk(store)
    assert SECRET not in str(full.value)
    assert full.value.__suppress_context__
    with store.read() as connection:
        assert recall(connection, "himitsu") == ""


@pytest.mark.invariant("I11")
def test_not_even_a_fault_of_ours_tells_the_values(home: Path) -> None:
    with pytest.raises(DBAPIError) as fault, open_store(home).write() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": SECRET})
    assert SECRET not in str(fault.value)


def test_what_the_store_holds_is_for_its_owner_alone(home: Path) -> None:
    with open_store(home).write():
        made = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in made} >= {"tasuki.db", "tasuki.db-wal", "ledger.key"}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}


def _fill_the_disk(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        remember(connection, "himitsu", SECRET * 10_000)


def test_what_a_plan_without_news_asks_is_no_more_work_where_more_rows_are(home: Path) -> None:
    world = World(home, {"ledger": system(), "crm": system()})
    asked = []
    for rows in (50, 500):
        for number in range(rows):
            world["ledger"].put({"コード": f"C{number:03}", "会社名": f"第{number}商店"})
        world.settle()
        asked.append(max(_steps(world)))
    assert asked[1] < asked[0] + 1_000


def _steps(world: World) -> Iterator[int]:
    """Of SQLite's machine, in hundreds; where two indexes seem as good, it takes the one made last."""
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'link' AND sql > ''"
    with world.store.read() as connection:
        indexes = connection.execute(text(made)).all()
    for name, sql in indexes:
        with world.store.write() as connection:
            connection.execute(text(f"DROP INDEX {name}"))
            connection.execute(text(sql))
        with world.store.read() as connection:
            steps: list[None] = []
            connection.connection.set_progress_handler(lambda steps=steps: steps.append(None), 100)
            snapshots.load(connection, world.sync, ("ledger", "crm"))
            connection.connection.set_progress_handler(None, 0)
        yield len(steps) * 100
