"""One mail is read as people would read it, however its sender's program wrote it."""

import base64
import contextlib
from email.message import EmailMessage

import pytest
from hypothesis import given, strategies as st

from connectors._mail.html import readable
from connectors._mail.message import LIMIT, Mail, Party, parse
from tasuki.errors import Skip

HEAD = (
    "From: Yamada <yamada@customer.jp>\nDate: Sun, 22 Nov 2026 10:00:00 +0900\nMessage-ID: <1@customer.jp>\n"
)


def mail(*headers: str, body: bytes = b"", codec: str = "ascii") -> Mail:
    return parse("\n".join([HEAD.strip(), *headers, "", ""]).encode(codec) + body)


def word(text: str, codec: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(codec)).decode()}?="


def refusal(data: bytes) -> str:
    with pytest.raises(Skip) as error:
        parse(data)
    return error.value.code


class TestText:
    @pytest.mark.parametrize(
        ("charset", "codec"),
        [
            ("iso-2022-jp", "iso2022_jp"),
            ("Shift_JIS", "cp932"),
            ("x-sjis", "cp932"),
            ("windows-31j", "cp932"),
            ("EUC-JP", "euc_jp"),
            ("utf-8", "utf-8"),
            ("us-ascii", "cp932"),
            ("klingon", "utf-8"),
        ],
    )
    def test_every_japanese_charset_is_read(self, charset: str, codec: str) -> None:
        text = "お見積書を送付いたします。"
        assert mail(f"Content-Type: text/plain; charset={charset}", body=text.encode(codec)).text == text

    @pytest.mark.parametrize(
        "charset", ["charset*=utf-8''utf-8", "charset*0=utf; charset*1=-8", 'charset="utf\0"']
    )
    def test_a_charset_named_in_odd_ways_is_no_obstacle(self, charset: str) -> None:
        assert mail(f"Content-Type: text/plain; {charset}", body="見積".encode()).text == "見積"

    def test_base64_and_quoted_printable_are_undone(self) -> None:
        octets = base64.b64encode("見積①".encode("cp932"))
        header = "Content-Type: text/plain; charset=windows-31j"
        assert mail(header, "Content-Transfer-Encoding: base64", body=octets).text == "見積①"
        quoted = mail("Content-Transfer-Encoding: quoted-printable", body=b"=8C=A9=90=CF=\n!\n")
        assert quoted.text == "見積!\n"

    @pytest.mark.parametrize("written", ["base64 ", '"base64"', "BASE64 (8bit)"])
    def test_what_stands_behind_base64_is_no_obstacle(self, written: str) -> None:
        body = base64.b64encode("本文".encode())
        assert mail(f"Content-Transfer-Encoding: {written}", body=body).text == "本文"

    @pytest.mark.parametrize("footer", ["_____\nml@customer.jp", "\n-- \nYamada Shoten\n"])
    def test_a_footer_below_base64_spoils_nothing(self, footer: str) -> None:
        body = base64.encodebytes("本文です。よろしくお願いします。".encode() * 5).decode() + footer
        found = mail("Content-Transfer-Encoding: base64", "Content-Type: text/plain", body=body.encode())
        assert found.text == "本文です。よろしくお願いします。" * 5 + "\n" + footer.strip("\n")

    def test_text_is_verbatim_but_for_its_line_ends(self) -> None:
        assert mail(body=b"  a \r\n> b\r\n\r\n-- \r\nc").text == "  a \n> b\n\n-- \nc"

    def test_of_alternatives_the_plain_one_is_read(self) -> None:
        message = EmailMessage()
        message["From"] = "a@customer.jp"
        message.set_content("本文です\n")
        message.add_alternative("<p>飾った本文</p>", subtype="html")
        assert parse(message.as_bytes()).text == "本文です\n"

    def test_of_alternatives_a_blank_plain_one_gives_way(self) -> None:
        message = EmailMessage()
        message["From"] = "a@customer.jp"
        message.set_content("\n")
        message.add_alternative("<p>本文<br>です</p>", subtype="html")
        assert parse(message.as_bytes()).text == "本文\nです"

    def test_text_around_an_attachment_is_kept(self) -> None:
        file = "Content-Disposition: attachment; filename=a.pdf\n\n%PDF"
        parts = f"--x\n\nbefore\n--x\n{file}\n--x\n\nafter\n--x--\n"
        found = mail('Content-Type: multipart/mixed; boundary="x"', body=parts.encode())
        assert found.text == "before\nafter"
        assert found.attachments == ("a.pdf",)

    def test_a_multipart_without_its_boundary_is_still_read(self) -> None:
        assert mail("Content-Type: multipart/mixed", body=b"hello").text == "hello"

    def test_a_mail_sent_on_as_an_attachment_is_named_not_read(self) -> None:
        inner = EmailMessage()
        inner["Subject"] = "元のメール"
        inner.set_content("中身")
        outer = EmailMessage()
        outer["From"] = "a@customer.jp"
        outer.set_content("転送します\n")
        outer.add_attachment(inner)
        found = parse(outer.as_bytes())
        assert found.text == "転送します\n"
        assert found.attachments == ("元のメール.eml",)


class TestHeaders:
    @pytest.mark.parametrize(
        ("charset", "codec"), [("cp50220", "iso2022_jp"), ("x-sjis", "cp932"), ("UTF-8", "utf-8")]
    )
    def test_names_with_commas_and_brackets_stay_names(self, charset: str, codec: str) -> None:
        found = mail(f"To: {word('山田, 太郎 <営業>', codec, charset)} <A.B@Example.CO.JP>, c@d.jp")
        assert found.to == (Party("山田, 太郎 <営業>", "a.b@example.co.jp"), Party("", "c@d.jp"))

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("eigyo@example.co.jp <yamada@customer.jp>", "eigyo@example.co.jp"),
            ("Yamada @ Shoten <yamada@customer.jp>", "Yamada @ Shoten"),
            (
                '"eigyo@example.co.jp <x@example.co.jp>" <yamada@customer.jp>',
                "eigyo@example.co.jp <x@example.co.jp>",
            ),
        ],
    )
    def test_an_address_in_the_place_of_a_name_is_a_name(self, written: str, name: str) -> None:
        assert mail(f"Reply-To: {written}").reply_to == (Party(name, "yamada@customer.jp"),)

    def test_bare_addresses_before_a_named_one_stay_addresses(self) -> None:
        found = mail("To: a@one.jp, b@two.jp <b@two.jp>, Board: c@three.jp <c@three.jp>;").to
        assert [party.address for party in found] == ["a@one.jp", "b@two.jp", "c@three.jp"]

    def test_raw_eight_bit_headers_are_read(self) -> None:
        found = mail("Subject: 御見積①", "To: 表示ソ <a@b.jp>", codec="cp932")
        assert found.subject == "御見積①"
        assert found.to == (Party("表示ソ", "a@b.jp"),)

    def test_an_address_encoded_together_with_its_name_is_found(self) -> None:
        assert mail(f"To: {word('山田 <a@b.jp>', 'utf-8', 'utf-8')}").to == (Party("山田", "a@b.jp"),)

    def test_addresses_are_found_in_headers_that_break_the_grammar(self) -> None:
        assert [party.address for party in mail("To: Yamada, Taro (x <a@b.jp>").to] == ["a@b.jp"]

    @pytest.mark.parametrize("value", ["undisclosed-recipients:;", "", "MAILER-DAEMON", ";;,,<>"])
    def test_no_address_is_nobody(self, value: str) -> None:
        assert mail(f"To: {value}").to == ()

    @pytest.mark.parametrize(
        ("written", "utc"),
        [
            ("Sun, 22 Nov 2026 10:00:00 +0900", "2026-11-22T01:00:00Z"),
            ("Sun, 22 Nov 2026 10:00:00 +0900 (JST)", "2026-11-22T01:00:00Z"),
            ("Sun, 22 Nov 2026 10:00:00 JST", "2026-11-22T01:00:00Z"),
            ("22 Nov 2026 10:00:00", "2026-11-22T01:00:00Z"),
            ("Sun, 22 Nov 2026 10:00:00 -0000", "2026-11-22T10:00:00Z"),
            ("Sun, 22 Nov 2026 10:00:00 GMT", "2026-11-22T10:00:00Z"),
            ("2026年11月22日", ""),
            ("Sun, 99 Nov 2026 10:00:00 +0900", ""),
        ],
    )
    def test_dates_become_utc(self, written: str, utc: str) -> None:
        assert parse(f"From: a@b.jp\nDate: {written}\n\n".encode()).date == utc

    def test_without_a_date_the_last_server_tells_it(self) -> None:
        received = "Received: from a by b; Sun, 22 Nov 2026 10:00:00 +0900\n"
        assert parse(f"{received}From: a@b.jp\n\n".encode()).date == "2026-11-22T01:00:00Z"

    def test_the_thread_is_its_first_mail(self) -> None:
        assert mail().thread == "1@customer.jp"
        assert mail("In-Reply-To: <0@x>").thread == "0@x"
        assert mail("References: <root@x> <0@x>", "In-Reply-To: <0@x>").thread == "root@x"

    @pytest.mark.parametrize(
        ("header", "itself"),
        [
            ("Auto-Submitted: auto-replied (vacation)", True),
            ('Content-Type: multipart/report; boundary="x"', True),
            ("Auto-Submitted: auto-generated", False),
            ("Auto-Submitted: no", False),
        ],
    )
    def test_a_machines_answer_is_told_from_what_a_machine_wrote_by_itself(
        self, header: str, itself: bool
    ) -> None:
        assert mail(header).answered_itself is itself

    def test_file_names_lose_their_folders(self) -> None:
        found = mail('Content-Type: application/pdf; name="C:\\\\表\\\\見積.pdf"', codec="cp932")
        assert found.attachments == ("見積.pdf",)


class TestKey:
    def test_it_is_the_message_id(self) -> None:
        assert mail().key == "1@customer.jp"

    def test_without_one_every_copy_gets_the_same(self) -> None:
        first = b"Received: x\nFrom: a@b.jp\nSubject: s\n\ntext\n"
        second = b"Delivered-To: y\nFrom: A <a@b.jp>\nSubject: s\n\ntext\n"
        other = b"From: a@b.jp\nSubject: s\n\nother text\n"
        assert parse(first).key == parse(second).key != parse(other).key

    def test_one_of_endless_length_is_shortened(self) -> None:
        assert len(parse(b"From: a@b.jp\nMessage-ID: <" + b"x" * 9000 + b"@b>\n\n").key) < 100


class TestHostile:
    def test_parts_nested_beyond_reason_are_refused(self) -> None:
        assert refusal(HEAD.encode() + b"Content-Type: message/rfc822\n\n" * 5000) == "TSK-7001"
        assert (
            refusal(HEAD.encode() + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 500)
            == "TSK-7001"
        )
        assert (
            refusal(HEAD.encode() + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 5000)
            == "TSK-7001"
        )
        assert refusal(b"From: " + b"(" * 20000 + b"\n\n") == "TSK-7001"

    def test_what_is_no_mail_is_refused(self) -> None:
        assert refusal(b"") == "TSK-7001"
        assert refusal(b"PK\x03\x04" + bytes(1000)) == "TSK-7001"

    def test_endless_headers_are_refused(self) -> None:
        assert refusal(b"X-Loop: a\n" * 20000 + HEAD.encode() + b"\n") == "TSK-7002"

    def test_endless_text_is_refused_not_cut(self) -> None:
        assert refusal((HEAD.encode() + b"\n" + b"a line\n" * 200000)[:LIMIT]) == "TSK-7002"

    def test_text_before_an_endless_attachment_is_read(self) -> None:
        parts = b"--x\n\nhello\n--x\nContent-Disposition: attachment; filename=a.zip\n\n" + b"A" * LIMIT
        found = mail('Content-Type: multipart/mixed; boundary="x"', body=parts)
        assert found.text == "hello"
        assert found.attachments == ("a.zip", "…")

    def test_text_that_may_stand_behind_an_endless_attachment_is_not_taken_for_none(self) -> None:
        photo = b"--x\nContent-Type: image/jpeg\n\nphoto\n--x\nContent-Type: image/jpeg\n\n" + b"A" * LIMIT
        kind = 'Content-Type: multipart/mixed; boundary="x"'
        assert refusal(f"{HEAD}{kind}\n\n".encode() + photo) == "TSK-7002"

    def test_an_endless_file_that_is_the_whole_mail_has_no_text(self) -> None:
        assert mail("Content-Type: application/pdf; name=scan.pdf", body=b"A" * LIMIT).text == ""

    @pytest.mark.peer("python/cpython#83281")
    @pytest.mark.parametrize(
        "sender", ["a: b: c;;", "undisclosed-recipients:;", "<>", "MAILER-DAEMON (Mail System)"]
    )
    def test_a_bounce_without_a_usable_sender_is_read(self, sender: str) -> None:
        found = parse(f"From: {sender}\nDate: Sun, 22 Nov 2026 10:00:00 +0900\n\nbounced\n".encode())
        assert found.sender == Party("", "")
        assert found.text == "bounced\n"

    @pytest.mark.peer("python/cpython#75171")
    def test_the_dotted_addresses_of_old_mobile_phones_are_read(self) -> None:
        assert mail("Cc: <.taro..@docomo.ne.jp>").to == (Party("", ".taro..@docomo.ne.jp"),)

    @pytest.mark.peer("mikel/mail#1423")
    def test_a_body_in_utf8_that_claims_to_be_jis_is_read(self) -> None:
        assert mail("Content-Type: text/plain; charset=iso-2022-jp", body="ほげ".encode()).text == "ほげ"

    @given(st.binary(max_size=300))
    def test_no_bytes_raise_anything_else(self, data: bytes) -> None:
        for start in (
            b"",
            HEAD.encode(),
            HEAD.encode() + b'Content-Type: multipart/mixed; boundary="x"\n\n--x\n',
        ):
            with contextlib.suppress(Skip):
                parse(start + data)


class TestHtml:
    def test_paragraphs_become_lines_and_markup_goes(self) -> None:
        page = (
            "<title>t</title><style>p{}</style><p>山田&nbsp;様</p><div>お世話に<br>なります</div><td>a<td>b"
        )
        assert readable(page) == "山田 様\n\nお世話に\nなります\na b"

    def test_scripts_and_comments_are_no_text(self) -> None:
        assert readable("a<script>alert('</p>')</SCRIPT>b<!-- <p>x</p> -->c") == "abc"

    def test_a_script_that_never_ends_hides_the_rest(self) -> None:
        assert readable("a<script>b<p>c") == "a"

    def test_a_lone_bracket_is_text(self) -> None:
        assert readable("1 < 2 &lt; 3") == "1 < 2 < 3"
