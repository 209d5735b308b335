"""Which systems agree on a model, when, and who owns which field: one dags/<name>.yaml."""

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field as Option, field_validator
from pydantic_core import PydanticCustomError

from tasuki import mapping as mappings, yamlfile
from tasuki.connector import Description
from tasuki.errors import UserError
from tasuki.mapping import Mapping
from tasuki.model import MODELS, Model
from tasuki.record import content_digest

Policy = Literal["ask", "newest"]


class Stages(BaseModel):
    """Only customers in one of these stages are received."""

    model_config = ConfigDict(extra="forbid")

    stage: list[str] = Option(min_length=1)


class SystemEntry(BaseModel):
    """How one system takes part."""

    model_config = ConfigDict(extra="forbid")

    connection: str | None = Option(None, description="Airflow connection id, or AIRFLOW_CONN_<ID>")
    direction: Literal["both", "in", "out"] = "both"
    originates: bool = Option(True, description="A new row here may become a customer everywhere")
    receives_new: Literal["none", "all"] | Stages = "none"
    on_delete: Literal["unlink", "archive", "delete"] = "unlink"
    gives: bool = Option(False, description="May give a group it maps only in part")
    restore: bool = Option(False, description="Edits here that don't count are overwritten, not only shown")


class PolicyEntry(BaseModel):
    """Who decides a field or a group when sides disagree."""

    model_config = ConfigDict(extra="forbid")

    owner: str | None = None
    policy: Policy = "ask"
    only: str | None = Option(None, description="The one system this field comes from")
    steward: str | None = None
    never_clear: bool = False


class Limits(BaseModel):
    """Changes a run may make in one system without approval: a count, or a percentage of its rows."""

    model_config = ConfigDict(extra="forbid")

    create: int | str = 100
    change: int | str = "20%"
    delete: int | str = "10%"

    @field_validator("create", "change", "delete")
    @classmethod
    def _count_or_percent(cls, value: int | str) -> int | str:
        share = re.fullmatch(r"(100|[1-9]?[0-9]) *%", value) if isinstance(value, str) else None
        if share or (isinstance(value, int) and value >= 0):
            return value
        raise PydanticCustomError("limit", "a count like 100 or a percentage like 20%")

    def allowed(self, action: Literal["create", "change", "delete"], rows: int) -> int:
        """How many of `rows` may move. A percentage never means fewer than 5: one edit in a list of three
        customers is no mass change. Deletes given as a percentage never mean more than 20."""
        limit = getattr(self, action)
        if isinstance(limit, int):
            return limit
        share = max(5, rows * int(limit[:-1]) // 100)
        return min(share, 20) if action == "delete" else share


class ReportEntry(BaseModel):
    """Who is told by mail what a run did."""

    model_config = ConfigDict(extra="forbid")

    connection: str = Option(description="The connection of the mail server (tasuki_smtp)")
    sender: str
    to: list[str] = Option(min_length=1)


class SyncFile(BaseModel):
    """dags/<name>.yaml."""

    model_config = ConfigDict(extra="forbid")

    sync: str = Option(pattern=r"^[a-z][a-z0-9_]*$")
    model: str
    schedule: str | None = None
    timezone: str = "Asia/Tokyo"
    freshness: str | None = Option(None, pattern=r"^\d+[mhd]$")
    systems: dict[str, SystemEntry] = Option(min_length=1)
    fields: dict[str, PolicyEntry] = {}
    limits: Limits = Limits()
    steward: str | None = None
    report: ReportEntry | None = None


class System(NamedTuple):
    """A system in a sync: its part and its mapping."""

    name: str
    entry: SystemEntry
    mapping: Mapping


@dataclass(frozen=True)
class Sync:
    """A sync as the engine runs it."""

    name: str
    model: Model
    systems: MappingOf[str, System]
    """In the order of the file; the first wins where nothing else decides."""
    policies: MappingOf[str, PolicyEntry]
    """By unit: a field or a group."""
    limits: Limits
    shared_code: frozenset[str]
    """Systems whose codes are one numbering; elsewhere a code is the system's own and stays there (S15)."""
    schedule: str | None
    timezone: str
    steward: str
    report: ReportEntry | None
    freshness: float | None
    """Seconds after which a system that could not be read is reported; None when nobody minds."""
    digest: str
    """Changes with any rule or mapping; then every customer is looked at again."""

    def policy(self, unit: str) -> PolicyEntry:
        return self.policies.get(unit, _ASK)


_ASK = PolicyEntry()


def load(home: Path, name: str) -> Sync:
    """The sync of dags/<name>.yaml with its mappings. Raises UserError with file and line."""
    document = yamlfile.load(home / "dags" / f"{name}.yaml")
    file = yamlfile.validate(SyncFile, document)
    if file.sync != name:
        raise UserError("TSK-4030", document.place("sync"), sync=file.sync, file=name)
    for system in file.systems:
        if not (home / "mappings" / f"{system}.yaml").is_file():
            raise UserError("TSK-4031", document.place("systems", system), system=system)
    loaded = mappings.load_all(home, file.systems)
    model = _model(file, document, loaded)
    _check_times(file, document)
    _check_stages(file, document, model)
    _check_policies(file, document, model)
    for system, entry in file.systems.items():
        if entry.direction != "in":
            _check_written_once(loaded[system])
    _check_archives(file, document, loaded)
    return Sync(
        name=name,
        model=model,
        systems={key: System(key, entry, loaded[key]) for key, entry in file.systems.items()},
        policies={_unit(model, key): entry for key, entry in file.fields.items()},
        limits=file.limits,
        shared_code=_shared_code(model, loaded),
        schedule=file.schedule,
        timezone=file.timezone,
        steward=file.steward or "",
        report=file.report,
        freshness=_seconds(file.freshness),
        digest=_digest(file, loaded),
    )


def keys_are_issued(system: System, description: Description) -> None:
    """A system that receives new rows needs somebody who names them (S6). Raises UserError TSK-4035."""
    mapping = system.mapping
    if system.entry.receives_new == "none" or system.entry.direction == "in" or description.assigns_key:
        return
    mapped = any(mapping.key in mapped.columns for mapped in mapping.fields.values())
    if not mapped and mapping.issued_by != "tasuki":
        raise UserError("TSK-4035", mapping.document.place("key"), system=system.name, column=mapping.key)


def names(home: Path) -> list[str]:
    return sorted(path.stem for path in (home / "dags").glob("*.yaml"))


def _seconds(span: str | None) -> float | None:
    return int(span[:-1]) * {"m": 60.0, "h": 3600.0, "d": 86400.0}[span[-1]] if span else None


_NO_RULES = {"schedule", "timezone", "freshness", "limits", "steward", "report"}


def _digest(file: SyncFile, loaded: MappingOf[str, Mapping]) -> str:
    rules = file.model_dump(mode="json", exclude=_NO_RULES)
    return content_digest({"rules": rules, "mappings": {n: m.digest for n, m in loaded.items()}})[:16]


def _model(file: SyncFile, document: yamlfile.Document, loaded: MappingOf[str, Mapping]) -> Model:
    """The model with every custom field of its systems."""
    if file.model not in MODELS:
        hint = yamlfile.suggestion(file.model, MODELS)
        raise UserError("TSK-4020", document.place("model"), model=file.model, suggestion=hint)
    model = MODELS[file.model]
    for system, mapping in loaded.items():
        if mapping.model.name != file.model:
            raise UserError(
                "TSK-4032",
                document.place("systems", system),
                system=system,
                theirs=mapping.model.name,
                model=file.model,
            )
        model = model.with_custom(
            field for name, field in mapping.model.fields.items() if name not in model.fields
        )
    return model


def _shared_code(model: Model, loaded: MappingOf[str, Mapping]) -> frozenset[str]:
    """`issued_by` declares it: systems that take their codes from one issuer, and that issuer. Where one
    system takes part there is one numbering."""
    if model.own_code != "code" or len(loaded) == 1:
        return frozenset(loaded)
    spaces: dict[str, set[str]] = {}
    for system, mapping in loaded.items():
        if "code" in mapping.fields:
            spaces.setdefault(mapping.issued_by or system, set()).add(system)
    largest = max(spaces.values(), key=len, default=set())
    return frozenset(largest) if len(largest) > 1 else frozenset()


def _unit(model: Model, key: str) -> str:
    return model.unit(key) if key in model.fields else key


def _check_policies(file: SyncFile, document: yamlfile.Document, model: Model) -> None:
    units = model.units()
    for key, entry in file.fields.items():
        if key not in units and key not in model.fields:
            hint = yamlfile.suggestion(key, [*units, *model.fields])
            raise UserError("TSK-4021", document.place("fields", key), field=key, suggestion=hint)
        for role in ("owner", "only"):
            _known_system(getattr(entry, role), file, document, ("fields", key, role))


def _check_times(file: SyncFile, document: yamlfile.Document) -> None:
    """The engine needs neither; a scheduler that can't use them could only say that something is wrong."""
    try:
        ZoneInfo(file.timezone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise UserError("TSK-4050", document.place("timezone"), timezone=file.timezone) from None
    if file.schedule is not None and not _cron(file.schedule):
        raise UserError("TSK-4051", document.place("schedule"), schedule=file.schedule)


def _cron(schedule: str) -> bool:
    """Five fields whose numbers lie in their ranges, or a word like @daily."""
    if schedule in _CRON_WORDS:
        return True
    fields = schedule.split()
    return len(fields) == len(_CRON_MOST) and all(
        re.fullmatch(r"[\w*?#]+(-[\w#]+)?(/[0-9]+)?", part)
        and all(int(number) <= most for number in re.findall("[0-9]+", part.partition("/")[0]))
        for field, most in zip(fields, _CRON_MOST, strict=True)
        for part in field.split(",")
    )


_CRON_WORDS = {"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"}
_CRON_MOST = (59, 23, 31, 12, 7)
"""Minute, hour, day, month, day of the week."""


def _check_stages(file: SyncFile, document: yamlfile.Document, model: Model) -> None:
    """A stage that no customer is ever in would let nobody in, without a word."""
    for system, entry in file.systems.items():
        wanted = entry.receives_new.stage if isinstance(entry.receives_new, Stages) else []
        place = document.place("systems", system, "receives_new", "stage")
        if wanted and "stage" not in model.fields:
            raise UserError("TSK-4021", place, field="stage", suggestion="")
        for stage in wanted:
            if stage not in model.fields["stage"].choices:
                hint = yamlfile.suggestion(stage, model.fields["stage"].choices)
                raise UserError("TSK-4025", place, field="stage", value=stage, suggestion=hint)


def _check_archives(file: SyncFile, document: yamlfile.Document, loaded: MappingOf[str, Mapping]) -> None:
    for system, entry in file.systems.items():
        if entry.on_delete == "archive" and "active" not in loaded[system].fields:
            raise UserError("TSK-4037", document.place("systems", system, "on_delete"), system=system)


def _check_written_once(mapping: Mapping) -> None:
    """A column that two fields write would hold what the second one says, and lose the first."""
    writers: dict[str, str] = {}
    for name, mapped in mapping.fields.items():
        for column in mapped.columns if mapped.direction == "both" else ():
            other = writers.setdefault(column, name)
            if other != name:
                place = mapping.document.place("fields", name)
                raise UserError("TSK-4052", place, column=column, one=other, other=name)


def _known_system(name: Any, file: SyncFile, document: yamlfile.Document, at: tuple[str | int, ...]) -> None:
    if name is not None and name not in file.systems:
        hint = yamlfile.suggestion(str(name), file.systems)
        raise UserError("TSK-4033", document.place(*at), system=name, suggestion=hint)
