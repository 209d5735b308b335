"""A lost store is linked again by keys and creates nothing (docs/restore.md)."""

from pathlib import Path

import pytest

from tests.flow.world import World, system

pytestmark = pytest.mark.integration


def test_a_lost_store_is_linked_again_and_creates_nothing(tmp_path: Path) -> None:
    systems = {"ledger": system(), "crm": system()}
    before = World(tmp_path / "first", systems)
    systems["ledger"].put(
        {"コード": "C1", "会社名": "㈱山田商店", "電話": "03-1234-5678", "区分": "新規"},
        {"コード": "C2", "会社名": "佐藤工業", "メール": "info@example.jp"},
    )
    before.run()
    shown = {name: one.rows() for name, one in systems.items()}

    after = World(tmp_path / "second", systems)
    outcome = after.run()

    assert outcome["exit_code"] == 0
    assert {name: one.rows() for name, one in systems.items()} == shown
    assert all(not counts["created"] and not counts["updated"] for counts in outcome["systems"].values())
