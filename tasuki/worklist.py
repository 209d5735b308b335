"""The open reviews as a workbook to answer in, and the answers taken back in."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tasuki import listing, review
from tasuki.connector import Cell
from tasuki.errors import TasukiError, UserError
from tasuki.identity.explain import Bar, Reasons
from tasuki.listing import Grid, Sheet
from tasuki.messages.matching import REASONS, SHEETS, ZONES
from tasuki.review import Word
from tasuki.value import cell_text

COLUMNS = ("review", "probability", "reasons", "answer", "system", "key", "name", "system", "key", "name")
ANSWERS = {word: zone == "same" for zone in ("same", "different") for word in (zone, *ZONES[zone])}


class Taken(NamedTuple):
    """What a workbook's answers came to."""

    words: tuple[Word, ...]
    problems: tuple[TasukiError, ...]
    """Answers that can't be used; the others count all the same."""
    blank: int


def write(path: Path, asked: Sequence[Mapping[str, Any]], lang: str) -> None:
    """The surest first: there most is gained with each answer. Raises UserError TSK-1073."""
    at = 1 if lang == "en" else 0
    header = [SHEETS[name][at] for name in COLUMNS]
    surest = sorted(asked, key=lambda one: (-(one["probability"] or 0), one["at"], one["review"]))
    listing.write(path, [Sheet(ZONES["review"][at], header, (_line(one, lang) for one in surest))])


def take(home: Path, path: Path, actor: str, reason: str) -> Taken:
    """Every answer in the first sheet that has the columns. Raises UserError TSK-6010 when none has, and
    those of `listing.read`."""
    words: list[Word] = []
    problems: list[TasukiError] = []
    blank = 0
    for answered in _answers(path):
        try:
            said = _answer(home, answered)
            if said is None:
                blank += 1
                continue
            do = review.same if said else review.different
            words.append(do(home, [answered.review], actor, reason))
        except TasukiError as error:
            problems.append(error)
    return Taken(tuple(words), tuple(problems), blank)


def sentence(asked: Mapping[str, Any], lang: str) -> str:
    """Why a question is asked, in words."""
    at = 1 if lang == "en" else 0
    words = [REASONS[reason][at] for reason in asked["reasons"] if reason != "model" and reason in REASONS]
    if asked["evidence"]:
        words.append(reasons(asked["evidence"]).sentence(lang))
    return ("; " if at else "、").join(filter(None, words)) or REASONS["model"][at]


def reasons(evidence: Mapping[str, Any]) -> Reasons:
    """The model's waterfall, as it was stored when it was decided."""
    told = {name: evidence[name] for name in Reasons._fields}
    return Reasons(**{**told, "bars": tuple(Bar(**bar) for bar in evidence["bars"])})


def _line(asked: Mapping[str, Any], lang: str) -> list[Cell]:
    probability = asked["probability"]
    sides = [asked[side][part] for side in ("one", "other") for part in ("system", "key", "name")]
    sure = round(probability, 4) if probability is not None else None
    return [asked["review"], sure, sentence(asked, lang), "", *sides]


class _Answered(NamedTuple):
    place: str
    column: str
    review: str
    answer: str


def _answers(path: Path) -> Iterator[_Answered]:
    start, grid, number, answer = _found(path)
    for at, row in enumerate(grid[start + 1 :], start + 2):
        texts = [cell_text(cell).strip() for cell in row] + [""] * (max(number, answer) + 1 - len(row))
        if texts[number] or texts[answer]:
            head = cell_text(grid[start][answer])
            yield _Answered(f"{path.name}:{at}", head, texts[number], texts[answer])


def _found(path: Path) -> tuple[int, Grid, int, int]:
    for grid in listing.read(path):
        for start, row in enumerate(grid):
            texts = [cell_text(cell).strip() for cell in row]
            number = next((i for i, text in enumerate(texts) if text in SHEETS["review"]), None)
            answer = next((i for i, text in enumerate(texts) if text in SHEETS["answer"]), None)
            if number is not None and answer is not None:
                return start, grid, number, answer
    raise UserError("TSK-6010", path.name)


def _answer(home: Path, answered: _Answered) -> bool | None:
    """None for no answer, and for one that was given before. Raises UserError with file and row."""
    if not answered.answer:
        return None
    details = {"column": answered.column, "review": answered.review}
    if answered.answer.casefold() not in ANSWERS:
        raise UserError("TSK-6011", answered.place, **details)
    same = ANSWERS[answered.answer.casefold()]
    try:
        state = review.question(home, answered.review)["state"]
    except UserError:
        raise UserError("TSK-6013", answered.place, **details) from None
    if state not in ("open", "same" if same else "different"):
        raise UserError("TSK-6012", answered.place, **details)
    return same if state == "open" else None
