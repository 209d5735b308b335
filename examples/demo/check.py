"""Looks into the systems themselves and compares every row with the truth; never asks Tasuki's store."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from examples.demo import accounting, ledger, workspace
from examples.demo.customer import ISSUED
from examples.demo.kintone_app import ACTIVITIES, CUSTOMERS, Kintone
from examples.demo.truth import Rows, Truth

CODES = {
    "ledger": "顧客コード",
    "accounting": "得意先コード",
    "kintone": "顧客コード",
    "activities": "顧客コード",
}
NAMES = {"ledger": "会社名", "accounting": "得意先名", "kintone": "会社名"}


class Difference(NamedTuple):
    """A row that should be there and isn't, or is and shouldn't."""

    system: str
    what: str
    row: tuple[tuple[str, str], ...]


class State(NamedTuple):
    """Whatever a write would change: the files' bytes, the records' revisions."""

    files: dict[str, str]
    revisions: dict[int, dict[str, str]]


def read(home: Path, kintone: Kintone) -> dict[str, Rows]:
    return {
        "ledger": ledger.read(home / workspace.LEDGER),
        "accounting": accounting.read(home / workspace.ACCOUNTING),
        "kintone": kintone.read(CUSTOMERS),
        "activities": kintone.read(ACTIVITIES),
    }


def compare(truth: Truth, found: Mapping[str, Rows]) -> list[Difference]:
    """Row by row and letter by letter; only which code Tasuki's counter gave is left open."""
    differences = list(_codes(found))
    for system, rows in truth.rows.items():
        wanted = Counter(_comparable(row, CODES[system]) for row in rows)
        there = Counter(_comparable(row, CODES[system]) for row in found[system])
        differences += [Difference(system, "足りない", row) for row in (wanted - there).elements()]
        differences += [Difference(system, "余分", row) for row in (there - wanted).elements()]
    return differences


class Links(NamedTuple):
    """Pairs of rows in two systems that one code holds together, of rows that were there at first."""

    found: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0


def links(truth: Truth, found: Mapping[str, Rows]) -> Links:
    """How well customers came together: a code that Tasuki carried over is what it says of two rows."""
    home = {
        _seen(system, row): number
        for number, known in enumerate(truth.links)
        for system, row in known.items()
    }
    by_code: dict[str, list[tuple[str, int]]] = {}
    for system in NAMES:
        for row in found[system]:
            number = home.get(_seen(system, row))
            if number is not None and row.get(CODES[system]):
                by_code.setdefault(row[CODES[system]], []).append((system, number))
    pairs = [(a, b) for rows in by_code.values() for a, b in combinations(rows, 2) if a[0] != b[0]]
    true = sum(len(known) * (len(known) - 1) // 2 for known in truth.links)
    return Links(len(pairs), true, sum(a[1] == b[1] for a, b in pairs))


def _seen(system: str, row: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A row without its code: what makes it this one, before and after."""
    return system, tuple(sorted((c, text) for c, text in row.items() if text and c != CODES[system]))


def state(home: Path, kintone: Kintone) -> State:
    paths = (workspace.LEDGER, workspace.ACCOUNTING)
    digests = {str(path): hashlib.sha256((home / path).read_bytes()).hexdigest() for path in paths}
    return State(digests, kintone.revisions())


def _comparable(row: Mapping[str, str], code: str) -> tuple[tuple[str, str], ...]:
    known = {**row, code: _ISSUED.sub(ISSUED, row.get(code, ""))}
    return tuple(sorted((column, text) for column, text in known.items() if text))


def _codes(found: Mapping[str, Rows]) -> Iterable[Difference]:
    """One customer has one code everywhere, and no code names two."""
    owners: dict[str, set[str]] = {}
    for system, name in NAMES.items():
        issued = [row for row in found[system] if _ISSUED.fullmatch(row.get(CODES[system], ""))]
        for row in issued:
            owners.setdefault(row[CODES[system]], set()).add(row[name])
    for code, names in owners.items():
        if len(names) > 1:
            yield Difference("番号", "二重", ((code, " / ".join(sorted(names))),))


_ISSUED = re.compile("T[0-9]{6}")
