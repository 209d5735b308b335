"""The door of a stand-in: a small web server on this machine that can also misbehave on request.

What the stand-in answers is the business of its Service; here are the wire, its faults and its record.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, Self, get_args
from urllib.parse import parse_qsl, urlsplit

MAX_URL = 8192
"""https://cybozu.dev/ja/kintone/docs/rest-api/overview/kintone-rest-api-overview/ : above it, 414."""
HTML = "<!DOCTYPE html><html><head><title>メンテナンス</title></head><body>…</body></html>"

Wire = Literal[
    "reset", "reply_lost", "reply_cut", "html", "delay", "429", "500", "502", "503", "504", "520", "redirect"
]
"""What a network or a gateway does to a call.

reset        the connection breaks before the call is heard
reply_lost   the call is carried out, then the connection breaks
reply_cut    the call is carried out, half of its JSON arrives
html         a page with status 200 instead of JSON; nothing is carried out
delay        the answer comes late
redirect     a pointer to another host
429 … 520    that status and a page; nothing is carried out
"""


class Call(NamedTuple):
    """One request, its query string and JSON body as one set of parameters."""

    method: str
    path: str
    params: Mapping[str, Any]
    headers: Mapping[str, str]


class Answer(NamedTuple):
    status: int
    body: Any
    """JSON, or text for a page."""
    headers: Mapping[str, str] = {}


class Exchange(NamedTuple):
    """A call and what came of it; headers, and so credentials, are not kept."""

    method: str
    path: str
    params: Mapping[str, Any]
    status: int
    body: Any
    fault: str


class Fault(NamedTuple):
    kind: str
    """A `Wire` name, or an error code of the service."""
    method: str = ""
    """Only calls of this method; "" for any."""
    after: float | None = None
    """Seconds: of the delay, or of the Retry-After header."""
    status: int = 0
    """Another status than the error's own."""


class Service(Protocol):
    """What stands behind the door."""

    def answer(self, call: Call, now: datetime) -> Answer: ...

    def error(self, code: str) -> Answer:
        """The documented error of that code."""

    def state(self) -> Any:
        """All it holds, as JSON."""


class Server:
    """Serves a service on 127.0.0.1 while its `with` block lasts."""

    def __init__(
        self, service: Service, *, port: int = 0, state: Path | None = None, log: Path | None = None
    ) -> None:
        self.service = service
        self.exchanges: list[Exchange] = []
        self.now: datetime | None = None
        """The stand-in's clock; None for the real one."""
        self._state = state
        self._log = log
        self._faults: deque[Fault] = deque()
        self._meanwhile: deque[Callable[[], object]] = deque()
        self._one_at_a_time = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        # A short poll lets a test's server stop at once.
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self.save()

    def fail(
        self,
        kind: Wire | str,
        *,
        times: int = 1,
        method: str = "",
        after: float | None = None,
        status: int = 0,
    ) -> None:
        """The next `times` calls meet this fault: of the wire, or a documented error code."""
        self._faults.extend([Fault(kind, method, after, status)] * times)

    def mend(self) -> None:
        """Faults that have not struck yet never will."""
        self._faults.clear()

    def meanwhile(self, do: Callable[[], object]) -> None:
        """Right after the next call has been carried out, someone is quicker than the caller's next one."""
        self._meanwhile.append(do)

    def pass_time(self, seconds: float) -> None:
        self.now = self.time() + timedelta(seconds=seconds)

    def time(self) -> datetime:
        return self.now or datetime.now(UTC)

    def handle(self, call: Call) -> tuple[Answer | None, Fault | None]:
        """The answer to send, None to break the connection; and the fault that struck."""
        with self._one_at_a_time:
            fault = self._strikes(call)
            answer = self._answer(call, fault)
            sent = None if fault and fault.kind in ("reset", "reply_lost") else answer
            self._keep(call, answer, fault)
            if self._meanwhile:
                self._meanwhile.popleft()()
        if fault and fault.kind == "delay":
            time.sleep(fault.after or 0)
        return sent, fault

    def command(self, call: Call) -> Answer:
        """POST /_sandbox/fail, POST /_sandbox/clock, GET /_sandbox/state."""
        what, given = call.path.removeprefix("/_sandbox/"), call.params
        if what == "fail" and call.method == "POST":
            times, method = int(given.get("times", 1)), given.get("method", "")
            self.fail(given["kind"], times=times, method=method, after=given.get("after"))
            return Answer(200, {})
        if what == "clock" and call.method == "POST":
            self.now = datetime.fromisoformat(given["now"]) if given.get("now") else None
            return Answer(200, {"now": self.time().isoformat()})
        if what == "state":
            with self._one_at_a_time:
                return Answer(200, self.service.state())
        return Answer(404, {})

    def save(self) -> None:
        """Writes the service's state beside the real file first, so that readers never see half of it."""
        if self._state:
            draft = self._state.with_name(self._state.name + ".part")
            text = json.dumps(self.service.state(), ensure_ascii=False, indent=1)
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._state)

    def _strikes(self, call: Call) -> Fault | None:
        found = next((fault for fault in self._faults if fault.method in ("", call.method)), None)
        if found:
            self._faults.remove(found)
        return found

    def _answer(self, call: Call, fault: Fault | None) -> Answer:
        if fault is None or fault.kind in ("reply_lost", "reply_cut", "delay"):
            return self.service.answer(call, self.time())
        again = {"Retry-After": f"{fault.after:g}"} if fault.after is not None else {}
        if fault.kind == "redirect":
            return Answer(302, HTML, {"Location": "https://elsewhere.example.com/"})
        if fault.kind in get_args(Wire):
            status = int(fault.kind) if fault.kind.isdecimal() else 200
            return Answer(status, HTML, again)
        answer = self.service.error(fault.kind)
        return Answer(fault.status or answer.status, answer.body, {**answer.headers, **again})

    def _keep(self, call: Call, answer: Answer, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        kept = Exchange(call.method, call.path, call.params, answer.status, answer.body, kind)
        self.exchanges.append(kept)
        if self._log:
            with self._log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(kept._asdict(), ensure_ascii=False) + "\n")
        if call.method != "GET":
            self.save()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go in two packets; else each answer waits 40 ms

    def __init__(self, sandbox: Server, *args: Any) -> None:
        self.sandbox = sandbox
        super().__init__(*args)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def answer_call(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if len(self.path) > MAX_URL:
            return self.reply(Answer(414, HTML), None)
        try:
            call = _call(self.command, self.path, body, dict(self.headers))
        except ValueError:
            return self.reply(Answer(400, HTML), None)
        if call.path.startswith("/_sandbox/"):
            return self.reply(self.sandbox.command(call), None)
        answer, fault = self.sandbox.handle(call)
        return self.reply(answer, fault) if answer else self.hang_up()

    do_GET = do_POST = do_PUT = do_DELETE = answer_call

    def reply(self, answer: Answer, fault: Fault | None) -> None:
        page = isinstance(answer.body, str)
        text = answer.body if page else json.dumps(answer.body, ensure_ascii=False)
        data = text.encode()
        if fault and fault.kind == "reply_cut":
            data = data[: len(data) // 2]
        self.send_response(answer.status)
        kind = "text/html" if page else "application/json"
        self.send_header("Content-Type", f"{kind};charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self) -> None:
        """Closes with a reset, as a broken line does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.sandbox.time().astimezone(UTC), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """The record of exchanges says more than lines on the terminal."""


def _call(method: str, target: str, body: bytes, headers: dict[str, str]) -> Call:
    """X-HTTP-Method-Override names the method meant; parameters may stand in the URL or a JSON body."""
    url = urlsplit(target)
    lower = {name.lower(): value for name, value in headers.items()}
    params = _listed(parse_qsl(url.query, keep_blank_values=True))
    if body:
        params |= json.loads(body)
    return Call(lower.get("x-http-method-override", method), url.path, params, lower)


def _listed(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """ids[0]=1&ids[1]=2 means ids: [1, 2]."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        base, bracket, _ = name.partition("[")
        if bracket:
            found.setdefault(base, []).append(value)
        else:
            found[name] = value
    return found
