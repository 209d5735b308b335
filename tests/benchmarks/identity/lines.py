"""Figures with the bars that they must reach."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

import orjson
from rich.console import Console
from rich.table import Table


class Line(NamedTuple):
    """A figure and the least that it may be; None where there is no bar."""

    what: str
    figure: float
    bar: float | None


def report(lines: Sequence[Line]) -> int:
    """Prints them, and once more as JSON; 1 when a bar is missed."""
    table = Table("measure", "figure", "bar")
    for what, figure, bar in lines:
        table.add_row(what, f"{figure:,.2f}", "" if bar is None else f"{bar:,.2f}")
    Console().print(table)
    print(orjson.dumps([line._asdict() for line in lines]).decode())
    missed = [line.what for line in lines if line.bar is not None and line.figure < line.bar]
    print("missed: " + ", ".join(missed) if missed else "every bar is reached", file=sys.stderr)
    return int(bool(missed))
