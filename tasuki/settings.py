"""Where the workspace is, which database keeps its store, and how a system is reached."""

import json
import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from tasuki.errors import UserError


class Connection(NamedTuple):
    """How one system is reached; the only place where its secrets live."""

    id: str
    type: str = ""
    host: str = ""
    port: int | None = None
    login: str = ""
    password: SecretStr = SecretStr("")
    extra: dict[str, Any] = {}  # noqa: RUF012  a NamedTuple default; nobody writes to it


def is_this_machine(host: str) -> bool:
    """Nothing that is said to it goes over a network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def home(given: Path | None = None) -> Path:
    """The workspace: `--home`, else TASUKI_HOME, else the current folder."""
    return Path(given or os.environ.get("TASUKI_HOME") or ".").resolve()


def database_url(home: Path) -> str:
    """TASUKI_DATABASE_URL, else tasuki.db in the workspace."""
    return os.environ.get("TASUKI_DATABASE_URL") or f"sqlite:///{home / 'tasuki.db'}"


def connection(id: str) -> Connection:
    """The connection Airflow would take from the environment: AIRFLOW_CONN_<ID>, JSON or URI.

    Raises UserError TSK-4010 when it isn't set, TSK-4011 when it can't be read. In an Airflow task the
    provider puts the connection there first, so that the engine needs no Airflow.
    """
    name = f"AIRFLOW_CONN_{id.upper()}"
    value = os.environ.get(name)
    if not value:
        raise UserError("TSK-4010", name, connection=id)
    try:
        return _from_json(id, value) if value.lstrip().startswith("{") else _from_uri(id, value)
    except (ValueError, TypeError, AttributeError):
        # "from None": the text that failed to parse holds the password.
        raise UserError("TSK-4011", name, connection=id) from None


def _from_json(id: str, value: str) -> Connection:
    raw = json.loads(value)
    extra = raw.get("extra") or {}
    return Connection(
        id=id,
        type=raw.get("conn_type") or "",
        host=raw.get("host") or "",
        port=int(raw["port"]) if raw.get("port") else None,
        login=raw.get("login") or "",
        password=SecretStr(raw.get("password") or ""),
        extra=json.loads(extra) if isinstance(extra, str) else dict(extra),
    )


def _from_uri(id: str, value: str) -> Connection:
    uri = urlsplit(value)
    return Connection(
        id=id,
        type=uri.scheme.replace("-", "_"),
        host=unquote(uri.hostname or ""),
        port=uri.port,
        login=unquote(uri.username or ""),
        password=SecretStr(unquote(uri.password or "")),
        extra=dict(parse_qsl(uri.query)),
    )


def language(given: str | None = None) -> str:
    """The language of screens: `--lang`, else TASUKI_LANG, else Japanese."""
    return given or os.environ.get("TASUKI_LANG") or "ja"


def on_terminal() -> bool:
    return sys.stdout.isatty()
