"""kintone in bad weather: whatever breaks, what the connector tells is true and nothing is made twice."""

from collections.abc import Sequence
from random import Random

import pytest

from connectors.kintone import KintoneConnector
from tasuki.connector import Refused, Result, Stale, Unknown, Write, Written
from tasuki.errors import Retry
from tasuki.sandbox.kintone import KintoneSandbox
from tests.connectors.kintone_customers import NAMES, company, create, kintone, opened, read, update

pytestmark = pytest.mark.integration

__all__ = ["kintone"]

WEATHER = ("reset", "reply_lost", "reply_cut", "html", "429", "500", "502", "503", "504", "520", "GAIA_DA02")
REFUSALS = ("GAIA_CO02", "CB_VA01")
"""Said of a write only."""


@pytest.mark.invariant("I2")
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("key", ["顧客コード", "$id"])
def test_every_result_is_true_and_every_record_is_made_once(
    kintone: KintoneSandbox, key: str, seed: int
) -> None:
    """Writes go again with the same token while their result is Unknown or kintone was away."""
    dice = Random(seed)
    system = opened(kintone, key=key, upsert_key="取込番号")
    kintone.put(12, *(company(number) for number in range(5)))
    rows, _ = read(system)
    writes = [update(row, TEL=f"03-{seed}") for row in rows]
    writes += [create(number) for number in range(10, 10 + dice.randrange(1, 8))]
    if key == "$id":
        writes = [write._replace(key="") if write.action == "create" else write for write in writes]
    dice.shuffle(writes)
    last: dict[str, Result] = {}
    for _ in range(4):
        for _ in range(dice.randrange(3)):
            method = dice.choice(("", "POST", "PUT", "GET"))
            kintone.fail(dice.choice(WEATHER + REFUSALS * (method in ("POST", "PUT"))), method=method)
        if dice.random() < 0.3:
            kintone.meanwhile(lambda: kintone.edit(12, dice.randrange(1, 6), 備考="人の手"))
        last |= attempt(kintone, system, [write for write in writes if _is_open(last.get(write.token))])
    kintone.mend()
    last |= attempt(kintone, system, [write for write in writes if _is_open(last.get(write.token))])
    held = kintone.rows(12)
    names = [row["会社名"] for row in held.values()]
    assert len(names) == len(set(names)), "no record twice"
    for write in writes:
        told = last[write.token]
        done = [
            row
            for row in held.values()
            if row["会社名"] == write.cells.get("会社名") and write.action == "create"
        ] or [row for row in held.values() if row[key] == write.key and row["TEL"] == write.cells.get("TEL")]
        assert not isinstance(told, Unknown)
        assert bool(done) == isinstance(told, Written), (write, told)


def attempt(kintone: KintoneSandbox, system: KintoneConnector, writes: Sequence[Write]) -> dict[str, Result]:
    before = _ours(kintone)
    try:
        results = system.write(NAMES, writes)
    except Retry:
        assert _ours(kintone) == before, "Retry means that nothing was written"
        return {}
    assert [result.token for result in results] == [write.token for write in writes]
    return {result.token: result for result in results}


def _ours(kintone: KintoneSandbox) -> list[list[str]]:
    """What only our writes touch."""
    return [[row[name] for name in NAMES] for row in kintone.rows(12).values()]


def _is_open(result: Result | None) -> bool:
    return not isinstance(result, Written | Refused | Stale)
