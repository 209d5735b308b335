"""What all tests share: programs that may be absent, invariants that must have a test, others' bugs.

Unit tests run first and stay inside their process; what starts another, opens a socket or a database is
marked `integration` and comes after them.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

INVARIANTS = {f"I{number}" for number in range(1, 13)}
HERE = Path(__file__).parent
INTEGRATION = "\npytestmark = pytest.mark.integration"
OUTSIDE = {
    *("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"),
    *("socket.bind", "socket.connect", "sqlite3.connect"),
}

settings.register_profile("quick", max_examples=40)
settings.load_profile("quick")


def require(program: str) -> str:
    """The program's path. A test skips visibly where it is absent; where CI is set it fails."""
    if found := shutil.which(program):
        return found
    reason = f"{program} is not installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def home() -> Iterator[Path]:
    """A workspace in memory where the machine has such a place: a disk's fsync costs most of a small test."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run of the unit tests need not import what only servers and files need."""
    unit = "not integration" in config.option.markexpr and collection_path.name.startswith("test_")
    return True if unit and INTEGRATION in collection_path.read_text("utf-8") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not _unit(item))
    config.stash[_MARKED] = {
        name: {str(mark.args[0]) for item in items for mark in item.iter_markers(name)}
        for name in ("invariant", "peer")
    }


def pytest_collection_finish() -> None:
    _inside.begun = sum(os.times()[:4])


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_MARKED] = {"invariant": set(), "peer": set()}
    sys.addaudithook(_stay_inside)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    _inside.unit = _unit(item)
    try:
        return (yield)
    finally:
        if _inside.unit:
            _inside.tests += 1
            _inside.seconds = sum(os.times()[:4])
        _inside.unit = False


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.args == config.getini("testpaths"):
        own = _inside.seconds - _inside.begun
        spent = (
            f"{_inside.tests} unit tests: {own:.1f} CPU seconds, and {_inside.begun:.1f} to start and collect"
        )
        terminalreporter.write_line(spent)
    if not _whole(config):
        return
    told = (HERE / "peers.txt").read_text("utf-8").splitlines()
    known = {line for line in told if line and not line.startswith("# ")}
    for issue in sorted(known - config.stash[_MARKED]["peer"]):
        terminalreporter.write_line(f"another project's bug without a test of ours: {issue}")
    for name in sorted(INVARIANTS - config.stash[_MARKED]["invariant"]):
        terminalreporter.write_line(f"an invariant without a test: {name}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    missing = INVARIANTS - session.config.stash[_MARKED]["invariant"]
    if _whole(session.config) and missing and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _whole(config: pytest.Config) -> bool:
    """The suite was asked for, not a part of it."""
    everything = config.args == config.getini("testpaths") and not config.option.keyword
    return everything and config.option.markexpr in ("", "not airflow and not deep")


def _unit(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in ("integration", "airflow", "deep"))


class _Inside:
    """What the unit tests have cost so far, and whether one of them is running."""

    unit = False
    tests = 0
    begun = 0.0
    """CPU seconds when all tests were found."""
    seconds = 0.0
    """CPU seconds when the last unit test had ended."""


_inside = _Inside()


def _stay_inside(event: str, _arguments: Any) -> None:
    if event in OUTSIDE and _inside.unit:
        raise AssertionError(f"{event}: this test wants the mark `integration`")


_MARKED = pytest.StashKey[dict[str, set[str]]]()
