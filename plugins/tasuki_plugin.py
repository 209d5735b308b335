"""Puts Tasuki's page into Airflow's menu and lets the scheduler tell Tasuki how its runs end."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from tasuki_provider import listener


class Page:
    """Built at the first request: every process of Airflow loads this file, only one serves pages."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.app is None:
            from tasuki_provider import web  # FastAPI and templates cost a second

            self.app = web.build()
        await self.app(scope, receive, send)


class TasukiPlugin(AirflowPlugin):
    name = "tasuki"
    listeners = [listener]  # noqa: RUF012  Airflow's own way to declare it
    fastapi_apps = [{"app": Page(), "url_prefix": "/tasuki", "name": "襷"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {"name": "襷", "href": "/tasuki/", "destination": "nav", "url_route": "tasuki", "nav_top_level": True}
    ]
