"""Gives each run in Airflow the number under which Tasuki keeps it."""

import hashlib
from typing import Any


def run_id(dag_run: Any) -> str:
    """The same for every try of every task, so that a killed try's lease is its successor's too.

    A run that somebody cleared in Airflow begins anew under another number. `dag_run` is the task's or the
    scheduler's own.
    """
    text = f"{dag_run.dag_id}/{dag_run.run_id}/{dag_run.clear_number}"
    return f"{dag_run.run_after:%Y%m%dT%H%M%S}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
