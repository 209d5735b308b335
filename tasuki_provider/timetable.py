"""Reads from a sync's file only when it runs and which of its systems share a credential."""

from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from croniter import croniter

# libyaml is some seven times faster, and the DAG processor reads every file again and again.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


FILES = "default_pool"
"""The pool of systems that need no credential: files beside the workspace."""


class Timetable(NamedTuple):
    """One sync as the scheduler sees it; the engine reads the same file with all its rules."""

    name: str
    model: str
    schedule: str | None
    timezone: str
    pools: dict[str, list[str]]
    """Systems by the credential they share; those without one (files) under `FILES`."""


def read(path: Path) -> Timetable:
    """Raises ValueError when the file can't be scheduled; the engine says later exactly why."""
    try:
        spec = yaml.load(path.read_text("utf-8-sig"), Loader=_Loader)
        pools: dict[str, list[str]] = {}
        for system, entry in spec["systems"].items():
            pools.setdefault((entry or {}).get("connection") or FILES, []).append(str(system))
        schedule, zone = spec.get("schedule"), spec.get("timezone", "Asia/Tokyo")
        ZoneInfo(zone)
        if schedule is not None and not croniter.is_valid(schedule):
            raise ValueError(f"schedule {schedule!r}")
        return Timetable(path.stem, str(spec["model"]), schedule, zone, pools)
    except (yaml.YAMLError, OSError, LookupError, TypeError, AttributeError) as fault:
        raise ValueError(path.name) from fault
