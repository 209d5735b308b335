"""The access token with which a mailbox of Microsoft 365 or Google is entered instead of a password.

The connection's extra names `token_url` (the provider's token endpoint), `client_id` and, where the provider
wants them, `scope` and `client_secret`. Its password is the refresh token; with `grant` client_credentials,
for an application that has a mailbox to itself, it is the client's secret.
"""

from typing import Any
from urllib.parse import urlsplit

from tasuki.errors import Retry, UserError
from tasuki.settings import Connection, is_this_machine

_SECONDS = 60


def wanted(connection: Connection) -> bool:
    return bool(connection.extra.get("token_url"))


def greeting(connection: Connection) -> str:
    """The first words of XOAUTH2, not yet in base64.

    Raises UserError TSK-7017 when no token is given for what the connection says, TSK-7018 when the
    endpoint's address isn't https; Retry TSK-7023 when it can't be reached.
    """
    return f"user={connection.login}\1auth=Bearer {_token(connection)}\1\1"


def _token(connection: Connection) -> str:
    # requests takes .1 s to import; a mailbox with a password shouldn't pay for it.
    import requests

    url = str(connection.extra["token_url"])
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        raise UserError("TSK-7018", connection.id)
    try:
        with requests.Session() as session:
            # A proxy of the environment has no way to this machine.
            session.trust_env = not is_this_machine(parts.hostname or "")
            answer = session.post(url, data=_asked(connection), timeout=_SECONDS, allow_redirects=False)
        told = answer.json() if answer.status_code in (200, 400, 401) else {}
    except (requests.RequestException, ValueError):
        raise Retry("TSK-7023", connection.id) from None
    if answer.status_code in (400, 401):
        # RFC 6749 5.2: a code such as invalid_grant; what the provider says besides may name the account.
        raise UserError("TSK-7017", connection.id, reason=_plain(told))
    if not (isinstance(told, dict) and told.get("access_token")):
        raise Retry("TSK-7023", connection.id)
    return str(told["access_token"])


def _asked(connection: Connection) -> dict[str, str]:
    extra, secret = connection.extra, connection.password.get_secret_value()
    named = {name: str(extra[name]) for name in ("client_id", "scope", "client_secret") if extra.get(name)}
    if extra.get("grant") == "client_credentials":
        return {**named, "grant_type": "client_credentials", "client_secret": secret}
    return {**named, "grant_type": "refresh_token", "refresh_token": secret}


def _plain(told: Any) -> str:
    code = str(told.get("error", "")) if isinstance(told, dict) else ""
    return code if code.replace("_", "").isalpha() and len(code) < 40 else "?"
