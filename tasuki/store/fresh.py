"""The files that a workspace gets at first use, whoever of several programs comes first."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def make_whole(path: Path, fill: Callable[[Path], object]) -> None:
    """Makes a file for its owner alone (mode 0600) unless there is one.

    Others see it filled or not at all; of several who make it the first one's stays. Raises OSError where
    the folder doesn't let it.
    """
    if path.exists():
        return
    with tempfile.TemporaryDirectory(prefix=".new", dir=path.parent) as folder:
        new = Path(folder) / path.name
        new.touch(0o600)
        fill(new)
        try:
            os.link(new, path)
        except FileExistsError:
            return
