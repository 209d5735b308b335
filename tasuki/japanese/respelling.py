"""Names that are not spelled alike and may still be one: サーバ and サーバー, a reading and its kanji."""

import re
from collections.abc import Callable
from functools import cache
from typing import Literal

from tasuki.japanese.numerals import number
from tasuki.japanese.readings import clear, readings
from tasuki.japanese.width import KANJI


def respelled(one: str, other: str) -> Literal["", "respelled", "script"]:
    """Why a person should look at two folded names that differ; "" when nothing says so.

    `script`: one is written as the other may sound (ヤマダシヨウテン and 山田商店).
    """
    rewritten = (*_REWRITTEN, _letters) if _LATIN.search(one + other) else _REWRITTEN
    if any(rewrite(one) == rewrite(other) for rewrite in rewritten):
        return "respelled"
    one, other = _apart(one, other)
    return "script" if may_sound(one, other) or may_sound(other, one) else ""


def may_sound(written: str, sound: str) -> bool:
    """Whether kana or Latin letters may be how a name in kanji, or Latin letters how one in kana is read."""
    if _KANA.fullmatch(sound):
        lengthened = (sound, _LENGTHENED.sub(_as_vowel, sound), _LENGTHENED.sub(_as_spelled, sound))
        return bool(_HAS_KANJI.search(written)) and any(_reads(written, clear(one)) for one in lengthened)
    if not (sound.isascii() and sound.isalpha()) or written.isascii():
        return False
    spellings = (_consonants(sound), _consonants(_SILENT_R.sub("", sound)))
    return any(len(one) > 1 and _reads(written, one, _latin) for one in spellings)


def _as_vowel(long: re.Match[str]) -> str:
    return long[1] + _ROW[long[1]]


def _as_spelled(long: re.Match[str]) -> str:
    return long[1] + {"オ": "ウ", "エ": "イ"}.get(_ROW[long[1]], _ROW[long[1]])


def _apart(one: str, other: str) -> tuple[str, str]:
    """Without the letters that both begin and end with: ヤマダ and 山田 of ヤマダ商店 and 山田商店."""
    least = min(len(one), len(other)) - 1
    head = next((n for n in range(max(least, 0)) if one[n] != other[n]), max(least, 0))
    one, other = one[head:], other[head:]
    least = min(len(one), len(other)) - 1
    tail = next((n for n in range(max(least, 0)) if one[-1 - n] != other[-1 - n]), max(least, 0))
    return one[: len(one) - tail], other[: len(other) - tail]


def _reads(written: str, sound: str, spelled: Callable[[str], str] = str) -> bool:
    """A kanji that is in no list may be read in any way. `spelled` writes kana as `sound` is written."""
    ends = {0}
    for letter in written:
        known = {spelled(kana) for kana in _readings_of(letter)}
        if spelled is _latin and letter == "ツ":
            known.add("")
        ends = {end + len(one) for end in ends for one in known if sound.startswith(one, end)} or {
            end + length for end in ends for length in range(1, _LONGEST + 1) if not known
        }
    return len(sound) in ends


def _readings_of(letter: str) -> frozenset[str]:
    if _KANA.match(letter):
        return frozenset({"", letter}) if letter == "ー" else frozenset(clear(letter))
    return readings().get(letter, frozenset())


def _consonants(latin: str) -> str:
    """What is left of sample and sanpuru alike: l is r in kana, v is b, an m before p or b is ン."""
    latin = _DIGRAPHS.sub(lambda m: _DIGRAPH[m[0]], latin.lower())
    return _VOWELS.sub("", _DOUBLE.sub(r"\1", _NASAL.sub("n", latin)).translate(_ENGLISH))


@cache
def _latin(kana: str) -> str:
    return "".join(_ROMAJI.get(letter, "") for letter in kana)


def _last(text: str) -> str:
    """サーバ for サーバー."""
    return _vowels(_LAST_LONG.sub(r"\1", text))


def _letters(text: str) -> str:
    """エヌテテデタ for nttデータ and エヌ・ティ・ティ・データ."""
    return _BEHIND_E.sub("", text.translate(_NAMES_OF_LETTERS).replace("ー", ""))


def _vowels(text: str) -> str:
    """サトオ for サトー and サトウ, バ for ヴァ, ジ for ヂ."""
    text = _FOREIGN.sub(lambda m: _SOUNDS[m[0]], text)
    return _LONG.sub(lambda m: m[0][0] + _ROW[m[0][0]], text)


def _shorter(text: str) -> str:
    """コンピュタサビス: in a long word it does not matter where ー stands."""
    bare = text.replace("ー", "")
    return bare if len(bare) >= _LONG_ENOUGH else text


def _figures(text: str) -> str:
    """第1 for 第一; an inserted ツ or ノ left out (四ツ谷), HD and & spelled out."""
    text = _INSERTED.sub("", text.replace("&", "アンド").replace("+", "プラス"))
    text = _HOLDINGS.sub("ホールデイングス", text)
    return _NUMERAL.sub(lambda m: str(number(m[0]) or m[0]), text)


def _shapes(text: str) -> str:
    """ニトリ for 二トリ: kanji that look like kana."""
    return text.translate(_LOOK_ALIKE)


_REWRITTEN: tuple[Callable[[str], str], ...] = (_last, _vowels, _shorter, _figures, _shapes)

_KANA = re.compile("[ァ-ヺー]+")
_HAS_KANJI = re.compile(f"[{KANJI}]")
_LATIN = re.compile("[a-z]")
_LONG_ENOUGH = 5
_LAST_LONG = re.compile("((?<=[ァ-ヺー]{2})[ァ-ヺ])ー(?![ァ-ヺー])")
_SOUNDS = {
    "ヴア": "バ",
    "ヴイ": "ビ",
    "ヴエ": "ベ",
    "ヴオ": "ボ",
    "ヴ": "ブ",
    "ヂ": "ジ",
    "ヅ": "ズ",
    "ダイヤ": "ダイア",
}
_FOREIGN = re.compile("ヴ[アイエオ]?|ヂ|ヅ|ダイヤ")
_ROWS = {
    "ア": "アカサタナハマヤラワガザダバパ",
    "イ": "イキシチニヒミリギジビピ",
    "ウ": "ウクスツヌフムユルグズブプ",
    "エ": "エケセテネヘメレゲゼデベペ",
    "オ": "オコソトノホモヨロゴゾドボポ",
}
_ROW = {letter: vowel for vowel, letters in _ROWS.items() for letter in letters}
_LONG = re.compile(f"([{''.join(_ROW)}])ー|([{_ROWS['オ']}])[ウオ]|([{_ROWS['エ']}])[イエ]")
_LENGTHENED = re.compile(f"([{''.join(_ROW)}])ー")
_LONGEST = 5
_ROMAJI = {
    letter: consonant
    for consonant, letters in {
        "k": "カキクケコ",
        "s": "サシスセソ",
        "t": "タチツテト",
        "n": "ナニヌネノン",
        "h": "ハヒフヘホ",
        "m": "マミムメモ",
        "r": "ラリルレロ",
    }.items()
    for letter in letters
}
_DIGRAPH = {"sh": "s", "ch": "t", "ts": "t", "th": "s", "ph": "h", "ck": "k", "ce": "s", "ci": "s", "x": "ks"}
_DIGRAPHS = re.compile("|".join(_DIGRAPH))
_ENGLISH = dict(zip(map(ord, "lvbpcqgfjzd"), "rhhhkkkhsst", strict=True))
_SILENT_R = re.compile("(?<=[aeiou])r(?![aeiouy])", re.IGNORECASE)
_NASAL = re.compile("m(?=[pb])")
_DOUBLE = re.compile(r"(.)\1")
_VOWELS = re.compile("[aeiouyw]")
_BEHIND_E = re.compile("(?<=[エケテデ])イ")
_NAMES_OF_LETTERS = dict(
    zip(
        map(ord, "abcdefghijklmnopqrstuvwxyz"),
        (
            *(
                "エ",
                "ビ",
                "シ",
                "デ",
                "イ",
                "エフ",
                "ジ",
                "エチ",
                "アイ",
                "ジエ",
                "ケ",
                "エル",
                "エム",
                "エヌ",
            ),
            *(
                "オ",
                "ピ",
                "キユ",
                "アル",
                "エス",
                "テ",
                "ユ",
                "ブイ",
                "ダブリユ",
                "エツクス",
                "ワイ",
                "ゼツト",
            ),
        ),
        strict=True,
    )
)
_INSERTED = re.compile(f"(?<=[{KANJI}])[ツノケ](?=[{KANJI}])")
_HOLDINGS = re.compile("ホールデイングス?|hd$|holdings?|hldgs")
_NUMERAL = re.compile("[〇一二三四五六七八九十百千]+")
_LOOK_ALIKE = dict(zip(map(ord, "二力口工卜夕八一三千才"), "ニカロエトタハーミチオ", strict=True))
