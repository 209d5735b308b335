"""What can go wrong, sorted by what the reader does next.

TasukiError
* UserError   mend the configuration or the call; nothing was written (exit 2)
* Retry       try again later: a system is down, busy or held open (exit 1)
* Skip        this one record waits in quarantine; the run goes on (exit 3)
* Stop        stopped for safety: look, acknowledge, plan again (exit 7)
"""

from tasuki.messages import Message, render


class TasukiError(Exception):
    """Base of all errors that carry a stable code.

    `code` is an entry of `tasuki.messages`, `place` says where a person finds the fault (file, sheet,
    row, column), `details` fill the message. Details never hold a cell's value: they reach logs (I11).
    """

    def __init__(self, code: str, place: str = "", **details: object) -> None:
        super().__init__(code, place, details)
        self.code = code
        self.place = place
        self.details = details

    def message(self, lang: str = "ja") -> Message:
        return render(self.code, lang, **self.details)

    def __str__(self) -> str:
        text, hint = self.message("en")
        where = f"{self.place}: " if self.place else ""
        return f"{where}{text} [{self.code}] {hint}".rstrip()

    def as_json(self) -> dict[str, object]:
        """Both languages, for `--json` and the store."""
        ja, en = self.message("ja"), self.message("en")
        return {
            "code": self.code,
            "place": self.place,
            "ja": ja.text,
            "ja_hint": ja.hint,
            "en": en.text,
            "en_hint": en.hint,
        }


class UserError(TasukiError):
    """The configuration or the call is wrong; the run stops before the first write."""


class Retry(TasukiError):
    """A system can't be used now; nothing is known to be lost, a later run goes on.

    `after` is the number of seconds the system asked us to wait (Retry-After), None if it did not say.
    """

    def __init__(self, code: str, place: str = "", after: float | None = None, **details: object) -> None:
        super().__init__(code, place, **details)
        self.after = after


class Skip(TasukiError):
    """One record can't go on; it is kept in quarantine with its reason."""


class Stop(TasukiError):
    """A guard closed: going on could destroy data."""
