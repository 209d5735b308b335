"""Reads from a sync's file only when it runs and which of its systems share a credential."""

import re
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from croniter import croniter

from tasuki.model import MODELS

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
    report: str
    """The connection of the server that mails the report, "" for none."""
    points_at: tuple[str, ...] = ()
    """The models that this one's records refer to."""


def read(path: Path) -> Timetable:
    """Raises ValueError when the file can't be scheduled; the engine says later exactly why."""
    try:
        spec = yaml.load(path.read_text("utf-8-sig"), Loader=_Loader)
        schedule, zone = spec.get("schedule"), spec.get("timezone", "Asia/Tokyo")
        ZoneInfo(zone)
        if schedule is not None:
            _comes_round(schedule)
        report = (spec.get("report") or {}).get("connection", "")
        pools = _pools(spec["systems"])
        model = _id(spec["model"])
        return Timetable(_id(path.stem), model, schedule, zone, pools, report, _points_at(model))
    except (yaml.YAMLError, OSError, LookupError, TypeError, AttributeError) as fault:
        raise ValueError(path.name) from fault


def _comes_round(schedule: str) -> None:
    """Raises ValueError for a day that never comes (30 February): Airflow would show the sync as any other
    and never run it."""
    if not croniter.is_valid(schedule):
        raise ValueError(schedule)
    days = croniter(schedule)
    days.get_next()
    days.get_prev()


def _points_at(model: str) -> tuple[str, ...]:
    return tuple(field.refers_to for field in MODELS[model].references()) if model in MODELS else ()


def _pools(systems: dict[str, dict[str, str] | None]) -> dict[str, list[str]]:
    pools: dict[str, list[str]] = {}
    for system, entry in systems.items():
        pools.setdefault(_id((entry or {}).get("connection") or FILES), []).append(_id(system))
    if not pools:
        raise ValueError("no systems")
    return pools


def _id(name: str) -> str:
    """What Airflow takes as the name of a task or a pool."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise ValueError(name)
    return name
