"""Random histories of a firm: whatever people, networks and crashes do, the invariants hold."""

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tasuki.connector import Column
from tasuki.errors import Retry
from tasuki.memory import MemorySystem
from tests.flow.world import FIELDS, Crash, World, columns, system, writes

pytestmark = pytest.mark.integration

PHONES = st.sampled_from(["03-1111-1111", "03-2222-2222", "03-3333-3333", ""])
NAMES = st.sampled_from(["山田商店", "山田商店東京本社", "山田商店大阪支社"])
STAGES = st.sampled_from(["見込", "新規", "優良", "", "謎"])
ADDRESSES = st.sampled_from(["東京都千代田区1", "大阪市北区2", ""])
FAILURES = st.lists(
    st.sampled_from(["retry", "reply_lost", "partial", "twice", "read_cut", "read_incomplete"]), max_size=2
)
EDITS = st.one_of(
    st.tuples(st.just("電話"), PHONES),
    st.tuples(st.just("会社名"), NAMES),
    st.tuples(st.just("区分"), STAGES),
    st.tuples(st.just("住所"), ADDRESSES),
)
PICK = st.integers(0, 5)


class Short(MemorySystem):
    """Cuts names after six characters and tells nobody beforehand."""

    def kept(self, cells: Any) -> Any:
        return {name: cell[:6] if name == "会社名" else cell for name, cell in cells.items()}


OTHERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "crm": (
        {"key": "番号", "assigns_key": True, "columns": columns(Column("番号", assigned=True), "郵便番号")},
        {"on_delete": "delete"},
    ),
    "silent": ({"tells": False, "versions": False}, {}),
    "short": ({"kind": Short}, {"originates": False}),
    "yayoi": ({"confirms": "next_read", "versions": False}, {"originates": False}),
    "feed": ({"incremental": False}, {"direction": "in", "receives_new": "none"}),
    "sink": ({"batch": 2}, {"direction": "out", "originates": False}),
}
"""Kinds of systems: habits, and the part they take."""

EQUAL = ("ledger", "crm", "silent", "short")
"""Systems that show the same values in the end; the others keep drift, or wait for an import."""


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self.count = 0
        self.outcome: dict[str, Any] = {}

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.rest()
            self.world.store.close()
        self.folder.cleanup()

    @initialize(others=st.lists(st.sampled_from(sorted(OTHERS)), min_size=1, max_size=2, unique=True))
    def found(self, others: list[str]) -> None:
        systems = {"ledger": system()} | {name: system(**OTHERS[name][0]) for name in others}
        fields = {"crm": {"fields": {**FIELDS, "postal_code": {"column": "郵便番号", "clean": []}}}}
        self.world = World(
            Path(self.folder.name), systems, {name: OTHERS[name][1] for name in others}, fields
        )
        self.new(0, "03-1111-1111", "山田商店")
        self.world.run()

    # What people do.

    @rule(which=PICK, phone=PHONES, name=NAMES)
    def new(self, which: int, phone: str, name: str) -> None:
        giving = [n for n in self.world.systems if n in ("ledger", "crm", "silent", "feed")]
        chosen = giving[which % len(giving)]
        self.count += 1
        named = {} if chosen == "crm" else {"コード": f"{chosen}{self.count}"}
        # Mail addresses are never edited here: they say who a row is about.
        self.world[chosen].put(
            {**named, "会社名": f"{name}{self.count}", "電話": phone, "メール": f"m{self.count}@x.jp"}
        )

    @rule(which=PICK, row=PICK, edit=EDITS)
    def edit(self, which: int, row: int, edit: tuple[str, str]) -> None:
        if found := self._row(which, row):
            found[0].edit(found[1], **{edit[0]: edit[1]})

    @rule(which=PICK, row=PICK)
    def remove(self, which: int, row: int) -> None:
        if found := self._row(which, row):
            found[0].remove(found[1])

    @rule(which=PICK)
    def hold_export(self, which: int) -> None:
        self._system(which).hold_export()

    @rule(which=PICK)
    def release_export(self, which: int) -> None:
        self._system(which).release_export()

    @rule(which=PICK)
    def import_(self, which: int) -> None:
        self._system(which).import_()

    @rule(whole=st.booleans())
    def map_otherwise(self, whole: bool) -> None:
        fields = dict(FIELDS) if whole else {n: e for n, e in FIELDS.items() if n != "stage"}
        self.world.map("ledger", {"key": "コード", "fields": fields})

    @rule(which=PICK)
    def decide(self, which: int) -> None:
        for found in self.world.conflicts()[:1]:
            names = [candidate["system"] or "base" for candidate in found["candidates"]]
            self.world.decide(found["conflict"], names[which % len(names)])

    @rule(same=st.booleans())
    def answer(self, same: bool) -> None:
        self.world.answer(same)

    @rule(one=PICK, other=PICK)
    def merge(self, one: int, other: int) -> None:
        here = [row.id for row in self.world.table("entity") if row.redirect is None]
        if one % len(here) != other % len(here):
            # Nobody is merged while a write has no outcome.
            with suppress(Retry):
                self.world.join(here[one % len(here)], here[other % len(here)])

    @rule()
    def unmerge(self) -> None:
        if merged := [row.id for row in self.world.table("merge") if row.state == "merged"]:
            with suppress(Retry):
                self.world.unmerge(max(merged))

    # What Tasuki does, and what happens to it.

    @rule(failures=FAILURES, which=PICK, approve=st.booleans())
    def sync(self, failures: list[Any], which: int, approve: bool) -> None:
        self._system(which).fail_next(*failures)
        self.outcome = self._run(approve=approve)

    @rule(step=st.integers(1, 40))
    def crash(self, step: int) -> None:
        self.world.fuse.left = step
        try:
            self._run()
        except Crash:
            self.world.crash()
        finally:
            self.world.fuse.left = -1

    @rule(which=PICK, row=PICK, edit=EDITS)
    def edit_while_syncing(self, which: int, row: int, edit: tuple[str, str]) -> None:
        self.outcome = self._run(between=lambda: self.edit(which, row, edit))

    @rule()
    def overlap(self) -> None:
        self.world.acknowledge()
        first, second = self.world.begin(), self.world.begin()
        first.start()
        with pytest.raises(Retry):
            second.start()
        first.close()

    @rule(phone=st.sampled_from(["06-1", "06-2", "06-3"]), which=PICK, row=PICK)
    def a_lone_edit_arrives_everywhere(self, phone: str, which: int, row: int) -> None:
        """I1: from rest, one edit of a field that only one side touched reaches every other side."""
        self.rest()
        found = self._row(which, row)
        if found is None or self._name(found[0]) not in EQUAL:
            return
        if (self._name(found[0]), found[1]) in self._twins():
            return
        mail = found[0].rows()[found[1]]["メール"]
        found[0].edit(found[1], 電話=phone)
        self.crash(12)
        self.rest()
        for name in self._equal():
            assert [r["電話"] for r in self.world[name].rows().values() if r["メール"] == mail] in (
                [phone],
                [],
            )

    # What must hold.

    def rest(self) -> None:
        """People finish what waits; then nothing is left to do (I3) and all sides agree."""
        world = self.world
        for one in world.systems.values():
            one.release_export()
            one.failures.clear()
            for key, cells in one.rows().items():
                if cells["区分"] == "謎":
                    one.edit(key, 区分="新規")
        for _ in range(12):
            for one in world.systems.values():
                one.import_()
            outcome = world.run()
            if outcome["exit_code"] == 7:
                world.acknowledge()
            elif found := world.conflicts():
                world.decide(found[0]["conflict"], found[0]["candidates"][0]["system"] or "base")
            elif world.reviews():
                world.answer(False)
            elif not writes(outcome):
                break
        else:
            raise AssertionError("it does not come to rest")
        assert writes(world.run()) == 0
        self._agree()

    def _agree(self) -> None:
        seen: dict[tuple[str, str], set[str]] = {}
        twins = self._twins()
        for name in self._equal():
            for cells in (row for key, row in self.world[name].rows().items() if (name, key) not in twins):
                seen.setdefault((cells["メール"], "電話"), set()).add(cells["電話"])
                seen.setdefault((cells["メール"], "会社名"), set()).add(cells["会社名"][:6])
        assert {key: found for key, found in seen.items() if len(found) > 1} == {}

    @invariant()
    def nobody_stands_twice(self) -> None:
        """I2, by the mail address that nobody edits."""
        for name, one in self.world.systems.items() if hasattr(self, "world") else ():
            counted = Counter(row["メール"] for row in one.rows().values())
            assert max(counted.values(), default=1) == 1, name

    @invariant()
    def what_was_read_adds_up(self) -> None:
        for told in self.outcome.get("systems", {}).values():
            assert told["read"] == told["unchanged"] + told["changed"] + told["quarantined"]

    @invariant()
    def the_ledger_is_whole(self) -> None:
        if hasattr(self, "world"):
            assert self.world.problems() == ()

    def _run(self, **how: Any) -> dict[str, Any]:
        """A run that a guard stopped before is acknowledged first."""
        self.world.acknowledge()
        return self.world.run(**how)

    def _system(self, which: int) -> MemorySystem:
        return list(self.world.systems.values())[which % len(self.world.systems)]

    def _row(self, which: int, row: int) -> tuple[MemorySystem, str] | None:
        one = self._system(which)
        keys = sorted(one.rows())
        return (one, keys[row % len(keys)]) if keys else None

    def _name(self, one: MemorySystem) -> str:
        return next(name for name, each in self.world.systems.items() if each is one)

    def _twins(self) -> set[tuple[str, str]]:
        """Second rows of a customer in one system: nobody writes them."""
        return {(row.system, row.key) for row in self.world.table("link") if row.role == "duplicate"}

    def _equal(self) -> list[str]:
        return [name for name in self.world.systems if name in EQUAL]


ANY = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@pytest.mark.invariant("I1")
@pytest.mark.invariant("I2")
@pytest.mark.invariant("I3")
@pytest.mark.invariant("I4")
@pytest.mark.invariant("I7")
@pytest.mark.invariant("I8")
def test_short_histories() -> None:
    quick = settings(max_examples=6, stateful_step_count=6, derandomize=True, **ANY)
    run_state_machine_as_test(Histories, settings=quick)


@pytest.mark.deep
def test_long_histories() -> None:
    run_state_machine_as_test(Histories, settings=settings(max_examples=400, stateful_step_count=30, **ANY))
