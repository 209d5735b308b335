"""lookup: whose telephone, name or product this is."""

from tasuki.cli.screen import Screen
from tasuki.errors import UserError
from tasuki.lookup import Found, lookup as look
from tasuki.store import index, open_store
from tasuki.terms import Way


def lookup(screen: Screen, **asked: str) -> int:
    """Exit code 3 when nothing is found: somebody has to ask on. Raises UserError TSK-5029 unless exactly one
    question is asked."""
    questions: list[tuple[Way, str]] = [
        (way, asked[way]) for way in ("phone", "name", "product") if asked[way]
    ]
    if len(questions) != 1:
        raise UserError("TSK-5029")
    with index.current(open_store(screen.workspace)) as connection:
        found = look(connection, *questions[0])
    if screen.as_json:
        screen.emit([_told(one) for one in found])
    for one in found:
        _show(screen, one)
    if not found:
        screen.say(screen.word("nothing"))
    return 0 if found else 3


def _told(found: Found) -> dict[str, object]:
    rows = [row._asdict() for row in found.rows]
    return found._asdict() | {"rows": rows, "via": [one._asdict() for one in found.via]}


def _show(screen: Screen, found: Found) -> None:
    told = (found.value.get(field, "") for field in ("name", "name_kana", "phone", "address"))
    screen.say("  ".join(filter(None, told)), "bold")
    for one in found.via:
        screen.say(f"  {screen.word('found_by')}: " + "  ".join(filter(None, _clues(one.value))))
    screen.table(("system", "key", "place"), [(row.system, row.key, row.place) for row in found.rows])


def _clues(value: dict[str, str]) -> list[str]:
    """What tells a contact or an installed item from the others."""
    fields = ("serial", "name", "code", "department", "phone", "installed_on", "warranty_until")
    return [value.get(field, "") for field in fields]
