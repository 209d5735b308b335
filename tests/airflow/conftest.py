"""One Airflow of its own for the tests of this folder, made before anything imports airflow."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
FOLDER = tempfile.TemporaryDirectory(prefix="tasuki-airflow-")
SETTINGS = {
    "AIRFLOW_HOME": FOLDER.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "True",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
    "AIRFLOW__API__BASE_URL": "http://office.example",
    "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(64),
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{FOLDER.name}/test.db",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Looking for tests would already import Airflow, two seconds that a run without it must not pay."""
    if "not airflow" in config.getoption("markexpr"):
        return True
    os.environ.update(SETTINGS)
    return None


@pytest.fixture(scope="session")
def database() -> None:
    from airflow.utils.db import initdb  # only after the settings above

    initdb()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace that the DAG file reads."""
    (tmp_path / "dags").mkdir()
    (tmp_path / "mappings").mkdir()
    monkeypatch.setenv("TASUKI_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def dags(home: Path, database: None) -> Callable[[], dict[str, Any]]:
    """Reads dags/syncs.py as the DAG processor does."""
    from airflow.dag_processing.dagbag import DagBag

    def read() -> dict[str, Any]:
        bag = DagBag(dag_folder=str(ROOT / "dags" / "syncs.py"))
        assert bag.import_errors == {}
        return dict(bag.dags)

    return read
