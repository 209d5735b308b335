"""Messages about plans, limits, guards, the store and the ledger (TSK-5…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
}
