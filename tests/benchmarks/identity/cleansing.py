"""How right addresses are read, and how many values of a kind are cleaned in a second of one core:
`python -m tests.benchmarks.identity.cleansing`. Ends with 1 when a bar is missed.
"""

import sys
import time
from collections.abc import Iterator, Sequence

from tasuki.japanese.kinds import KINDS
from tests import addresses
from tests.benchmarks.identity.lines import Line, report
from tests.benchmarks.identity.masters import draw

SEED, ROWS = 11, 30_000
"""A seed that nothing was tuned on."""


def main() -> int:
    return report([*_right(), *_fast()])


def _right() -> Iterator[Line]:
    """Geolonia's parser reads 99.15 % of the towns of its own list, 44.5 and 35.7 % of the hard cases."""
    public, hard, kyoto = addresses.public(), addresses.hard(kyoto=False), addresses.hard(kyoto=True)
    yield Line("public list, city %", public.city * 100, None)
    yield Line("public list, town %", public.town * 100, 99.15)
    yield Line("hard cases, city %", hard.city * 100, 80)
    yield Line("hard cases, town %", hard.town * 100, 70)
    yield Line("hard cases of Kyoto, city %", kyoto.city * 100, None)
    yield Line("hard cases of Kyoto, town %", kyoto.town * 100, None)


def _fast() -> Iterator[Line]:
    """The lists as a firm would hand them over, none of them seen before."""
    drawn = draw(SEED, ROWS)
    public = [row["住所"] for row in addresses.rows("addresses.csv")]
    yield Line("names a user-second", _pace("company_name", [row.name for row in drawn]), 20_000)
    yield Line("telephones a user-second", _pace("phone", [row.phone for row in drawn if row.phone]), 50_000)
    yield Line("addresses a user-second", _pace("address", public), 5_000)
    made = [row.address for row in drawn if row.address]
    yield Line("addresses of made-up firms a user-second", _pace("address", made), 5_000)


def _pace(kind: str, texts: Sequence[str]) -> float:
    normalise = KINDS[kind]
    normalise(texts[0])  # the tables that it reads by
    begun = time.process_time()
    for text in texts:
        normalise(text)
    return len(texts) / (time.process_time() - begun)


if __name__ == "__main__":
    sys.exit(main())
