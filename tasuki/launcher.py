"""Switches on what works by itself, the timetable and the page in the browser, and switches it off again."""

import contextlib
import fcntl
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import requests
from pydantic import SecretStr

from tasuki.airflow_home import AirflowHome, environment, prepare
from tasuki.errors import Retry, UserError

PARTS: Mapping[str, Sequence[str]] = {
    "api-server": ["api-server"],
    "dag-processor": ["dag-processor"],
    # Without --skip-serve-logs the scheduler opens a log server on every network interface.
    "scheduler": ["scheduler", "--skip-serve-logs"],
}
"""In the order they start; they end in the opposite one, so that running tasks can still report."""

PATIENCE = 180.0
"""Seconds a part may take to answer; a loaded machine with two cores has needed 95."""

GRACE = 20.0
"""Seconds a part may take to end before it is killed; the scheduler has been seen to hang for ever."""


class Running(NamedTuple):
    """Where the page is and who may enter it."""

    url: str
    login: str
    password: SecretStr
    password_file: Path


class Part(NamedTuple):
    """One process that was started; a process number alone may be used again by a stranger."""

    name: str
    pid: int
    started: int
    """Clock ticks since the machine's start, as /proc tells."""


def up(home: Path, port: int = 8080) -> Running:
    """Starts every part and returns once the page answers and the timetable is kept.

    Port 0 takes a free one. What a killed launcher left behind is ended first; what runs well is left alone.
    Raises UserError TSK-8001…8007 or Retry TSK-8003, TSK-8004; then nothing stays behind.
    """
    place = AirflowHome(home)
    place.folder.mkdir(parents=True, exist_ok=True)
    with _alone(place), _interruptible():
        if (parts := _parts(place)) and len(parts) == len(PARTS) and all(map(_alive, parts)):
            return _running(place)
        down(home)
        url = f"http://127.0.0.1:{_free(port)}"
        try:
            _start_all(place, url, environment(place, url))
        except BaseException:
            down(home)
            raise
        return _running(place)


def stay(home: Path) -> None:
    """Waits for Ctrl-C, SIGTERM or a closed terminal, then ends every part.

    Raises Retry TSK-8003 when a part ended by itself.
    """
    place = AirflowHome(home)
    try:
        with _interruptible():
            while parts := _parts(place):
                _check(place, parts)
                time.sleep(1)
    except KeyboardInterrupt:
        return
    finally:
        down(home)


def down(home: Path) -> int:
    """Ends all that `up` started, tasks included; says how many parts there were."""
    place = AirflowHome(home)
    parts = _parts(place)
    for part in reversed(parts):
        _end(part)
    place.launched.unlink(missing_ok=True)
    return len(parts)


def _start_all(place: AirflowHome, url: str, env: Mapping[str, str]) -> None:
    if importlib.util.find_spec("airflow") is None:
        raise UserError("TSK-8005")
    if not Path(env["AIRFLOW__CORE__DAGS_FOLDER"], "syncs.py").is_file():
        raise UserError("TSK-8007", env["AIRFLOW__CORE__DAGS_FOLDER"])
    prepare(place, env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"])
    _migrate(place, env)
    parts: list[Part] = []
    for name in PARTS:
        parts.append(_start(place, name, env))
        _remember(place, url, parts)
        if name == "api-server":
            # The others would waste their first seconds on a server that isn't there yet.
            _wait(place, parts, name, lambda: _answers(f"{url}/api/v2/version"))
    _wait(place, parts, "scheduler", lambda: _healthy(url))
    _answers(f"{url}/execution/health")  # Its first answer takes 3 s: better now than in the first task.


def _migrate(place: AirflowHome, env: Mapping[str, str]) -> None:
    log = place.log("migrate")
    with log.open("wb") as out:
        migrated = subprocess.run(_airflow("db", "migrate"), env=env, stdout=out, stderr=out, check=False)
    if migrated.returncode:
        raise UserError("TSK-8002", str(log))


def _start(place: AirflowHome, name: str, env: Mapping[str, str]) -> Part:
    """In a session of its own: tasks make process groups of their own but stay in the session."""
    with place.log(name).open("ab") as out:
        process = subprocess.Popen(
            _airflow(*PARTS[name]),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    # It outlives us on purpose; without this Python would warn that nobody waited for it.
    process.returncode = 0
    return Part(name, process.pid, _process(process.pid).started)


def _airflow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _wait(place: AirflowHome, parts: Sequence[Part], name: str, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        _check(place, parts)
        if time.monotonic() > deadline:
            raise Retry("TSK-8004", str(place.log(name)), part=name, seconds=int(PATIENCE))
        time.sleep(0.2)


def _check(place: AirflowHome, parts: Sequence[Part]) -> None:
    for part in parts:
        if not _alive(part):
            raise Retry("TSK-8003", str(place.log(part.name)), part=part.name)


def _answers(url: str) -> bool:
    return _get(url) is not None


def _healthy(url: str) -> bool:
    health = _get(f"{url}/api/v2/monitor/health") or {}
    return all(health.get(part, {}).get("status") == "healthy" for part in ("scheduler", "dag_processor"))


def _get(url: str) -> dict[str, dict[str, str]] | None:
    with requests.Session() as session:
        session.trust_env = False  # no proxy between us and loopback
        try:
            answer = session.get(url, timeout=15)
        except requests.RequestException:
            return None
    return answer.json() if answer.ok else None


def _end(part: Part) -> None:
    """Asks the leader, and the rest of its session if the leader is gone; kills what is left after GRACE."""
    if (leader := _process(part.pid)).pid and leader.started != part.started:
        return  # the number belongs to somebody else now
    for pid in [part.pid] if _alive(part) else _session(part.pid):
        _signal(pid, signal.SIGTERM)
    if not _gone(part.pid, GRACE):
        for pid in _session(part.pid):
            _signal(pid, signal.SIGKILL)
        _gone(part.pid, GRACE)


def _gone(session: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _session(session):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class _Process(NamedTuple):
    """proc(5), stat: a zombie has ended and only waits for its parent to notice."""

    pid: int
    state: str = "Z"
    session: int = 0
    started: int = 0


def _process(pid: int) -> _Process:
    """`pid` 0 when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _Process(0)
    fields = stat.rpartition(")")[2].split()
    return _Process(pid, fields[0], int(fields[3]), int(fields[19]))


def _session(session: int) -> list[int]:
    processes = (_process(int(entry.name)) for entry in Path("/proc").glob("[0-9]*"))
    return [process.pid for process in processes if process.session == session and process.state != "Z"]


def _alive(part: Part) -> bool:
    process = _process(part.pid)
    return process.started == part.started and process.state != "Z"


def _remember(place: AirflowHome, url: str, parts: Sequence[Part]) -> None:
    draft = place.launched.with_suffix(".new")
    draft.write_text(json.dumps({"url": url, "boot": _boot(), "parts": parts}), encoding="utf-8")
    draft.replace(place.launched)


def _parts(place: AirflowHome) -> list[Part]:
    return [Part(*part) for part in _told(place).get("parts", ())]


def _told(place: AirflowHome) -> dict[str, Any]:
    """What `_remember` wrote since the machine started: before that, every number was somebody else's."""
    try:
        told: dict[str, Any] = json.loads(place.launched.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # a power cut may leave the file empty
        return {}
    return told if told.get("boot", _boot()) == _boot() else {}


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _running(place: AirflowHome) -> Running:
    return Running(_told(place)["url"], *place.login(), place.passwords)


def _free(port: int) -> int:
    """`port` itself, or a free one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise UserError("TSK-8001", port=port) from None
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _alone(place: AirflowHome) -> Iterator[None]:
    with place.launched.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("TSK-8006", str(place.folder)) from None
        yield


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM and a closed terminal end us as Ctrl-C does, also where a shell made us deaf to Ctrl-C."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
