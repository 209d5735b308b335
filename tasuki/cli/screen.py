"""What a command shows: tables and bars for people, JSON for programs, and the exit code for both."""

import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from tasuki import settings
from tasuki.cli.words import WORDS
from tasuki.errors import Retry, Skip, Stop, TasukiError, UserError
from tasuki.messages import render

PIPED = 200
"""Characters a line may have where no terminal says how wide it is."""

EXIT: dict[type[TasukiError], int] = {UserError: 2, Retry: 1, Skip: 3, Stop: 7}


class Screen:
    """One command's way to speak: `home`, `lang` and whether a person or a program listens."""

    def __init__(self, home: Path | None, as_json: bool, lang: str | None, quiet: bool) -> None:
        self.home = settings.home(home)
        self.as_json = as_json
        self.lang = settings.language(lang)
        self.quiet = quiet
        width = None if settings.on_terminal() else PIPED
        self.console = Console(highlight=False, soft_wrap=True, width=width)
        self.errors = Console(stderr=True, highlight=False, soft_wrap=True)

    @property
    def actor(self) -> str:
        """Who acts: the user of this machine; stands in every entry of the ledger."""
        return f"os:{getpass.getuser()}"

    @property
    def workspace(self) -> Path:
        """`home`, surely one. Raises UserError TSK-4039: elsewhere a new, empty store would look well."""
        if not (self.home / "dags").is_dir() or not (self.home / "mappings").is_dir():
            raise UserError("TSK-4039", str(self.home))
        return self.home

    def run(self, command: Callable[..., int], **options: Any) -> int:
        """The command's exit code; an expected error is shown without its traceback."""
        try:
            # An auditor reads it years later: a blank says nothing.
            if not options.get("reason", "-").strip():
                raise UserError("TSK-4046")
            return command(self, **options)
        except TasukiError as error:
            self.error(error)
            return next(code for kind, code in EXIT.items() if isinstance(error, kind))

    def word(self, key: str) -> str:
        ja, en = WORDS[key]
        return en if self.lang == "en" else ja

    def say(self, text: str, style: str = "") -> None:
        if not self.as_json and not self.quiet:
            self.console.print(Text(text, style=style))

    def emit(self, value: object) -> None:
        """One JSON value on one line."""
        sys.stdout.write(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode() + "\n")

    def table(self, columns: Sequence[str], lines: Sequence[Sequence[object]], title: str = "") -> None:
        """`columns` are keys of WORDS; numbers stand to the right."""
        if self.as_json or self.quiet:
            return
        table = Table(title=title or None, title_justify="left", show_edge=False, pad_edge=False)
        for index, column in enumerate(columns):
            number = bool(lines) and all(isinstance(line[index], int) for line in lines)
            table.add_column(self.word(column), justify="right" if number else "left", overflow="fold")
        for line in lines:
            table.add_row(*(Text(str(cell)) for cell in line))
        self.console.print(table)

    def error(self, error: TasukiError) -> None:
        if self.as_json:
            self.emit({"error": error.as_json()})
            return
        message = error.message(self.lang)
        where = f"{error.place}: " if error.place else ""
        self.errors.print(Text(f"{where}{message.text} [{error.code}]", style="bold red"))
        if message.hint:
            self.errors.print(Text(f"  → {message.hint}"))

    def explain(self, code: str, **details: object) -> tuple[str, str]:
        """A message of the catalogue and its hint, in the language of this screen."""
        return render(code, self.lang, **details)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, str, int], None]]:
        """Told (step, system, records): one line a system. Silent for programs and pipes."""
        if self.as_json or self.quiet or not self.errors.is_terminal:
            yield lambda step, system, count: None
            return
        bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=self.errors,
        )
        tasks: dict[tuple[str, str], Any] = {}

        def watch(step: str, system: str, count: int) -> None:
            if (step, system) not in tasks:
                tasks[step, system] = bars.add_task(f"{self.word(step)} {system}", total=None)
            bars.advance(tasks[step, system], count)

        with bars:
            yield watch
