"""Bytes of Japanese files and mails become the text that was written, or say where they don't."""

import base64
import csv
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tasuki.japanese.encoding import (
    AMBIGUOUS,
    GAIJI,
    NOT_AS_DECLARED,
    UNDECODABLE,
    UNKNOWN_CHARSET,
    decode,
    encodable,
)
from tasuki.japanese.header import decode_header, decode_parameter, normalise

CASES = Path(__file__).parents[1] / "data" / "japanese_cases.csv"
SENTENCE = "株式会社髙島屋①㈱ ｶﾌﾞｼｷ 見積～ABC"
JIS_KANJI = b"\x1b$B"
JIS_ASCII = b"\x1b(B"


def codes(data: bytes, declared: str | None = None) -> list[str]:
    return [note.code for note in decode(data, declared).notes]


def encoding_cases() -> list[tuple[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return [(row["input"], row["expected"]) for row in csv.DictReader(file) if row["kind"] == "encoding"]


@pytest.mark.parametrize(("written", "expected"), encoding_cases())
def test_the_collected_cases_read_as_expected(written: str, expected: str) -> None:
    assert normalise(written).value == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("charset= hex=8cff", None),
        ("charset=utf-8 hex=e8a6", None),
        ("charset=unknown-8bit hex=8ca990cf", "見積"),
        ("charset=ISO-2022-JP hex=1b2442 3830 1b2842", "鍵"),
        ("attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf", "見積.pdf"),
        ("filename*=Shift_JIS'ja'%8C%A9%90%CF.pdf", "見積.pdf"),
        ("hex=8ca990cf", "見積"),
        ("Re: =?windows-31j?Q?=87=40?=", "Re: ①"),
    ],
)
def test_bytes_and_headers_can_be_tried_by_hand(written: str, expected: str | None) -> None:
    assert normalise(written).value == expected


class TestDeclared:
    @pytest.mark.parametrize(
        "name",
        [
            "Shift_JIS",
            "x-sjis",
            "SJIS",
            "windows-31j",
            "MS932",
            "ms_kanji",
            "csShiftJIS",
            "shift_jis_2004",
            "cp932",
            " Shift-JIS ",
        ],
    )
    def test_every_name_of_shift_jis_means_cp932(self, name: str) -> None:
        assert decode(SENTENCE.encode("cp932"), name) == (SENTENCE, "cp932", ())

    @pytest.mark.parametrize("name", ["ISO-2022-JP", "iso-2022-jp-ms", "CP50220", "cp50221", "csISO2022JP"])
    def test_every_name_of_iso_2022_jp_means_cp50221(self, name: str) -> None:
        data = JIS_KANJI + bytes.fromhex("2d6a 7c65 7a21") + JIS_ASCII
        # Row 13 cell 74 is ㈱; rows 89-92 hold NEC's selection of IBM kanji.
        assert decode(data, name).text == "㈱" + bytes.fromhex("eee3 ed9f").decode("cp932")
        assert decode(data, name).encoding == "cp50221"

    @pytest.mark.parametrize("name", ["EUC-JP", "x-euc-jp", "cp51932", "eucJP-ms", "ujis"])
    def test_every_name_of_euc_jp_reads_nec_row_13(self, name: str) -> None:
        assert decode("山田".encode("euc_jp") + bytes.fromhex("ada1adea8eb1"), name).text == "山田①㈱ｱ"

    def test_a_declaration_that_does_not_fit_is_overruled_and_noted(self) -> None:
        found = decode("見積書".encode(), "iso-2022-jp")
        assert (found.text, found.encoding) == ("見積書", "utf-8")
        assert [note.code for note in found.notes] == [NOT_AS_DECLARED]

    @pytest.mark.parametrize("name", ["Shift_JIS", "iso-8859-1", "us-ascii", "EUC-JP"])
    def test_utf8_under_another_name_is_read_as_utf8(self, name: str) -> None:
        assert decode("お見積書を送付します".encode(), name).text == "お見積書を送付します"

    @pytest.mark.parametrize("name", ["us-ascii", "utf-8", "Shift_JIS", "iso-8859-1", "", None])
    def test_jis_escapes_are_read_whatever_was_declared(self, name: str | None) -> None:
        assert decode("山田商店".encode("iso2022_jp"), name).text == "山田商店"

    def test_a_western_text_stays_western(self) -> None:
        assert decode("café".encode("latin-1"), "iso-8859-1") == ("café", "cp1252", ())
        assert decode("don’t “go”".encode("cp1252"), "windows-1252").text == "don’t “go”"
        assert decode("it’s".encode("cp1252"), "iso-8859-1").text == "it’s"

    def test_bytes_that_look_like_utf8_for_a_while_are_still_weighed(self) -> None:
        assert decode("伊丹市大鹿７丁目９４番".encode("euc_jp"), "Shift_JIS").text == "伊丹市大鹿７丁目９４番"
        assert (
            decode("東京都墨田区東向島１丁目".encode("cp932"), "iso-8859-1").text
            == "東京都墨田区東向島１丁目"
        )

    def test_a_japanese_name_is_not_western_whatever_was_declared(self) -> None:
        assert decode("山田".encode("cp932"), "iso-8859-1").text == "山田"

    @pytest.mark.parametrize("name", ["utf-16", "utf-16be", "UTF-16BE"])
    @pytest.mark.parametrize("text", ["見積", "かな", "ABC見積"])
    def test_the_order_of_bytes_in_utf16_is_as_declared_or_guessed(self, name: str, text: str) -> None:
        assert decode(text.encode("utf-16-be"), name).text == text
        assert decode(text.encode("utf-16-le"), name.replace("b", "l").replace("B", "L")).text == text

    @pytest.mark.parametrize("name", ["klingon", "zlib", "unicode_escape", "x\0y", "../x", "rot13"])
    def test_a_name_nobody_knows_is_noted_and_the_bytes_are_looked_at(self, name: str) -> None:
        assert decode("山田①".encode("cp932"), name).text == "山田①"
        assert codes("山田①".encode("cp932"), name) == [UNKNOWN_CHARSET]

    def test_chinese_and_korean_names_are_read_with_their_larger_tables(self) -> None:
        assert decode("镕".encode("gbk"), "gb2312").text == "镕"
        assert decode("똠".encode("cp949"), "ks_c_5601-1987").text == "똠"


class TestIso2022Jp:
    def test_half_width_kana_come_in_three_ways(self) -> None:
        by_escape = b"\x1b(I6L\x1b(B."
        by_shift = b"\x0e6L\x0f."
        by_eighth_bit = b"\xb6\xcc."
        assert [decode(data, "iso-2022-jp").text for data in (by_escape, by_shift, by_eighth_bit)] == [
            "ｶﾌ."
        ] * 3

    def test_a_line_without_its_closing_escape_does_not_spoil_the_next(self) -> None:
        data = "山田".encode("iso2022_jp").removesuffix(JIS_ASCII) + b"\nTEL 03\n"
        assert decode(data, "iso-2022-jp").text == "山田\nTEL 03\n"

    def test_user_defined_characters_are_kept_and_noted(self) -> None:
        found = decode(JIS_KANJI + b"\x7f\x21" + JIS_ASCII, "iso-2022-jp")
        assert found.text == "\ue000"
        assert found.notes == ((GAIJI, "U+E000"),)

    def test_kanji_of_the_newer_standards_are_read(self) -> None:
        assert decode("𠮟".encode("iso2022_jp_2004"), "iso-2022-jp-2004").text == "𠮟"
        assert decode("丂".encode("iso2022_jp_1"), "iso-2022-jp-1").text == "丂"

    def test_half_a_character_at_the_end_stays_visible(self) -> None:
        found = decode(JIS_KANJI + b";3E", "iso-2022-jp")
        assert found.text == "山\\x45"
        assert found.notes == ((UNDECODABLE, "1"),)

    def test_it_agrees_with_python_wherever_python_can_read(self) -> None:
        differs = {}
        for row in range(0x21, 0x7F):
            for cell in range(0x21, 0x7F):
                pair = bytes([row, cell])
                standard = (JIS_KANJI + pair + JIS_ASCII).decode("iso2022_jp", "ignore")
                ours = decode(JIS_KANJI + pair + JIS_ASCII, "iso-2022-jp").text
                if standard and ours != standard:
                    differs[standard] = ours
        # Microsoft's six: the wave dash, the minus sign and four more have other code points in CP932.
        assert differs == {"〜": "～", "‖": "∥", "−": "－", "¢": "￠", "£": "￡", "¬": "￢"}


class TestUndeclared:
    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
    def test_a_ledger_is_recognised(self, codec: str) -> None:
        text = "顧客コード,会社名\r\nC001,株式会社髙島屋\r\n"
        assert decode(text.encode(codec)).text == text

    @pytest.mark.parametrize(
        "text", ["株式会社山田商店", "やまだ", "ヤマダ商店", "見積書,山田", "佐藤", "伊藤", "岡本", "あいう"]
    )
    def test_euc_jp_is_not_mistaken_for_half_width_kana(self, text: str) -> None:
        assert decode(text.encode("euc_jp")) == (text, "cp51932", ())

    @pytest.mark.parametrize(
        "text", ["ﾔﾏﾀﾞｼﾖｳﾃﾝ", "ｶﾌﾞｼｷｶﾞｲｼﾔ", "ﾀﾅｶ", "ｽｽﾞｷ", "ﾜﾀﾅﾍﾞ ﾊﾅｺ", "ｼｮｳｼﾞ", "ﾁｬﾉﾐｽﾞ", "ﾎﾝﾃﾝ･｢ｼﾃﾝ｣"]
    )
    def test_half_width_kana_are_not_mistaken_for_euc_jp(self, text: str) -> None:
        assert decode(text.encode("cp932")).text == text

    def test_what_fits_two_codes_is_noted(self) -> None:
        assert codes("山田太郎".encode("euc_jp")) == [AMBIGUOUS]

    def test_a_byte_order_mark_is_no_text(self) -> None:
        assert decode("\ufeff得意先".encode(), "Shift_JIS").text == "得意先"

    def test_a_byte_order_mark_settles_the_code_of_a_damaged_text(self) -> None:
        assert decode(b"\xef\xbb\xbf" + "見積".encode() + b"\xff.", "Shift_JIS").text == "見積\\xff."

    def test_gaiji_of_windows_are_kept_and_noted(self) -> None:
        found = decode("山田".encode("cp932") + b"\xf0\x40")
        assert found.text == "山田\ue000"
        assert found.notes == ((GAIJI, "U+E000"),)

    @pytest.mark.parametrize("data", [b"\x82", b"abc\xff", b"\xa0", "山".encode("cp932") + b"\x81 x"])
    def test_bytes_of_no_code_stay_visible_and_are_noted(self, data: bytes) -> None:
        found = decode(data)
        assert "\\x" in found.text
        assert [note.code for note in found.notes] == [UNDECODABLE]
        assert found.encoding == ""

    @pytest.mark.parametrize("declared", ["utf-8", None])
    @pytest.mark.parametrize("cut", [1, 2])
    def test_utf8_cut_inside_its_last_character_is_still_utf8(self, declared: str | None, cut: int) -> None:
        found = decode("お見積".encode()[:-cut], declared)
        assert found.text.startswith("お見\\x")
        assert [note.code for note in found.notes] == [UNDECODABLE]

    def test_nothing_reads_as_nothing(self) -> None:
        assert decode(b"") == ("", "utf-8", ())

    @given(
        st.binary(), st.sampled_from([None, "shift_jis", "iso-2022-jp", "euc-jp", "utf-16", "utf-7", "hz"])
    )
    def test_no_bytes_raise_and_the_text_can_be_stored(self, data: bytes, declared: str | None) -> None:
        decode(data, declared).text.encode("utf-8")

    @given(st.text("山田①㈱髙﨑ソ表ｱｶﾞﾟ､～－A\n", min_size=1))
    def test_what_cp932_wrote_reads_the_same_when_declared(self, text: str) -> None:
        data = text.encode("cp932")
        found = decode(data, "Shift_JIS")
        assert found.text == data.decode("cp932") or found.notes


class TestHeader:
    def test_row_13_in_an_encoded_word(self) -> None:
        word = base64.b64encode(JIS_KANJI + bytes.fromhex("2d6a3b334544") + JIS_ASCII).decode()
        assert decode_header(f"=?ISO-2022-JP?B?{word}?= <yamada@example.jp>") == "㈱山田 <yamada@example.jp>"

    @pytest.mark.parametrize("cut", range(1, 12))
    def test_words_cut_anywhere_are_joined_again(self, cut: int) -> None:
        octets = "見積書①".encode("cp932") + "ｶﾌﾞ".encode("cp932")
        first, second = (base64.b64encode(part).decode() for part in (octets[:cut], octets[cut:]))
        assert decode_header(f"=?x-sjis?B?{first}?=\r\n =?x-sjis?B?{second}?=") == "見積書①ｶﾌﾞ"

    def test_base64_cut_between_any_two_signs_is_joined_again(self) -> None:
        word = base64.b64encode("見積書".encode()).decode()
        assert decode_header(f"=?utf-8?B?{word[:5]}?= =?utf-8?B?{word[5:]}?=") == "見積書"

    def test_raw_eight_bit_subjects_are_read(self) -> None:
        assert decode_header("見積 ABC".encode("cp932")) == "見積 ABC"
        assert decode_header("見積".encode().decode("ascii", "surrogateescape")) == "見積"

    def test_raw_jis_subjects_are_read(self) -> None:
        assert decode_header("Re: 見積".encode("iso2022_jp")) == "Re: 見積"

    def test_blanks_between_words_go_and_blanks_beside_text_stay(self) -> None:
        assert decode_header("Re: =?utf-8?Q?=E8=A6=8B?= =?utf-8?Q?=E7=A9=8D_1?= (2)") == "Re: 見積 1 (2)"

    def test_folded_lines_become_one(self) -> None:
        assert decode_header("a\r\n b\n\tc") == "a b c"
        assert "\n" not in decode_header("=?utf-8?B?" + base64.b64encode(b"a\r\nBcc: x").decode() + "?=")

    def test_spoilt_words_lose_nothing_that_is_readable(self) -> None:
        assert decode_header("=?utf-8?B?6KaL56mN5?=") == "見積"
        assert decode_header("=?utf-8?X?abc?=") == "=?utf-8?X?abc?="

    @given(st.one_of(st.binary(), st.text("=?BQutf-8 ;filename*0'%E8\"\\\r\n\ud800\udc82見")))
    def test_no_header_raises(self, raw: bytes | str) -> None:
        decode_header(raw).encode("utf-8")
        decode_parameter(raw, "filename")


class TestParameter:
    @pytest.mark.parametrize(
        "header",
        [
            "attachment; filename*=iso-2022-jp'ja'%1B%24B8%2B%40Q%1B%28B.pdf",
            "attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf; filename=mitsumori.pdf",
            "attachment;\r\n filename*0*=UTF-8''%E8%A6;\r\n filename*1*=%8B%E7%A9%8D;\r\n filename*2=.pdf",
            "attachment;\r\n filename*1*=%E7%A9%8D.pdf; filename*0*=UTF-8''%E8%A6%8B",
            'attachment; filename="=?UTF-8?B?6KaL56mN?=.pdf"',
            "attachment; FileName = =?windows-31j?B?jKmQzw==?=.pdf",
            'attachment; filename="見積.pdf"'.encode("cp932"),
            'attachment; filename="見積.pdf"'.encode("iso2022_jp"),
        ],
    )
    def test_file_names_are_read_in_every_way_they_come(self, header: str | bytes) -> None:
        assert decode_parameter(header, "filename") == "見積.pdf"

    def test_a_backslash_inside_a_cp932_character_is_no_escape(self) -> None:
        assert decode_parameter('text/csv; name="売上表.csv"'.encode("cp932"), "name") == "売上表.csv"

    def test_a_parameter_that_is_not_there_is_blank(self) -> None:
        assert decode_parameter("text/plain; charset=utf-8", "name") == ""


class TestEncodable:
    def test_characters_that_cp932_lacks_are_named_once(self) -> None:
        assert encodable("𠮷野家 €𠮷", "cp932") == ("𠮷", "€")

    def test_what_windows_writes_is_encodable_under_every_name(self) -> None:
        assert encodable("①㈱髙﨑～〜−ｶﾌﾞ", "Shift_JIS") == ()
        assert encodable("①㈱髙﨑", "iso-2022-jp") == ()

    def test_an_unknown_code_is_an_error_of_the_caller(self) -> None:
        with pytest.raises(LookupError):
            encodable("a", "klingon")
