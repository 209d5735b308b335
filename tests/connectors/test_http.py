"""The way connectors call systems: patient with reads, careful with writes, closed to strangers."""

import datetime
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from connectors._http import MAX_BYTES, Http, Lost, base_url
from tasuki.errors import Retry, UserError
from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.sandbox.kintone_app import App
from tasuki.settings import Connection

pytestmark = pytest.mark.integration

NOTHING: dict[str, Any] = {"app": 1, "records": []}
FORM = "/k/v1/app/form/fields.json?app=1"


def calling(base: str, pauses: list[float] | None = None, **more: Any) -> Http:
    pause = (pauses if pauses is not None else []).append
    return Http(base, place="here", headers={"X-Cybozu-API-Token": more.pop("key", "k")}, pause=pause, **more)


@pytest.fixture
def server() -> Iterator[KintoneSandbox]:
    with KintoneSandbox([App(1, {}, token="k")]) as server:
        yield server


def test_calls_under_one_credential_wait_together(server: KintoneSandbox) -> None:
    mine: list[float] = []
    yours: list[float] = []
    others: list[float] = []
    server.fail("429", after=5)
    with pytest.raises(Retry):
        calling(server.url, mine).write("POST", "/k/v1/records.json", NOTHING)
    calling(server.url, others, key="another").read("GET", FORM)
    calling(server.url, yours).read("GET", FORM)
    calling(server.url, mine).read("GET", FORM)
    assert (mine, yours, others) == ([], [5.0], [])


def test_a_write_is_sent_once_whatever_happens(server: KintoneSandbox) -> None:
    for fault in ("reset", "reply_lost", "reply_cut", "html", "500"):
        server.fail(fault)
        with pytest.raises(Lost):
            calling(server.url).write("POST", "/k/v1/records.json", NOTHING)
    assert len(server.exchanges) == 5


def test_a_refusal_whose_reason_was_cut_off_is_for_later(server: KintoneSandbox) -> None:
    server.fail("reply_cut")
    with pytest.raises(Retry) as error:
        calling(server.url, key="unknown").write("POST", "/k/v1/records.json", NOTHING)
    assert error.value.code == "TSK-3004"


def test_an_answer_without_end_is_cut_off() -> None:
    session = requests.Session()
    session.mount("http://", Endless())
    with pytest.raises(UserError) as error:
        calling("http://127.0.0.1", session=session).read("GET", "/")
    assert error.value.code == "TSK-3007"


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    with Secure(tmp_path) as url, pytest.raises(UserError) as error:
        calling(url).read("GET", "/")
    assert error.value.code == "TSK-3006"


def test_a_proxy_of_the_machine_is_not_asked_for_the_machine_itself(
    server: KintoneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    assert calling(server.url).read("GET", FORM).ok


def test_a_redirect_is_not_followed(server: KintoneSandbox) -> None:
    server.fail("redirect")
    with pytest.raises(UserError) as error:
        calling(server.url).read("GET", FORM)
    assert error.value.code == "TSK-3005"
    assert len(server.exchanges) == 1


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("example.cybozu.com", None, "https://example.cybozu.com"),
        (" https://example.cybozu.com/ ", None, "https://example.cybozu.com"),
        ("example.cybozu.com", 8443, "https://example.cybozu.com:8443"),
        ("http://127.0.0.1:8080", None, "http://127.0.0.1:8080"),
        ("http://localhost", 8080, "http://localhost:8080"),
        ("http://[::1]:8080", None, "http://[::1]:8080"),
    ],
)
def test_a_host_becomes_an_address(host: str, port: int | None, url: str) -> None:
    assert base_url(Connection("c", host=host, port=port, password=SecretStr("x")), "here") == url


class Endless(BaseAdapter):
    """A system whose answer never stops."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 200
        answer.raw = HTTPResponse(BytesIO(b"[" * (MAX_BYTES + 2)), preload_content=False)
        return answer

    def close(self) -> None:
        """Nothing is open."""


class Secure:
    """A server on this machine whose certificate it signed itself."""

    def __init__(self, folder: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(folder / "self.pem"))
        self.http = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)

    def __enter__(self) -> str:
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return f"https://127.0.0.1:{self.http.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()


def _certificate(file: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    return file
