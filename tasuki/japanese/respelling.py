"""Names that are not spelled alike and may still be one: サーバ and サーバー, a reading and its kanji."""

import re
from collections.abc import Callable
from typing import Literal

from tasuki.japanese.numerals import number
from tasuki.japanese.width import KANJI


def respelled(one: str, other: str) -> Literal["", "respelled", "script"]:
    """Why a person should look at two folded names that differ; "" when nothing says so.

    `script`: one is written as the other may sound (ヤマダシヨウテン and 山田商店).
    """
    if any(rewrite(one) == rewrite(other) for rewrite in _REWRITTEN):
        return "respelled"
    return "script" if may_sound(one, other) or may_sound(other, one) else ""


def may_sound(written: str, sound: str) -> bool:
    """Whether kana or Latin letters may be how the other is read."""
    if _KANA.fullmatch(sound):
        return bool(_HAS_KANJI.search(written)) and bool(_sound_of(written).fullmatch(sound))
    if not (sound.isascii() and sound.isalpha()):
        return False
    return bool(_KANA.fullmatch(written)) and _consonants(_latin(written)) == _consonants(sound)


def _sound_of(written: str) -> re.Pattern[str]:
    """Kana stand for themselves; one kanji has up to five, a trade in kanji has its own."""
    trade = next((word for word in _TRADES if written.endswith(word)), "")
    letters = written.removesuffix(trade)
    return re.compile("".join(map(_sound, letters)) + _TRADES.get(trade, ""))


def _sound(letter: str) -> str:
    if _HAS_KANJI.match(letter):
        return "[ァ-ヺー]{1,5}"
    return f"{letter}?" if letter == "ー" else letter if _KANA.match(letter) else "[ァ-ヺー]{1,8}"


def _consonants(latin: str) -> str:
    """What is left of sample and sanpuru alike; l is r in kana, v is b, an m before p or b is ン."""
    return _VOWELS.sub("", _DOUBLE.sub(r"\1", _NASAL.sub("n", latin.lower().translate(_ENGLISH))))


def _latin(kana: str) -> str:
    return "".join(_ROMAJI.get(letter, "") for letter in kana)


def _vowels(text: str) -> str:
    """サーバ for サーバー, サトオ for サトー and サトウ, バ for ヴァ, ジ for ヂ."""
    text = _LAST_LONG.sub(r"\1", text)
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


_REWRITTEN: tuple[Callable[[str], str], ...] = (_vowels, _shorter, _figures, _shapes)

_KANA = re.compile("[ァ-ヺー]+")
_HAS_KANJI = re.compile(f"[{KANJI}]")
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
        "g": "ガギグゲゴ",
        "z": "ザジズゼゾ",
        "d": "ダヂヅデド",
        "b": "バビブベボヴ",
        "p": "パピプペポ",
    }.items()
    for letter in letters
}
_ENGLISH = dict(zip(map(ord, "lvcqfj"), "rbkkhz", strict=True)) | {ord("x"): "ks"}
_NASAL = re.compile("m(?=[pb])")
_DOUBLE = re.compile(r"(.)\1")
_VOWELS = re.compile("[aeiouyw]")
_INSERTED = re.compile(f"(?<=[{KANJI}])[ツノケ](?=[{KANJI}])")
_HOLDINGS = re.compile("ホールデイングス?|hd$|holdings?|hldgs")
_NUMERAL = re.compile("[〇一二三四五六七八九十百千]+")
_LOOK_ALIKE = dict(zip(map(ord, "二力口工卜夕八一三千才"), "ニカロエトタハーミチオ", strict=True))
_TRADES = {
    "商店": "シヨウテン",
    "商会": "シヨウカイ",
    "商事": "シヨウジ",
    "工業": "コウギヨウ",
    "産業": "サンギヨウ",
    "建設": "ケンセツ",
    "製作所": "セイサクジヨ|セイサクシヨ",
    "銀行": "ギンコウ",
    "電機": "デンキ",
    "運輸": "ウンユ",
    "不動産": "フドウサン",
    "工務店": "コウムテン",
    "食品": "シヨクヒン",
    "印刷": "インサツ",
}
