"""Switches on what works by itself, the timetable and the page in the browser, and switches it off again."""

import contextlib
import fcntl
import importlib.util
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import requests
from pydantic import SecretStr

import tasuki
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
    folder = _folder(home)
    with _alone(folder), _interruptible():
        if (parts := _parts(folder)) and len(parts) == len(PARTS) and all(map(_alive, parts)):
            return _running(folder)
        down(home)
        url = f"http://127.0.0.1:{_free(port)}"
        try:
            _start_all(folder, url, environment(home, url))
        except BaseException:
            down(home)
            raise
        return _running(folder)


def stay(home: Path) -> None:
    """Waits for Ctrl-C, SIGTERM or a closed terminal, then ends every part.

    Raises Retry TSK-8003 when a part ended by itself.
    """
    folder = _folder(home)
    with _interruptible():
        try:
            while (parts := _parts(folder)) and not (ended := [part for part in parts if not _alive(part)]):
                time.sleep(1)
            if parts:
                raise Retry("TSK-8003", str(_log(folder, ended[0].name)), part=ended[0].name)
        except KeyboardInterrupt:
            return
        finally:
            down(home)


def down(home: Path) -> int:
    """Ends all that `up` started, tasks included; says how many parts there were."""
    folder = _folder(home)
    parts = _parts(folder)
    for part in reversed(parts):
        _end(part)
    _launched(folder).unlink(missing_ok=True)
    return len(parts)


def environment(home: Path, url: str) -> dict[str, str]:
    """What Airflow is told. Settings the firm made itself (AIRFLOW__…) stay, except where it listens."""
    code = Path(tasuki.__file__).parent.parent
    folder = _folder(home)
    ours = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(code / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(code / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Tokyo",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "15",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "2",
        "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    fixed = {
        "TASUKI_HOME": str(home.resolve()),
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_password_file(folder)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET_CMD": shlex.join(["cat", str(_signing_key(folder))]),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": url.rpartition(":")[2],
        "AIRFLOW__API__BASE_URL": url,
    }
    # Without compiled modules each start takes twice as long.
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The parts talk to one another over loopback, never through the office's proxy.
    direct = ",".join(filter(None, [given.get("NO_PROXY"), given.get("no_proxy"), "127.0.0.1", "localhost"]))
    return {**ours, **given, **fixed, "NO_PROXY": direct, "no_proxy": direct}


def _start_all(folder: Path, url: str, env: Mapping[str, str]) -> None:
    if importlib.util.find_spec("airflow") is None:
        raise UserError("TSK-8005")
    if not Path(env["AIRFLOW__CORE__DAGS_FOLDER"], "syncs.py").is_file():
        raise UserError("TSK-8007", env["AIRFLOW__CORE__DAGS_FOLDER"])
    _prepare(folder, env)
    parts: list[Part] = []
    for name in PARTS:
        parts.append(_start(folder, name, env))
        _remember(folder, url, parts)
        if name == "api-server":
            # The others would waste their first seconds on a server that isn't there yet.
            _wait(folder, parts, name, lambda: _answers(f"{url}/api/v2/version"))
    _wait(folder, parts, "scheduler", lambda: _healthy(url))
    _answers(f"{url}/execution/health")  # Its first answer takes 3 s: better now than in the first task.


def _prepare(folder: Path, env: Mapping[str, str]) -> None:
    """Folder, passwords, database."""
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config" / "airflow_local_settings.py").write_text(WARM_UP, encoding="utf-8")
    _make_passwords(folder, env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"])
    if not (key := _signing_key(folder)).exists():
        _write_private(
            key, secrets.token_urlsafe(64)
        )  # Airflow's own is too short for the SHA-512 it signs with
    log = _log(folder, "migrate")
    with log.open("wb") as out:
        migrated = subprocess.run(_airflow("db", "migrate"), env=env, stdout=out, stderr=out, check=False)
    if migrated.returncode:
        raise UserError("TSK-8002", str(log))


WARM_UP = '''"""Loads once, before the scheduler splits into workers, what every task needs (2 s in each)."""

import sys

if "scheduler" in sys.argv:
    import airflow.sdk.execution_time.supervisor
    import airflow.sdk.execution_time.task_runner
'''


def _make_passwords(folder: Path, users: str) -> None:
    """A random one for each of "name:role,…" that has none yet; the file is for this user's eyes only."""
    path = _password_file(folder)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = [user.partition(":")[0].strip() for user in users.split(",")]
    passwords = {name: known.get(name) or secrets.token_urlsafe(18) for name in names}
    _write_private(path, json.dumps(passwords))


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _start(folder: Path, name: str, env: Mapping[str, str]) -> Part:
    """In a session of its own: tasks make process groups of their own but stay in the session."""
    with _log(folder, name).open("ab") as out:
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


def _wait(folder: Path, parts: Sequence[Part], name: str, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        for part in parts:
            if not _alive(part):
                raise Retry("TSK-8003", str(_log(folder, part.name)), part=part.name)
        if time.monotonic() > deadline:
            raise Retry("TSK-8004", str(_log(folder, name)), part=name, seconds=int(PATIENCE))
        time.sleep(0.2)


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


def _folder(home: Path) -> Path:
    """Airflow's own folder; its database is readable by anyone, so the folder must not be."""
    folder = home.resolve() / "var" / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _log(folder: Path, name: str) -> Path:
    (folder / "logs").mkdir(exist_ok=True)
    return folder / "logs" / f"{name}.log"


def _launched(folder: Path) -> Path:
    return folder / "launched.json"


def _password_file(folder: Path) -> Path:
    return folder / "passwords.json"


def _signing_key(folder: Path) -> Path:
    return folder / "jwt_secret"


def _remember(folder: Path, url: str, parts: Sequence[Part]) -> None:
    draft = folder / "launched.json.new"
    draft.write_text(json.dumps({"url": url, "parts": parts}), encoding="utf-8")
    draft.replace(_launched(folder))


def _parts(folder: Path) -> list[Part]:
    path = _launched(folder)
    if not path.exists():
        return []
    return [Part(*part) for part in json.loads(path.read_text(encoding="utf-8"))["parts"]]


def _running(folder: Path) -> Running:
    url = json.loads(_launched(folder).read_text(encoding="utf-8"))["url"]
    passwords = json.loads(_password_file(folder).read_text(encoding="utf-8"))
    login = next(iter(passwords))
    return Running(url, login, SecretStr(passwords[login]), _password_file(folder))


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
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "launched.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("TSK-8006", str(folder)) from None
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
