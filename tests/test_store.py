"""A store that can't be reached: said with a code, in both languages, and without the password."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tasuki.cli import app
from tasuki.errors import Retry, UserError
from tasuki.store import open_store
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


@pytest.mark.parametrize("url", ["nonsense", f"postgresql://u:{SECRET}@host:port/db", "nosuch://host/db"])
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


def test_what_the_store_holds_is_for_its_owner_alone(home: Path) -> None:
    with open_store(home).write():
        made = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in made} >= {"tasuki.db", "tasuki.db-wal", "ledger.key"}
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
