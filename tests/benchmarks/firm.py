"""A made-up firm of any size: its customer list as CSV or workbook, and the workspace that shares it."""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import yaml

from tasuki.japanese.corporate_number import check_digit

FIELDS = {
    "code": "顧客コード",
    "name": "会社名",
    "name_kana": "フリガナ",
    "corporate_number": "法人番号",
    "invoice_number": "登録番号",
    "postal_code": "郵便番号",
    "address": "住所",
    "phone": "電話番号",
    "mobile": "携帯電話",
    "fax": "FAX番号",
    "email": "メールアドレス",
    "url": "ホームページ",
    "department": "部署",
    "contact_name": "担当者名",
    "closing_day": "締日",
    "payment_months": "支払サイト",
    "credit_limit": "与信限度額",
    "owner_staff": "営業担当",
    "acquired_on": "取引開始日",
    "note": "備考",
}
"""Twenty columns, all of them mapped."""

STAMP = "最終更新"
"""One more that no mapping names: when it alone changes, every row must be looked at and none has changed."""

PLACES, FAMILIES, WORDS, TRADES, KANA = map(
    str.split,
    (
        "港 浜松 三島 堺 岡崎 神戸 津 福井 大津 奈良 松本 仙台 秋田 盛岡 水戸 千葉",
        "山田 鈴木 佐藤 高橋 渡辺 伊藤 中村 小林 加藤 吉田 佐々木 山口 松本 井上 木村 林",
        "丸紅 第一 東洋 日新 大和 光 旭 三和 共立 富士 栄 平和 新生 朝日 昭和 千代田",
        "商店 工業 物産 建設 電機 食品 運輸 印刷 薬品 木材 鉄工 酒造 水産 農園 紙業 設備",
        "ミナト ハママツ ミシマ サカイ オカザキ コウベ ツ フクイ オオツ ナラ マツモト センダイ",
    ),
)


MOVED = 100
"""Every hundredth customer moves house: one per cent."""


def rows(size: int, floor: int = 0) -> Iterator[list[str]]:
    """The customers in the order of FIELDS; who moves house sits on that floor now (0: nobody moved yet)."""
    for number in range(size):
        yield row(number, 0 if number % MOVED else floor)


def write_csv(path: Path, size: int, stamp: str = "2026-04-01", floor: int = 0) -> None:
    """As an accounting program exports it: cp932, CRLF. `stamp` stands in the first row's last column."""
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*FIELDS.values(), STAMP])
        for number, told in enumerate(rows(size, floor)):
            writer.writerow([*told, stamp if number == 0 else "2026-04-01"])


def write_xlsx(path: Path, size: int, stamp: str = "2026-04-01", floor: int = 0) -> None:
    """As Excel saves it, with one table of all texts; openpyxl would take a minute for 100,000 rows."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in PARTS.items():
            book.writestr(name, XML + part)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            sheet.write(_line(1, [*FIELDS.values(), STAMP], texts))
            for number, row in enumerate(rows(size, floor)):
                sheet.write(_line(number + 2, [*row, stamp if number == 0 else "2026-04-01"], texts))
            sheet.write(b"</sheetData></worksheet>")
        said = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        book.writestr("xl/sharedStrings.xml", f'{XML}<sst xmlns="{MAIN}">{said}</sst>')


def workspace(home: Path, connector: str) -> None:
    """One system that only gives, `source`, and one CSV file that it fills, `target`."""
    (home / "files").mkdir(parents=True)
    (home / "mappings").mkdir()
    (home / "dags").mkdir()
    settings = {"csv": {"encoding": "cp932"}, "excel": {"sheet": "顧客"}}[connector]
    source = f"files/source.{'csv' if connector == 'csv' else 'xlsx'}"
    _mapping(home, "source", connector, {"path": source, **settings})
    _mapping(home, "target", "csv", {"path": "files/target.csv", "encoding": "cp932"})
    write_csv(home / "files" / "target.csv", 0)
    systems = {"source": {"direction": "in"}, "target": {"originates": False, "receives_new": "all"}}
    rules = {"sync": "bench", "model": "customer", "systems": systems, "limits": {"change": "100%"}}
    _yaml(home / "dags" / "bench.yaml", rules)


def _mapping(home: Path, name: str, connector: str, settings: dict[str, str]) -> None:
    mapping = {
        "mapping": 1,
        "connector": connector,
        "model": "customer",
        "settings": settings,
        "key": FIELDS["code"],
        "issued_by": "ledger",
        "fields": FIELDS,
    }
    _yaml(home / "mappings" / f"{name}.yaml", mapping)


def _yaml(path: Path, data: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


def row(number: int, floor: int = 0) -> list[str]:
    """One customer, in the order of FIELDS."""
    place, family, word, trade = (number >> shift & 15 for shift in (0, 4, 8, 12))
    more = "" if number < 1 << 16 else str(number >> 16)
    base = f"{number + 1:012}"
    corporate = check_digit(base) + base
    tail = f"{number // 10_000:04}-{number % 10_000:04}"
    return [
        f"C{number + 1:07}",
        f"株式会社{PLACES[place]}{FAMILIES[family]}{WORDS[word]}{TRADES[trade]}{more}",
        f"カブシキガイシャ{KANA[number % len(KANA)]}",
        corporate,
        f"T{corporate}",
        f"{100 + number % 900}-{number % 10_000:04}",
        f"東京都{PLACES[place]}区{WORDS[word]}町{number % 30 + 1}-{number % 7 + 1}"
        + (f"{floor}階" if floor else ""),
        f"03-{tail}",
        f"090-{tail}",
        f"06-{tail}",
        f"info@c{number + 1:07}.example.jp",
        f"https://c{number + 1:07}.example.jp/",
        f"{WORDS[word]}営業部",
        f"{FAMILIES[family]}太郎",
        ("20", "25", "31")[number % 3],
        str(number % 3 + 1),
        str(number % 50 * 100_000),
        FAMILIES[number % 16],
        f"20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        f"毎月{number % 28 + 1}日に訪問、請求書は郵送",
    ]


def _line(at: int, row: Sequence[str], texts: dict[str, int]) -> bytes:
    cells = (f'<c r="{chr(65 + i)}{at}" t="s"><v>{_known(text, texts)}</v></c>' for i, text in enumerate(row))
    return f'<row r="{at}">{"".join(cells)}</row>'.encode()


def _known(text: str, texts: dict[str, int]) -> int:
    return texts.setdefault(text, len(texts))


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="顧客" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
