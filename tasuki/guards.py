"""The guards: signs that a source is not what it was. They stop a run; nobody approves them away."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from tasuki.connector import Source
from tasuki.intake import Intake
from tasuki.record import content_digest

FEW = 10
"""Below this many known rows a wholesale change can be a morning's honest work."""


class Guard(NamedTuple):
    """A sign of danger. `evidence` is the same whenever the same thing is seen again."""

    code: str
    system: str
    details: Mapping[str, object]
    evidence: str


class Before(NamedTuple):
    """What the store knew of the system."""

    rows: int
    source: Source | None
    same_mapping: bool
    changed_cells: int
    """Cells of known rows that differ now."""
    returned_cells: int
    """Of these, cells that show again what was already replaced (S25)."""
    rekeyed: int
    """New rows that hold exactly what a missing row held, under another key."""


def guards(system: str, intake: Intake, before: Before) -> list[Guard]:
    """All guards that close, most telling first."""
    found: list[tuple[str, dict[str, object]]] = []
    known, missing = before.rows, len(intake.missing)
    source = intake.end.source
    changed = sum(not arrival.new for arrival in intake.arrivals)
    held_now = len(intake.held)
    if _other_file(before.source, source):
        found.append(("TSK-5107", {"file": source.name if source else ""}))
    if known and intake.end.complete and not intake.read:
        found.append(("TSK-5101", {"rows": known}))
    elif before.rekeyed >= 3 and before.rekeyed * 2 >= missing:
        found.append(("TSK-5105", {"rows": before.rekeyed}))
    elif known >= FEW and missing * 2 > known:
        found.append(("TSK-5102", {"rows": known, "missing": missing}))
    if before.returned_cells >= 3 and before.returned_cells * 2 >= before.changed_cells:
        found.append(("TSK-5106", _dates(before, source)))
    elif before.same_mapping and known >= FEW and changed * 20 >= known * 19:
        found.append(("TSK-5103", {"rows": known}))
    if before.same_mapping and known >= FEW and held_now * 2 > known:
        found.append(("TSK-5108", {"rows": known, "held": held_now}))
    return [Guard(code, system, details, _evidence(code, system, intake)) for code, details in found]


def _other_file(before: Source | None, now: Source | None) -> bool:
    return bool(before and now and before.family and now.family and before.family != now.family)


def _dates(before: Before, source: Source | None) -> dict[str, object]:
    return {
        "cells": before.returned_cells,
        "before": before.source.modified if before.source else "",
        "now": source.modified if source else "",
    }


def _evidence(code: str, system: str, intake: Intake) -> str:
    seen: Collection[str] = sorted(arrival.digest.hex() for arrival in intake.arrivals)
    return content_digest([code, system, seen, intake.missing, intake.read])
