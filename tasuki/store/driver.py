"""Plain SQL, straight to the database's driver: for small questions and for many plain rows.

There SQLAlchemy's own work is several times the database's.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

T = TypeVar("T")


def answers(connection: Connection, question: str, values: Sequence[Any] = ()) -> Sequence[Any]:
    """The rows found; in the question a ? stands for each value."""
    return connection.exec_driver_sql(_as_driver(connection, question), tuple(values)).all()


def tuples(connection: Connection, question: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """As `answers`, but for the names: of thousands of rows these take longer than the look-up."""
    found = connection.exec_driver_sql(_as_driver(connection, question), tuple(values))
    rows = list(found.cursor.fetchall()) if found.cursor else []
    found.close()
    return rows


def carry_out(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The statement once for each row; in it a ? stands for each value."""
    if rows:
        connection.exec_driver_sql(_as_driver(connection, statement), list(rows))


def insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    _many(connection, f"INSERT INTO {table.name} ({names}) VALUES ({marks(list(table.columns))})", rows)


def delete(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """By their primary keys."""
    key = " AND ".join(f'"{column.name}" = ?' for column in table.primary_key)
    _many(connection, f"DELETE FROM {table.name} WHERE {key}", keys)


def _many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for page in pages(rows):
        carry_out(connection, statement, page)


def pages(items: Sequence[T], size: int = 5_000) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def marks(values: Collection[Any]) -> str:
    """One ? for each value of an IN."""
    return ", ".join("?" * len(values))


def _as_driver(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.paramstyle == "qmark" else statement.replace("?", "%s")
