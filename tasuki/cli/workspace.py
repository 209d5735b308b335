"""init, doctor, check: making a workspace, and finding out whether it can work."""

import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from tasuki import definition, finder, mapping as mappings
from tasuki.cli.screen import Screen
from tasuki.connector import Description
from tasuki.definition import Sync, System
from tasuki.errors import Retry, Stop, TasukiError, UserError
from tasuki.store import open_store

MAPPING = """\
mapping: 1
connector: csv
model: customer
settings: {path: files/得意先.csv}
key: 得意先コード
fields:
  code:  得意先コード
  name:  得意先名
  phone: TEL
"""

SYNC = """\
sync: customers
model: customer
timezone: Asia/Tokyo
systems:
  accounting: {direction: both, originates: yes, receives_new: none}
"""


class Finding(NamedTuple):
    """One thing that was looked at."""

    name: str
    error: TasukiError | None
    seen: str = ""
    """What a mapping's own test expected and got instead; it may be personal, so no error holds it."""


def init(screen: Screen) -> int:
    """Folders and a first example; what is there already stays as it is."""
    try:
        made = _furnish(screen.home)
    except OSError as error:
        raise UserError("TSK-1073", str(screen.home), reason=error.strerror or "") from None
    if screen.as_json:
        screen.emit({"home": str(screen.home), "made": made})
    screen.say(f"{screen.word('workspace')}: {screen.home}", "bold")
    steps = ("discover FILE --suggest-mapping", "check", "plan customers")
    screen.say(f"  {screen.word('next')}: {'; '.join(f'tasuki {step}' for step in steps)}")
    return 0


def _furnish(home: Path) -> list[str]:
    for folder in ("mappings", "dags", "files"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    made = []
    for path, text in (("mappings/accounting.yaml", MAPPING), ("dags/customers.yaml", SYNC)):
        target = home / path
        if not any(target.parent.glob("*.yaml")):
            target.write_text(text, "utf-8")
            made.append(path)
    return made


def check(screen: Screen, system: str | None) -> int:
    """Every sync and mapping, then every system; nothing is written. 2 when something is wrong, 1 when a
    system can't be reached now."""
    home = screen.workspace
    findings: list[Finding] = []
    owners: dict[str, str] = {}
    for name in definition.names(home):
        try:
            loaded = definition.load(home, name)
        except UserError as error:
            findings.append(Finding(f"dags/{name}.yaml", error))
            continue
        findings.append(Finding(f"dags/{name}.yaml", None))
        for one in loaded.systems.values():
            if system in (None, one.name):
                findings += _system(home, loaded, one, owners)
    if system and system not in owners and all(finding.error is None for finding in findings):
        raise UserError("TSK-4043", source=system)
    return _tell(screen, findings)


def _system(home: Path, sync: Sync, system: System, owners: dict[str, str]) -> list[Finding]:
    found = []
    other = owners.setdefault(system.name, sync.name)
    if other != sync.name:
        found.append(Finding(system.name, UserError("TSK-4034", system=system.name, other=other)))
    for number, field, expected, got in mappings.failures(system.mapping):
        place = system.mapping.document.place("tests", number - 1)
        error = UserError("TSK-4028", place, number=number, field=field)
        found.append(Finding(system.name, error, f"{expected or '—'} ≠ {got or '—'}"))
    try:
        connector = finder.open_connector(home, system)
        try:
            description = connector.describe()
        finally:
            connector.close()
        _columns(system, description)
        definition.keys_are_issued(system, description)
    except (UserError, Retry, Stop) as error:
        return [*found, Finding(system.name, error)]
    return found or [Finding(system.name, None)]


def _columns(system: System, description: Description) -> None:
    known = {column.name for column in description.columns}
    wanted = set(system.mapping.columns) - ({system.mapping.key} if description.assigns_key else set())
    missing = sorted(wanted - known)
    if known and missing:
        place = system.mapping.document.place("fields")
        raise UserError("TSK-1003", place, column=missing[0], suggestion="")


def doctor(screen: Screen) -> int:
    """What this machine and this workspace lack."""
    findings = [Finding(f"Python {platform.python_version()}", None)]
    try:
        open_store(screen.workspace).close()
        findings.append(Finding("tasuki.db", None))
    except TasukiError as error:
        findings.append(Finding(str(screen.home), error))
    if find_spec("airflow") is None:
        findings.append(Finding("Airflow", UserError("TSK-4041")))
    else:
        findings.append(Finding("Airflow", None))
    if sys.getfilesystemencoding().lower() not in ("utf-8", "utf8"):
        findings.append(Finding("locale", UserError("TSK-4042")))
    return _tell(screen, findings)


def _tell(screen: Screen, findings: list[Finding]) -> int:
    if screen.as_json:
        told: list[dict[str, Any]] = [
            {
                "check": finding.name,
                "ok": finding.error is None,
                "error": finding.error and finding.error.as_json(),
                "seen": finding.seen,
            }
            for finding in findings
        ]
        screen.emit(told)
    lines = []
    for finding in findings:
        if finding.error is None:
            lines.append((finding.name, "✓", ""))
            continue
        message = finding.error.message(screen.lang)
        place = f"{finding.error.place}: " if finding.error.place else ""
        text = f"{place}{message.text} [{finding.error.code}]"
        lines.append((finding.name, f"{text}\n{finding.seen}".rstrip(), message.hint))
    screen.table(("check", "problem", "hint"), lines)
    errors = [finding.error for finding in findings if finding.error]
    if not errors:
        return 0
    return 1 if all(isinstance(error, Retry) for error in errors) else 2
