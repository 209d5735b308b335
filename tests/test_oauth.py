"""A mailbox is entered with a token of its sign-in service: over IMAP and SMTP, without a password."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import SecretStr

from connectors.mailbox import MailboxConnector, MailboxSettings
from tasuki import oauth
from tasuki.connector import End
from tasuki.courier import greet
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection
from tests.connectors.dovecot import Dovecot, running
from tests.test_courier import Server, running as smtp_running

pytestmark = pytest.mark.integration

BOX = "info"


class SignIn:
    """Gives access tokens for its refresh tokens and secrets, and says whose a token is (RFC 6749, 7662)."""

    def __init__(self) -> None:
        self.consents = {("client", "refresh-1"): BOX}
        self.secrets = {("client", "secret-1"): BOX}
        self.tokens: dict[str, str] = {}
        self.status = 0
        """When set, every answer has it."""
        self.url = ""

    def token(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        kind, client = asked.get("grant_type"), asked.get("client_id", "")
        known = self.consents if kind == "refresh_token" else self.secrets
        proof = asked.get("refresh_token" if kind == "refresh_token" else "client_secret", "")
        if (client, proof) not in known:
            return 400, {"error": "invalid_grant", "error_description": f"no consent of {BOX}@example.co.jp"}
        token = f"access-{len(self.tokens) + 1}"
        self.tokens[token] = known[client, proof]
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def introspect(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        owner = self.tokens.get(asked.get("token", ""))
        return 200, {"active": bool(owner), **({"username": owner} if owner else {})}


@pytest.fixture
def sign_in() -> Iterator[SignIn]:
    with signing_in() as service:
        yield service


@contextmanager
def signing_in() -> Iterator[SignIn]:
    service = SignIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            status, told = service.token(asked) if self.path == "/token" else service.introspect(asked)
            data = json.dumps(told).encode()
            self.send_response(service.status or status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def entering(port: int, url: str, password: str = "refresh-1", login: str = BOX, **extra: str) -> Connection:
    said = {"security": "none", "token_url": f"{url}/token", "client_id": "client", **extra}
    return Connection("mail", "tasuki_imap", "127.0.0.1", port, login, SecretStr(password), said)


@pytest.fixture(scope="module")
def service() -> Iterator[SignIn]:
    with signing_in() as service:
        yield service


@pytest.fixture(scope="module")
def server(service: SignIn) -> Iterator[Dovecot]:
    with running(f"{service.url}/introspect") as dovecot:
        yield dovecot


class TestImap:
    def read(self, server: Dovecot, connection: Connection) -> list[Any]:
        settings = MailboxSettings(own_domains=("example.co.jp",))
        box = MailboxConnector(settings, key="message_id", home=server.home, connection=connection)
        try:
            return [row for page in box.read(("subject",)) if not isinstance(page, End) for row in page]
        finally:
            box.close()

    def test_a_box_is_read_with_a_refresh_token(self, server: Dovecot, service: SignIn) -> None:
        head = ("From: a@customer.jp", "To: info@example.co.jp", "Message-ID: <1@x>", "Subject: order")
        server.append(BOX, "\r\n".join((*head, "", "x", "")).encode())
        [row] = self.read(server, entering(server.port, service.url))
        assert row.cells == ("order",)

    def test_a_box_of_an_application_is_read_with_its_secret(self, server: Dovecot, service: SignIn) -> None:
        own = entering(server.port, service.url, "secret-1", grant="client_credentials", scope="mail")
        self.read(server, own)
        assert service.tokens

    def test_a_token_for_another_box_is_refused(self, server: Dovecot, service: SignIn) -> None:
        with pytest.raises(UserError) as error:
            self.read(server, entering(server.port, service.url, login="other"))
        assert error.value.code == "TSK-7010"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # on the loopback only
class TestSmtp:
    def test_a_report_goes_out_with_a_token(self, sign_in: SignIn) -> None:
        with receiving(sign_in) as server:
            greet(entering(server.port, sign_in.url))
        assert sign_in.tokens == {"access-1": BOX}

    def test_a_token_for_another_box_is_refused(self, sign_in: SignIn) -> None:
        with receiving(sign_in) as server, pytest.raises(UserError) as error:
            greet(entering(server.port, sign_in.url, login="other"))
        assert error.value.code == "TSK-7010"


@contextmanager
def receiving(sign_in: SignIn) -> Iterator[Server]:
    """A server that asks the sign-in service whose a token is, as Microsoft's and Google's do."""

    async def auth_XOAUTH2(self: Server, server: SMTP, words: list[str]) -> AuthResult:
        user, token = base64.b64decode(words[1]).decode().removesuffix("\1\1").split("\1auth=Bearer ")
        if sign_in.tokens.get(token) == user.removeprefix("user="):
            return AuthResult(success=True)
        await server.push("334 " + base64.b64encode(b'{"status":"400"}').decode())
        await server._reader.readline()
        return AuthResult(success=False, handled=False)

    kind = type("TokenServer", (Server,), {"auth_XOAUTH2": auth_XOAUTH2})
    with smtp_running(login=True, server=kind()) as server:
        yield server


@pytest.mark.invariant("I11")
def test_a_consent_that_was_withdrawn_is_told_without_the_account(sign_in: SignIn) -> None:
    sign_in.consents.clear()
    with pytest.raises(UserError) as error:
        oauth.greeting(entering(1, sign_in.url))
    assert (error.value.code, error.value.details) == ("TSK-7017", {"reason": "invalid_grant"})


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_a_service_that_is_busy_means_later(sign_in: SignIn, status: int) -> None:
    sign_in.status = status
    with pytest.raises(Retry, match="TSK-7023"):
        oauth.greeting(entering(1, sign_in.url))


def test_a_service_that_is_down_means_later(sign_in: SignIn) -> None:
    with pytest.raises(Retry, match="TSK-7023"):
        oauth.greeting(entering(1, "http://127.0.0.1:1"))


def test_a_token_is_never_asked_for_without_encryption() -> None:
    with pytest.raises(UserError, match="TSK-7018"):
        oauth.greeting(entering(1, "http://login.example.com"))
