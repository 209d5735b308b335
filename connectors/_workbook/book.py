"""Which part of a workbook holds what: its sheets, its words, its styles, its dates' first day."""

import hashlib
import posixpath
import re
from difflib import get_close_matches
from typing import NamedTuple
from xml.etree import ElementTree

from connectors._workbook.archive import Archive
from tasuki.confined import limits
from tasuki.errors import Retry, Skip, UserError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Both a workbook with a password and the old .xls begin so."""
_LARGEST = 16 << 20
"""Unpacked; the parts read whole here are a few kB in an honest workbook."""
_REVISION = re.compile(rb"""\sdocumentId\s*=\s*["'][^"'{]*\{([0-9A-Fa-f-]{36})\}""")


class Relation(NamedTuple):
    """From one part to another; `kind` is the last segment of its type, the same in strict workbooks."""

    kind: str
    target: str


class SheetPlace(NamedTuple):
    name: str
    number: int
    """sheetId: never reused in a workbook, and not the position."""
    part: str


class Mark(NamedTuple):
    """What a workbook tells of itself without anything being written into it."""

    family: str
    modified: str


class Book:
    """Raises UserError: TSK-1007 empty, TSK-1010 with a password, TSK-1012 too large, TSK-1024 not .xlsx;
    Retry TSK-1008 when it is damaged or half saved.
    """

    def __init__(self, data: bytes, place: str) -> None:
        if data.startswith(_OLE):
            raise UserError("TSK-1010" if _encrypted(data) else "TSK-1024", place)
        if not data:
            raise UserError("TSK-1007", place)
        if data[:2] != b"PK":
            raise UserError("TSK-1024", place)
        self.place = place
        self.archive = Archive(data, place)
        self.limits = limits(((part.packed, part.size) for part in self.archive.parts.values()), place)
        self.part = next((r.target for r in self.relations("") if r.kind == "officeDocument"), "")
        root = self.xml(self.part or "xl/workbook.xml")
        self.part = self.part or "xl/workbook.xml"
        self.date1904 = any(
            _local(item.tag) == "workbookPr" and item.get("date1904") in ("1", "true") for item in root
        )
        related = self.related(self.part)
        self.sheets = tuple(self._sheets(root, related))
        by_kind = {relation.kind: relation.target for relation in related.values()}
        self.strings, self.styles = by_kind.get("sharedStrings", ""), by_kind.get("styles", "")
        self.chain = by_kind.get("calcChain", "")

    def sheet(self, name: str) -> SheetPlace:
        """Raises UserError TSK-1004 with the nearest name, Retry TSK-1008 when its part is missing."""
        found = next((sheet for sheet in self.sheets if sheet.name == name), None)
        if found is None:
            raise UserError("TSK-1004", self.place, sheet=name, suggestion=suggestion(name, self.names()))
        if found.part not in self.archive:
            raise Retry("TSK-1008", f"{self.place} {name}")
        return found

    def names(self) -> list[str]:
        return [sheet.name for sheet in self.sheets]

    def related(self, part: str) -> dict[str, Relation]:
        """By relationship id; targets outside the workbook are left out."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.archive:
            return {}
        found = {}
        for item in self.xml(rels):
            target, kind = item.get("Target", ""), item.get("Type", "").rsplit("/", 1)[-1]
            if item.get("TargetMode") != "External":
                whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[item.get("Id", "")] = Relation(kind, whole)
        return found

    def relations(self, part: str) -> list[Relation]:
        return list(self.related(part).values())

    def xml(self, part: str) -> ElementTree.Element:
        """A small part, parsed. A document type is refused: no workbook has one, and entities explode."""
        known = self.archive.parts.get(part.lower())
        if known is not None and known.size > _LARGEST:
            raise UserError("TSK-1012", self.place, size=f"{known.size >> 20:,} MB")
        data = self.archive.read(part)
        if b"<!" in data.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\0" in data:
            raise Retry("TSK-1008", self.place)
        try:
            return ElementTree.fromstring(data)
        except ElementTree.ParseError:
            raise Retry("TSK-1008", self.place) from None

    def mark(self) -> Mark:
        """When it was created, kept by Excel, LibreOffice and openpyxl through every save and copy; else its
        document id; else its sheets. Not all three: LibreOffice renumbers sheets and drops the id, Excel
        adds one, and none of that makes it another file.
        """
        core = next((r.target for r in self.relations("") if r.kind == "core-properties"), "")
        times = {_local(item.tag): item.text or "" for item in self.xml(core)} if core in self.archive else {}
        modified = times.get("modified", "")
        if times.get("created"):
            return Mark(f"created {times['created']}", modified)
        match = _REVISION.search(self.archive.read(self.part))
        if match:
            return Mark(f"document {match[1].decode().upper()}", modified)
        names = "\n".join(f"{sheet.number} {sheet.name}" for sheet in self.sheets)
        return Mark(f"sheets {hashlib.sha256(names.encode()).hexdigest()[:16]}", modified)

    def guard_signature(self) -> None:
        """Raises Skip TSK-1026: any change would break the signature of the one who signed."""
        if any(name.startswith("_xmlsignatures/") for name in self.archive.parts):
            raise Skip("TSK-1026", self.place)

    def _sheets(self, root: ElementTree.Element, related: dict[str, Relation]) -> list[SheetPlace]:
        found = []
        for item in root.iter():
            if _local(item.tag) == "sheet":
                id_ = next((value for name, value in item.items() if _local(name) == "id"), "")
                relation = related.get(id_, Relation("worksheet", ""))
                if relation.kind == "worksheet":
                    number = item.get("sheetId", "0")
                    place = SheetPlace(
                        item.get("name", ""), int(number) if number.isdigit() else 0, relation.target
                    )
                    found.append(place)
        return found


def suggestion(name: str, names: list[str]) -> str:
    """What a message adds when one of `names` looks like `name`; both languages read it."""
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    return f" (→ {near[0]} ?)" if near else ""


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _encrypted(data: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in data
