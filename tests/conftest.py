"""What all tests share: programs that may be absent, invariants that must have a test, others' bugs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

INVARIANTS = {f"I{number}" for number in range(1, 13)}
HERE = Path(__file__).parent


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[_MARKED] = {
        name: {str(mark.args[0]) for item in items for mark in item.iter_markers(name)}
        for name in ("invariant", "peer")
    }


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_MARKED] = {"invariant": set(), "peer": set()}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
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


_MARKED = pytest.StashKey[dict[str, set[str]]]()
