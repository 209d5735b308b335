"""The demo's own firm at a fifth of its size: what it writes, what it expects, and what it would notice."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from examples.demo import accounting, check, edits, ledger, maildir, workspace
from examples.demo.kintone_app import TOKENS, Kintone
from examples.demo.workspace import Story
from tasuki import sync as steps
from tasuki.sandbox.kintone import KintoneSandbox, load

pytestmark = pytest.mark.integration

SCALE = 0.2
SEEDS = [int(seed) for seed in os.environ.get("TASUKI_DEMO_SEEDS", "1").split(",")]


class Demo:
    def __init__(self, home: Path, story: Story, kintone: Kintone) -> None:
        self.home = home
        self.story = story
        self.kintone = kintone

    def sync(self, name: str) -> dict[str, Any]:
        """One whole run; a plan that waits is approved."""
        run = steps.run_of(self.home, name, steps.new_run_id(), "tester")
        run.start()
        for system in run.sync.systems:
            run.read(system)
        made, state = run.plan()
        if state == "waiting":
            steps.approve(self.home, made.digest, "tester", "確認しました")
        for system in run.sync.systems:
            run.apply(system)
        return run.close()

    def compare(self, truth: Any) -> list[check.Difference]:
        return check.compare(truth, check.read(self.home, self.kintone))


@pytest.fixture(params=SEEDS)
def demo(home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    story = workspace.make(home, request.param, SCALE)
    apps = load((home / workspace.KINTONE).read_text(encoding="utf-8"), datetime.now(UTC))
    with KintoneSandbox(apps) as server:
        told = {"conn_type": "tasuki_kintone", "host": server.url, "password": ",".join(TOKENS.values())}
        monkeypatch.setenv("AIRFLOW_CONN_KINTONE_MAIN", json.dumps(told))
        yield Demo(home, story, Kintone(server.url))


def test_three_runs_leave_every_row_of_every_system_as_the_truth_says(demo: Demo) -> None:
    first = demo.sync("customers"), demo.sync("mail_activities")
    assert demo.compare(demo.story.first) == []
    assert counts(first[0]) == (demo.story.first.created, demo.story.first.updated)

    links = check.links(demo.story.first, check.read(demo.home, demo.kintone))
    assert links.right == links.found == links.true > 100

    edits.perform(demo.story.day, demo.home, demo.kintone)
    maildir.deliver(demo.home / workspace.MAILDIR, demo.story.letters)
    second = demo.sync("customers"), demo.sync("mail_activities")
    assert demo.compare(demo.story.second) == []
    assert counts(second[0]) == (demo.story.second.created, demo.story.second.updated)
    assert (second[0]["conflicts"], second[0]["reviews"]) == (demo.story.second.conflicts, 2)
    assert (first[1]["waiting"], second[1]["waiting"]) == (5, 4)

    before = check.state(demo.home, demo.kintone)
    demo.sync("customers")
    demo.sync("mail_activities")
    assert check.state(demo.home, demo.kintone) == before


def counts(outcome: dict[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    systems = outcome["systems"]
    created, updated = ({name: systems[name][count] for name in systems} for count in ("created", "updated"))
    return created, updated


def test_one_seed_is_one_firm(tmp_path: Path) -> None:
    one, again, other = (workspace.make(tmp_path / str(n), seed, SCALE) for n, seed in enumerate((5, 5, 6)))
    assert one == again
    assert one != other


def test_a_firm_has_its_twelve_bad_rows_and_eighty_mails(tmp_path: Path) -> None:
    story = workspace.make(tmp_path, 1, SCALE)
    assert sum(story.first.quarantined.values()) == 12
    assert len(list((tmp_path / workspace.MAILDIR).rglob("*.demo:2,S"))) == 80


@pytest.mark.parametrize("column", ["TEL", "備考"])
def test_the_check_notices_one_letter_in_one_cell(demo: Demo, column: str) -> None:
    rows = check.read(demo.home, demo.kintone)
    before = Counter(map(str, check.compare(demo.story.first, rows)))
    rows["ledger"][0][column] = "x"
    assert Counter(map(str, check.compare(demo.story.first, rows))) != before


def test_the_check_notices_two_rows_that_did_not_come_together(demo: Demo) -> None:
    links = check.links(demo.story.first, check.read(demo.home, demo.kintone))
    assert links.recall < 1 == links.precision


def test_the_check_notices_a_code_that_names_two_customers(demo: Demo) -> None:
    rows = check.read(demo.home, demo.kintone)
    for row in rows["ledger"][:2]:
        row["顧客コード"] = "T000001"
    assert "二重" in {difference.what for difference in check.compare(demo.story.first, rows)}


def test_the_ledger_keeps_logo_chart_and_colours_when_a_person_edits_it(tmp_path: Path) -> None:
    story = workspace.make(tmp_path, 1, SCALE)
    path = tmp_path / workspace.LEDGER
    ledger.edit(path, story.day.ledger)
    book = ledger.load_workbook(path)
    sheet = book[ledger.SHEET]
    assert (len(sheet._images), len(book["集計"]._charts), len(sheet.conditional_formatting)) == (1, 1, 3)


def test_an_emptied_export_has_headings_and_nothing_else(tmp_path: Path) -> None:
    workspace.make(tmp_path, 1, SCALE)
    accounting.empty(tmp_path / workspace.ACCOUNTING)
    assert accounting.read(tmp_path / workspace.ACCOUNTING) == []
