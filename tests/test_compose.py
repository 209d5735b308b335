"""The containers: no secret has a default, only the page can be reached, every service says how it is."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "docker-compose.yml", ROOT / "docker-compose.celery.yml"]
SECRETS = ("POSTGRES_PASSWORD", "AIRFLOW_FERNET_KEY", "AIRFLOW_SECRET_KEY", "AIRFLOW_JWT_SECRET")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(FILES[0].read_text("utf-8")))


def config(folder: Path, *files: Path, **values: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("docker-compose")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("docker-compose is missing")
        pytest.skip("docker-compose is missing")
    (folder / "env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    arguments = [part for file in files for part in ("--file", str(file))]
    return subprocess.run(
        [program, "--env-file", str(folder / "env"), *arguments, "config", "-q"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )


@pytest.mark.integration
@pytest.mark.parametrize("files", [FILES[:1], FILES], ids=["local", "celery"])
def test_docker_compose_accepts_the_files(files: list[Path], tmp_path: Path) -> None:
    done = config(tmp_path, *files, **dict.fromkeys((*SECRETS, "REDIS_PASSWORD"), "x"))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.integration
@pytest.mark.parametrize("missing", SECRETS)
def test_nothing_starts_without_its_secret(missing: str, tmp_path: Path) -> None:
    done = config(tmp_path, FILES[0], **{name: "x" for name in SECRETS if name != missing})
    assert done.returncode != 0
    assert "must be set in .env" in done.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_secret_has_a_value_in_the_files(file: Path) -> None:
    for name, rest in re.findall(r"\$\{(\w*(?:PASSWORD|KEY|SECRET)\w*)([^}]*)\}", file.read_text("utf-8")):
        assert rest.startswith(":?"), name


def test_every_variable_without_a_default_stands_in_the_example() -> None:
    wanted = {n for file in FILES for n in re.findall(r"\$\{(\w+):\?", file.read_text("utf-8"))}
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text("utf-8").splitlines()
        if "=" in line and "#" not in line
    )
    assert {name: example.get(name) for name in wanted} == dict.fromkeys(wanted, "")


def test_only_the_page_is_published_and_only_to_this_machine(compose: dict[str, Any]) -> None:
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    assert list(published) == ["api-server"]
    assert all(port.startswith("127.0.0.1:") for port in published["api-server"])


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    staying = {name: service for name, service in compose["services"].items() if name != "init"}
    assert all("healthcheck" in service for service in staying.values())


def test_the_scheduler_has_time_to_finish_a_write(compose: dict[str, Any]) -> None:
    assert compose["services"]["scheduler"]["stop_grace_period"] == "2m"


def test_the_firm_runs_on_postgresql_without_a_broker(compose: dict[str, Any]) -> None:
    environment = compose["services"]["scheduler"]["environment"]
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert environment["TASUKI_DATABASE_URL"].startswith("postgresql://")
    assert "redis" not in compose["services"]


def test_the_image_holds_only_what_the_lock_names() -> None:
    installs = re.findall(r"pip install (.*)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)


def test_the_image_never_takes_the_firms_own_files_along() -> None:
    allowed = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert allowed[0] == "*"
    assert not {"!.env", "!.", "!files", "!tasuki.db", "!mappings"} & set(allowed)


def test_workers_read_the_lock_at_the_same_versions() -> None:
    ours, workers = (pins(ROOT / name) for name in ("requirements.lock", "docker/celery.lock"))
    assert {
        name: (ours[name], workers[name]) for name in ours.keys() & workers if ours[name] != workers[name]
    } == {}


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text("utf-8"), re.M))
