"""Sends a finished mail (the report of a run, a question to a person in charge) through the firm's server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from tasuki import oauth
from tasuki.errors import Retry, UserError
from tasuki.settings import Connection, is_this_machine


def send(message: EmailMessage, connection: Connection) -> None:
    """To every address in To, Cc and Bcc; Date and Message-ID are added where they are missing.

    TLS by STARTTLS, or from the start with `security` ssl; none is for a server on this machine only. Line
    breaks in a header never get here: EmailMessage refuses them. Raises Retry TSK-7020 when the server can't
    take it now, UserError TSK-7010, 7011, 7013, 7030, 7031, 7032 for what a person must mend.
    """
    if not any(message[name] for name in ("to", "cc", "bcc")):
        raise UserError("TSK-7032", connection.id)
    _complete(message)
    with _entered(connection) as server:
        refused = server.send_message(message)
    if refused:
        raise UserError("TSK-7031", connection.id, count=len(refused))


def greet(connection: Connection) -> None:
    """Enters and leaves again: is the server there, and does it let us in? Raises what `send` raises."""
    with _entered(connection) as server:
        server.noop()


_SECONDS = 60


@contextmanager
def _entered(connection: Connection) -> Iterator[smtplib.SMTP]:
    try:
        with _opened(connection) as server:
            if oauth.wanted(connection):
                greeting = oauth.greeting(connection)
                server.ehlo_or_helo_if_needed()
                # Refused, the server tells why in a challenge, which wants an empty answer.
                server.auth("XOAUTH2", lambda told=None: "" if told else greeting)
            elif connection.login:
                server.login(connection.login, connection.password.get_secret_value())
            yield server
    except ssl.SSLCertVerificationError:
        raise UserError("TSK-7011", connection.id) from None
    except UnicodeEncodeError:
        # smtplib sends names and passwords in ASCII alone. "from None": the error quotes what it can't send.
        raise UserError("TSK-7010", connection.id) from None
    except (smtplib.SMTPException, OSError, UnicodeError) as error:  # UnicodeError: "smtp..jp" is no host
        # "from None": a server's words may repeat addresses and the login.
        raise _reaction(error, connection.id) from None


def _complete(message: EmailMessage) -> None:
    if not message["date"]:
        message["Date"] = formatdate(localtime=True)
    if not message["message-id"]:
        # The host's own name would tell outsiders about the network.
        sender = str(message["from"] or "")
        message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("> ") or "localhost")


def _opened(connection: Connection) -> smtplib.SMTP:
    host, security = connection.host, connection.extra.get("security", "starttls")
    context = ssl.create_default_context()
    if security == "ssl":
        return smtplib.SMTP_SSL(host, connection.port or 465, timeout=_SECONDS, context=context)
    if security not in {"starttls", "none"} or (security == "none" and not is_this_machine(host)):
        raise UserError("TSK-7013", connection.id)
    server = smtplib.SMTP(host, connection.port or 587, timeout=_SECONDS)
    if security == "starttls":
        server.ehlo()
        if not server.has_extn("starttls"):
            server.close()
            raise UserError("TSK-7013", connection.id)
        server.starttls(context=context)
    return server


def _reaction(error: Exception, place: str) -> Retry | UserError:
    """A reply of 5xx stays as it is until a person mends something; all else passes (RFC 5321 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return _by_code(max(codes, default=0), UserError("TSK-7031", place, count=len(codes)), place)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _by_code(error.smtp_code, UserError("TSK-7010", place), place)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return UserError("TSK-7030", place)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, UserError("TSK-7030", place), place)
    return Retry("TSK-7020", place)


def _by_code(code: int, for_good: UserError, place: str) -> Retry | UserError:
    return for_good if code >= 500 else Retry("TSK-7020", place)
