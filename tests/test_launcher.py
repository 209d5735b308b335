"""The launcher's promises that need no Airflow: privacy, ports, and never ending a stranger's process."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasuki import launcher
from tasuki.airflow_home import AirflowHome, environment, prepare
from tasuki.errors import UserError

pytestmark = pytest.mark.integration

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
GROUP = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
print("started", flush=True)
time.sleep(60)
"""


LOCK = (
    "import fcntl; lock = open({path!r}, 'w'); fcntl.flock(lock, fcntl.LOCK_EX); print(flush=True); input()"
)
# As a shell script starts it with "&": deaf to Ctrl-C.
STAY = """
import pathlib, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
from tasuki import launcher
launcher.stay(pathlib.Path({home!r}))
"""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(SLEEP, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def started(pid: int) -> int:
    """Field 22 of proc(5), stat."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def listens(pid: int, number: int) -> bool:
    """The process has a handler of its own for this signal (proc(5), status)."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def launched(home: Path, *parts: tuple[str, int, int]) -> Path:
    place = AirflowHome(home)
    prepare(place, "admin:admin")
    place.launched.write_text(json.dumps({"url": "http://127.0.0.1:1", "parts": parts}))
    return place.launched


def members(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_down_ends_what_a_killed_launcher_left_behind(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    state = launched(tmp_path, ("scheduler", sleeper.pid, started(sleeper.pid)))

    assert launcher.down(tmp_path) == 1

    assert sleeper.wait(timeout=5) == -signal.SIGTERM
    assert not state.exists()


def test_down_spares_a_stranger_who_got_the_same_process_number(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    launched(tmp_path, ("scheduler", sleeper.pid, started(sleeper.pid) - 1))

    launcher.down(tmp_path)

    assert sleeper.poll() is None


def test_down_spares_whoever_got_the_numbers_after_the_machine_was_restarted(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    state = launched(tmp_path, ("scheduler", sleeper.pid, started(sleeper.pid)))
    state.write_text(json.dumps({**json.loads(state.read_text()), "boot": "the one before"}))

    assert launcher.down(tmp_path) == 0

    assert sleeper.poll() is None
    assert not state.exists()


def test_a_list_of_parts_that_a_power_cut_emptied_names_none(tmp_path: Path) -> None:
    state = launched(tmp_path)
    state.write_bytes(b"")
    assert launcher.down(tmp_path) == 0
    assert not state.exists()


def test_a_task_in_a_process_group_of_its_own_ends_with_its_killed_scheduler(tmp_path: Path) -> None:
    scheduler = subprocess.Popen(
        [sys.executable, "-c", GROUP], start_new_session=True, stdout=subprocess.PIPE
    )
    assert scheduler.stdout is not None
    scheduler.stdout.readline()
    launched(tmp_path, ("scheduler", scheduler.pid, started(scheduler.pid)))
    scheduler.kill()
    scheduler.wait()
    assert len(members(scheduler.pid)) == 1

    launcher.down(tmp_path)

    assert members(scheduler.pid) == []


def test_down_without_a_launch_does_nothing(tmp_path: Path) -> None:
    assert launcher.down(tmp_path) == 0


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError) as refused:
            launcher.up(tmp_path, port)
    assert refused.value.code == "TSK-8001"
    assert str(port) in refused.value.message("ja").text


def test_a_second_up_at_the_same_moment_is_refused(tmp_path: Path) -> None:
    place = AirflowHome(tmp_path)
    prepare(place, "admin:admin")
    lock = place.launched.with_suffix(".lock")
    holder = subprocess.Popen(
        [sys.executable, "-c", LOCK.format(path=str(lock))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(UserError) as refused:
            launcher.up(tmp_path, 0)
    finally:
        holder.communicate(b"\n")
    assert refused.value.code == "TSK-8006"


def test_a_folder_without_the_syncs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(tmp_path))
    with pytest.raises(UserError) as refused:
        launcher.up(tmp_path, 0)
    assert refused.value.code == "TSK-8007"
    assert refused.value.place == str(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_waiting_launcher_ends_every_part(tmp_path: Path, number: signal.Signals) -> None:
    part = subprocess.Popen(SLEEP, start_new_session=True)
    launched(tmp_path, ("scheduler", part.pid, started(part.pid)))
    process = subprocess.Popen([sys.executable, "-c", STAY.format(home=str(tmp_path))])
    while not listens(process.pid, signal.SIGHUP):
        os.sched_yield()

    os.kill(process.pid, number)

    assert process.wait(timeout=10) == 0
    assert part.wait(timeout=5) == -signal.SIGTERM


def test_passwords_and_keys_are_random_and_for_their_owner_only(tmp_path: Path) -> None:
    one, other = AirflowHome(tmp_path / "one"), AirflowHome(tmp_path / "other")
    for place in (one, other):
        prepare(place, "admin:admin,viewer:viewer")
    assert one.passwords.read_text() != other.passwords.read_text()
    assert set(json.loads(one.passwords.read_text())) == {"admin", "viewer"}
    assert len(one.signing_key.read_text()) >= 64
    for path in (one.passwords, one.signing_key):
        assert path.stat().st_mode & 0o077 == 0
    assert one.folder.stat().st_mode & 0o077 == 0


def test_a_password_survives_the_next_start(tmp_path: Path) -> None:
    place = AirflowHome(tmp_path)
    prepare(place, "admin:admin")
    before = place.login()
    prepare(place, "admin:admin,new:viewer")
    assert place.login() == before


def test_airflow_listens_on_loopback_only_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__HOST", "0.0.0.0")
    env = environment(AirflowHome(tmp_path), "http://127.0.0.1:8080")
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_settings_that_the_firm_made_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "16")
    assert environment(AirflowHome(tmp_path), "http://127.0.0.1:8080")["AIRFLOW__CORE__PARALLELISM"] == "16"


@pytest.mark.invariant("I11")
def test_no_secret_stands_in_the_environment(tmp_path: Path) -> None:
    place = AirflowHome(tmp_path)
    prepare(place, "admin:admin")
    _, password = place.login()
    values = environment(place, "http://127.0.0.1:8080").values()
    assert not any(password.get_secret_value() in value for value in values)
    assert not any(place.signing_key.read_text() in value for value in values)


def test_only_the_scheduler_would_open_a_log_server_and_it_is_told_not_to() -> None:
    assert "--skip-serve-logs" in launcher.PARTS["scheduler"]
