"""The readable text of a mail that was written as a web page.

Nothing is loaded and nothing runs. A scanner of its own, because the standard library's HTML parser takes
half a minute for 64 kB of "<a <a <a": here every step goes forward, so the cost is the length.
"""

import html
import re


def readable(page: str) -> str:
    """One line per paragraph, row or list item; scripts, styles, comments and tags are dropped."""
    lines = "".join(_pieces(page)).split("\n")
    tidy = [re.sub(r"[ \t\r\f\u00a0]+", " ", line).strip(" ") for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(tidy)).strip("\n")


_TAG = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>?")
_HIDDEN = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "template")}
_LINE = re.compile(
    "address|article|blockquote|br|d[dlt]|div|footer|form|h[1-6r]|header|li|ol|p|pre|section|table|tr|ul"
)
_CELL = frozenset({"td", "th"})


def _pieces(page: str) -> list[str]:
    pieces: list[str] = []
    at = 0
    while (opened := page.find("<", at)) >= 0:
        pieces.append(_words(page[at:opened]))
        at, shown = _after_tag(page, opened)
        pieces.append(shown)
    return [*pieces, _words(page[at:])]


def _words(raw: str) -> str:
    """Line ends in the source of a page are blanks."""
    return html.unescape(re.sub(r"[\r\n]+", " ", raw))


def _after_tag(page: str, opened: int) -> tuple[int, str]:
    """Where the text goes on after the "<" at `opened`, and what stands for the tag.

    As in a browser, a comment or script that never ends hides the rest.
    """
    if page.startswith("<!--", opened):
        return _behind(page, "-->", opened + 4), ""
    if page.startswith(("<!", "<?"), opened):
        return _behind(page, ">", opened + 2), ""
    tag = _TAG.match(page, opened + 1)
    if not tag:
        return opened + 1, "<"
    name = tag[1].lower()
    if name in _HIDDEN and page[opened + 1] != "/":
        closing = _HIDDEN[name].search(page, tag.end())
        return (closing.start() if closing else len(page)), ""
    return tag.end(), "\n" if _LINE.fullmatch(name) else " " if name in _CELL else ""


def _behind(page: str, mark: str, at: int) -> int:
    found = page.find(mark, at)
    return len(page) if found < 0 else found + len(mark)
