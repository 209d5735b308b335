"""The programs of the demo: the kintone stand-in, Airflow, and the tasuki command; all end with it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from examples.demo import workspace
from examples.demo.kintone_app import TOKENS, Kintone
from examples.demo.scheduler import Scheduler


class Said(NamedTuple):
    """What a tasuki command answered."""

    code: int
    json: Any


class Tasuki:
    """The command line in one workspace."""

    def __init__(self, home: Path, kintone: str) -> None:
        connection = {"conn_type": "tasuki_kintone", "host": kintone, "password": ",".join(TOKENS.values())}
        self.home = home
        self.environment = os.environ | {"AIRFLOW_CONN_KINTONE_MAIN": json.dumps(connection)}

    def __call__(self, *words: str) -> Said:
        """Raises RuntimeError with what the command said when it could not even say it as JSON."""
        command = [sys.executable, "-m", "tasuki.cli", *words, "--home", str(self.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)
        try:
            return Said(done.returncode, json.loads(done.stdout))
        except ValueError:
            raise RuntimeError(f"tasuki {' '.join(words)}: {done.stdout}{done.stderr}") from None


@contextmanager
def kintone(home: Path) -> Iterator[Kintone]:
    """The stand-in on a free port of this machine; what is written there stays in kintone-state.json."""
    files = ["--app", str(home / workspace.KINTONE), "--state", str(home / "kintone-state.json")]
    command = [sys.executable, "-m", "tasuki.sandbox.kintone", *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Kintone(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


class Page(NamedTuple):
    """Where Airflow's page is."""

    url: str
    login: str
    password: str


@contextmanager
def airflow(tasuki: Tasuki) -> Iterator[Page]:
    """Ended whatever happens, also when it was only half started."""
    try:
        said = tasuki("up", "--detach", "--port", str(_free_port()))
        if said.code:
            raise RuntimeError(f"Airflow did not start: {said.json}")
        address, login = said.json["address"], said.json["login"]
        passwords = json.loads(Path(said.json["password_file"]).read_text(encoding="utf-8"))
        yield Page(address, login, passwords[login])
    finally:
        tasuki("down")


def enter(page: Page) -> Scheduler:
    return Scheduler(*page)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
