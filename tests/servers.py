"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, a fresh database a test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from tasuki.sql.migrate import upgrade
from tests.conftest import require

BINARIES = Path("/usr/lib/postgresql")
"""Debian keeps the server's programs off the PATH, one folder a version."""

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 40
shared_buffers = 32MB
"""


class Postgres:
    """A server whose databases are copies of one that already holds the tables."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count(1)

    def database(self) -> str:
        """The URL of a database that nobody has used yet."""
        name = f"tasuki_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE tables STRATEGY file_copy")
        return self.url(name)

    def empty(self) -> str:
        """The URL of a database without tables."""
        name = f"empty_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def prepare(self) -> None:
        self._say("CREATE DATABASE tables TEMPLATE template0")
        engine = create_engine(self.url("tables").replace("postgresql:", "postgresql+psycopg:"))
        upgrade(engine)
        engine.dispose()

    def _say(self, statement: str) -> None:
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Skips visibly without the programs; where CI is set that is a failure.

    Its collation is Japanese, as a Japanese firm's server has it: text does not sort by code point there.
    """
    control = require(_program("pg_ctl"))
    home = Path(tempfile.mkdtemp(prefix="tasuki-postgres-"))
    data, port = home / "data", free_port()
    user = _give_away(home)
    kind = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=ja-JP")
    trust = ("--auth=trust", "--username=postgres", "--no-sync")
    try:
        _run([_program("initdb"), "--pgdata", str(data), *kind, *trust], user)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(SETTINGS.format(port=port))
        _run([control, "--pgdata", str(data), "--log", str(home / "log"), "--wait", "start"], user)
        try:
            server = Postgres(port)
            server.prepare()
            yield server
        finally:
            _run([control, "--pgdata", str(data), "--mode", "immediate", "--wait", "stop"], user)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _program(name: str) -> str:
    """The newest version's, else whatever the PATH has."""
    found = sorted(BINARIES.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else name


def _give_away(home: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: then the folder and the server belong to nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command: list[str], user: dict[str, object]) -> None:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command, check=True, timeout=60, cwd="/", **quiet, **user)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
