"""Lines of any make: read as the csv reader reads them, and left as they are when others change."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, strategies as st

from connectors._delimited import lines
from connectors._delimited.search import search
from connectors._delimited.table import Table
from connectors.csv import CsvConnector, CsvSettings
from tasuki.connector import Result, Stale, Write, Written

NAMES = ("コード", "名", "備考")
HEADER = "コード,名,備考\r\n".encode("cp932")


class Read(NamedTuple):
    """One record as the csv reader sees it; no cells when it can't be read."""

    at: int
    raw: bytes
    cells: list[str]


def plainly_read(content: bytes) -> Iterator[Read]:
    """Line by line through one reader, which is slow and leaves nothing to think about."""
    raws: list[bytes] = []

    def texts() -> Iterator[str]:
        for line in io.BytesIO(content):
            raws.append(line)
            yield line.decode("cp932", "surrogateescape")

    reader, at = csv.reader(texts(), strict=True), 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        raw = b"".join(raws)
        raws.clear()
        bad = len(cells) != len(NAMES) or b"\0" in raw or not _decodes(raw)
        yield Read(at, raw, [] if bad else cells)
        at = reader.line_num + 1


def _decodes(raw: bytes) -> bool:
    try:
        return raw.decode("cp932") is not None
    except UnicodeDecodeError:
        return False


ODDITIES = [b",", b'"', b"\r", b"\n", b"\r\n", b'""', b'","', b" ", b"\t", b"\0", b"\x81", b"\x0b", b"\x85"]
WORDS = [b"C1", b"C2", b"", b"a", "山田".encode("cp932"), "ソ".encode("cp932"), b"\xfa\x54"]
SCRAPS = st.lists(st.sampled_from([*ODDITIES, *WORDS]), max_size=60).map(b"".join)


@st.composite
def rows(draw: st.DrawFn) -> bytes:
    """A row as programs write it: some cells quoted, over several lines too."""
    cells = []
    for _ in NAMES:
        cell = draw(st.lists(st.sampled_from(WORDS), max_size=2).map(b"".join))
        inside = draw(st.sampled_from([b"", b",", b'""', b"\r\n", b"\n"]))
        cells.append(b'"' + cell + inside + b'"' if inside or draw(st.booleans()) else cell)
    return b",".join(cells) + draw(st.sampled_from([b"\r\n", b"\n", b"\r\n\r\n", b" \n"]))


FILES = st.lists(rows() | SCRAPS, max_size=12).map(b"".join)


@given(FILES)
@example(b'"C1","","",""\r\n')
@example(b'a"b,"c\nC1,d",e\n')
@example(b'"","",""\n"",",""\n')
@example(b"C1,a\rb,c\nC2,d,e")
def test_every_record_is_what_the_csv_reader_makes_of_it(content: bytes) -> None:
    for block in (16, lines.BLOCK):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lines, "BLOCK", block)
            table = Table(io.BytesIO(content), "cp932", ",", NAMES, "a.csv")
            found = [(record.at, record.cells) for record in table.records()]
            assert found == [(read.at, read.cells) for read in plainly_read(content)]


@given(FILES, st.sampled_from([0, 1, 2]))
def test_rows_are_found_where_they_stand(content: bytes, key_at: int) -> None:
    table = Table(io.BytesIO(content), "cp932", ",", NAMES, "a.csv")
    reads = [read for read in plainly_read(content) if read.cells]
    for key in ("C1", "C2", "山田", "a,", 'C1"'):
        same = [read for read in reads if read.cells[key_at] == key]
        found = search(table, key_at, [key])
        assert found.counts[key] == len(same)
        assert found.last == (reads[-1].raw if reads else b"")
        for spot in found.spots.values():
            assert content[spot.start :].startswith(spot.raw)
            assert (spot.record.at, spot.raw, spot.record.cells) == same[0]


@given(FILES, FILES, st.sampled_from(["髙橋", "a,b", 'さ"と', "", "a\nb"]))
def test_a_change_leaves_every_other_byte_alone(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes, name: str
) -> None:
    whole = before.rstrip(b"\r\n") + b"\r\n" if before else b""
    home = tmp_path_factory.mktemp("file")
    content = HEADER + whole + b'C9,"a",b \n' + after
    (home / "a.csv").write_bytes(content)
    [result] = _rename(home, name)
    start = content.find(b'C9,"a",b \n')
    now = (home / "a.csv").read_bytes()
    if isinstance(result, Stale):
        assert now == content  # an open quote further up took the row in
        return
    assert isinstance(result, Written)
    assert now[:start] == content[:start]
    assert now.endswith(b",b \n" + after)
    assert result.cells == {"名": name}


def _rename(home: Path, name: str) -> list[Result]:
    settings = CsvSettings(path=Path("a.csv"), encoding="cp932")
    connector = CsvConnector(settings, key="コード", home=home)
    return connector.write(["名"], [Write("update", "C9", {"名": name}, {"名": "a"}, "", "t")])


def test_a_cell_that_stays_keeps_the_bytes_of_another_code_page(tmp_path: Path) -> None:
    """cp932 has ¬ and the Roman numerals twice or thrice; a program may look for its own."""
    (tmp_path / "a.csv").write_bytes(HEADER + b'C9,"a",\xfa\x54\xee\xef\r\n')
    _rename(tmp_path, "b")
    assert (tmp_path / "a.csv").read_bytes() == HEADER + b'C9,"b",\xfa\x54\xee\xef\r\n'
