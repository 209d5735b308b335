"""得意先.csv as an accounting program exports it: cp932, Windows line ends, an address in two columns."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

COLUMNS = (
    "得意先コード",
    "得意先名",
    "フリガナ",
    "登録番号",
    "郵便番号",
    "住所1",
    "住所2",
    "電話",
    "締日",
    "売掛残高",
    "担当部門",
)


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """A row that lacks its last columns becomes a short line, as when somebody cut it by hand."""
    lines = [[row[column] for column in COLUMNS if column in row] for row in rows]
    _save(path, [list(COLUMNS), *lines])


def read(path: Path) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, line, strict=False)) for line in _lines(path)[1:]]


def edit(path: Path, changes: Mapping[str, Mapping[str, str]]) -> None:
    """Somebody changes customers in the program and exports again: name → column → text."""
    lines = _lines(path)
    for line in lines:
        for column, text in changes.get(line[1], {}).items():
            line[COLUMNS.index(column)] = text
    _save(path, lines)


def empty(path: Path) -> None:
    """An export that went wrong: the headings, and nobody below them."""
    _save(path, [list(COLUMNS)])


def _lines(path: Path) -> list[list[str]]:
    return [line for line in csv.reader(io.StringIO(path.read_bytes().decode("cp932"), newline="")) if line]


def _save(path: Path, lines: Iterable[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    path.write_bytes(out.getvalue().encode("cp932"))
