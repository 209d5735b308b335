"""The ledger: its arithmetic, and every way of tampering that its chain, its head or a witness can notice."""

import hashlib
import json
from pathlib import Path

import pytest

from tasuki.ledger import FIRST, Diff, Entry, Seal, encode, grow, leaf_hash, node_hash, root
from tasuki.verify import Report, Stored, verify

VECTORS = Path(__file__).parent / "vectors" / "ledger"
SEAL = Seal(bytes(range(32)))


def verified(name: str) -> tuple[Report, list[str]]:
    vector = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    entries = [
        Stored(one["seq"], one["body"].encode(), bytes.fromhex(one["hash"]), one["columns"])
        for one in vector["entries"]
    ]
    size, last = vector["head"]
    roots = {int(at): bytes.fromhex(kept) for at, kept in vector["checkpoints"].items()}
    values = [(digest, text.encode()) for digest, text in vector["values"]]
    report = verify(entries, (size, bytes.fromhex(last)), roots, values, SEAL.hide)
    return report, vector["codes"]


@pytest.mark.parametrize("name", sorted(path.stem for path in VECTORS.glob("*.json")))
def test_tampering_is_noticed_as_the_vector_says(name: str) -> None:
    report, codes = verified(name)
    assert report.ok == (not codes)
    assert set(codes) <= {problem.code for problem in report.problems}


def test_a_chain_alone_does_not_notice_a_lost_tail() -> None:
    """Why the head must be kept elsewhere."""
    vector = json.loads((VECTORS / "truncation.json").read_text("utf-8"))
    entries = [
        Stored(one["seq"], one["body"].encode(), bytes.fromhex(one["hash"]), one["columns"])
        for one in vector["entries"]
    ]
    assert verify(entries, None, {}).ok


@pytest.mark.parametrize("size", range(1, 18))
def test_the_grown_tree_has_the_root_that_rfc_6962_defines(size: int) -> None:
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    frontier: list[bytes | None] = []
    for leaf in leaves:
        frontier = grow(frontier, leaf)
    assert root(frontier) == by_definition(leaves)


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1: split at the largest power of two below the size."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root([]) == hashlib.sha256(b"").digest()


def test_an_entry_is_canonical_and_names_the_one_before() -> None:
    entry = Entry("sync.value", "2026-04-01T00:00:00.000Z", "soumu", diffs=(Diff("stage", "", "buyer"),))
    body = json.loads(encode(entry, 1, FIRST))
    assert list(body) == sorted(body)
    assert body["prev"] == "00" * 32
    assert body["diffs"] == [{"field": "stage", "after": "buyer"}]


@pytest.mark.invariant("I11")
def test_a_hidden_value_tells_nothing_and_is_the_same_every_time() -> None:
    hidden = SEAL.hide("03-1234-5678")
    assert "1234" not in hidden
    assert hidden == SEAL.hide("03-1234-5678")
    assert hidden != SEAL.hide("03-1234-5678", "disclosure")
    assert hidden != Seal(bytes(32)).hide("03-1234-5678")
    assert SEAL.hide("") == ""
