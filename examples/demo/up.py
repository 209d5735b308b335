"""The demo's firm to try by hand: stays until Ctrl-C. Airflow's page, and everything behind it."""

import signal
import sys
import threading

from examples.demo import machines, screen, workspace
from examples.demo.machines import Tasuki

HOME = workspace.ROOT / ".demo" / "up"


def main() -> int:
    """What was done the last time is still there."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not (HOME / "truth.json").exists():
        workspace.make(HOME, seed=1)
    with machines.kintone(HOME) as kintone, machines.airflow(Tasuki(HOME, kintone.url)) as page:
        screen.scene("襷")
        for name, text in (("アドレス", page.url), ("ログイン", page.login), ("パスワード", page.password)):
            screen.line(f"{name}: {text}")
        screen.line(f"ワークスペース: {HOME}   終了: Ctrl-C")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            screen.line("終了します")
    return 0


if __name__ == "__main__":
    sys.exit(main())
