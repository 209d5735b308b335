"""How connectors call a system over the web: with patience, within its limits, and never twice by mistake."""

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NamedTuple, Never
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from tasuki.errors import Retry, UserError
from tasuki.settings import Connection, is_this_machine

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
TRIES = 3
LONGEST_PAUSE = 30.0
"""Seconds. A system that wants a longer pause gets it from the scheduler, not from a sleeping task."""
MAX_BYTES = 64 * 1024 * 1024
AT_ONCE = 4
"""Calls in flight per credential. kintone, the tightest we know, lets a whole domain have 100."""

Pause = Callable[[float], object]


class Reply(NamedTuple):
    """A system's answer that is JSON and no fault of its machines: 2xx, or a refusal it explains."""

    status: int
    data: Any
    at: datetime | None
    """The system's own clock when it answered (Date header)."""

    @property
    def ok(self) -> bool:
        return self.status < 300


class Lost(Exception):
    """A call went out and no clear answer came: a write may have been carried out."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Http:
    """One system under one credential."""

    def __init__(
        self,
        base: str,
        *,
        place: str,
        headers: Mapping[str, str],
        pause: Pause = time.sleep,
        session: requests.Session | None = None,
    ) -> None:
        self._base = base
        self._place = place
        self._pause = pause
        self._session = session or requests.Session()
        self._session.headers.update(headers)
        # Proxy settings of the machine are for the outside; a stand-in on this machine is never behind one.
        self._session.trust_env = not is_this_machine(urlsplit(base).hostname or "")
        self._budget = _budget(base, hashlib.sha256(repr(sorted(headers.items())).encode()).hexdigest())

    def read(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """A call that changes nothing, tried up to three times.

        Raises Retry when the system stays away or doesn't speak JSON, UserError when the connection is wrong.
        """
        for attempt in range(TRIES):
            try:
                return self._once(method, path, body, headers)
            except Lost as error:
                fault = Retry(error.code, self._place, None, **error.details)
            except Retry as error:
                fault = error
            wait = fault.after if fault.after is not None else 2.0**attempt
            self._budget.rest(wait)
            if wait > LONGEST_PAUSE:
                break
        raise fault

    def write(self, method: str, path: str, body: Any) -> Reply:
        """A call that changes something, sent once.

        Raises Lost when it may have been carried out, Retry only when surely it was not.
        """
        try:
            return self._once(method, path, body, None)
        except Retry as error:
            self._budget.rest(error.after or 1.0)
            raise

    def close(self) -> None:
        self._session.close()

    def _once(self, method: str, path: str, body: Any, headers: Mapping[str, str] | None) -> Reply:
        with self._budget.turn(self._pause):
            try:
                with self._session.request(
                    method,
                    self._base + path,
                    json=body,
                    headers=headers,
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    return self._judge(answer)
            except requests.RequestException as error:
                self._unheard(error)

    def _judge(self, answer: requests.Response) -> Reply:
        status, after = answer.status_code, _seconds(answer.headers.get("Retry-After"))
        if status == 429:
            raise Retry("TSK-3002", self._place, after=after)
        if status == 503:
            raise Retry("TSK-3003", self._place, after=after, status=status)
        if 300 <= status < 400:
            raise UserError("TSK-3005", self._place)
        data = self._data(answer)
        if data is not None and (status < 500 or _names_its_error(data)):
            return Reply(status, data, _date(answer.headers.get("Date")))
        if 400 <= status < 500 and "json" in answer.headers.get("Content-Type", ""):
            raise Retry("TSK-3004", self._place)  # a refusal whose reason was cut off
        if status in (401, 403):
            raise UserError("TSK-3010", self._place, reason=status)
        if 400 <= status < 500:
            raise UserError("TSK-3028", self._place, reason=status)
        # Behind a 500 or a page in place of JSON a write may well have been done.
        raise Lost("TSK-3003", status=status) if status >= 500 else Lost("TSK-3004")

    def _data(self, answer: requests.Response) -> Any:
        """The JSON of the answer, None when it is a page or cut short."""
        text = bytearray()
        for part in answer.iter_content(65536):
            text += part
            if len(text) > MAX_BYTES:
                raise UserError("TSK-3007", self._place, limit=MAX_BYTES)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def _unheard(self, error: requests.RequestException) -> Never:
        """Whether the call can have been carried out; the error's text may hold secrets and ends here."""
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
            raise Retry("TSK-3001", self._place) from None
        if isinstance(error, requests.exceptions.SSLError) and _is_certificate(error):
            raise UserError("TSK-3006", self._place) from None
        if isinstance(error, requests.exceptions.InvalidHeader):
            raise UserError("TSK-3012", self._place) from None
        raise Lost("TSK-3001") from None


def base_url(connection: Connection | None, place: str) -> str:
    """The address of the connection's host: https, or http for this machine alone.

    Raises UserError TSK-3008 for any other address, TSK-3009 without a connection.
    """
    if connection is None:
        raise UserError("TSK-3009", place)
    host = connection.host.strip().rstrip("/")
    url = urlsplit(host if "://" in host else f"https://{host}")
    try:
        name, port = url.hostname or "", url.port or connection.port
    except ValueError:
        raise UserError("TSK-3008", place) from None
    allowed = url.scheme == "https" or (url.scheme == "http" and is_this_machine(name))
    if not (allowed and name and not url.username and url.path in ("", "/") and not url.query):
        raise UserError("TSK-3008", place)
    return f"{url.scheme}://{f'[{name}]' if ':' in name else name}{f':{port}' if port else ''}"


class _Budget:
    """What one credential may do at a time, shared by all connectors of this process that use it."""

    def __init__(self) -> None:
        self._seats = threading.Semaphore(AT_ONCE)
        self._wait = 0.0

    @contextmanager
    def turn(self, pause: Pause) -> Iterator[None]:
        with self._seats:
            wait, self._wait = self._wait, 0.0
            if wait:
                pause(wait)
            yield

    def rest(self, seconds: float) -> None:
        """The next call waits, whoever makes it."""
        self._wait = min(seconds, LONGEST_PAUSE)


@cache
def _budget(base: str, credential: str) -> _Budget:
    return _Budget()


def _names_its_error(data: Any) -> bool:
    """kintone explains some refusals with status 520 and a code; a bare 5xx explains nothing."""
    return isinstance(data, dict) and isinstance(data.get("code"), str)


def _is_certificate(error: BaseException) -> bool:
    seen: Any = getattr(error.args[0] if error.args else None, "reason", error)
    return any(isinstance(one, ssl.SSLCertVerificationError) for one in (seen, *getattr(seen, "args", ())))


def _seconds(text: str | None) -> float | None:
    """Retry-After in its seconds form; the date form counts as not said."""
    return float(text) if text and text.isdecimal() else None


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
