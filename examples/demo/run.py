"""The demo as a play in seven scenes; every scene ends with a look into the systems themselves.

python -m examples.demo.run --seed 7
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from examples.demo import accounting, check, edits, machines, maildir, screen, workspace
from examples.demo.kintone_app import Kintone
from examples.demo.machines import Tasuki
from examples.demo.scheduler import Finished, Scheduler
from examples.demo.truth import Truth
from examples.demo.workspace import Story

HOME = workspace.ROOT / ".demo" / "run"


class Play:
    """One performance. `good` turns False with the first difference."""

    def __init__(self, home: Path, story: Story, kintone: Kintone, tasuki: Tasuki) -> None:
        self.home = home
        self.story = story
        self.kintone = kintone
        self.tasuki = tasuki
        self.good = True

    def with_airflow(self, airflow: Scheduler) -> None:
        screen.scene("1. 初回の同期: 計画を人が承認する")
        self.sync(airflow, self.story.first, first=True)
        old = (self.home / workspace.LEDGER).read_bytes()

        screen.scene("2. 二日目: みんなが編集し、メールが届く")
        edits.perform(self.story.day, self.home, self.kintone)
        maildir.deliver(self.home / workspace.MAILDIR, self.story.letters)
        for told in self.story.day.told:
            screen.line(f"・{told}")
        self.sync(airflow, self.story.second)

        screen.scene("3. もう一度: 何も書かない")
        before = self.state()
        for name in ("customers", "mail_activities"):
            self.ended(self.run(airflow, name), "success")
        self.judge("書き込み0件(ファイルの全バイト、kintoneの全リビジョン)", _moved(before, self.state()))

        screen.scene("4. 古い控えの台帳で上書きされた: 止まる")
        self.stops(lambda: self.run(airflow, "customers").state == "failed", workspace.LEDGER, old)

    def alone(self) -> None:
        """Without Airflow: the command line does the same."""
        screen.scene("5. 空になった得意先.csv: 終了コード7")
        path = self.home / workspace.ACCOUNTING
        good = path.read_bytes()
        accounting.empty(path)
        empty = path.read_bytes()
        path.write_bytes(good)
        self.stops(lambda: self.tasuki("sync", "customers").code == 7, workspace.ACCOUNTING, empty)

        screen.scene("6. 元に戻して、もう一度: 何も書かない")
        before = self.state()
        said = self.tasuki("sync", "customers")
        screen.totals(said.json)
        self.judge("終了コード3(人が見る項目がある)", [] if said.code == 3 else [str(said.code)])
        self.judge("書き込み0件", _moved(before, self.state()))
        self.judge("読取件数は実際の行数", _misread(self.story.second, said.json))
        self.compare(self.story.second)

        screen.scene("7. 台帳の検証")
        said = self.tasuki("verify")
        self.judge(f"verify ok ({said.json['entries']:,}件)", [] if said.json["ok"] else [str(said.json)])

    def sync(self, airflow: Scheduler, truth: Truth, first: bool = False) -> None:
        customers = self.run(airflow, "customers")
        self.ended(customers, "success")
        activities = self.run(airflow, "mail_activities")
        self.ended(activities, "success")
        if first:
            asked = [run.question for run in (customers, activities)]
            self.judge("初回の承認を求めた", [] if all(asked) else ["承認なしに書き込んだ"])
        self.judge("同期が言う件数は正しい", _miscounted(truth, customers.outcome, activities.outcome))
        self.judge("保留の理由は正しい", self.misjudged(truth))
        self.compare(truth)

    def run(self, airflow: Scheduler, name: str) -> Finished:
        begun = time.monotonic()
        finished = airflow.run(name, "デモ: 内容を確認しました", screen.question)
        screen.line(f"Airflow sync__{name}: {finished.state} ({time.monotonic() - begun:.1f}秒)")
        if finished.outcome:
            screen.totals(finished.outcome)
        return finished

    def stops(self, run: Callable[[], bool], path: Path, bad: bytes) -> None:
        """A bad file stands in a good one's place: the sync stops, writes nothing, and goes on once told."""
        good = (self.home / path).read_bytes()
        (self.home / path).write_bytes(bad)
        before = self.state()
        self.judge(f"{path.name}: 安全のため止まった", [] if run() else ["止まらなかった"])
        last = self.tasuki("runs", "--limit", "1").json[0]["status"]
        self.judge("守り(ガード)が止めた", [] if last == "stopped" else [last])
        self.judge("書き込み0件", _moved(before, self.state()))
        (self.home / path).write_bytes(good)
        said = self.tasuki("acknowledge", "customers", "--reason", "元のファイルに戻した")
        self.judge("元に戻し、理由を残して解除した", [] if said.code == 0 else [str(said)])

    def misjudged(self, truth: Truth) -> Iterator[str]:
        held = [f"{row['system']} {row['code']}" for row in self.tasuki("quarantine", "list").json]
        for name in sorted(set(held) | set(truth.quarantined)):
            if held.count(name) != truth.quarantined.get(name, 0):
                yield f"{name}: {held.count(name)} ≠ {truth.quarantined.get(name, 0)}"

    def compare(self, truth: Truth) -> None:
        found = check.read(self.home, self.kintone)
        rows = sum(map(len, found.values()))
        links = check.links(truth, found)
        told = f"名寄せ: 適合率{links.precision:.3f}、再現率{links.recall:.3f}({links.true:,}組)"
        self.judge(told, [] if links.right == links.found == links.true else [str(links)])
        differences = check.compare(truth, found)
        self.judge(f"全システムの全{rows:,}行が正解と一致", map(screen.described, differences))

    def state(self) -> check.State:
        return check.state(self.home, self.kintone)

    def ended(self, run: Finished, state: str) -> None:
        self.judge(f"Airflowの実行は{state}", [] if run.state == state else [f"{run.state} {run.tasks}"])

    def judge(self, what: str, problems: Iterable[str]) -> None:
        self.good = screen.verdict(what, problems) and self.good


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m examples.demo.run")
    parser.add_argument("--seed", type=int, default=1, help="which firm: any whole number")
    seed = parser.parse_args(arguments).seed
    # A script that is told to end still stops what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    shutil.rmtree(HOME, ignore_errors=True)
    screen.scene(f"襷 デモ (seed {seed})")
    story = workspace.make(HOME, seed)
    screen.line(f"{HOME} に顧客台帳.xlsx、得意先.csv、kintone、メール80通と truth.json を作りました")
    with machines.kintone(HOME) as kintone:
        play = Play(HOME, story, kintone, Tasuki(HOME, kintone.url))
        with machines.airflow(play.tasuki) as page:
            screen.line(f"Airflow {page.url} ({time.monotonic() - begun:.1f}秒)")
            play.with_airflow(machines.enter(page))
        play.alone()
    screen.scene("終わり")
    result = "すべて正解と一致しました" if play.good else "正解と違うところがあります"
    screen.line(f"{result} ({time.monotonic() - begun:.0f}秒)")
    return 0 if play.good else 1


def _miscounted(truth: Truth, customers: Mapping[str, Any], activities: Mapping[str, Any]) -> Iterator[str]:
    if not customers or not activities:
        yield "結果がない"
        return
    for count in ("created", "updated"):
        for system, wanted in getattr(truth, count).items():
            if (found := customers["systems"][system][count]) != wanted:
                yield f"{system} {count}: {found} ≠ {wanted}"
    told = (
        ("conflicts", customers["conflicts"], truth.conflicts),
        ("reviews", customers["reviews"], truth.reviews),
        ("quarantined", customers["quarantined"], sum(truth.quarantined.values())),
        ("waiting", activities["waiting"], truth.waiting),
    )
    yield from (f"{name}: {found} ≠ {wanted}" for name, found, wanted in told if found != wanted)


def _misread(truth: Truth, outcome: Mapping[str, Any]) -> Iterator[str]:
    for system, counts in outcome["systems"].items():
        if counts["read"] != len(truth.rows[system]):
            yield f"{system}: {counts['read']} ≠ {len(truth.rows[system])}"


def _moved(before: check.State, after: check.State) -> Iterator[str]:
    for path, digest in before.files.items():
        if after.files[path] != digest:
            yield f"{path} が書き換えられた"
    for app, revisions in before.revisions.items():
        if after.revisions[app] != revisions:
            yield f"kintone アプリ{app} に書き込まれた"


if __name__ == "__main__":
    sys.exit(main())
