"""Messages about values that cannot be read (TSK-2…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {}
