"""The store: links, agreed values, intents and ledger; only this package knows there is a database."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from tasuki.errors import Retry, TasukiError, UserError
from tasuki.ledger import Seal
from tasuki.settings import database_url
from tasuki.store import statements, tables
from tasuki.store.fresh import make_whole

HEAD = "0001"
"""The newest migration in tasuki/sql/versions."""


UNREADY = (
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
)
"""What may be over when one tries again: a lock, a full disk, a folder that doesn't let us write."""


class Store:
    """One database. `read` sees one moment of it; `write` is one transaction, alone on SQLite from its
    first statement (sync-rules S21)."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        # On PostgreSQL every statement would see a moment of its own; on SQLite none does.
        one_moment = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reader = engine.execution_options(**one_moment)
        self.seal = seal

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _connected(self._reader) as connection:
            _begin(connection, "BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with _connected(self._engine) as connection, connection.begin():
            _begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """Raises Retry TSK-5303 when the database can't be reached, is lost under way or can't write,
    UserError TSK-5305 when it is none.

    Never with the driver's own error: that one tells the statement and its values (I11).
    """
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise _unusable(engine, error) or error from None
    with connection:
        try:
            yield connection
        except DBAPIError as error:
            raise _unusable(engine, error) or error from None


def _unusable(engine: Engine, error: DBAPIError) -> TasukiError | None:
    """With the driver's first line, which speaks of the database only; None for a fault of ours."""
    url = engine.url
    server = f"{url.host}{f':{url.port}' if url.port else ''}/" if url.host else ""
    place = f"{server}{url.database or ''}"
    # SQLite's own numbers; their upper bytes say more than anybody needs.
    number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if number in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return UserError("TSK-5305", place)
    lost = error.connection_invalidated or (url.host and isinstance(error, OperationalError))
    if lost or number in UNREADY:
        return Retry("TSK-5303", place, reason=str(error.orig).partition("\n")[0])
    return None


def _begin(connection: Connection, how: str) -> None:
    """Said by hand on SQLite: to hear of every transaction would make SQLAlchemy tell of every statement."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(how)


def open_store(home: Path) -> Store:
    """The workspace's store, created or brought up to date when needed.

    Raises UserError TSK-5301 when the database is newer than this program, TSK-5302 when the ledger's key is
    not the one the store was made with, TSK-5304 when TASUKI_DATABASE_URL is none, TSK-5305 when the file is
    no database, TSK-5306 when the driver is missing; Retry TSK-5303 when the database can't be reached.
    """
    url = database_url(home)
    engine = _engine(url)
    _upgrade(engine)
    store = Store(engine, _seal(home))
    _check_key(store)
    return store


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return _server(url)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _sqlite_settings)
    if path := engine.url.database:
        try:
            make_whole(Path(path), _empty_database)
        except OSError as error:
            raise Retry("TSK-5303", path, reason=error.strerror or "") from None
    return engine


def _server(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() != "postgresql":
            raise UserError("TSK-5304")
        driver = address.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise UserError("TSK-5306", package=error.name) from None
    except (ArgumentError, ValueError):
        # "from None": the text that failed to parse holds the password.
        raise UserError("TSK-5304") from None


def _empty_database(path: Path) -> None:
    """Keeps its log beside it (WAL) before anybody else can see it: that can't be changed while another
    program has it open, and SQLite doesn't wait for the other one ("database is locked")."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _sqlite_settings(connection: Any, _record: Any) -> None:
    # Python's own implicit BEGIN is off: a transaction that reads before it writes would otherwise
    # start without the lock and fail later with "database is locked".
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA cache_size = -32000")
    cursor.close()


def _upgrade(engine: Engine) -> None:
    with _connected(engine) as connection:
        fresh = not inspect(connection).has_table("alembic_version")
        version = (
            None if fresh else connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        )
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise UserError("TSK-5301", version=version)
    # Alembic costs .2 s to import; only a new or an older store pays for it.
    from tasuki.sql.migrate import upgrade

    upgrade(engine)


def _seal(home: Path) -> Seal:
    """TASUKI_LEDGER_KEY (hex), else var/ledger.key of the workspace, made at first use, mode 0600."""
    try:
        return Seal(bytes.fromhex(os.environ.get("TASUKI_LEDGER_KEY") or _kept_key(home)))
    except ValueError:
        raise UserError("TSK-5302") from None


def _kept_key(home: Path) -> str:
    path = home / "var" / "ledger.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_whole(path, lambda new: _write(new, secrets.token_hex(32)))
    return path.read_text("ascii").strip()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "ascii")


def _check_key(store: Store) -> None:
    with store.read() as connection:
        known = recall(connection, "ledger_key")
    if not known:
        with store.write() as connection:
            mine = {"name": "ledger_key", "value": store.seal.id}
            connection.execute(statements.insert_new(connection, tables.meta), mine)
            known = recall(connection, "ledger_key")
    if known != store.seal.id:
        raise UserError("TSK-5302")


def recall(connection: Connection, name: str) -> str:
    """A remembered word of the store, "" when there is none."""
    row = connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar()
    return row or ""


def remember(connection: Connection, name: str, value: str) -> None:
    connection.execute(tables.meta.delete().where(tables.meta.c.name == name))
    connection.execute(tables.meta.insert().values(name=name, value=value))
