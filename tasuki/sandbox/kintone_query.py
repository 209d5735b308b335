"""Which records of a stand-in app a question asks for, in kintone's own query language.

Source: https://cybozu.dev/ja/kintone/docs/overview/query/ (operators, functions left out, options).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

MAX_LIMIT = 500
MAX_OFFSET = 10_000
TIMES = frozenset({"DATETIME", "CREATED_TIME", "UPDATED_TIME"})
NUMBERS = frozenset({"NUMBER", "CALC", "RECORD_NUMBER", "__ID__", "__REVISION__"})
LISTED = frozenset({"DROP_DOWN", "RADIO_BUTTON", "CHECK_BOX", "MULTI_SELECT", "USER_SELECT", "STATUS"})
LONG_TEXTS = frozenset({"MULTI_LINE_TEXT", "RICH_TEXT"})

Values = Mapping[str, Any]
Test = Callable[[Values], bool]


class QueryError(Exception):
    """A query kintone would answer with an error; `code` is kintone's, "" for a syntax error."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class Query(NamedTuple):
    """What a query text means for one app."""

    test: Test
    order: tuple[tuple[str, bool], ...]
    """Field code and whether it falls; kintone's default is $id, falling."""
    limit: int
    offset: int


def parse(text: str, types: Mapping[str, str]) -> Query:
    """`types` maps each field code of the app (and $id, $revision) to its field type.

    Raises QueryError with GAIA_QU01 or GAIA_QU02 above kintone's limits, GAIA_IQ11 for an unknown field,
    GAIA_IQ03 for an operator the field doesn't know, and without a code for anything unreadable.
    """
    return _Reader(_tokens(text), types).query()


def sort_key(value: Any, type_: str) -> tuple[bool, Any]:
    """Blanks before everything else; numbers and times by size."""
    plain = _plain(value, type_)
    return (plain is not None, plain if plain is not None else 0)


# A raw tab or line break inside a literal is a syntax error in kintone too.
_TOKEN = re.compile(r'\s*("(?:[^"\\\t\r\n]|\\.)*"|[(),]|!=|>=|<=|[=<>]|[^\s(),=<>!"]+)')


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise QueryError
        found.append(match.group(1))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens: or < and < comparison."""

    def __init__(self, tokens: Sequence[str], types: Mapping[str, str]) -> None:
        self.tokens = tokens
        self.types = types
        self.at = 0

    def query(self) -> Query:
        test: Test = (lambda _: True) if self.peek() in ("", "order", "limit", "offset") else self.either()
        order = self.order() if self.skip("order") else (("$id", True),)
        limit = self.whole() if self.skip("limit") else 100
        offset = self.whole() if self.skip("offset") else 0
        if self.peek():
            raise QueryError
        if limit > MAX_LIMIT:
            raise QueryError("GAIA_QU01")
        if offset > MAX_OFFSET:
            raise QueryError("GAIA_QU02")
        return Query(test, order, limit, offset)

    def peek(self) -> str:
        """The next token, words in small letters; "" at the end."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else ""
        return token if token.startswith('"') else token.lower()

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise QueryError
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def want(self, word: str) -> None:
        if not self.skip(word):
            raise QueryError

    def either(self) -> Test:
        tests = [self.both()]
        while self.skip("or"):
            tests.append(self.both())
        return lambda values: any(test(values) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.skip("and"):
            tests.append(self.single())
        return lambda values: all(test(values) for test in tests)

    def single(self) -> Test:
        if self.skip("("):
            test = self.either()
            self.want(")")
            return test
        return self.comparison(self.field())

    def field(self) -> str:
        code = self.next()
        if code.startswith('"'):
            raise QueryError
        if code not in self.types:
            raise QueryError("GAIA_IQ11")
        return code

    def comparison(self, code: str) -> Test:
        type_ = self.types[code]
        sign = self.next().lower()
        if sign == "is":
            wanted = not self.skip("not")
            self.want("empty")
            return lambda values: (not _texts(values.get(code))) is wanted
        negative = sign == "not"
        sign = self.next().lower() if negative else sign
        if sign not in _allowed(type_) or (negative and sign not in ("in", "like")):
            raise QueryError("GAIA_IQ03" if sign in _SIGNS else "")
        given = self.group() if sign == "in" else [self.literal()]
        holds = _SIGNS[sign](given, type_)
        return lambda values: holds(values.get(code)) is not negative

    def group(self) -> list[str]:
        self.want("(")
        given = [self.literal()]
        while self.skip(","):
            given.append(self.literal())
        self.want(")")
        return given

    def literal(self) -> str:
        token = self.next()
        if token in ("(", ")", ","):
            raise QueryError
        return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.startswith('"') else token

    def order(self) -> tuple[tuple[str, bool], ...]:
        self.want("by")
        found = [self.direction()]
        while self.skip(","):
            found.append(self.direction())
        return tuple(found)

    def direction(self) -> tuple[str, bool]:
        code = self.field()
        if self.skip("asc"):
            return code, False
        self.skip("desc")  # what kintone takes when neither word stands there
        return code, True

    def whole(self) -> int:
        number = self.next()
        if not number.isdecimal():
            raise QueryError
        return int(number)


def _allowed(type_: str) -> frozenset[str]:
    if type_ in LISTED:
        return frozenset({"in"})
    if type_ in LONG_TEXTS:
        return frozenset({"like"})
    if type_ in NUMBERS or type_ in TIMES or type_ == "DATE":
        return frozenset({"=", "!=", "<", "<=", ">", ">=", "in"})
    return frozenset({"=", "!=", "in", "like"})


def _texts(value: Any) -> list[str]:
    many = value if isinstance(value, list) else [value]
    names = [item.get("code", "") if isinstance(item, dict) else item for item in many]
    return [str(name) for name in names if name not in (None, "")]


def _plain(value: Any, type_: str) -> Any:
    """A value that compares as its type does; None when blank or unreadable."""
    if value in (None, "", []):
        return None
    try:
        if type_ in NUMBERS:
            return Decimal(str(value))
        if type_ in TIMES:
            # "Seconds are ignored": https://cybozu.dev/ja/kintone/docs/overview/query/
            return datetime.fromisoformat(str(value)).astimezone(UTC).replace(second=0, microsecond=0)
    except (InvalidOperation, ValueError):
        raise QueryError from None
    return str(value)


Holds = Callable[[Any], bool]


def _equal(given: Sequence[str], type_: str) -> Holds:
    wanted = _plain(given[0], type_)
    return lambda value: bool(_plain(value, type_) == wanted)


def _unequal(given: Sequence[str], type_: str) -> Holds:
    equal = _equal(given, type_)
    return lambda value: not equal(value)


def _one_of(given: Sequence[str], type_: str) -> Holds:
    if type_ in LISTED:
        return lambda value: any(text in given for text in _texts(value) or [""])
    wanted = frozenset(_plain(one, type_) for one in given)
    return lambda value: _plain(value, type_) in wanted


def _contains(given: Sequence[str], type_: str) -> Holds:
    wanted = given[0].casefold()
    return lambda value: any(wanted in text.casefold() for text in _texts(value))


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Sequence[str], str], Holds]:
    def build(given: Sequence[str], type_: str) -> Holds:
        right = _plain(given[0], type_)

        def holds(value: Any) -> bool:
            left = _plain(value, type_)
            return left is not None and right is not None and compare(left, right)

        return holds

    return build


_SIGNS: dict[str, Callable[[Sequence[str], str], Holds]] = {
    "=": _equal,
    "!=": _unequal,
    "in": _one_of,
    "like": _contains,
    "<": _ordered(lambda left, right: bool(left < right)),
    "<=": _ordered(lambda left, right: bool(left <= right)),
    ">": _ordered(lambda left, right: bool(left > right)),
    ">=": _ordered(lambda left, right: bool(left >= right)),
}
