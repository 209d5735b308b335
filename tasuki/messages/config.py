"""Messages about configuration (TSK-4…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
}
