"""How one system's columns speak of canonical fields; the only file that knows both.

A mapping is data (mappings/*.yaml): column ↔ field, named cleaners, value tables. Reading turns cells into a
Record, writing turns a Record into cells; and what a system will show after a write can be said beforehand
(sync-rules S3).
"""

from collections.abc import Callable, Iterable, Mapping as MappingOf, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from tasuki import yamlfile
from tasuki.connector import Cell, Column
from tasuki.errors import Skip, UserError
from tasuki.japanese.encoding import encodable
from tasuki.mappingfile import Case, FieldEntry, IssueEntry, MappingFile
from tasuki.model import MODELS, Field, Model
from tasuki.record import Record, content_digest
from tasuki.value import (
    CLEANERS,
    LENIENT,
    STRICT,
    WRITERS,
    Cleaner,
    cell_text,
    clean_with,
    join_address,
    split_address,
)

F = TypeVar("F")

REFERENCE = "\x1f"
"""Between the ways a row names what it refers to: "email=a@example.jp", "code=C001"."""


class Fitted(NamedTuple):
    """Cells ready to be written, or the first reason why they can't be."""

    cells: dict[str, Cell]
    code: str = ""
    column: str = ""
    details: MappingOf[str, object] = {}


@dataclass(frozen=True)
class Mapped:
    """One field as this system knows it."""

    field: Field
    columns: tuple[str, ...]
    parts: tuple[str, ...]
    """What each column holds of an address, () for a field that isn't spread."""
    clean: Cleaner
    write: Callable[[str], str]
    values: MappingOf[str, str]
    words: MappingOf[str, str]
    by: tuple[str, ...]
    direction: Literal["both", "in"]
    overflow: Literal["refuse", "cut"]

    @cached_property
    def plain(self) -> str:
        """The column of a field that is nothing but one cell, cleaned; "" for any other. Most are plain, and
        a run reads them more often than it does anything else."""
        return "" if len(self.columns) > 1 or self.by or self.parts or self.values else self.columns[0]

    def read(self, cells: MappingOf[str, Cell]) -> str:
        if self.plain:
            text = cell_text(cells.get(self.plain))
            return self.clean(text) if text else ""
        texts = [cell_text(cells.get(column)) for column in self.columns]
        if self.by:
            return REFERENCE.join(f"{by}={text}" for by, text in zip(self.by, texts, strict=True) if text)
        if self.parts:
            return join_address(dict(zip(self.parts, texts, strict=True)))
        text = " ".join(filter(None, texts))
        if not text:
            return ""
        if self.values:
            if text not in self.values:
                raise Skip("TSK-2090", self.columns[0], column=self.columns[0])
            return self.values[text]
        return self.clean(text)

    def spell(self, value: str) -> dict[str, str] | None:
        """The texts to write; None when the value table has no word for `value`. Raises Skip when an address
        can't be split."""
        if self.parts:
            split = split_address(value) if value else {}
            return {c: split.get(part, "") for c, part in zip(self.columns, self.parts, strict=True)}
        if self.by:
            told = dict(part.split("=", 1) for part in value.split(REFERENCE) if part)
            return {c: told.get(by, "") for c, by in zip(self.columns, self.by, strict=True)}
        if self.words and value:
            if value not in self.words:
                return None
            return {self.columns[0]: self.words[value]}
        text = self.write(value) if value else ""
        if len(self.columns) == 1:
            return {self.columns[0]: text}
        parts = text.split(" ", len(self.columns) - 1)
        return dict(zip(self.columns, parts + [""] * (len(self.columns) - len(parts)), strict=True))


@dataclass(frozen=True)
class Mapping:
    """A system as the engine sees it."""

    system: str
    connector: str
    model: Model
    settings: MappingOf[str, Any]
    key: str
    issued_by: str
    issue: IssueEntry
    fields: MappingOf[str, Mapped]
    columns: tuple[str, ...]
    """The columns a read asks for, key first."""
    digest: str
    """Changes when the same cells could mean something else (sync-rules S22)."""
    tests: tuple[Case, ...]
    document: yamlfile.Document

    def to_record(self, cells: MappingOf[str, Cell]) -> Record:
        """Raises Skip with the column when a value can't be read; columns missing in `cells` stay absent."""
        record: Record = {}
        for name, column, mapped in self._reads:
            if not column:
                if all(c in cells for c in mapped.columns):
                    record[name] = mapped.read(cells)
            elif column in cells:
                text = cell_text(cells[column])
                record[name] = mapped.clean(text) if text else ""
        return record

    @cached_property
    def _reads(self) -> tuple[tuple[str, str, Mapped], ...]:
        return tuple((name, mapped.plain, mapped) for name, mapped in self.fields.items())

    def cells_of(self, names: Iterable[str], cells: MappingOf[str, Cell]) -> dict[str, Cell]:
        """Those of these fields, as far as they are mapped."""
        columns = (c for name in names if name in self.fields for c in self.fields[name].columns)
        return {column: cells[column] for column in columns if column in cells}

    def blanks(self, cells: MappingOf[str, Cell]) -> list[str]:
        """The fields of which every column is there, and blank: known without cleaning anything."""
        return [
            name
            for name, mapped in self.fields.items()
            if all(column in cells and not cell_text(cells[column]) for column in mapped.columns)
        ]

    def to_cells(self, record: MappingOf[str, str], columns: MappingOf[str, Column]) -> Fitted:
        """What to write so that the system shows `record`; checked against the limits of `columns`."""
        cells: dict[str, Cell] = {}
        for name, value in record.items():
            mapped = self.fields[name]
            try:
                texts = mapped.spell(value)
            except Skip as skip:
                return Fitted({}, skip.code, mapped.columns[0])
            if texts is None:
                return Fitted({}, "TSK-2091", mapped.columns[0])
            for column, text in texts.items():
                held = _held(text, columns.get(column))
                if held is not None:
                    cells[column] = held
                    continue
                fitted = fit(text, columns.get(column, Column(column)), mapped.overflow)
                if fitted.code:
                    return fitted
                cells.update(fitted.cells)
        return Fitted(cells)

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Fields that are read here and never written."""
        return frozenset(name for name, mapped in self.fields.items() if mapped.direction == "in")


def _held(text: str, column: Column | None) -> str | None:
    """The text as the column keeps it where nothing is in its way; else None, and `fit` tells what to do."""
    if column is None or not column.writable or column.max_bytes is not None or column.max_chars is not None:
        return None
    if text.isascii():
        return text
    try:
        kept = text.encode(column.encoding or "utf-8").decode(column.encoding or "utf-8")
    except UnicodeEncodeError:
        return None
    # The same object where nothing changed: a first load holds each of its texts once.
    return text if kept == text else kept


def fit(text: str, column: Column, overflow: Literal["refuse", "cut"]) -> Fitted:
    """`text` as `column` can hold it: its codec first, then its length in characters or bytes."""
    if not column.writable:
        return Fitted({}, "TSK-1016", column.name, {"column": column.name})
    codec = column.encoding or "utf-8"
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        lost = _named(encodable(text, codec))
        details: dict[str, object] = {"column": column.name, "encoding": codec, "characters": lost}
        return Fitted({}, "TSK-1014", column.name, details)
    if column.encoding:
        text = text.encode(codec).decode(codec)
    size, limit = _size(text, column, codec)
    if limit is not None and size > limit:
        if overflow == "refuse":
            return Fitted({}, "TSK-1013", column.name, {"column": column.name, "limit": limit, "size": size})
        while _size(text, column, codec)[0] > limit:
            text = text[:-1]
    return Fitted({column.name: text})


def _size(text: str, column: Column, codec: str) -> tuple[int, int | None]:
    if column.max_bytes is not None:
        return len(text.encode(codec)), column.max_bytes
    return len(text), column.max_chars


def _named(characters: Iterable[str]) -> str:
    """Code points, not the characters: a rare kanji in a log can give a person away."""
    return " ".join(f"U+{ord(character):04X}" for character in characters)


def load(path: Path) -> Mapping:
    """Raises UserError with file and line: unknown keys, fields, cleaners, or an ambiguous value table."""
    document = yamlfile.load(path)
    file = yamlfile.validate(MappingFile, document)
    model = _model(file, document)
    entries = {name: _long(entry) for name, entry in file.fields.items()} | dict(file.custom)
    section = dict.fromkeys(file.fields, "fields") | dict.fromkeys(file.custom, "custom")
    fields = {
        name: _mapped(model.fields[name], entry, document.place(section[name], name))
        for name, entry in entries.items()
    }
    columns = tuple(dict.fromkeys([file.key, *(c for mapped in fields.values() for c in mapped.columns)]))
    meaning = {
        "key": file.key,
        "model": file.model,
        "fields": {name: entry.model_dump(mode="json") for name, entry in entries.items()},
    }
    return Mapping(
        system=path.stem,
        connector=file.connector,
        model=model,
        settings=file.settings,
        key=file.key,
        issued_by=file.issued_by or "",
        issue=file.issue,
        fields=fields,
        columns=columns,
        digest=content_digest(meaning)[:16],
        tests=tuple(file.tests),
        document=document,
    )


def failures(mapping: Mapping) -> list[tuple[int, str, str, str]]:
    """The mapping's own `tests:` that don't hold: (number from 1, field, expected, got)."""
    wrong = []
    for number, case in enumerate(mapping.tests, start=1):
        record = mapping.to_record(case.given)
        wrong += [
            (number, field, expected, record.get(field, ""))
            for field, expected in case.expect.items()
            if record.get(field, "") != expected
        ]
    return wrong


def _model(file: MappingFile, document: yamlfile.Document) -> Model:
    if file.model not in MODELS:
        hint = yamlfile.suggestion(file.model, MODELS)
        raise UserError("TSK-4020", document.place("model"), model=file.model, suggestion=hint)
    model = MODELS[file.model]
    for name in file.fields:
        if name not in model.fields:
            hint = yamlfile.suggestion(name, model.fields)
            raise UserError("TSK-4021", document.place("fields", name), field=name, suggestion=hint)
    for name in file.custom:
        if name in model.fields or not name.isascii():
            raise UserError("TSK-4022", document.place("custom", name), field=name)
    return model.with_custom(
        Field(name, entry.label or name, entry.type, entry.sensitivity) for name, entry in file.custom.items()
    )


def _long(entry: str | FieldEntry) -> FieldEntry:
    return FieldEntry(column=entry) if isinstance(entry, str) else entry


def _mapped(field: Field, entry: FieldEntry, place: str) -> Mapped:
    parts = entry.parts or {}
    columns = tuple(entry.columns or parts.values() or ([entry.column] if entry.column else []))
    if sum(bool(way) for way in (entry.column, entry.columns, parts)) != 1:
        raise UserError("TSK-4023", place, field=field.name)
    if parts and (field.type != "address" or not {"city", "town"} <= parts.keys()):
        raise UserError("TSK-4029", place, field=field.name)
    values = entry.values or {}
    if len(set(values.values())) != len(values):
        raise UserError("TSK-4024", place, field=field.name)
    if field.choices and (unknown := set(values.values()) - set(field.choices)):
        hint = yamlfile.suggestion(sorted(unknown)[0], field.choices)
        raise UserError("TSK-4025", place, field=field.name, value=sorted(unknown)[0], suggestion=hint)
    by = (entry.by,) if isinstance(entry.by, str) else tuple(entry.by or ())
    if (field.type == "reference") != bool(by) or (by and len(by) != len(columns)):
        raise UserError("TSK-4026", place, field=field.name)
    return Mapped(
        field=field,
        columns=columns,
        parts=tuple(parts),
        clean=_cleaner(field, entry.clean, columns[0], place),
        write=_named_function(entry.write, WRITERS, place) if entry.write else WRITERS.get(field.type, str),
        values=values,
        words={canonical: word for word, canonical in values.items()},
        by=by,
        direction=entry.direction,
        overflow=entry.overflow,
    )


def _cleaner(field: Field, names: Sequence[str] | None, column: str, place: str) -> Cleaner:
    """Named cleaners are strict. Unnamed, a date or an amount must still be one; a phone may be anything."""
    if names:
        steps = [_named_function(name, CLEANERS, place) for name in names]
        return partial(_chain, [partial(clean_with, step, column, True) for step in steps])
    if names is None and field.type in STRICT:
        return partial(clean_with, STRICT[field.type](field), column, True)
    if names is None and field.type in LENIENT:
        return partial(clean_with, CLEANERS[field.type], column, False)
    return str


def _chain(steps: Sequence[Cleaner], text: str) -> str:
    for step in steps:
        text = step(text)
    return text


def _named_function(name: str, known: MappingOf[str, F], place: str) -> F:
    if name not in known:
        raise UserError("TSK-4027", place, name=name, suggestion=yamlfile.suggestion(name, known))
    return known[name]


def load_all(home: Path, names: Iterable[str]) -> dict[str, Mapping]:
    return {name: load(home / "mappings" / f"{name}.yaml") for name in names}
