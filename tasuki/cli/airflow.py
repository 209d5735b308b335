"""up and down: Airflow for one workspace."""

from tasuki import launcher
from tasuki.cli.screen import Screen


def up(screen: Screen, port: int) -> int:
    running = launcher.up(screen.home, port=port)
    if screen.as_json:
        screen.emit(
            {"address": running.url, "login": running.login, "password_file": str(running.password_file)}
        )
        return 0
    screen.say(f"{screen.word('address')}     {running.url}", "bold")
    screen.say(f"{screen.word('login')}   {running.login}")
    screen.say(f"{screen.word('password')} {running.password_file}")
    return 0


def down(screen: Screen) -> int:
    launcher.down(screen.home)
    if screen.as_json:
        screen.emit({"stopped": True})
    return 0
