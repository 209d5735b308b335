"""Plain SQL, straight to the database's driver: for small questions and for many plain rows.

There SQLAlchemy's own work is several times the database's.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection


def answers(connection: Connection, question: str, values: Sequence[Any] = ()) -> Sequence[Any]:
    """The rows found; in the question a ? stands for each value."""
    return connection.exec_driver_sql(_as_driver(connection, question), tuple(values)).all()


def carry_out(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The statement once for each row; in it a ? stands for each value."""
    if rows:
        connection.exec_driver_sql(_as_driver(connection, statement), list(rows))


def marks(values: Collection[Any]) -> str:
    """One ? for each value of an IN."""
    return ", ".join("?" * len(values))


@contextmanager
def mapped(connection: Connection) -> Iterator[None]:
    """Meanwhile SQLite reads pages out of the file mapped into memory: a call less for each page.

    For a few rows whose keys lie all over a large file. Not for good: every page that a run ever reads would
    count as its own memory.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA mmap_size = {MAPPED}")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA mmap_size = 0")


MAPPED = 1 << 31


def _as_driver(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.paramstyle == "qmark" else statement.replace("?", "%s")
