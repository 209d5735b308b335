"""The page in Airflow's menu: the latest runs of every sync and what each did."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader

from tasuki import settings, sync
from tasuki_provider.words import COUNTS, WORDS

PAGES = Path(__file__).parent / "pages"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Airflow sends none of these, and any script on the page could read the login cookie."""


def build() -> FastAPI:
    """Airflow does not ask for a login before a mounted app: the constructor does, for every route."""
    app = FastAPI(
        title="襷",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(requires_access_dag(method="GET")), Depends(may_write)],
    )
    app.middleware("http")(_with_headers)
    app.get("/", response_class=HTMLResponse)(runs)
    app.get("/runs.css", response_class=FileResponse)(stylesheet)
    return app


def runs(user: GetUserDep, lang: Annotated[Literal["ja", "en"] | None, Query()] = None) -> str:
    """Only syncs whose DAG this user may read."""
    language = lang or settings.language()
    seen: dict[str, bool] = {}
    shown = []
    for run in sync.history(settings.home(), limit=50):
        name = run["sync"]
        if name not in seen:
            seen[name] = _may_read(name, user)
        if seen[name]:
            shown.append({**run, "counts": totals(run["counts"])})
    page = _PAGES.get_template("runs.html")
    return page.render(lang=language, say=WORDS[language], counts=COUNTS, runs=shown)


def totals(counts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Counter[str]:
    """Over all systems: what was read, and what was written or recovered."""
    hops = (counts.get(hop, {}).values() for hop in ("read", "recover", "apply"))
    return sum((Counter(each) for systems in hops for each in systems), Counter())


def stylesheet() -> Path:
    return PAGES / "runs.css"


def may_write(request: Request, user: GetUserDep) -> None:
    """Whoever may not change DAGs only reads. A browser's write must come from Airflow's own pages.

    Airflow accepts a cookie from any page (it has no CSRF token), so the origin is checked here; a program
    shows its token in a header that no foreign page can set.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if not get_auth_manager().is_authorized_dag(method="PUT", user=user):
        raise HTTPException(403, "read only")
    base = urlsplit(conf.get("api", "base_url", fallback="") or str(request.base_url))
    ours = request.headers.get("origin") == f"{base.scheme}://{base.netloc}"
    if not ours and "authorization" not in request.headers:
        raise HTTPException(403, "foreign origin")
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "application/json only")


def _may_read(name: str, user: Any) -> bool:
    details = DagDetails(id=f"sync__{name}")
    return get_auth_manager().is_authorized_dag(method="GET", details=details, user=user)


async def _with_headers(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    response.headers.update(HEADERS)
    return response


def _local(moment: float | None) -> str:
    """Seconds since 1970, shown as the office's clock shows them."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment, ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M:%S")


_PAGES = Environment(loader=FileSystemLoader(PAGES), autoescape=True)
_PAGES.filters["local"] = _local
