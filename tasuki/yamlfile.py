"""Reads a YAML file that a person wrote, and remembers the line of every key for error messages."""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from tasuki.errors import UserError
from tasuki.messages.config import WANTED

# libyaml parses some seven times faster than the pure Python loader; wheels without it exist.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST, LONGEST = 32, 100_000
"""Levels and lines of a file: one that refers to itself, or again and again to what it said, has no end."""

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class Document(NamedTuple):
    """The data, and the line (from 1) on which each key or item stands."""

    path: Path
    data: dict[str, Any]
    lines: dict[Path_, int]

    def place(self, *keys: str | int) -> str:
        """ "mappings/ledger.yaml:12" for the deepest of `keys` that has a line."""
        for end in range(len(keys), 0, -1):
            if line := self.lines.get(keys[:end]):
                return _where(self.path, line)
        return _where(self.path)


def load(path: Path) -> Document:
    """Raises UserError: TSK-4001 no file, TSK-4002 not YAML, TSK-4003 a key twice, TSK-4004 no mapping,
    TSK-4007 not UTF-8."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UserError("TSK-4001", str(path)) from None
    except UnicodeDecodeError:
        raise UserError("TSK-4007", _where(path)) from None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        data = _construct(loader, node, (), lines, path) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError("TSK-4002", _where(path, line), problem=error.problem or "") from None
    except (yaml.YAMLError, RecursionError):
        raise UserError("TSK-4002", _where(path), problem="") from None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise UserError("TSK-4004", _where(path))
    return Document(path, data, lines)


def _where(path: Path, line: int | None = None) -> str:
    return f"{path.parent.name}/{path.name}" + (f":{line}" if line else "")


def _construct(loader: Any, node: Any, at: Path_, lines: dict[Path_, int], path: Path) -> Any:
    line = node.start_mark.line + 1
    if len(at) > DEEPEST or len(lines) > LONGEST:
        raise UserError("TSK-4002", _where(path, line), problem="nested without end")
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, at, lines, path)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + 1
            items.append(_construct(loader, item, (*at, index), lines, path))
        return items
    value = loader.construct_object(node, deep=True)
    if isinstance(value, str) and "\0" in value:
        raise UserError("TSK-4002", _where(path, line), problem="NUL")
    return value


def _mapping(loader: Any, node: Any, at: Path_, lines: dict[Path_, int], path: Path) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise UserError("TSK-4004", _where(path, line))
        key = str(key_node.value)
        if key in result:
            raise UserError("TSK-4003", _where(path, line), key=key)
        lines[(*at, key)] = line
        result[key] = _construct(loader, value_node, (*at, key), lines, path)
    return result


def validate(model: type[M], document: Document, data: Any = None, at: Path_ = ()) -> M:
    """`data` (default: the whole document) as `model`. Raises UserError for the fault that says most:
    TSK-4005 an unknown key, with the nearest known one, 4008 a missing key, 4009 and 4006 a wrong value.

    Values are never repeated in the message: they may be secrets.
    """
    given = document.data if data is None else data
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    faults = [_Fault(one["type"], _keys(one, given), one["msg"], one.get("ctx", {})) for one in found]
    # Where a value may be of several kinds, each of them complains; the deepest was meant. A key that is
    # misspelt is missing too.
    raise _told(
        min(faults, key=lambda fault: (fault.type != "extra_forbidden", -len(fault.keys))),
        document,
        at,
        model,
    )


class _Fault(NamedTuple):
    """One complaint of pydantic's."""

    type: str
    keys: Path_
    text: str
    context: dict[str, Any]


def _keys(error: Any, data: Any) -> Path_:
    """Where in `data` the fault lies: pydantic names the kinds of value that it tried, too."""
    keys: list[str | int] = []
    for key in error["loc"]:
        if key in data if isinstance(data, dict) else isinstance(data, list) and isinstance(key, int):
            keys.append(key)
            data = data[key]
    return (*keys, error["loc"][-1]) if error["type"] == "missing" else tuple(keys)


def _told(fault: _Fault, document: Document, at: Path_, model: type[BaseModel]) -> UserError:
    place = document.place(*at, *fault.keys)
    key = ".".join(str(key) for key in (*at, *fault.keys))
    if fault.type == "extra_forbidden":
        return UserError(
            "TSK-4005", place, key=key, suggestion=suggestion(str(fault.keys[-1]), _known_keys(model))
        )
    if fault.type == "missing":
        return UserError("TSK-4008", place, key=key)
    if fault.type == "literal_error":
        allowed = fault.context["expected"].replace(" or ", ", ").replace("'", "")
        return UserError("TSK-4009", place, key=key, allowed=allowed)
    return UserError("TSK-4006", place, key=key, problem=WANTED.get(fault.type, fault.text))


def _known_keys(model: type[BaseModel]) -> set[str]:
    """Of the model and of all that stands in it."""
    known = {info.alias or name for name, info in model.model_fields.items()}
    inner = [kind for info in model.model_fields.values() for kind in _models(info.annotation)]
    return known.union(*map(_known_keys, inner))


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def suggestion(word: str, known: Iterable[str]) -> str:
    """ " (「顧客コード」ではありませんか / did you mean …)", or "" when nothing is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (→ {near[0]}?)" if near else ""
