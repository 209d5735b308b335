"""kill -9 before and after every commit and every write: run again, and nothing tells that it happened (I8).

A forked child runs a real sync over files and a stand-in of kintone and kills itself at the n-th boundary.
"""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tests.flow.world import COLUMNS, FIELDS, Fuse, writes
from tests.scenarios.office import CsvTable, ExcelTable, KintoneTable, Office

pytestmark = pytest.mark.integration

BARE = {name: entry for name, entry in FIELDS.items() if name != "code"}
"""The third system doesn't share the codes: Tasuki issues its keys."""


class Deadly(Fuse):
    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def files(home: Path) -> Iterator[Office]:
    tables = {name: CsvTable(home / f"{name}.csv", COLUMNS, "コード") for name in ("ledger", "shop", "yayoi")}
    yield Office(home, tables, mappings={"yayoi": {"fields": BARE}})


def workbook(home: Path) -> Iterator[Office]:
    tables: dict[str, Any] = {
        "ledger": ExcelTable(home / "ledger.xlsx", COLUMNS, "コード"),
        "shop": CsvTable(home / "shop.csv", COLUMNS, "コード"),
    }
    yield Office(home, tables)


def service(home: Path) -> Iterator[Office]:
    """The stand-in lives in this process: what a dead child wrote there is there."""
    with KintoneSandbox([App(1, KintoneTable.FORM, token="token")], state=home / "kintone.json") as kintone:
        tables = {
            "ledger": CsvTable(home / "ledger.csv", COLUMNS, "コード"),
            "shop": KintoneTable(kintone, 1),
        }
        yield Office(home, tables)


def first_day(world: Office) -> None:
    world["ledger"].put(
        *({"コード": f"C00{n}", "会社名": f"顧客{n}", "電話": f"03-0000-000{n}"} for n in range(4))
    )
    world["shop"].put({"コード": "S001", "会社名": "店の客"})
    world.run()
    world["ledger"].edit("C001", 電話="03-9999-9999")
    world["shop"].edit("C002", 会社名="顧客二")
    world["ledger"].edit("C003", 住所="東京都")
    world["shop"].edit("C003", 電話="06-3333-3333")
    world["ledger"].put({"コード": "C009", "会社名": "新しい客"})
    world["shop"].put({"コード": "S002", "会社名": "店の新しい客"})


def killed_at(world: Office, step: int) -> bool:
    """Runs a sync in a child that dies at its `step`; whether it died."""
    world.store.close()
    child = os.fork()
    if not child:
        try:
            world.fuse = Deadly()
            world.crash()
            world.fuse.left = step
            world.run()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def state(world: Office) -> dict[str, Any]:
    """Everything that must not tell of the crash; numbers that Tasuki issues may have gaps."""
    return {
        "rows": {name: sorted(map(str, world.rows(name).values())) for name in world.systems},
        "values": sorted(str({**value, "code": ""}) for value in world.values()),
        "links": Counter((link.system, link.state, link.dirty, link.role) for link in world.table("link")),
    }


@contextmanager
def office(home: Path, kind: Any) -> Iterator[Office]:
    home.mkdir()
    yield from kind(home)


def sweep(home: Path, kind: Any, steps: Iterator[int]) -> int:
    """The number of boundaries at which a run was killed and the next one made good."""
    with office(home / "calm", kind) as world:
        first_day(world)
        world.run()
        calm = state(world)
    deaths = 0
    for step in steps:
        with office(home / f"at{step}", kind) as world:
            first_day(world)
            if not killed_at(world, step):
                return deaths
            deaths += 1
            assert world.run()["exit_code"] == 0, step
            assert state(world) == calm, step
            assert world.problems() == (), step
            assert writes(world.run()) == 0, step
            world.store.close()
        shutil.rmtree(home / f"at{step}")
    return deaths


@pytest.mark.invariant("I7")
@pytest.mark.invariant("I8")
def test_a_run_killed_at_some_steps_is_made_good_by_the_next(home: Path) -> None:
    assert sweep(home, files, iter((17, 24))) == 2


@pytest.mark.deep
@pytest.mark.parametrize("kind", [files, workbook, service])
def test_a_run_killed_at_any_step_is_made_good_by_the_next(home: Path, kind: Any) -> None:
    assert sweep(home, kind, iter(range(1, 1000))) > 20
