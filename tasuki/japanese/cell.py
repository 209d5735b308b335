"""What spreadsheets and forms put around a value in its cell: quotes and brackets; figures in kanji."""

import re


def unquoted(line: str) -> str:
    """Without the ' that makes an Excel cell text, and without ="…"."""
    found = _QUOTED.fullmatch(line)
    return found[found.lastindex or 0].strip() if found else line


def bare(line: str) -> str:
    """Without quotes and one pair of brackets around all of it. `line` is `width.plain` text."""
    found = _BRACKETED.fullmatch(unquoted(line))
    return found[found.lastindex or 0].strip() if found else unquoted(line)


def with_digits(line: str) -> str:
    """一〇〇-〇〇〇五 as 100-0005: figures in upright writing, where nothing but figures and marks stands."""
    return line.translate(_DIGITS) if _UPRIGHT.fullmatch(line) else line


_QUOTED = re.compile("""'([^']+)'?|=?"([^"]*)\"""")
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|「([^「」]*)」|<([^<>]*)>")
_KANJI = "〇一二三四五六七八九"
_UPRIGHT = re.compile(rf"[{_KANJI}零]+(?:[-() の・]+[{_KANJI}零]+)*")
_DIGITS = dict(zip(map(ord, _KANJI + "零"), "01234567890", strict=True))
