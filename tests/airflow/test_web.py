"""The page in Airflow's menu: closed to strangers, read-only for viewers, safe to look at."""

import re
from pathlib import Path

import pytest
from airflow.api_fastapi.app import create_app, get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from tasuki import sync
from tasuki_provider import web
from tests.airflow import office

pytestmark = pytest.mark.airflow

OURS = "http://office.example"
"""[api] base_url of these tests."""
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def app(database: None) -> FastAPI:
    """The page with one more route, that writes; Airflow's own app is needed for its login."""
    create_app(apps="core")
    page = web.build()
    page.add_api_route("/probe", lambda: {"written": True}, methods=["POST", "PUT", "PATCH", "DELETE"])
    return page


@pytest.fixture
def stranger(app: FastAPI, home: Path) -> TestClient:
    return TestClient(app)


def token(name: str, role: str) -> str:
    return get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=name, role=role))


@pytest.fixture
def viewer(stranger: TestClient) -> TestClient:
    stranger.cookies.set("_token", token("viewer", "VIEWER"))
    return stranger


@pytest.fixture
def admin(stranger: TestClient) -> TestClient:
    stranger.cookies.set("_token", token("admin", "ADMIN"))
    return stranger


def test_a_stranger_gets_401_on_every_route(app: FastAPI, stranger: TestClient) -> None:
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    assert len(routes) == len(app.routes)
    for route in routes:
        for method in route.methods:
            assert stranger.request(method, route.path).status_code == 401, (method, route.path)


def test_a_forged_token_is_refused(stranger: TestClient) -> None:
    stranger.cookies.set("_token", token("admin", "ADMIN")[:-2] + "xx")
    assert stranger.get("/").status_code in (401, 403)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_viewer_only_reads(viewer: TestClient, method: str) -> None:
    assert viewer.get("/").status_code == 200
    assert viewer.request(method, "/probe", headers={**JSON, "origin": OURS}).status_code == 403


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost:1"])
def test_a_write_from_another_page_is_refused(admin: TestClient, origin: str | None) -> None:
    headers = JSON if origin is None else {**JSON, "origin": origin}
    assert admin.post("/probe", headers=headers).status_code == 403


def test_a_write_that_a_form_could_send_is_refused(admin: TestClient) -> None:
    assert admin.post("/probe", headers={"origin": OURS}, data={"a": "b"}).status_code == 415


def test_a_write_from_our_own_page_is_taken(admin: TestClient) -> None:
    assert admin.post("/probe", headers={**JSON, "origin": OURS}).status_code == 200


def test_a_program_shows_its_token_and_needs_no_page(stranger: TestClient) -> None:
    headers = {**JSON, "authorization": f"Bearer {token('admin', 'ADMIN')}"}
    assert stranger.post("/probe", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/runs.css", "/docs", "/openapi.json"])
def test_every_answer_forbids_scripts_and_foreign_frames(viewer: TestClient, path: str) -> None:
    policy = viewer.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_page_does_not_describe_itself(viewer: TestClient, path: str) -> None:
    assert viewer.get(path).status_code == 404


def test_the_page_shows_the_runs_with_their_counts(viewer: TestClient, home: Path) -> None:
    office.furnish(home)
    office.settle(home)
    page = viewer.get("/").text
    assert sync.history(home)[0]["run_id"] in page
    assert "完了" in page
    assert '<td class="count">2</td>' in page


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_count_stands_under_its_name(viewer: TestClient, home: Path, lang: str) -> None:
    office.furnish(home)
    office.settle(home)
    heads = re.findall('<th scope="col"[^>]*>([^<]*)</th>', viewer.get(f"/?lang={lang}").text)
    assert heads[-1] == {"ja": "先送り", "en": "Stale"}[lang]
    assert all(heads)


def test_the_page_is_japanese_with_an_english_switch(viewer: TestClient) -> None:
    assert '<html lang="ja">' in viewer.get("/").text
    assert "まだ一度も実行していません" in viewer.get("/").text
    assert "Nothing has run yet" in viewer.get("/?lang=en").text
    assert viewer.get("/?lang=<script>").status_code == 422


def test_a_name_that_looks_like_html_stays_text(viewer: TestClient, home: Path) -> None:
    office.furnish(home)
    sync.start(home, "customers", "tester", run_id="<script>alert(1)</script>")
    page = viewer.get("/").text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
