"""What a program costs: CPU time of it and all its children, and the memory they held."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

GLANCE = 0.02
"""Seconds between two looks at the memory of the whole family."""


class Cost(NamedTuple):
    """Time in seconds, memory in MB."""

    cpu: float
    """User and system, imports included."""
    clock: float
    peak: float
    """Of the largest process."""
    together: float
    """Of all its processes at the same moment."""
    code: int
    output: str


def cost(command: Sequence[str]) -> Cost:
    """Runs a program to its end. CPU is what the kernel counted, not what the clock shows."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, env=_ENVIRONMENT)
        together = peak = 0
        while True:
            held = list(_family(child.pid))
            together = max(together, sum(now for now, _ in held))
            # Not the kernel's ru_maxrss: that begins with what the parent held when it forked.
            peak = max([peak, *(most for _, most in held)])
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(GLANCE)
        clock = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode()
    cpu = used.ru_utime + used.ru_stime
    return Cost(cpu, clock, peak / 1024, max(peak, together) / 1024, child.returncode, said)


# An installed program was compiled once, and not again by each process.
_ENVIRONMENT = {name: told for name, told in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def least(runs: Iterable[Cost]) -> Cost:
    """The cheapest of runs that did the same; with the largest memory of them all."""
    found = list(runs)
    peak, together = max(run.peak for run in found), max(run.together for run in found)
    return min(found, key=lambda run: run.cpu)._replace(peak=peak, together=together)


def together(parts: Sequence[Cost]) -> Cost:
    """One after another."""
    return Cost(
        sum(part.cpu for part in parts),
        sum(part.clock for part in parts),
        max(part.peak for part in parts),
        max(part.together for part in parts),
        parts[-1].code,
        parts[-1].output,
    )


def _family(pid: int) -> Iterator[tuple[int, int]]:
    """What a process and its descendants hold now, and the most that each ever held; in kB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return  # it ended between two looks
    sizes = dict(re.findall(r"^Vm(RSS|HWM):\s+(\d+) kB$", status, re.MULTILINE))
    if sizes:
        yield int(sizes["RSS"]), int(sizes["HWM"])
    for child in children:
        yield from _family(int(child))
