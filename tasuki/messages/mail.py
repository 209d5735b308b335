"""Messages about mail (TSK-7…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
}
