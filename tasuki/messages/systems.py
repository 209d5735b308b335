"""Messages about systems that do not answer as they should (TSK-3…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
}
