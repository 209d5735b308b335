"""Many texts as one long row of letters, so that numpy can fold, cut and hash a whole column at once."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

END = 0
"""Stands before the first text and behind every text."""


class Outline(NamedTuple):
    """What is seen of texts at once, before their letters are counted."""

    lengths: Ints
    letters: Hashes
    """A bit for each letter of a text; several letters share one."""


class Letters(NamedTuple):
    """Texts as code points."""

    codes: Codes
    ends: Ints
    """Where each END stands, one more than there are texts."""

    @property
    def size(self) -> int:
        return len(self.ends) - 1

    @property
    def starts(self) -> Ints:
        return self.ends[:-1] + 1

    @property
    def lengths(self) -> Ints:
        return self.ends[1:] - self.ends[:-1] - 1

    def texts(self) -> list[str]:
        if not self.size:
            return []
        return self.codes[1:-1].tobytes().decode("utf-32-le", "surrogatepass").split("\0")

    def keep(self, kept: Bools) -> "Letters":
        """Only the letters where `kept`; ENDs stay."""
        return of_codes(self.codes[kept | (self.codes == END)])

    def take(self, texts: Ints) -> "Letters":
        """Some of the texts, in the order given."""
        lengths = self.lengths[texts] + 1
        ends = np.concatenate([[0], np.cumsum(lengths)])
        codes = np.empty(int(ends[-1]) + 1, np.uint32)
        codes[0] = END
        codes[1:] = self.codes[np.repeat(self.starts[texts] - ends[:-1], lengths) + np.arange(ends[-1])]
        return Letters(codes, ends)

    def put(self, texts: Ints, others: Sequence[str], which: Ints | None = None) -> "Letters":
        """With other texts in some places; `which` tells of each place which one."""
        if not len(texts):
            return self
        place = np.arange(self.size)
        place[texts] = self.size + (np.arange(len(texts)) if which is None else which)
        return joined([self, of_texts(others)]).take(place)

    def cut(self, starts: Ints, ends: Ints) -> "Letters":
        """Of each text the letters from its `starts` to its `ends`, both counted in `codes`."""
        change = np.zeros(len(self.codes) + 1, np.int8)
        change[starts] += 1
        change[np.maximum(starts, ends)] -= 1
        return self.keep(np.cumsum(change[:-1], dtype=np.int8) > 0)

    def outline(self) -> Outline:
        place = (self.codes * np.uint32(0x9E3779B1)) >> np.uint32(26)
        bits = np.where(self.codes == END, np.uint64(0), np.uint64(1) << place.astype(np.uint64))
        found = np.bitwise_or.reduceat(bits, self.ends[:-1]) if self.size else np.empty(0, np.uint64)
        return Outline(self.lengths, found)

    def text_of(self, positions: Ints) -> Ints:
        """Which text each of these letters belongs to."""
        return np.searchsorted(self.ends, positions) - 1


class Sums(NamedTuple):
    """Texts, ready to be hashed; a hash hangs on the letters alone, never on where they stand."""

    starts: Ints
    ends: Ints
    sums: Hashes
    inverse: Hashes

    def hashes(self, head: int = 0, tail: int = 0) -> Hashes:
        """Of each text, or of its first or last letters; 0 of ""."""
        starts, ends = self.starts, self.ends
        if head:
            ends = np.minimum(ends, starts + head)
        if tail:
            starts = np.maximum(starts, ends - tail)
        found = mixed((self.sums[ends] - self.sums[starts]) * self.inverse[starts])
        found[starts >= ends] = 0
        return found


def sums(letters: Letters) -> Sums:
    powers, inverse = _powers(1 << max(len(letters.codes).bit_length(), 10))
    found = np.zeros(len(letters.codes) + 1, np.uint64)
    np.cumsum(letters.codes * powers[: len(letters.codes)], out=found[1:])
    return Sums(letters.starts, letters.ends[1:], found, inverse)


def of_texts(texts: Sequence[str]) -> Letters:
    line = "\0".join(texts)
    if line.count("\0") != max(len(texts) - 1, 0):
        line = "\0".join(text.replace("\0", " ") for text in texts)
    return of_line(line) if texts else of_codes(np.zeros(1, np.uint32))


def of_line(line: str) -> Letters:
    """Texts with "\\0" between them."""
    codes = np.zeros(len(line) + 2, np.uint32)
    codes[1:-1] = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), np.uint32)
    return of_codes(codes)


def of_codes(codes: Codes) -> Letters:
    return Letters(codes, (codes == END).nonzero()[0])


def joined(some: Sequence[Letters]) -> Letters:
    return of_codes(np.concatenate([np.zeros(1, np.uint32), *(one.codes[1:] for one in some)]))


def flags(letters: str) -> Bools:
    """By code point; the last stands for all others above."""
    found = np.zeros(max(map(ord, letters)) + 2, bool)
    found[[ord(letter) for letter in letters]] = True
    return found


def among(codes: Codes, letters: Bools) -> Bools:
    """Which of them are flagged; for few texts several times as fast as np.isin."""
    return np.asarray(letters[np.minimum(codes, len(letters) - 1)])


def mixed(number: Hashes) -> Hashes:
    """Every bit of the outcome hangs on every bit; never 0 (splitmix64)."""
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.maximum(number ^ (number >> np.uint64(31)), np.uint64(1))


def both(one: Hashes, other: Hashes) -> Hashes:
    """A hash of two hashes in this order."""
    return mixed(one * np.uint64(0x9E3779B97F4A7C15) + other)


class Distinct(NamedTuple):
    """What is left of hashes when each counts once."""

    hashes: Hashes
    """Rising."""
    first: Ints
    """One place of each."""
    codes: Ints
    """Of each place given, where its hash stands in `hashes`."""


def distinct(hashes: Hashes) -> Distinct:
    order = np.argsort(hashes)
    rising = hashes[order]
    new = np.concatenate([[True], rising[1:] != rising[:-1]])[: len(rising)]
    codes = np.empty(len(hashes), np.int64)
    codes[order] = np.cumsum(new) - 1
    return Distinct(rising[new], order[new], codes)


@cache
def _powers(length: int) -> tuple[Hashes, Hashes]:
    """Powers of an odd number modulo 2**64, and of its inverse: they make a hash free of its place."""
    base = 0x9E3779B97F4A7C55
    found = []
    for number in (base, pow(base, -1, 1 << 64)):
        powers = np.full(length, number, np.uint64)
        powers[0] = 1
        found.append(np.cumprod(powers))
    return found[0], found[1]
