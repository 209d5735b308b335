"""Reads a YAML file that a person wrote, and remembers the line of every key for error messages."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from tasuki.errors import UserError

# libyaml parses some seven times faster than the pure Python loader; wheels without it exist.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

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
                return f"{self.path.parent.name}/{self.path.name}:{line}"
        return f"{self.path.parent.name}/{self.path.name}"


def load(path: Path) -> Document:
    """Raises UserError: TSK-4001 no file, TSK-4002 not YAML, TSK-4003 a key twice, TSK-4004 no mapping."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UserError("TSK-4001", str(path)) from None
    except UnicodeDecodeError:
        raise UserError("TSK-1009", str(path), encoding="UTF-8") from None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        data = _construct(loader, node, (), lines, path) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError("TSK-4002", f"{path}:{line}", problem=error.problem or "") from None
    except yaml.YAMLError:
        raise UserError("TSK-4002", str(path), problem="") from None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise UserError("TSK-4004", str(path))
    return Document(path, data, lines)


def _construct(loader: Any, node: Any, at: Path_, lines: dict[Path_, int], path: Path) -> Any:
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                raise UserError("TSK-4003", f"{path}:{line}", key=key)
            lines[(*at, key)] = line
            result[key] = _construct(loader, value_node, (*at, key), lines, path)
        return result
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + 1
            items.append(_construct(loader, item, (*at, index), lines, path))
        return items
    return loader.construct_object(node, deep=True)


def validate(model: type[M], document: Document, data: Any = None, at: Path_ = ()) -> M:
    """`data` (default: the whole document) as `model`; the first fault as UserError TSK-4005 or TSK-4006.

    An unknown key names the nearest known one. Values are never repeated in the message: they may be secrets.
    """
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        keys = tuple(key for key in first["loc"] if isinstance(key, int) or not key.startswith("function-"))
        place = document.place(*at, *keys)
        dotted = ".".join(str(key) for key in (*at, *keys))
        if first["type"] == "extra_forbidden":
            known = _known_keys(model)
            raise UserError(
                "TSK-4005", place, key=dotted, suggestion=suggestion(str(keys[-1]), known)
            ) from None
        raise UserError("TSK-4006", place, key=dotted, problem=first["msg"]) from None


def _known_keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def suggestion(word: str, known: Iterable[str]) -> str:
    """ " (「顧客コード」ではありませんか / did you mean …)", or "" when nothing is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (→ {near[0]}?)" if near else ""
