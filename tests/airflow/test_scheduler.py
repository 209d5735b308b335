"""A whole office day under `tasuki up`: a real scheduler, a ledger in a file, kintone behind a connection.

The tests follow one another, as the day does: starting Airflow takes a quarter of a minute.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from tasuki import launcher, sync
from tasuki.sandbox.kintone import KintoneSandbox
from tests.airflow import office

pytestmark = pytest.mark.airflow

YAMADA = ("C001", "株式会社山田商店", "03-1234-5678")
AOBA = ("C002", "青葉小売株式会社", "06-1111-2222")
NEW = ("C003", "丸製造合同会社", "052-333-4444")


class Office(NamedTuple):
    home: Path
    kintone: KintoneSandbox
    running: launcher.Running

    def call(self, method: str, path: str, user: str = "admin", **body: Any) -> requests.Response:
        password = json.loads(self.running.password_file.read_text())[user]
        login = {"username": user, "password": password}
        url = self.running.url
        token = requests.post(f"{url}/auth/token", json=login, timeout=30).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, url + path, headers=headers, json=body or None, timeout=30)

    def customers(self) -> list[str]:
        return sorted(str(row["会社名"]) for row in self.kintone.rows(12).values())

    def trigger(self) -> str:
        path = "/api/v2/dags/sync__customers"
        until(lambda: self.call("GET", path).ok)
        answer = self.call("POST", f"{path}/dagRuns", logical_date=None).json()
        return f"{path}/dagRuns/{answer['dag_run_id']}"

    def ended(self, run: str) -> str:
        return until(lambda: (s := self.call("GET", run).json()["state"]) in ("success", "failed") and s)

    def task(self, run: str, task: str) -> dict[str, Any]:
        tasks = self.call("GET", f"{run}/taskInstances").json()["task_instances"]
        return next(dict(found) for found in tasks if found["task_id"] == task)


def until(ready: Callable[[], Any], seconds: float = 180) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := ready()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
    return answer


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("office")
    office.furnish(home, kintone=True)
    with pytest.MonkeyPatch.context() as patch, office.kintone() as kintone:
        for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
            patch.delenv(name)
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "admin:admin,viewer:viewer")
        # A killed task is not tried again, so that the next run has something to recover.
        patch.setenv("AIRFLOW__CORE__DEFAULT_TASK_RETRIES", "0")
        running = launcher.up(home, 0)
        try:
            yield Office(home, kintone, running)
        finally:
            launcher.down(home)


def test_the_test_button_of_a_connection_says_that_it_works(day: Office) -> None:
    connection = {
        "connection_id": "kintone_main",
        "conn_type": "tasuki_kintone",
        "host": day.kintone.url,
        "password": office.TOKEN,
        "extra": json.dumps({"app_id": 12}),
    }
    assert day.call("POST", "/api/v2/connections", **connection).status_code == 201
    answer = day.call("POST", "/api/v2/connections/test", **connection).json()
    assert answer == {"status": True, "message": "接続できました"}


def test_the_page_is_closed_to_strangers_and_open_to_viewers(day: Office) -> None:
    assert requests.get(f"{day.running.url}/tasuki/", timeout=30).status_code == 401
    assert day.call("GET", "/tasuki/", user="viewer").status_code == 200


def test_the_first_load_waits_for_a_person_and_then_goes_through(day: Office) -> None:
    run = day.trigger()
    until(lambda: day.task(run, "approve")["state"] == "awaiting_input")
    question = f"{run}/taskInstances/approve/-1/hitlDetails"
    asked = day.call("GET", question).json()
    assert "初回の取り込み" in asked["body"]
    assert not any(value in asked["body"] for value in (*YAMADA, *AOBA))
    assert day.kintone.rows(12) == {}

    time.sleep(1)  # An answer within the second in which the task parks can be lost (Airflow 3.3.2).
    answer = {"chosen_options": ["承認"], "params_input": {"reason": "年度初めの登録"}}
    assert day.call("PATCH", question, user="viewer", **answer).status_code == 403
    assert day.call("PATCH", question, **answer).status_code == 200

    assert day.ended(run) == "success"
    assert day.customers() == sorted([YAMADA[1], AOBA[1]])


def test_a_quiet_run_needs_nobody(day: Office) -> None:
    run = day.trigger()
    assert day.ended(run) == "success"
    assert day.task(run, "approve")["state"] == "skipped"


@pytest.mark.invariant("I8")
@pytest.mark.invariant("I2")
def test_a_killed_task_marks_its_run_and_the_next_run_recovers(day: Office) -> None:
    office.ledger(day.home, YAMADA, AOBA, NEW)
    day.kintone.fail("delay", method="POST", after=20)
    run = day.trigger()
    until(lambda: len(day.kintone.rows(12)) == 3)
    os.kill(process_of(day.task(run, "apply__kintone_main")["id"]), signal.SIGKILL)

    assert day.ended(run) == "failed"
    marked = sync.history(day.home, limit=1)[0]
    assert (marked["status"], marked["ended"] is not None) == ("retry", True)

    assert day.ended(day.trigger()) == "success"
    assert day.customers() == sorted([YAMADA[1], AOBA[1], NEW[1]])
    assert day.ended(day.trigger()) == "success"
    assert len(day.kintone.rows(12)) == 3


def test_a_killed_last_task_is_marked_by_the_scheduler(day: Office) -> None:
    office.ledger(day.home, YAMADA, AOBA, NEW)
    run = day.trigger()
    task = until(lambda: (t := day.task(run, "close"))["state"] == "running" and t)
    os.kill(process_of(task["id"]), signal.SIGKILL)
    assert day.ended(run) == "failed"
    assert all(each["ended"] for each in sync.history(day.home))


@pytest.mark.invariant("I11")
def test_no_secret_stands_in_a_log(day: Office) -> None:
    secrets = [office.TOKEN, *json.loads(day.running.password_file.read_text()).values()]
    logs = list((day.home / "var" / "airflow" / "logs").rglob("*.log"))
    assert any("sync__customers" in str(path) for path in logs)
    for path in logs:
        text = path.read_text("utf-8", errors="replace")
        assert not [secret for secret in secrets if secret in text], path


def test_a_second_up_finds_the_office_open(day: Office) -> None:
    assert launcher.up(day.home, 0) == day.running


def test_after_down_nothing_of_the_office_is_left_running(day: Office) -> None:
    parts = json.loads((day.home / "var" / "airflow" / "launched.json").read_text())["parts"]
    assert launcher.down(day.home) == 3
    sessions = {pid for _, pid, _ in parts}
    assert not [stat for stat in stats() if int(stat[3]) in sessions and stat[0] != "Z"]


def process_of(task: str) -> int:
    """The process that runs this try of a task; Airflow writes the try's id into its title."""

    def found() -> int:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if f"airflow worker -- {task}".encode() in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
        return 0

    return int(until(found))


def stats() -> Iterator[list[str]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
