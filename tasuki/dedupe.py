"""名寄せ of ledgers without set-up: which rows are one customer, and which a person should see."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tasuki import listing, yamlfile
from tasuki.connector import Cell
from tasuki.errors import UserError
from tasuki.identity.columns import Use, infer, kind_of, texts, uses
from tasuki.identity.explain import explain
from tasuki.identity.kinds import KINDS
from tasuki.identity.matching import Matching, Pair, Told, match
from tasuki.identity.table import Field
from tasuki.japanese.fold import fold_company
from tasuki.listing import Grid, Sheet
from tasuki.messages.matching import SHEETS, ZONES
from tasuki.value import cell_text

HEADER_ROWS = 10
"""A title and a date often stand above the header."""
LOOK = 200
"""Rows that columns are judged by."""


class Ledger(NamedTuple):
    """One file: the best of its sheets."""

    name: str
    columns: tuple[str, ...]
    rows: list[list[Cell]]
    numbers: list[int]
    """Per row its place among the data rows, from 1; blank rows are counted, not kept."""
    uses: list[Use]

    @property
    def kinds(self) -> dict[str, str]:
        """Column → kind, for the columns that were used."""
        return {self.columns[index]: use.field.kind for use in self.uses for index in use.columns}


class Found(NamedTuple):
    """What a run found; rows of all ledgers one after the other."""

    ledgers: tuple[Ledger, ...]
    matching: Matching
    names: list[str]
    """Per row the name as it was typed."""

    def place(self, row: int) -> tuple[str, int]:
        """File and row number."""
        for ledger in self.ledgers:
            if row < len(ledger.rows):
                return ledger.name, ledger.numbers[row]
            row -= len(ledger.rows)
        raise IndexError(row)


def dedupe(paths: Sequence[Path], fields: Path | None, told: Told) -> Found:
    """Raises UserError: TSK-6001 when no column says who, TSK-6002 and TSK-4040 for the `fields` file."""
    kinds = _kinds(fields) if fields else None
    twice = len({path.name for path in paths}) < len(paths)
    ledgers = tuple(_ledger(path, str(path) if twice else path.name, kinds) for path in paths)
    if kinds:
        _all_there(kinds, ledgers, fields)
    cells: dict[Field, list[str]] = {}
    rows = 0
    for ledger in ledgers:
        own = texts(ledger.uses, ledger.rows)
        for use in ledger.uses:
            column = cells.setdefault(use.field, [])
            column += [""] * (rows - len(column)) + own[use.field.name]
        rows += len(ledger.rows)
    if not any(
        field.rules.aspect != "place" or field.kind in ("phone", "address", "email") for field in cells
    ):
        raise UserError("TSK-6001", paths[0].name)
    given = {field.name: column + [""] * (rows - len(column)) for field, column in cells.items()}
    return Found(ledgers, match(list(cells), given, told=told), _names(given, rows))


def clusters_sheet(found: Found, lang: str) -> Sheet:
    """A line a row of the ledgers: file, row, cluster id, canonical name."""
    return Sheet(
        _title("cluster", lang), ("file", "row", "cluster_id", "canonical_name"), _cluster_lines(found)
    )


def pairs_sheet(found: Found, lang: str) -> Sheet:
    """A line a pair that is the same or that a person should look at."""
    header = ("left_file", "left_row", "right_file", "right_row", "probability", "verdict", "reasons")
    return Sheet(_title("verdict", lang), header, _pair_lines(found, lang))


def work_sheets(found: Found, lang: str) -> list[Sheet]:
    """For people: the rows group by group as they stand, and the pairs to decide, with room to answer."""
    at = 1 if lang == "en" else 0
    head = [SHEETS[key][at] for key in ("cluster", "canonical_name", "verdict", "file", "row")]
    columns = list(dict.fromkeys(column for ledger in found.ledgers for column in ledger.columns))
    pair = ("probability", "reasons", "answer", "file", "row", "canonical_name")
    asked = [SHEETS[key][at] for key in (*pair, *pair[3:])]
    return [
        clusters_sheet(found, lang),
        Sheet(ZONES["review"][at], asked, _questions(found, lang)),
        Sheet(SHEETS["canonical_name"][at], [*head, *columns], _grouped_rows(found, columns, lang)),
    ]


def _title(key: str, lang: str) -> str:
    return SHEETS[key][1 if lang == "en" else 0]


def _cluster_lines(found: Found) -> Iterator[Sequence[Cell]]:
    ids, canonical = _ids(found), _canonical(found)
    for row, group in enumerate(found.matching.groups.tolist()):
        yield (*found.place(row), ids[group], canonical[group])


def _ids(found: Found) -> dict[int, str]:
    groups = sorted(set(found.matching.groups.tolist()))
    return {group: f"C{number:06}" for number, group in enumerate(groups, 1)}


def _canonical(found: Found) -> dict[int, str]:
    """Per group the name most rows agree on, in its fullest spelling."""
    members: dict[int, list[str]] = {}
    for row, group in enumerate(found.matching.groups.tolist()):
        members.setdefault(group, []).append(found.names[row])
    return {group: _fullest(names) for group, names in members.items()}


def _fullest(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    cores = {name: fold_company(name) for name in names}
    often = Counter(cores[name] for name in names if name)
    return max(
        names, key=lambda name: (often[cores[name]], "会社" in name or "法人" in name, len(name), name)
    )


def _pair_lines(found: Found, lang: str) -> Iterator[Sequence[Cell]]:
    for pair, reason in _explained(found, lang):
        verdict = ZONES[pair.zone][1 if lang == "en" else 0]
        probability = round(pair.probability, 4)
        yield (*found.place(pair.one), *found.place(pair.other), probability, verdict, reason)


def _explained(found: Found, lang: str) -> Iterator[tuple[Pair, str]]:
    m = found.matching
    reasons = explain(m.model, m.table, m.one, m.other)
    for pair, reason in zip(m.pairs(), reasons, strict=True):
        yield pair, reason.sentence(lang)


def _questions(found: Found, lang: str) -> Iterator[Sequence[Cell]]:
    """The surest first: there most is gained with each answer."""
    asked = [(pair, reason) for pair, reason in _explained(found, lang) if pair.zone == "review"]
    for pair, reason in sorted(asked, key=lambda told: (-told[0].probability, told[0].one, told[0].other)):
        one, other = found.place(pair.one), found.place(pair.other)
        yield (
            round(pair.probability, 4),
            reason,
            "",
            *one,
            found.names[pair.one],
            *other,
            found.names[pair.other],
        )


def _grouped_rows(found: Found, columns: Sequence[str], lang: str) -> Iterator[Sequence[Cell]]:
    """Only groups of several rows."""
    ids, canonical = _ids(found), _canonical(found)
    groups, sure = found.matching.groups.tolist(), found.matching.sure.tolist()
    size, safe = Counter(groups), Counter(zip(groups, sure, strict=True))
    zones = {key: words[1 if lang == "en" else 0] for key, words in ZONES.items()}
    cells = [dict(zip(ledger.columns, row, strict=False)) for ledger in found.ledgers for row in ledger.rows]
    for row in sorted(range(len(groups)), key=lambda row: (groups[row], row)):
        if size[groups[row]] > 1:
            whole = safe[groups[row], sure[row]] == size[groups[row]]
            verdict = zones["same" if whole else "review"]
            shown = [cell_text(cells[row].get(column)) for column in columns]
            yield (ids[groups[row]], canonical[groups[row]], verdict, *found.place(row), *shown)


def _names(given: Mapping[str, Sequence[str]], rows: int) -> list[str]:
    """What people call each row: its name, or its parts, or whatever there is first."""
    for parts in (("name",), ("family_name", "given_name"), ("family_name",), tuple(given)[:1]):
        if all(part in given for part in parts):
            return [_called(words) for words in zip(*(given[part] for part in parts), strict=True)]
    return [""] * rows


def _called(words: Sequence[str]) -> str:
    """山田 太郎, but Taro Yamada."""
    told = list(filter(None, words))
    return " ".join(reversed(told) if all(map(str.isascii, told)) else told)


# --- reading ------------------------------------------------------------------------------------------------


def _ledger(path: Path, name: str, kinds: Mapping[str, str] | None) -> Ledger:
    """The sheet and header row under which most columns are understood. Raises UserError TSK-4044."""
    looks = [
        (len(look), -number, -start, grid, look)
        for number, grid in enumerate(listing.read(path))
        for start in range(min(HEADER_ROWS, len(grid)))
        if (look := _look(grid, start, kinds))
    ]
    if not looks:
        raise UserError("TSK-6001" if not kinds else "TSK-4044", path.name)
    _, _, above, grid, look = max(looks, key=lambda one: one[:3])
    header = _header(grid[-above])
    rows = [(number, row) for number, row in enumerate(grid[1 - above :], 1) if any(map(cell_text, row))]
    return Ledger(name, header, [row for _, row in rows], [number for number, _ in rows], look)


def _look(grid: Grid, start: int, kinds: Mapping[str, str] | None) -> list[Use]:
    header = _header(grid[start])
    if kinds is not None:
        return uses(header, kinds)
    below = [row + [""] * (len(header) - len(row)) for row in grid[start + 1 : start + 1 + LOOK]]
    return infer(header, below)


def _header(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(cell_text(cell) for cell in row)


def _kinds(path: Path) -> dict[str, str]:
    document = yamlfile.load(path)
    found: dict[str, str] = {}
    for column, word in document.data.items():
        if kind_of(str(word)) is None:
            near = yamlfile.suggestion(str(word), KINDS)
            raise UserError("TSK-4040", document.place(column), kind=word, suggestion=near)
        found[column.strip()] = str(word)
    return found


def _all_there(kinds: Mapping[str, str], ledgers: Sequence[Ledger], path: Path | None) -> None:
    known = {column for ledger in ledgers for column in ledger.columns}
    for column in kinds:
        if column not in known:
            near = yamlfile.suggestion(column, known)
            raise UserError("TSK-6002", path.name if path else "", column=column, suggestion=near)
