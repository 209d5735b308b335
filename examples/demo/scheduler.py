"""Airflow as a person at its page uses it, over its REST interface: start a sync, answer it, wait for it."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import requests

Seen = TypeVar("Seen")

PATIENCE = 120.0
"""Seconds until a sync must have come to an end or to a question."""


class Finished(NamedTuple):
    """How a run of a sync ended."""

    state: str
    """success or failed, in Airflow's words."""
    tasks: dict[str, str]
    """Task → state; a mapped one as read[0]."""
    outcome: dict[str, Any]
    """What the run says of itself; {} when it failed."""
    question: str
    """What a person was asked, "" when nobody was."""


class Scheduler:
    def __init__(self, url: str, login: str, password: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        entry = self.session.post(
            f"{url}/auth/token", json={"username": login, "password": password}, timeout=30
        )
        entry.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {entry.json()['access_token']}"

    def run(self, sync: str, reason: str, tell: Callable[[str], None]) -> Finished:
        """Starts a sync and waits for its end; a plan that needs approval is shown to `tell` and approved."""
        dag = f"/dags/sync__{sync}"
        self._until(lambda: self._known(dag), "the sync's DAG")
        run = f"{dag}/dagRuns/{self._ask('POST', f'{dag}/dagRuns', logical_date=None)['dag_run_id']}"
        question = ""
        state = self._until(lambda: self._stop(run), "the run")
        if state == "awaiting_input":
            question = self._answer(run, reason, tell)
            state = self._until(lambda: self._end(run), "the run")
        tasks = {_name(task): str(task["state"]) for task in self._tasks(run)}
        return Finished(state, tasks, self._outcome(run) if state == "success" else {}, question)

    def _answer(self, run: str, reason: str, tell: Callable[[str], None]) -> str:
        asked = f"{run}/taskInstances/approve/-1/hitlDetails"
        details = self._ask("GET", asked)
        tell(f"{details['subject']}\n\n{details['body']}")
        # Nobody reads that fast; an answer within the same second may find the task not yet parked.
        time.sleep(2)
        self._ask("PATCH", asked, chosen_options=[details["options"][0]], params_input={"reason": reason})
        return str(details["subject"])

    def _known(self, dag: str) -> bool:
        return self.session.get(f"{self.url}/api/v2{dag}", timeout=30).ok

    def _stop(self, run: str) -> str:
        """The end, or the question; "" while it works."""
        if any(task["state"] == "awaiting_input" for task in self._tasks(run)):
            return "awaiting_input"
        return self._end(run)

    def _end(self, run: str) -> str:
        state = str(self._ask("GET", run)["state"])
        return state if state in ("success", "failed") else ""

    def _tasks(self, run: str) -> list[Any]:
        return list(self._ask("GET", f"{run}/taskInstances")["task_instances"])

    def _outcome(self, run: str) -> dict[str, Any]:
        return dict(self._ask("GET", f"{run}/taskInstances/close/xcomEntries/return_value")["value"])

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        address = f"{self.url}/api/v2{path}"
        answer = self.session.request(method, address, json=body or None, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def _until(self, look: Callable[[], Seen], what: str) -> Seen:
        deadline = time.monotonic() + PATIENCE
        while not (seen := look()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come within {PATIENCE:.0f} s")
            time.sleep(0.3)
        return seen


def _name(task: dict[str, Any]) -> str:
    return str(task["task_id"]) + (f"[{task['map_index']}]" if task["map_index"] >= 0 else "")
