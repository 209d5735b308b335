"""A sync run as `airflow dags test` runs it: real engine, real files, nothing personal left in Airflow."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airflow.models.asset import AssetEvent
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select

from tasuki import sync
from tests.airflow import office

pytestmark = pytest.mark.airflow

Read = Callable[[], dict[str, Any]]
YAMADA = ("C001", "株式会社山田商店", "03-1234-5678")
AOBA = ("C002", "青葉小売株式会社", "06-1111-2222")
NEW = ("C003", "丸製造合同会社", "052-333-4444")


@pytest.fixture
def firm(home: Path) -> Path:
    office.furnish(home)
    office.settle(home)
    return home


def run(dags: Read, name: str = "customers") -> Any:
    return dags()[f"sync__{name}"].test()


def states(dag_run: Any) -> dict[str, str]:
    """By task, a mapped one as "read_0"."""
    with create_session() as session:
        found = session.scalars(select(TaskInstance).where(TaskInstance.run_id == dag_run.run_id)).all()
    return {ti.task_id if ti.map_index < 0 else f"{ti.task_id}_{ti.map_index}": str(ti.state) for ti in found}


def test_a_new_customer_of_the_ledger_reaches_the_other_system(firm: Path, dags: Read) -> None:
    office.ledger(firm, YAMADA, AOBA, NEW)
    assert run(dags).state == "success"
    assert office.names(firm) == [YAMADA[1], AOBA[1], NEW[1]]


@pytest.mark.invariant("I3")
def test_a_second_run_writes_nothing_and_emits_no_asset(firm: Path, dags: Read) -> None:
    dag_run = run(dags)
    assert dag_run.state == "success"
    assert states(dag_run)["approve"] == "skipped"
    with create_session() as session:
        events = session.scalars(select(AssetEvent).where(AssetEvent.source_run_id == dag_run.run_id)).all()
    assert events == []


def test_a_written_system_is_an_asset_event_with_its_counts(firm: Path, dags: Read) -> None:
    office.ledger(firm, YAMADA, AOBA, NEW)
    dag_run = run(dags)
    with create_session() as session:
        events = session.scalars(select(AssetEvent).where(AssetEvent.source_run_id == dag_run.run_id)).all()
        told = {(event.asset.name, event.extra["created"]) for event in events}
    assert told == {("customer@crm", 1), ("customer", 1)}


@pytest.mark.invariant("I11")
def test_no_customer_is_left_in_airflow(firm: Path, dags: Read) -> None:
    office.ledger(firm, YAMADA, AOBA, NEW)
    dag_run = run(dags)
    with create_session() as session:
        values = session.scalars(select(XComModel.value).where(XComModel.run_id == dag_run.run_id)).all()
    assert values
    for personal in (*YAMADA, *NEW):
        assert not any(personal in str(value) for value in values)


def test_a_configuration_fault_fails_the_run_at_once_and_the_engine_knows_why(firm: Path, dags: Read) -> None:
    (firm / "files" / "crm.csv").write_text("顧客コード,TEL\nC001,03-1234-5678\n", encoding="utf-8")
    dag_run = run(dags)
    assert dag_run.state == "failed"
    found = states(dag_run)
    assert {task for task, state in found.items() if state == "failed"} == {"read_1", "plan", "close"}
    assert found["approve"] == found["apply_0"] == "upstream_failed"
    assert sync.history(firm, limit=1)[0]["status"] == "failed"  # exit code 2: mend the configuration


def test_a_system_that_is_down_is_left_out_and_the_rest_goes_on(
    home: Path, dags: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.furnish(home, kintone=True)
    with office.kintone() as kintone:
        given = {"conn_type": "tasuki_kintone", "host": kintone.url, "password": office.TOKEN}
        monkeypatch.setenv("AIRFLOW_CONN_KINTONE_MAIN", json.dumps(given))
        office.settle(home)
        office.ledger(home, YAMADA, AOBA, NEW)
        kintone.fail("429", times=1000, after=600)
        dag_run = run(dags)
        found = states(dag_run)
        assert (dag_run.state, sync.history(home, limit=1)[0]["status"]) == ("failed", "retry")
        assert (found["read__kintone_main_0"], found["plan"], found["apply_0"]) == (
            "failed",
            "success",
            "success",
        )


def test_a_guard_stops_the_run_as_a_guard(firm: Path, dags: Read) -> None:
    office.ledger(firm)
    run(dags)
    assert sync.history(firm, limit=1)[0]["status"] == "stopped"
    assert office.names(firm) == [YAMADA[1], AOBA[1]]


def test_a_run_that_a_guard_blocks_is_closed_as_stopped_too(firm: Path, dags: Read) -> None:
    office.ledger(firm)
    run(dags)
    run(dags)
    assert [each["status"] for each in sync.history(firm, limit=2)] == ["stopped", "stopped"]


def test_the_run_after_a_failed_one_goes_on_where_it_stood(firm: Path, dags: Read) -> None:
    whole = (firm / "files" / "crm.csv").read_text(encoding="utf-8")
    (firm / "files" / "crm.csv").write_text("顧客コード,TEL\n", encoding="utf-8")
    office.ledger(firm, YAMADA, AOBA, NEW)
    assert run(dags).state == "failed"
    (firm / "files" / "crm.csv").write_text(whole, encoding="utf-8")
    assert run(dags).state == "success"
    assert office.names(firm) == [YAMADA[1], AOBA[1], NEW[1]]


def test_a_broken_file_fails_with_the_engines_words(home: Path, dags: Read, capfd: Any) -> None:
    (home / "dags" / "broken.yaml").write_text("sync: [", encoding="utf-8")
    assert run(dags, "broken").state == "failed"
    assert "TSK-4002" in capfd.readouterr().out


def test_who_pressed_the_button_is_the_actor(firm: Path, dags: Read) -> None:
    dag_run = run(dags)
    assert sync.history(firm, limit=1)[0]["actor"] == dag_run.triggering_user_name
