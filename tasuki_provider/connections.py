"""Hands the connections kept in Airflow to the engine, which knows nothing of Airflow."""

import os
from collections.abc import Iterable

from airflow.sdk import Connection


def lend(ids: Iterable[str]) -> None:
    """Puts each where `tasuki.settings.connection` looks, AIRFLOW_CONN_<ID>, for this process only.

    What the environment holds already stays: Airflow itself would take that one first. Raises
    AirflowNotFoundException when there is none of that name.
    """
    for id in ids:
        name = f"AIRFLOW_CONN_{id.upper()}"
        if name not in os.environ:
            os.environ[name] = Connection.get(id).as_json()
