"""Every message a person can meet, by stable code, in Japanese and English."""

from typing import NamedTuple

from tasuki.messages import addresses, config, files, launch, mail, matching, plans, systems, values
from tasuki.messages.text import Both, Text

CATALOGUE: dict[str, Text] = {
    **files.MESSAGES,
    **values.MESSAGES,
    **systems.MESSAGES,
    **config.MESSAGES,
    **plans.MESSAGES,
    **mail.MESSAGES,
    **addresses.MESSAGES,
    **launch.MESSAGES,
    **matching.MESSAGES,
}


class Message(NamedTuple):
    """What happened and what to do, in one language."""

    text: str
    hint: str


def render(code: str, lang: str = "ja", **details: object) -> Message:
    """The message of `code` with its `{placeholders}` filled; `lang` is "ja" or "en".

    A placeholder without a value stays visible as written: a half message beats a lost one.
    """
    text = CATALOGUE[code]
    fill = _Visible({key: _in(lang, value) for key, value in details.items()})
    if lang == "en":
        return Message(text.en.format_map(fill), text.en_hint.format_map(fill))
    return Message(text.ja.format_map(fill), text.ja_hint.format_map(fill))


def _in(lang: str, value: object) -> object:
    return (value.en if lang == "en" else value.ja) if isinstance(value, Both) else value


class _Visible(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
