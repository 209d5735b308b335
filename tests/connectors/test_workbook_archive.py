"""The zip of a workbook, copied: what isn't replaced keeps its bytes, however the zip was made."""

import io
import zipfile

import pytest

from connectors._workbook.archive import Archive


@pytest.mark.parametrize("how", ["deflated", "stored", "streamed", "zip64", "commented"])
def test_a_copy_without_changes_is_the_same_file(how: str) -> None:
    assert Archive(_zip(how), "").replaced({}) == _zip(how)


@pytest.mark.parametrize("how", ["deflated", "stored", "streamed", "zip64", "commented"])
def test_a_replaced_part_leaves_the_others_as_they_were(how: str) -> None:
    before = Archive(_zip(how), "")
    after = Archive(before.replaced({"B.XML": [b"new ", b"content"]}), "")
    with zipfile.ZipFile(io.BytesIO(after.data)) as archive:
        assert archive.testzip() is None
        assert archive.read("b.xml") == b"new content"
        assert archive.getinfo("b.xml").date_time == (2001, 2, 3, 4, 5, 6)
    for name in ("a.xml", "c.bin"):
        old, new = before.parts[name], after.parts[name]
        assert before.data[old.start : old.end] == after.data[new.start : new.end]


def _zip(how: str) -> bytes:
    class Pipe(io.BytesIO):
        """Can't go back, so that sizes follow the data."""

        def seekable(self) -> bool:
            return how != "streamed"

        def tell(self) -> int:
            if how == "streamed":
                raise OSError
            return super().tell()

    out = Pipe()
    method = zipfile.ZIP_STORED if how == "stored" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", method) as archive:
        for name in ("a.xml", "b.xml", "c.bin"):
            info = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
            info.compress_type = method
            with archive.open(info, "w", force_zip64=how == "zip64") as part:
                part.write(name.encode() * 50)
        if how == "commented":
            archive.comment = b"by hand"
    return out.getvalue()
