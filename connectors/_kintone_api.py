"""One kintone app over the web: its form, its records, and kintone's refusals in Tasuki's words.

Limits: https://cybozu.dev/ja/kintone/docs/rest-api/records/ (500 records read and 100 written a call, all or
nothing). Error codes are not listed anywhere in one place; those below stand in kintone's pages and tools.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from connectors._http import Http, Lost, Reply
from connectors._kintone_fields import ID
from tasuki.connector import Refused, Stale, Write
from tasuki.errors import Retry, TasukiError, UserError

READS = 500
WRITES = 100
UNKNOWN_CALLER = frozenset({"CB_AU01", "CB_WA01", "GAIA_IA02"})
NOT_ALLOWED = frozenset({"CB_NO02", "GAIA_NO01"})
NO_APP = "GAIA_AP01"
LOCKED = "GAIA_DA02"
"""kintone could not lock its database and saved nothing."""
LOOKUP = "GAIA_LO"
"""How the codes begin for a value that the app behind a lookup lacks, has twice, or doesn't show us."""

Fields = Mapping[str, Mapping[str, Any]]
"""A record: {"type", "value"} by field code, with $id and $revision."""


class Page(NamedTuple):
    records: list[Fields]
    at: datetime | None
    """kintone's clock when it answered."""


class App:
    """Every call raises Retry or UserError for what concerns the whole app."""

    def __init__(self, http: Http, id: int, place: str, condition: str) -> None:
        self._http = http
        self._id = id
        self._place = place
        self._condition = condition
        """What the firm narrowed the stream to; "" for all records."""

    @cached_property
    def form(self) -> dict[str, dict[str, Any]]:
        """Field definitions by field code."""
        reply = self._http.read("GET", f"/app/form/fields.json?app={self._id}")
        return dict(self._part(reply, "properties", dict))

    def pages(self, fields: Iterable[str], also: str = "") -> Iterator[Page]:
        """The stream's records, oldest number first. Seeks: kintone ends `offset` at 10,000."""
        last = "0"
        while True:
            condition = self._within(f'{ID} > "{last}"', also)
            page = self.ask(fields, f"{condition} order by {ID} asc limit {READS}")
            yield page
            if len(page.records) < READS:
                return
            last = page.records[-1][ID]["value"]

    def holding(
        self, fields: Iterable[str], by: str, values: Iterable[str], *, anywhere: bool = False
    ) -> list[Fields]:
        """Records whose field `by` has one of these values; `anywhere` looks beyond the stream.

        A value that the field can't hold is not asked for: a control character would spoil the query, and
        so would letters where numbers stand.
        """
        number = self.form.get(by, {}).get("type") == "NUMBER"
        fitting = r"[0-9]+" if by == ID else r"-?[0-9]+(\.[0-9]+)?" if number else r"[^\x00-\x1f\x7f]+"
        asked = [value for value in values if re.fullmatch(fitting, value)]
        found: list[Fields] = []
        for start in range(0, len(asked), WRITES):
            listed = f"{by} in ({_quoted(asked[start : start + WRITES])})"
            query = listed if anywhere else self._within(listed)
            found += self.ask(fields, f"{query} limit {READS}").records
        return found

    def ask(self, fields: Iterable[str], query: str) -> Page:
        """By POST that means GET: the query holds customers' data, and a URL ends up in logs and at 8 KB."""
        body = {"app": self._id, "query": query, "fields": list(dict.fromkeys(fields))}
        reply = self._http.read("POST", "/records.json", body, {"X-HTTP-Method-Override": "GET"})
        return Page(self._part(reply, "records", list), reply.at)

    def write(self, method: Literal["POST", "PUT", "DELETE"], **body: Any) -> Reply:
        """The answer, or the refusal where single records are to blame. Raises Lost as `Http.write` does."""
        reply = self._http.write(method, "/records.json", {"app": self._id, **body})
        if reply.ok or is_of_records(reply):
            return reply
        error = self._error(reply)
        if error.code == "TSK-3003":
            raise Lost(error.code, status=reply.status)
        raise error

    def close(self) -> None:
        self._http.close()

    def _within(self, *conditions: str) -> str:
        parts = [f"({self._condition})" if self._condition else "", *conditions]
        return " and ".join(part for part in parts if part)

    def _part(self, reply: Reply, name: str, kind: type) -> Any:
        """One member of an answer; JSON of another shape is no answer."""
        if not reply.ok:
            raise self._error(reply)
        part = reply.data.get(name) if isinstance(reply.data, dict) else None
        if not isinstance(part, kind):
            raise Retry("TSK-3004", self._place)
        return part

    def _error(self, reply: Reply) -> TasukiError:
        code, status = error_code(reply), reply.status
        if status == 401 or code in UNKNOWN_CALLER:
            return UserError("TSK-3010", self._place, reason=code)
        if status == 403 or code in NOT_ALLOWED:
            return UserError("TSK-3011", self._place, reason=code)
        if code == NO_APP:
            return UserError("TSK-3025", self._place)
        if code == LOCKED:
            return Retry("TSK-3002", self._place)
        if status >= 500:
            return Retry("TSK-3003", self._place, status=status)
        about_query = code.startswith("GAIA_IQ") or "query" in _errors(reply)
        if about_query and self._condition:
            return UserError("TSK-3026", self._place, reason=code)
        return UserError("TSK-3028", self._place, reason=code)


def is_of_records(reply: Reply) -> bool:
    """The call was refused for the sake of single records.

    404 is a record that is gone (GAIA_RE01 by number, GAIA_RE20 by updateKey), 409 another revision
    (GAIA_CO02), 400 with CB_VA01 a value, 400 or 520 with GAIA_LO04 a value of a lookup.
    """
    code = error_code(reply)
    return code == "CB_VA01" or code.startswith(LOOKUP) or (is_moved(reply) and code != NO_APP)


def is_moved(reply: Reply) -> bool:
    return reply.status in (404, 409) or error_code(reply) in ("GAIA_RE01", "GAIA_RE20", "GAIA_CO02")


def refusal(write: Write, reply: Reply, form: Fields) -> Stale | Refused:
    """What a refusal of this write alone means when it names no field; `form` as `App.form`."""
    if is_moved(reply):
        return Stale(write.token)
    code = error_code(reply)
    lookups = [name for name in write.cells if form.get(name, {}).get("lookup")]
    if code.startswith(LOOKUP) and lookups:
        return Refused(write.token, "TSK-3029", lookups[0], {"column": ", ".join(lookups), "reason": code})
    return Refused(write.token, "TSK-3028", details={"reason": code})


def error_code(reply: Reply) -> str:
    """kintone's own code (GAIA_CO02); "" when it gives none."""
    return str(reply.data.get("code", "")) if isinstance(reply.data, dict) else ""


def blamed_fields(reply: Reply) -> dict[int, str]:
    """The first field kintone complains of, by the record's place in the call.

    It writes records[3].会社名.value, records[3][金額].value or records[3].区分.values[0].value.
    """
    found: dict[int, str] = {}
    for place in _errors(reply):
        match = re.match(r"records\[(\d+)\](?:\.([^.\[\]]+)|\[([^\]]+)\])", place)
        if match:
            found.setdefault(int(match[1]), match[2] or match[3])
    return found


def saved(reply: Reply) -> list[tuple[str, str]]:
    """Record number and revision of each record written, in the order sent. Raises ValueError."""
    try:
        if "ids" in reply.data:
            done: Sequence[Any] = list(zip(reply.data["ids"], reply.data["revisions"], strict=True))
        else:
            done = [(record["id"], record["revision"]) for record in reply.data["records"]]
    except (KeyError, TypeError) as error:
        raise ValueError from error
    return [(str(number), str(revision)) for number, revision in done]


def _errors(reply: Reply) -> Mapping[str, Any]:
    errors = reply.data.get("errors") if isinstance(reply.data, dict) else None
    return errors if isinstance(errors, dict) else {}


def _quoted(values: Iterable[str]) -> str:
    return ", ".join('"' + re.sub(r'(["\\])', r"\\\1", value) + '"' for value in values)
