"""A row's cells in canonical words, as far as they can be read."""

from collections.abc import Iterable, Mapping

from tasuki.connector import Cell
from tasuki.definition import Sync
from tasuki.errors import Skip
from tasuki.mapping import Mapping as SystemMapping
from tasuki.record import Record


def view(mapping: SystemMapping, cells: Mapping[str, Cell]) -> Record:
    """Like `to_record`, but a value that this mapping can't read is left out.

    Rows that can't be read wait in quarantine; this is for what they showed before, and for cells that were
    agreed under an older mapping (sync-rules S22).
    """
    try:
        return mapping.to_record(cells)
    except Skip:
        return dict(_readable(mapping, cells))


def _readable(mapping: SystemMapping, cells: Mapping[str, Cell]) -> Record:
    record: Record = {}
    for name, mapped in mapping.fields.items():
        if all(column in cells for column in mapped.columns):
            try:
                record[name] = mapped.read(cells)
            except Skip:
                continue
    return record


def unsettled(columns: Iterable[str], observed: Mapping[str, Cell], agreed: Mapping[str, Cell]) -> bool:
    """Whether one of these columns, the shared ones, shows something else than was agreed."""
    return any(column in observed and observed[column] != agreed.get(column, _NEVER) for column in columns)


def shared_columns(sync: Sync, mapping: SystemMapping) -> tuple[str, ...]:
    """Without that of a code that stays at home."""
    return tuple(column for name in shared(sync, mapping) for column in mapping.fields[name].columns)


def shared(sync: Sync, mapping: SystemMapping) -> tuple[str, ...]:
    """The fields that a system shares: a code of its own numbering stays at home (S15)."""
    local = mapping.system not in sync.shared_code
    return tuple(name for name in mapping.fields if not (local and name == sync.model.own_code))


_NEVER = object()
