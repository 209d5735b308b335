"""A report reaches its readers, over TLS, or the fault is named by what to do about it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from tasuki.courier import send
from tasuki.errors import Retry, TasukiError, UserError
from tasuki.settings import Connection
from tests.certificate import certify

pytestmark = pytest.mark.integration


class Server:
    """Keeps what it takes; answers to an address that begins with a number are that reply."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address[:3].isdigit():
            return f"{address[:3]} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        self.encrypted.append(session.ssl is not None)
        subject = message_from_bytes(envelope.content or b"", policy=policy.default)["subject"]
        return "554 no" if subject == "spam" else "451 later" if subject == "busy" else "250 OK"

    def authenticate(self, *args: object) -> AuthResult:
        known = LoginPassword(b"tasuki", b"secret")
        return AuthResult(success=args[-1] == known, handled=False)


@contextmanager
def running(
    context: ssl.SSLContext | None = None, login: bool = False, server: Server | None = None
) -> Iterator[Server]:
    server = server or Server()
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=_free_port(),
        tls_context=context,
        require_starttls=context is not None,
        authenticator=server.authenticate,
        auth_required=login,
        auth_require_tls=False,
    )
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reached(port: int, *, security: str = "none", login: str = "", password: str = "") -> Connection:
    return Connection("smtp", "smtp", "127.0.0.1", port, login, SecretStr(password), {"security": security})


def report(to: str = "soumu@example.co.jp", subject: str = "連携の結果①") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "襷 <tasuki@example.co.jp>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("髙島屋様 1件を更新しました。\n")
    return message


def fault(message: EmailMessage, connection: Connection) -> TasukiError:
    with pytest.raises(TasukiError) as error:
        send(message, connection)
    return error.value


def test_a_report_arrives_as_it_was_written() -> None:
    with running() as server:
        send(report(), reached(server.port))
    [envelope] = server.taken
    arrived = message_from_bytes(envelope.content or b"", policy=policy.default)
    assert arrived["subject"] == "連携の結果①"
    assert arrived.get_content().replace("\r\n", "\n") == "髙島屋様 1件を更新しました。\n"
    assert envelope.rcpt_tos == ["soumu@example.co.jp"]
    assert arrived["date"]
    assert arrived["message-id"].endswith("@example.co.jp>")


def test_a_blind_copy_is_sent_and_not_shown() -> None:
    message = report()
    message["Bcc"] = "kansa@example.co.jp"
    with running() as server:
        send(message, reached(server.port))
    [envelope] = server.taken
    assert envelope.rcpt_tos == ["soumu@example.co.jp", "kansa@example.co.jp"]
    assert b"kansa" not in (envelope.content or b"")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_tls_is_used_before_anything_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with running(context, login=True) as server:
        send(report(), reached(server.port, security="starttls", login="tasuki", password="secret"))
    assert server.encrypted == [True]


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with running(certified(tmp_path)) as server:
        assert fault(report(), reached(server.port, security="starttls")).code == "TSK-7011"
    assert not server.taken


def test_a_server_without_tls_gets_no_password() -> None:
    with running() as server:
        assert fault(report(), reached(server.port, security="starttls")).code == "TSK-7013"
    plain = reached(25)._replace(host="192.0.2.1")
    assert fault(report(), plain).code == "TSK-7013"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_an_error_of_the_configuration() -> None:
    with running(login=True) as server:
        error = fault(report(), reached(server.port, login="tasuki", password="wrong"))
    assert isinstance(error, UserError)
    assert error.code == "TSK-7010"
    assert "wrong" not in repr(error)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("name", "password"), [("tasuki", "ひみつ"), ("襷", "secret")])
def test_a_login_beyond_ascii_is_an_error_of_the_configuration(name: str, password: str) -> None:
    with running(login=True) as server:
        error = fault(report(), reached(server.port, login=name, password=password))
    assert error.code == "TSK-7010"


def test_a_server_that_is_down_is_tried_again_later() -> None:
    assert isinstance(fault(report(), reached(_free_port())), Retry)


def test_a_host_that_can_be_none_is_not_reached() -> None:
    nowhere = Connection("smtp", "smtp", "smtp..example.jp", 587, "", SecretStr(""), {})
    assert fault(report(), nowhere).code == "TSK-7020"


@pytest.mark.parametrize(
    ("to", "subject", "reaction", "code"),
    [
        ("550@example.co.jp", "x", UserError, "TSK-7031"),
        ("450@example.co.jp", "x", Retry, "TSK-7020"),
        ("soumu@example.co.jp, 550@example.co.jp", "x", UserError, "TSK-7031"),
        ("soumu@example.co.jp", "spam", UserError, "TSK-7030"),
        ("soumu@example.co.jp", "busy", Retry, "TSK-7020"),
    ],
)
def test_a_refusal_is_told_by_what_to_do(
    to: str, subject: str, reaction: type[TasukiError], code: str
) -> None:
    with running() as server:
        error = fault(report(to, subject), reached(server.port))
    assert isinstance(error, reaction)
    assert error.code == code
    assert "example" not in repr(error), "addresses never reach a log"


def test_a_mail_to_nobody_is_not_sent() -> None:
    message = report()
    del message["To"]
    assert fault(message, reached(1)).code == "TSK-7032"


def test_a_header_cannot_smuggle_in_another() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        report(subject="結果\r\nBcc: mallory@example.com")


def certified(folder: Path) -> ssl.SSLContext:
    certify(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
