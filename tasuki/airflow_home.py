"""Airflow's own folder in the workspace: its settings, its keys, its passwords and its logs."""

import json
import os
import secrets
import shlex
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

import tasuki
from tasuki import settings


@dataclass(frozen=True)
class AirflowHome:
    """<workspace>/var/airflow, closed to other users of the machine: Airflow's database is open to all."""

    workspace: Path

    @property
    def folder(self) -> Path:
        return self.workspace.resolve() / "var" / "airflow"

    @property
    def passwords(self) -> Path:
        return self.folder / "passwords.json"

    @property
    def signing_key(self) -> Path:
        return self.folder / "jwt_secret"

    @property
    def launched(self) -> Path:
        """Which processes were started, for whoever ends them."""
        return self.folder / "launched.json"

    def log(self, part: str) -> Path:
        return self.folder / "logs" / f"{part}.log"

    def login(self) -> tuple[str, SecretStr]:
        """The first user, who may do everything, and the password."""
        name, password = next(iter(json.loads(self.passwords.read_text(encoding="utf-8")).items()))
        return name, SecretStr(password)


def prepare(home: AirflowHome, users: str) -> None:
    """Makes what is missing; `users` as Airflow writes them, "name:role,…". What is there stays."""
    home.folder.mkdir(parents=True, exist_ok=True)
    home.folder.chmod(0o700)
    for name in ("config", "logs"):
        (home.folder / name).mkdir(exist_ok=True)
    (home.folder / "config" / "airflow_local_settings.py").write_text(WARM_UP, encoding="utf-8")
    known = json.loads(home.passwords.read_text(encoding="utf-8")) if home.passwords.exists() else {}
    names = [user.partition(":")[0].strip() for user in users.split(",")]
    _private(
        home.passwords, json.dumps({name: known.get(name) or secrets.token_urlsafe(18) for name in names})
    )
    if not home.signing_key.exists():
        # The key that Airflow makes itself is shorter than the SHA-512 it signs with.
        _private(home.signing_key, secrets.token_urlsafe(64))


def environment(home: AirflowHome, url: str) -> dict[str, str]:
    """What Airflow is told. Settings the firm made itself (AIRFLOW__…) stay, except where it listens."""
    code = Path(tasuki.__file__).parent.parent
    ours = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(code / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(code / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Tokyo",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "3",
        "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "60",
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
        "TASUKI_HOME": str(home.workspace.resolve()),
        "AIRFLOW_HOME": str(home.folder),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.passwords),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API_AUTH__JWT_SECRET_CMD": shlex.join(["cat", str(home.signing_key)]),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": url.rpartition(":")[2],
        "AIRFLOW__API__BASE_URL": url,
    }
    # Without compiled modules each start takes twice as long.
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The parts talk to one another over loopback, never through the office's proxy.
    direct = ",".join(filter(None, [given.get("NO_PROXY"), given.get("no_proxy"), "127.0.0.1", "localhost"]))
    return {**ours, **given, **fixed, "NO_PROXY": direct, "no_proxy": direct}


def main() -> None:
    """`python -m tasuki.airflow_home`: what containers need before their first start."""
    prepare(AirflowHome(settings.home()), os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"])


WARM_UP = '''"""Loads once, before the scheduler splits into workers, what every task needs (2 s in each)."""

import sys

if "scheduler" in sys.argv:
    import airflow.sdk.execution_time.supervisor
    import airflow.sdk.execution_time.task_runner

    import tasuki.sync
'''


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
