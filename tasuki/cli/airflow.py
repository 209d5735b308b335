"""up and down: Airflow for one workspace."""

import sys

from tasuki import launcher
from tasuki.cli.screen import Screen


def up(screen: Screen, port: int, detach: bool) -> int:
    """Says where the page is; unless detached it then stays, and ends with all that it started."""
    running = launcher.up(screen.home, port=port)
    if screen.as_json:
        told = {"address": running.url, "login": running.login}
        screen.emit({**told, "password_file": str(running.password_file)})
    screen.say(f"{screen.word('address')}: {running.url}", "bold")
    screen.say(f"{screen.word('login')}: {running.login}")
    screen.say(f"{screen.word('password')}: {running.password_file}")
    if not detach:
        sys.stdout.flush()
        launcher.stay(screen.home)
    return 0


def down(screen: Screen) -> int:
    stopped = launcher.down(screen.home)
    if screen.as_json:
        screen.emit({"stopped": stopped})
    return 0
