"""The golden scenarios: one folder each, played on every pair of systems that can play it."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasuki.sandbox.kintone import KintoneSandbox
from tests.flow.world import FIELDS
from tests.scenarios.office import ABILITIES, BACKENDS, Office, Place, columns_of

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
QUICK = [("memory", "memory"), ("csv", "excel"), ("excel", "kintone")]
PAIRS = [*QUICK, *sorted(set(product(("csv", "excel", "kintone", "memory"), repeat=2)) - set(QUICK))]
"""The quick ones are played by every run of the tests, the others by make deep."""


@pytest.fixture
def place(home: Path) -> Iterator[Place]:
    with KintoneSandbox([]) as kintone:
        yield Place(home, kintone)


def told(name: str, part: str) -> Any:
    return yaml.safe_load((HERE / name / f"{part}.yaml").read_text("utf-8"))


def plays() -> list[Any]:
    """Every scenario with every pair that has the abilities it needs."""
    found = []
    for folder in sorted(path.parent.name for path in HERE.glob("*/before.yaml")):
        systems = told(folder, "before")["systems"]
        for pair in PAIRS:
            able = zip(systems.values(), pair, strict=True)
            if all(ABILITIES[backend].issuperset((one or {}).get("needs", [])) for one, backend in able):
                marks = [] if pair in QUICK else [pytest.mark.deep]
                found.append(pytest.param(folder, pair, id=f"{folder}-{'+'.join(pair)}", marks=marks))
    return found


def office(place: Place, before: dict[str, Any], pair: tuple[str, str]) -> Office:
    systems, mappings, parts = {}, {}, {}
    for (name, one), backend in zip(before["systems"].items(), pair, strict=True):
        systems[name] = BACKENDS[backend](place, name, columns_of(one), one.get("needs", []))
        mappings[name] = {"fields": one.get("only") or {**FIELDS, **one.get("fields", {})}}
        parts[name] = one.get("part", {})
    rules = {"fields": before.get("policies", {}), "model": before.get("model", "customer")}
    world = Office(place.home, systems, parts, mappings, **rules)
    for name, one in before["systems"].items():
        systems[name].put(*one.get("rows", []))
    return world


class Play:
    """The verbs of edits.yaml."""

    def __init__(self, world: Office) -> None:
        self.world = world
        self.outcome: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}

    def run(self, meanwhile: Any = None) -> None:
        between = (lambda: self.edit(meanwhile)) if meanwhile else None
        self.outcome = self.world.run(between=between)

    def edit(self, edits: dict[str, Any]) -> None:
        for name, rows in edits.items():
            for key, cells in rows.items():
                self.world[name].edit(key, **cells)

    def remove(self, keys: dict[str, str]) -> None:
        for name, key in keys.items():
            self.world[name].remove(key)

    def fail(self, failures: dict[str, Any]) -> None:
        for name, failure in failures.items():
            self.world[name].fail_next(failure)

    def decide(self, chosen: dict[str, str]) -> None:
        for unit, system in chosen.items():
            self.world.choose(unit, system)

    def map(self, more: dict[str, Any]) -> None:
        for name, fields in more.items():
            self.world.map(name, {"key": "コード", "fields": {**FIELDS, **fields}})

    def import_(self, name: str) -> None:
        self.world[name].import_()

    def copy(self, name: str) -> None:
        self.kept[name] = self.world[name].copy()

    def restore(self, name: str) -> None:
        self.world[name].restore(self.kept[name])


@pytest.mark.parametrize(("name", "pair"), plays())
def test_the_scenario_ends_as_written(place: Place, name: str, pair: tuple[str, str]) -> None:
    world = office(place, told(name, "before"), pair)
    play = Play(world)
    for step in told(name, "edits"):
        ((verb, rest),) = step.items() if isinstance(step, dict) else {step: None}.items()
        getattr(play, {"import": "import_"}.get(verb, verb))(*([rest] if rest else []))
    expected = told(name, "expected")
    assert {system: world.rows(system) for system in expected["rows"]} == expected["rows"]
    assert play.outcome["exit_code"] == expected["exit_code"]
    if "changes" in expected:
        done = [[change.system, change.action, change.cells] for change in world.plan().changes]
        assert done == expected["changes"]
    assert [[one["field"], one["reason"]] for one in world.conflicts()] == expected.get("conflicts", [])
    assert [row.code for row in world.table("block")] == expected.get("guards", [])
    assert play.outcome["unconfirmed"] == expected.get("unconfirmed", 0)
    assert play.outcome["waiting"] == expected.get("waiting", 0)
