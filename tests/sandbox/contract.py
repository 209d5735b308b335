"""kintone's published contract, held against what really went over the wire."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tasuki.sandbox.server import Exchange

FILE = Path(__file__).parents[1] / "data/kintone/openapi-20250423.yaml"
PLACE = "urn:kintone"
JSON = "content/application~1json/schema"

REFUSAL = {
    "type": "object",
    "required": ["code", "id", "message"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": "^(CB|GAIA)_[A-Z]{2}[0-9]{2}$"},
        "id": {"type": "string"},
        "message": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["messages"],
                "properties": {"messages": {"type": "array", "items": {"type": "string"}}},
            },
        },
    },
}
"""The contract has no error answers; this shape stands on kintone's page of common specifications."""


def check(exchanges: Iterable[Exchange]) -> int:
    """Raises AssertionError for the first call or answer that breaks the contract; how many it looked at."""
    count = 0
    for count, exchange in enumerate(exchanges, 1):  # noqa: B007  the last number is the answer
        _check(exchange)
    return count


def _check(exchange: Exchange) -> None:
    path = exchange.path
    if path.startswith("/k/guest/"):
        path = "/k/guest/{guestSpaceId}/v1/" + path.split("/", 5)[5]
    method = exchange.method.lower()
    operation = _document()["paths"].get(path, {}).get(method)
    assert operation, f"the contract has no {exchange.method} {path}"
    pointer = f"{PLACE}#/paths/{path.replace('/', '~1')}/{method}"
    sent = f"{exchange.method} {path}"
    if "requestBody" in operation:
        _hold(f"{pointer}/requestBody/{JSON}", exchange.params, sent)
        known = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
        assert exchange.params.keys() <= known.keys(), f"{sent}: unknown parameters"
    else:
        _parameters(operation["parameters"], exchange.params, sent)
    if exchange.status == 200 and not isinstance(exchange.body, str):
        _hold(f"{pointer}/responses/200/{JSON}", exchange.body, f"answer to {sent}")
    elif not isinstance(exchange.body, str):
        # A call of many calls answers with the one that failed between empty places.
        for refusal in filter(None, exchange.body.get("results", [exchange.body])):
            _fits(Draft202012Validator(REFUSAL), refusal, f"refusal of {sent}")


def _parameters(known: list[dict[str, Any]], given: Mapping[str, Any], sent: str) -> None:
    """Parameters of the URL, which kintone also takes as a JSON body."""
    schemas = {one["name"]: one for one in known if one["in"] == "query"}
    assert given.keys() <= schemas.keys(), f"{sent}: unknown parameters"
    for name, one in schemas.items():
        assert name in given or not one["required"], f"{sent}: {name} is missing"
        if name in given:
            _fits(Draft202012Validator(one["schema"]), given[name], f"{sent}: {name}")


def _hold(pointer: str, value: Any, what: str) -> None:
    _fits(_validator(pointer), value, what)


def _fits(validator: Draft202012Validator, value: Any, what: str) -> None:
    faults = [error.message[:200] for error in validator.iter_errors(value)]
    assert not faults, f"{what}: {faults}"


@cache
def _validator(pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": pointer}, registry=_registry())


@cache
def _registry() -> Registry:
    return Registry().with_resource(PLACE, DRAFT202012.create_resource(_document())).crawl()


@cache
def _document() -> dict[str, Any]:
    return _loosened(yaml.load(FILE.read_bytes(), yaml.CSafeLoader))


def _loosened(part: Any) -> Any:
    """The contract writes long numbers as integers; kintone's own pages show them as text, and null.

    https://cybozu.dev/ja/kintone/docs/rest-api/records/update-records/ (records[].id: 文字列),
    https://cybozu.dev/ja/kintone/docs/rest-api/records/get-records/ (totalCount: 文字列, or null).
    Empty dates and choices are null as well: https://cybozu.dev/ja/kintone/docs/overview/field-types/.
    """
    if isinstance(part, list):
        return [_loosened(one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "integer" and part.get("format") == "long":
        return {"type": ["integer", "string", "null"], "pattern": "^-?[0-9]*$"}
    # Its oneOf parts have no required members, so that both always fit.
    loose = {"anyOf" if name == "oneOf" else name: _loosened(one) for name, one in part.items()}
    if loose.get("type") == "string" and loose.get("format") in ("date", "date-time"):
        loose["type"] = ["string", "null"]
    return loose
