"""Each YAML becomes a DAG; what it promises can be read off without running it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).parent.parent.parent
Read = Callable[[], dict[str, Any]]

CUSTOMERS = """\
sync: customers
model: customer
schedule: "0 6 * * 1-5"
systems:
  ledger: {direction: both}
  yayoi: {direction: both}
  kintone: {connection: kintone_main, direction: both}
"""


@pytest.fixture
def customers(home: Path, dags: Read) -> Any:
    (home / "dags" / "customers.yaml").write_text(CUSTOMERS, encoding="utf-8")
    return dags()["sync__customers"]


def test_the_steps_stand_in_their_order(customers: Any) -> None:
    order = [task.task_id for task in customers.topological_sort()]
    steps = ["start", "read", "plan", "approve", "apply", "close"]
    assert [task for task in order if task in steps] == steps
    assert customers.get_task("close").trigger_rule == "all_done"


def test_systems_that_share_a_credential_share_a_pool(customers: Any) -> None:
    pools = {task.task_id: task.pool for task in customers.tasks}
    assert pools["read__kintone_main"] == pools["apply__kintone_main"] == "kintone_main"
    assert pools["read"] == pools["apply"] == "default_pool"


def test_reading_and_writing_are_mapped_over_the_systems(customers: Any) -> None:
    tasks = [task for task in customers.tasks if task.is_mapped]
    mapped = {task.task_id: task.op_kwargs_expand_input.value["system"] for task in tasks}
    assert mapped == {
        "read": ["ledger", "yayoi"],
        "read__kintone_main": ["kintone"],
        "apply": ["ledger", "yayoi"],
        "apply__kintone_main": ["kintone"],
    }


def test_the_timetable_is_kept_in_the_firms_own_zone(customers: Any) -> None:
    assert customers.timetable.expression == "0 6 * * 1-5"
    assert str(customers.timetable.timezone) == "Asia/Tokyo"
    assert (customers.catchup, customers.max_active_runs) == (False, 1)


def test_what_points_at_customers_runs_again_after_they_moved(home: Path, dags: Read) -> None:
    text = CUSTOMERS.replace("sync: customers\nmodel: customer", "sync: people\nmodel: contact")
    (home / "dags" / "people.yaml").write_text(text, encoding="utf-8")
    timetable = dags()["sync__people"].timetable
    assert timetable.timetable.expression == "0 6 * * 1-5"
    assert [asset.name for asset in timetable.asset_condition.objects] == ["customer"]


def test_every_system_and_model_is_an_asset(customers: Any) -> None:
    names = {asset.name for task in customers.tasks for asset in task.inlets}
    assert names == {"customer@ledger", "customer@yayoi", "customer@kintone"}


@pytest.mark.parametrize(
    "text",
    [
        "sync: [",
        "",
        "just text",
        "sync: broken\nmodel: customer\n",
        "sync: broken\nmodel: customer\nsystems: [ledger]\n",
        "sync: broken\nmodel: customer\nschedule: every day\nsystems: {ledger: {}}\n",
        "sync: broken\nmodel: customer\nschedule: 0 6 30 2 *\nsystems: {ledger: {}}\n",
        "sync: broken\nmodel: customer\nschedule: 5\nsystems: {ledger: {}}\n",
        "sync: broken\nmodel: customer\ntimezone: Asia/Toky\nsystems: {ledger: {}}\n",
        "sync: broken\nmodel: customer\nsystems: {ledger: text}\n",
        "sync: broken\nmodel: customer\nsystems: {}\n",
        "sync: broken\nmodel: customer\nsystems: {ledger: {connection: [a]}}\n",
        "sync: broken\nmodel: customer\nsystems: {ledger: {connection: 'a b'}}\n",
    ],
)
def test_a_broken_file_hurts_only_its_own_sync(home: Path, dags: Read, text: str) -> None:
    (home / "dags" / "broken.yaml").write_text(text, encoding="utf-8")
    (home / "dags" / "customers.yaml").write_text(CUSTOMERS, encoding="utf-8")
    found = dags()
    assert "設定エラー" in found["sync__broken"].tags
    assert "設定エラー" not in found["sync__customers"].tags


@pytest.mark.parametrize("stem", ["顧客", "two words", "a,b"])
def test_a_file_name_that_no_sync_may_have_hurts_only_itself(home: Path, dags: Read, stem: str) -> None:
    (home / "dags" / f"{stem}.yaml").write_text(CUSTOMERS, encoding="utf-8")
    (home / "dags" / "customers.yaml").write_text(CUSTOMERS, encoding="utf-8")
    found = dags()
    assert len(found) == 2
    assert "設定エラー" not in found["sync__customers"].tags


def test_a_file_in_no_known_encoding_hurts_only_itself(home: Path, dags: Read) -> None:
    (home / "dags" / "broken.yaml").write_bytes(b"sync: \x81\x40\xff")
    assert "設定エラー" in dags()["sync__broken"].tags


@pytest.mark.peer("apache/airflow#54285")
def test_two_readings_give_the_same_dag(home: Path, dags: Read) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    (home / "dags" / "customers.yaml").write_text(CUSTOMERS, encoding="utf-8")
    one, other = (DagSerialization.to_dict(dags()["sync__customers"]) for _ in range(2))
    assert one == other


def test_reading_the_dag_file_does_not_load_the_engine(home: Path) -> None:
    (home / "dags" / "customers.yaml").write_text(CUSTOMERS, encoding="utf-8")
    script = "import runpy, sys; runpy.run_path('dags/syncs.py'); print('tasuki.sync' in sys.modules)"
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == "False"
