"""What is known of a delimited file before it is opened, and how it is then opened."""

from typing import BinaryIO, NamedTuple

from connectors import _yayoi
from connectors._delimited.table import Table
from tasuki.connector import Column

PROFILES = {"yayoi_customers": _yayoi.CUSTOMERS}


class Layout(NamedTuple):
    encoding: str
    """A codec, or "auto"."""
    delimiter: str
    columns: tuple[Column, ...]
    """Empty when the file's header names them."""

    def table(self, file: BinaryIO, place: str) -> Table:
        return Table(file, self.encoding, self.delimiter, [column.name for column in self.columns], place)

    def described(self, table: Table, key: str) -> tuple[Column, ...]:
        columns = self.columns or tuple(Column(name) for name in table.names if name)
        encoding = "" if table.encoding == "utf-8" else table.encoding
        return tuple(
            column._replace(encoding=encoding, required=column.name == key, unique=column.name == key)
            for column in columns
        )
