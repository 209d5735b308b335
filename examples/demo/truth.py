"""What every system must show, and what the syncs must say they did: truth.json, written beforehand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from examples.demo.customer import SYSTEMS, Expected, shown
from examples.demo.firm import Firm
from examples.demo.maildir import Letter

Rows = list[dict[str, str]]


class Truth(NamedTuple):
    """After one sync."""

    created: dict[str, int]
    updated: dict[str, int]
    conflicts: int
    reviews: int
    quarantined: dict[str, int]
    """System and code → rows."""
    waiting: int
    """Mails whose sender nobody knows."""
    rows: dict[str, Rows]
    """Every row of every system."""
    links: list[dict[str, dict[str, str]]]
    """Customers that several systems knew at first: system → its row."""

    def as_json(self) -> dict[str, Any]:
        return self._asdict()


def tell(
    firm: Firm, expected: Expected, letters: Iterable[Letter], waiting: int, others: Mapping[str, Rows]
) -> Truth:
    """`others` are the rows that no sync touches."""
    activities = [letter.activity for letter in letters if letter.activity]
    rows = {system: shown(firm.customers, system) + others[system] for system in SYSTEMS}
    return Truth(
        created=dict(expected.created),
        updated=dict(expected.updated),
        conflicts=sum(len(customer.conflicts) for customer in firm.customers),
        reviews=len(firm.alone),
        quarantined=dict(Counter(f"{bad.system} {bad.code}" for bad in firm.bad)),
        waiting=waiting,
        rows=rows | {"activities": activities},
        links=[
            {system: shown([customer], system)[0] for system in customer.first if system in customer.rows}
            for customer in firm.customers
            if len(customer.first) > 1
        ],
    )
