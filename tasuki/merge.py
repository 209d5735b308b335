"""What two customers are once they are one, and what each of them is when they part again (S17).

Pure: values in, values out; `tasuki.store.merges` carries it into the store.
"""

from collections.abc import Collection
from typing import NamedTuple

from tasuki.model import Model
from tasuki.record import Record, blank, pick
from tasuki.unit import MERGED, Candidate, Conflict, question

NO = "out"
"""An opt-out; it outlives merging and parting (S26)."""


class Part(NamedTuple):
    """One of two customers that were one."""

    value: Record
    questions: tuple[Conflict, ...]
    """Units that somebody edited meanwhile: a person says whose edit it was."""


def together(model: Model, kept: Record, gone: Record) -> Record:
    """The kept one's values; what it leaves blank comes from the other, unit by unit, so that no address
    mixes two places."""
    value: Record = {}
    for names in model.units().values():
        either = [name for name in names if name in kept or name in gone]
        source = gone if blank(pick(kept, names)) else kept
        value |= {name: source.get(name, "") for name in either}
    return value | _refusals(model, gone, value)


def apart(
    model: Model, entity: str, own: Record, merged: Record, now: Record, mapped: Collection[str]
) -> Part:
    """`own` before the merge, `merged` right after it, `now` when they part; `mapped` fields are those that
    some row of this customer shows."""
    # What it never had is blank again, not unknown: it may have been written everywhere.
    value = {**dict.fromkeys((*merged, *now), ""), **own}
    asked = []
    for unit, every in model.units().items():
        names = [name for name in every if name in mapped]
        edited, was = pick(now, names), pick(value, names)
        if edited in (was, pick(merged, names)):
            continue
        refused = _refusals(model, edited, value) if unit == "consent" else {}
        value |= refused
        if not refused:
            offers = (Candidate(MERGED, edited), Candidate("", was))
            asked.append(question(entity, unit, was, offers, "unmerged"))
    return Part(value, tuple(asked))


def _refusals(model: Model, told: Record, value: Record) -> Record:
    """Every no of `told` that `value` doesn't hold, with its date and evidence."""
    names = model.units().get("consent", ())
    fresh = {name: NO for name in names if told.get(name) == NO != value.get(name)}
    return pick(told, ("consent_on", "consent_evidence")) | fresh if fresh else {}
