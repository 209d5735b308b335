"""Finds a connector by its name: one file in connectors/, or a package that offers it as an entry point."""

from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import connectors
from tasuki import settings, yamlfile
from tasuki.connector import Connector
from tasuki.definition import System
from tasuki.errors import UserError
from tasuki.mapping import Mapping

GROUP = "tasuki.connectors"


def open_connector(home: Path, system: System) -> Connector:
    """The system's connector, ready to use. Raises UserError when name, settings or connection are wrong."""
    connection = settings.connection(system.entry.connection) if system.entry.connection else None
    return open_mapped(home, system.mapping, connection)


def open_mapped(home: Path, mapping: Mapping, connection: settings.Connection | None) -> Connector:
    kind = connector_class(mapping.connector, mapping.document.place("connector"))
    chosen = yamlfile.validate(kind.Settings, mapping.document, dict(mapping.settings), ("settings",))
    opened: Connector = kind(chosen, key=mapping.key, home=home, connection=connection)
    return opened


def connector_class(name: str, place: str = "") -> Any:
    """The class named so. Raises UserError TSK-4036 with the nearest name."""
    for entry in entry_points(group=GROUP, name=name):
        return entry.load()
    if name.startswith("_") or not name.isidentifier() or find_spec(f"connectors.{name}") is None:
        hint = yamlfile.suggestion(name, known_names())
        raise UserError("TSK-4036", place, connector=name, suggestion=hint)
    module = import_module(f"connectors.{name}")
    return next(found for found in vars(module).values() if _is_connector(found, module.__name__))


def known_names() -> list[str]:
    files = (Path(folder).glob("[a-z]*.py") for folder in connectors.__path__)
    offered = [entry.name for entry in entry_points(group=GROUP)]
    return sorted({path.stem for found in files for path in found} | set(offered))


def _is_connector(found: object, module: str) -> bool:
    settings_class = getattr(found, "Settings", None)
    return (
        isinstance(found, type)
        and found.__module__ == module
        and isinstance(settings_class, type)
        and issubclass(settings_class, BaseModel)
    )
