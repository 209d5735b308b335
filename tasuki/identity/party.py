"""Folds names of firms and people for comparing: their core, legal form, words, family and given name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from tasuki.identity.folding import DROPPED, HARD, fold_all, is_kanji, tidied
from tasuki.identity.letters import (
    END,
    Bools,
    Codes,
    Ints,
    Letters,
    among,
    both,
    distinct,
    flags,
    of_codes,
    of_line,
    of_texts,
    sums,
)
from tasuki.identity.reading import Parts, patched, put
from tasuki.japanese import person
from tasuki.japanese.fold import fold
from tasuki.japanese.legal_form import find, spell_out
from tasuki.japanese.result import LONGEST
from tasuki.japanese.trade_name import read as trade_name


@lru_cache(1 << 15)
def party_by_itself(text: str) -> Parts | None:
    """Core, legal form, words in order of the alphabet, family and given name of a person, its script."""
    name = trade_name(text)
    core = fold(name.core)
    if not core:
        return (fold(text), "", fold(text), "", "", _script(fold(text))) if fold(text) else None
    words = "".join(sorted(filter(None, map(fold, re.split(r"[\s,・]+", name.core)))))
    if name.legal_form or name.branch or core.isascii():
        return core, name.legal_form, words, "", "", _script(core)
    return _of_nobody(name.core, core, words)


def _of_nobody(written: str, core: str, words: str) -> Parts:
    """A name without a legal form may be a person's."""
    found = person.normalise(written).value if len(core) <= LONGEST_PERSON else None
    if not isinstance(found, Mapping) or "given" not in found:
        return core, "", words, "", "", _script(core)
    return core, "", words, fold(found["family"]), fold(found["given"]), _script(core)


LONGEST_PERSON = 8


def _script(core: str) -> str:
    """A name typed as it sounds can't be held against one in kanji."""
    return "kana" if _KANA.fullmatch(core) else "other"


_KANA = re.compile("[ァ-ヺー]+")


def parties(texts: Sequence[str]) -> tuple[Letters, ...]:
    """As party_by_itself, all at once."""
    plain = _read(texts)
    core = fold_all(plain.core)
    few = core.lengths <= LONGEST_PERSON
    hard = plain.hard | (core.lengths == 0) | (core.lengths > LONGEST)
    person = ~hard & (plain.form == 0) & ~plain.site & few
    empty = of_codes(np.zeros(core.size + 1, np.uint32))
    parts = (core, _FORM_NAMES.take(plain.form), core, empty, empty, _SCRIPTS.take(_scripts(core)))
    rows = np.flatnonzero(hard | person)
    which, first = _alike(plain, hard, rows)
    lines, names = plain.line.take(first).texts(), plain.core.take(first).texts()
    others = [
        _hard(texts[row], line) if hard[row] else _alone(name)
        for row, line, name in zip(first.tolist(), lines, names, strict=True)
    ]
    return put(parts, rows, others, which)


def _alike(plain: "_Names", hard: Bools, rows: Ints) -> tuple[Ints, Ints]:
    """Names that are one when tidied are read once: of each row which, and of each of them one row."""
    whole = hard[rows]
    signs = _holding(plain.line, among(plain.line.codes, _SIGNS))[rows]
    of_line, of_core = sums(plain.line.take(rows)).hashes(), sums(plain.core.take(rows)).hashes()
    hashes = np.where(whole, of_line, ~of_core)
    every = distinct(np.where(whole & signs, both(hashes, rows.astype(np.uint64)), hashes))
    return every.codes, rows[every.first]


def _hard(text: str, line: str) -> Parts:
    """`line`, the tidied text, is the same for many texts."""
    return party_by_itself(text if "?" in line or "(" in line else line) or _BLANK


def readings(texts: Sequence[str]) -> tuple[Letters, ...]:
    """The name proper in kana, without long marks; one by one like reading_by_itself."""
    plain = _read(texts, blanks=True)
    core = fold_all(plain.core)
    core = core.keep(core.codes != _LONG)
    hard = np.flatnonzero(plain.hard | (core.lengths == 0))
    return patched((core,), hard, texts, reading_by_itself)


def reading_by_itself(text: str) -> Parts | None:
    folded = fold(trade_name(text).core).replace("ー", "")
    return (folded,) if folded else None


_LONG = ord("ー")
_SIGNS = flags("?(")
"""Letters that may have been others before they were tidied."""
_BLANK = ("",) * 6


@lru_cache(1 << 15)
def _alone(written: str) -> Parts:
    core = fold(written)
    return _of_nobody(written, core, core)


def _scripts(core: Letters) -> Ints:
    kana = ((core.codes >= 0x30A1) & (core.codes <= 0x30FA)) | (core.codes == _LONG) | (core.codes == END)
    found = np.zeros(core.size, np.int64)
    found[core.text_of(np.flatnonzero(~kana))] = 1
    return found


# --- names that are plainly a legal form and a name proper ------------------------------------------------


class _Names(NamedTuple):
    line: Letters
    """The whole text, tidied."""
    core: Letters
    form: Ints
    """By place in _FORMS, from 1; 0 for none."""
    site: Bools
    """Names with a branch behind them."""
    hard: Bools
    """Names to be read one by one."""


def _read(texts: Sequence[str], blanks: bool = False) -> _Names:
    """`blanks`: a name may have several words."""
    given = of_texts(texts)
    given = _spelled_out(given)
    codes = tidied().of(given)
    at = np.flatnonzero(codes == HARD)
    hard = np.zeros(given.size, bool)
    hard[given.text_of(at)] = True
    codes[at] = ord("?")
    line = _one_blank(codes[codes != DROPPED])
    codes, starts, ends = line.codes, line.starts, line.ends[1:].copy()
    told = line.lengths
    every = np.ones(line.size, bool)
    for address in ("御中", "様"):
        rows = _ends(codes, starts, ends, address, every)
        words = among(codes[ends[rows] - len(address) - 1], _NO_HONORIFIC)
        hard[rows[words]] = True
        ends[rows[~words]] -= len(address)
        ends -= (codes[ends - 1] == _SPACE) & (ends > starts)
    polite, form = ends - starts < told, np.zeros(line.size, np.int64)
    site = _site(line, starts, ends)
    ends = np.where(site > 0, site, ends)
    letters = _letters_at(codes, starts), _letters_at(codes, ends - 1)
    for number, written in enumerate(_FORMS, 1):
        if written[0] in letters[0]:
            before = _begins(codes, starts, ends, written, form == 0)
            form[before] = number
            starts[before] += len(written)
            starts[before] += codes[starts[before]] == _SPACE
        if written[-1] in letters[1]:
            behind = _ends(codes, starts, ends, written, form == 0)
            form[behind] = number
            ends[behind] -= len(written)
            ends[behind] -= (codes[ends[behind] - 1] == _SPACE) & (ends[behind] > starts[behind])
    core = line.cut(starts, ends)
    spaced = _holding(core, core.codes == _SPACE)
    if blanks:
        other = is_kanji()[np.minimum(core.codes, len(is_kanji()) - 1)]
        sites = _end_in(core.codes, core.starts, core.ends[1:], _TAILS_OF_WORDS, spaced)
        spaced &= polite | _holding(core, other) | sites
    hard |= spaced | _not_plain(core, form) | ((site > 0) & (core.lengths == 0))
    return _Names(line, core, form, site > 0, hard)


def _one_blank(codes: Codes) -> Letters:
    """Without blanks around a text, and one where there are several."""
    space = codes == _SPACE
    before = np.concatenate([[True], space[:-1] | (codes[:-1] == END)])
    codes = codes[~(space & before)]
    return of_codes(codes[~((codes == _SPACE) & np.concatenate([codes[1:] == END, [True]]))])


def _spelled_out(given: Letters) -> Letters:
    found = given.codes[(given.codes >= _LIGATURES.min()) & (given.codes <= _LIGATURES.max())]
    found = np.intersect1d(found, _LIGATURES)
    if not len(found):
        return given
    line = given.codes[1:-1].tobytes().decode("utf-32-le", "surrogatepass")
    for letter in map(chr, found.tolist()):
        line = line.replace(letter, spell_out(letter))
    return of_line(line)


def _letters_at(codes: Codes, places: Ints) -> frozenset[str]:
    return frozenset(map(chr, np.unique(codes[places]).tolist()))


def _begins(codes: Codes, starts: Ints, ends: Ints, text: str, some: Bools) -> Ints:
    """Which of the texts, `some` of all, begin with this one."""
    rows = np.flatnonzero((codes[starts] == ord(text[0])) & some)
    rows = rows[ends[rows] - starts[rows] >= len(text)]
    for at, letter in enumerate(text[1:], 1):
        if not len(rows):
            break
        rows = rows[codes[starts[rows] + at] == ord(letter)]
    return rows


def _ends(codes: Codes, starts: Ints, ends: Ints, text: str, some: Bools) -> Ints:
    rows = np.flatnonzero((codes[ends - 1] == ord(text[-1])) & some)
    rows = rows[ends[rows] - starts[rows] >= len(text)]
    for at, letter in enumerate(reversed(text[:-1]), 2):
        if not len(rows):
            break
        rows = rows[codes[ends[rows] - at] == ord(letter)]
    return rows


def _end_in(codes: Codes, starts: Ints, ends: Ints, tails: Iterable[str], some: Bools) -> Bools:
    """Which of the texts, `some` of all, end in any of these."""
    found = np.zeros(len(ends), bool)
    letters = _letters_at(codes, ends[some] - 1)
    for tail in tails:
        if tail[-1] in letters:
            found[_ends(codes, starts, ends, tail, some)] = True
    return found


def _site(line: Letters, starts: Ints, ends: Ints) -> Ints:
    """Where the blank before a last word stands that is a branch for certain; 0 elsewhere."""
    blanks = np.flatnonzero(line.codes == _SPACE)
    last = np.searchsorted(blanks, ends) - 1
    blank = blanks[last] if len(blanks) else np.zeros(line.size, np.int64)
    behind = (last >= 0) & (blank > starts)
    return np.where(_end_in(line.codes, blank, ends, _SITES, behind), blank, 0)


def _holding(core: Letters, letters: Bools) -> Bools:
    found = np.zeros(core.size, bool)
    found[core.text_of(np.flatnonzero(letters))] = True
    return found


def _not_plain(core: Letters, form: Ints) -> Bools:
    """Names that hold more than meets the eye: another form, a branch, a title."""
    codes, starts, ends = core.codes, core.starts, core.ends[1:]
    last = codes[ends - 1]
    latin = (last >= 0x41) & (last <= 0x7A)
    found = (form == 0) & (latin | (core.lengths == 0))
    found |= among(last, _LAST)
    found |= _end_in(codes, starts, ends, _TAILS, ~found)
    parted = among(codes, _PARTING)
    for word in _WORDS:
        at = np.flatnonzero(codes == ord(word[0]))
        for behind, letter in enumerate(word[1:], 1):
            at = at[codes[at + behind] == ord(letter)]
        parted[at] = True
    return np.asarray(found | _holding(core, parted))


_SPACE = ord(" ")
_FORMS = (
    *(
        word + tail
        for word in ("カブシキ", "ユウゲン", "ゴウドウ", "ゴウメイ", "ゴウシ")
        for tail in ("ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ")
    ),
    *(word + tail for word in ("かぶしき", "ゆうげん", "ごうどう") for tail in ("がいしゃ", "かいしゃ")),
    *("株式会社", "有限会社", "合同会社", "(株)", "(有)", "(同)"),
)
"""The longest first: those that most names bear."""
_FORM_NAMES = of_texts(["", *(found.form for written in _FORMS if (found := find(written)))])
_SCRIPTS = of_texts(["kana", "other"])
_LIGATURES = np.array([ord(letter) for letter in "㍿㈱㈲㈳㈴㈶㈻㈼㈽㈾㈿㈜㊑㊒㊓㊔㊖㊩㊫㊭㊮㊯"], np.uint32)
_PARTING = flags("()")
_WORDS = ("会社", "會社", "法人", "組合", "公司", "ホウジン", "クミアイ", "ほうじん")
"""Legal forms beyond _FORMS, and forms in the middle of a name."""
_LAST = flags("部課室係方殿様者")
_NO_HONORIFIC = flags("王神仏姫客皆奥若殿")
"""Before 様 they make a word: 王様."""
_TAILS = (
    *("御中", "支店", "支社", "本社", "業所", "張所", "支所", "支局", "工場", "務所"),
    *("オフィス", "グループ", "チーム", "ガイシャ", "カイシャ", "ガイシヤ", "カイシヤ"),
)
_SITES = ("支店", "支社", "本社", "本店", "営業所", "出張所", "事業所", "支所", "工場", "センター")
_TAILS_OF_WORDS = (
    *("シテン", "シシヤ", "ヨウシヨ", "コウジヨウ", "ホンシヤ", "ホンテン", "センター", "センタ-"),
    *("グループ", "グル-プ"),
    *("さま", "サマ", "さん", "ご中", "各位", "先生", "気付", "宛", "宛て", "行"),
)
