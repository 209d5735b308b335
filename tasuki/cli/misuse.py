"""What is said when a command is misspelled, or lacks something it needs."""

from collections.abc import Sequence
from typing import Any

from tasuki.cli.screen import Screen
from tasuki.errors import UserError


def told(error: Any, given: Sequence[str]) -> int:
    """The exit code of click's UsageError `error`, said in the language that the words `given` ask for."""
    # Without a text the command was asked for nothing, and its help stands there already.
    if text := error.format_message():
        english = "--lang en" in " ".join(given).replace("=", " ")
        Screen(None, "--json" in given, "en" if english else None, quiet=False).error(_said(error, text))
    return int(error.exit_code)


def _said(error: Any, text: str) -> UserError:
    command = error.ctx.command_path if error.ctx else "tasuki"
    missing = getattr(error, "param", None)
    if missing is None or error.message:
        return UserError("TSK-4048", problem=text, command=command)
    option = missing.param_type_name == "option"
    name = missing.opts[0] if option else missing.metavar or missing.name
    return UserError("TSK-4047", name=name, command=command)
