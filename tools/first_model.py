"""Writes the model that matching starts with, before a firm has rows enough to learn one of its own.

Run `python -m tools.first_model` when the kinds of tasuki/identity/kinds.py or the generator changed. It is
learned from made-up masters, as everything that would reach somebody there is made up.
"""

from collections.abc import Iterator
from math import log2
from random import Random

from tasuki.identity.likeness import ENOUGH, FIELDS, FIRST
from tasuki.identity.matching import match
from tasuki.identity.modelfile import save
from tests.benchmarks.identity.masters import Row, draw

SEED = 101
ROWS = 40_000


def texts(rows: list[Row]) -> dict[str, list[str]]:
    """The columns of the generator, and those it lacks: mobile, fax, e-mail and 法人番号."""
    found: dict[str, list[str]] = {field.name: [] for field in FIELDS["customer"]}
    random = Random(SEED)
    for row in rows:
        told = {
            "name": row.name,
            "name_kana": row.kana,
            "phone": row.phone,
            "address": f"{row.address} {row.building}".strip(),
            "postal_code": row.postal,
        }
        told |= {name: _typed(random, text) for name, text in _reached(random, row.entity)}
        for name, column in found.items():
            column.append(told[name])
    return found


def _reached(random: Random, entity: int) -> Iterator[tuple[str, str]]:
    """Firms have several addresses and mobiles, of which each system knows one; a fax stays."""
    own = Random(entity)
    domain = f"d{own.randrange(40)}.example.ne.jp" if own.random() < 0.1 else f"c{entity}.example.jp"
    local = own.choice(("info", "soumu", "eigyo", f"u{own.randrange(10**6)}"))
    yield "corporate_number", _corporate_number(f"{own.randrange(10**12):012}")
    yield "fax", f"0{own.randrange(3, 7)}-{own.randrange(2000, 9999)}-{own.randrange(10000):04}"
    yield "email", f"{local if random.random() < 0.65 else random.choice(_DESKS)}@{domain}"
    who = own if random.random() < 0.7 else random
    yield "mobile", f"090-{who.randrange(1000, 9999)}-{who.randrange(10000):04}"


_DESKS = ("support", "keiri", "tanaka", "suzuki", "sales", "honsha")


def _typed(random: Random, text: str) -> str:
    """Missing nearly as often as not, wrong now and then."""
    if random.random() < 0.4:
        return ""
    at = random.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :] if random.random() < 0.02 else text


def _corporate_number(registry: str) -> str:
    """With the check digit of 法人番号の指定等に関する省令 第2条 in front."""
    total = sum(int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(registry)))
    return f"{9 - total % 9}{registry}"


def main() -> None:
    model = match(FIELDS["customer"], texts(draw(SEED, ROWS))).model
    # How often a made-up name occurs says nothing of a firm's own ledger, and that has fewer rows.
    fields = tuple(learned._replace(common={}, filled=0) for learned in model.fields)
    fewer = log2(model.rows / ENOUGH)
    same, neighbour, namesake = (odds + fewer for odds in model.prior)
    save(model._replace(fields=fields, prior=(same, neighbour, namesake), rows=ENOUGH), FIRST)


if __name__ == "__main__":
    main()
