"""Messages about values: why one is refused (TSK-20…), what was changed in one (TSK-25…)."""

from tasuki.messages.text import Text

_REFUSED: dict[str, Text] = {
    "TSK-2001": Text(
        "会社名がありません(法人格や敬称だけです)",
        "会社名を入力してください",
        "There is no company name, only a legal form or a title",
        "Enter the company's name",
    ),
    "TSK-2003": Text(
        "指数表示のため桁が失われています",
        "元の番号を調べ、セルの書式を文字列にして入れ直してください",
        "It is in scientific notation, digits are lost",
        "Look the original up, make the cell a text cell and enter it again",
    ),
    "TSK-2004": Text(
        "長すぎて値として読めません",
        "この欄の値だけを入力し、文章は備考に移してください",
        "It is too long for such a value",
        "Enter only the value and move text elsewhere",
    ),
    "TSK-2005": Text(
        "文字化けした文字があります",
        "元の資料を見て入れ直してください",
        "Some letters were lost to a wrong encoding",
        "Enter it again from the original",
    ),
    "TSK-2011": Text(
        "どこまでが姓か分かりません",
        "姓と名の間に空白を入れてください",
        "It can't be told where the family name ends",
        "Put a blank between family name and given name",
    ),
    "TSK-2012": Text(
        "人の名前として読めません",
        "会社名や番号などは、それぞれの欄に入れてください",
        "This is no name of a person",
        "Enter companies, numbers and the like in their own columns",
    ),
    "TSK-2013": Text(
        "二人以上の名前が入っています",
        "一人ずつ別の行に分けてください",
        "It holds the names of more than one person",
        "Give each person a row",
    ),
    "TSK-2021": Text(
        "電話番号として読めません",
        "電話番号だけを入れ、説明は備考に移してください",
        "It can't be read as a telephone number",
        "Enter only the number and move remarks elsewhere",
    ),
    "TSK-2022": Text(
        "市外局番がありません",
        "市外局番から入力してください",
        "The area code is missing",
        "Enter the number with its area code",
    ),
    "TSK-2023": Text(
        "使われていない番号です(桁数か市外局番が違います)",
        "番号を確かめて入れ直してください",
        "There is no such number: its length or area code is wrong",
        "Check the number and enter it again",
    ),
    "TSK-2031": Text(
        "郵便番号は7桁の数字です",
        "郵便番号を調べて入れ直してください",
        "A postal code has seven digits",
        "Look the postal code up and enter it again",
    ),
    "TSK-2032": Text(
        "郵便番号のほかにも文字が入っています",
        "住所などは、それぞれの欄に移してください",
        "It holds more than a postal code",
        "Move the address to its own column",
    ),
    "TSK-2041": Text(
        "日付として読めません",
        "2024/4/1 か 令和6年4月1日 のように入力してください",
        "It can't be read as a date",
        "Enter it like 2024/4/1 or 令和6年4月1日",
    ),
    "TSK-2042": Text(
        "暦にない日付です",
        "年月日を確かめて入れ直してください",
        "There is no such day",
        "Check the date and enter it again",
    ),
    "TSK-2043": Text(
        "何年か分かりません",
        "西暦4桁か元号を付けて入力してください",
        "The year can't be told",
        "Enter the year with four digits or with its era",
    ),
    "TSK-2044": Text(
        "何日か分かりません",
        "日まで入力してください",
        "The day can't be told",
        "Enter the day too",
    ),
    "TSK-2045": Text(
        "併記された年か曜日が日付と合いません",
        "どちらが正しいか確かめて入れ直してください",
        "The second year or the weekday contradicts the date",
        "Check which is right and enter it again",
    ),
    "TSK-2046": Text(
        "明治5年までは旧暦のため換算しません",
        "新暦の西暦で入力してください",
        "Before 1873 Japan used a lunar calendar; it is not converted",
        "Enter the Gregorian date",
    ),
    "TSK-2047": Text(
        "その元号が始まる前の日付です",
        "元号を確かめて入れ直してください",
        "The era had not begun on that day",
        "Check the era and enter it again",
    ),
    "TSK-2048": Text(
        "日本時間でない時刻が付いています",
        "日本の日付だけを入力してください",
        "It carries a time of another zone",
        "Enter only the date in Japan",
    ),
    "TSK-2051": Text(
        "金額として読めません",
        "金額だけを数字で入力してください",
        "It can't be read as an amount",
        "Enter only the amount, in figures",
    ),
    "TSK-2052": Text(
        "桁区切りのカンマの位置が違います",
        "金額を確かめて入れ直してください",
        "The commas don't part thousands",
        "Check the amount and enter it again",
    ),
    "TSK-2053": Text(
        "円以外の通貨です",
        "円に換算するか、通貨の欄を設けてください",
        "The currency is not yen",
        "Convert it to yen, or keep currencies in a column of their own",
    ),
    "TSK-2055": Text(
        "プラスかマイナスか分かりません",
        "マイナスの金額には先頭に - か △ を一つだけ付けてください",
        "It can't be told whether it is plus or minus",
        "Put one - or △ before a negative amount",
    ),
    "TSK-2061": Text(
        "法人番号は13桁の数字です",
        "国税庁の公表サイトで調べて入れ直してください",
        "A corporate number has 13 digits",
        "Look it up on the National Tax Agency's site and enter it again",
    ),
    "TSK-2062": Text(
        "検査数字が合いません(どこかの数字が違います)",
        "国税庁の公表サイトで調べて入れ直してください",
        "The check digit is wrong, so some digit is",
        "Look it up on the National Tax Agency's site and enter it again",
    ),
    "TSK-2063": Text(
        "Tの付いた番号は登録番号です。個人事業者のものは法人番号ではありません",
        "登録番号の欄に移し、法人であれば13桁だけを入れてください",
        "With a T it is an invoice registration number; a sole trader's is no corporate number",
        "Move it to that column; for a corporation enter the 13 digits alone",
    ),
    "TSK-2064": Text(
        "登録番号はTと13桁の数字です",
        "請求書か国税庁の公表サイトで調べて入れ直してください",
        "An invoice registration number is T and 13 digits",
        "Look it up on an invoice or the National Tax Agency's site and enter it again",
    ),
    "TSK-2071": Text(
        "メールアドレスとして読めません",
        "アドレスを確かめて入れ直してください",
        "It can't be read as a mail address",
        "Check the address and enter it again",
    ),
    "TSK-2072": Text(
        "@の後ろが途中までです",
        "co.jp や com まで入力してください",
        "The part behind the @ is incomplete",
        "Enter it to the end, like example.co.jp",
    ),
    "TSK-2073": Text(
        "メールアドレスに使えない文字があります",
        "アドレスを半角英数字で入れ直してください",
        "It has characters that a mail address can't have",
        "Enter the address in plain letters and digits",
    ),
    "TSK-2081": Text(
        "振込で使えない文字があります(漢字など)",
        "口座名義をカナで入力してください",
        "It has characters that transfers can't carry, such as kanji",
        "Enter the account holder in kana",
    ),
    "TSK-2090": Text(
        "決められた値のどれでもありません",
        "一覧にある値に直すか、マッピングの values に加えてください",
        "It is none of the values that are allowed",
        "Use one of them, or add it to values in the mapping",
    ),
    "TSK-2091": Text(
        "この値を書き込み先で何と書くかが決まっていません",
        "マッピングの values に加えてください",
        "The mapping has no word for this value in the target",
        "Add it to values in the mapping",
    ),
    "TSK-2092": Text(
        "整数ではありません",
        "小数のない数字で入力してください",
        "It is not a whole number",
        "Enter a number without decimals",
    ),
    "TSK-2093": Text(
        "日時として読めません",
        "2024-04-01T09:00 のように入力してください",
        "It can't be read as a date and time",
        "Enter it like 2024-04-01T09:00",
    ),
    "TSK-2094": Text(
        "住所をどこで分けるか分かりません",
        "都道府県か市区町村から書くか、住所の列を一つにしてください",
        "Where to split the address can't be told",
        "Begin it with prefecture or city, or give it one column",
    ),
}

_CHANGED: dict[str, Text] = {
    "TSK-2501": Text("文字の幅をそろえました", "", "Letters were brought to one width", ""),
    "TSK-2503": Text("法人格の略記を正式な名称にしました", "", "The short legal form was spelled out", ""),
    "TSK-2504": Text("敬称を外しました", "", "The honorific was left out", ""),
    "TSK-2505": Text("支店などを会社名から分けました", "", "The branch was parted from the name", ""),
    "TSK-2506": Text("部署を会社名から分けました", "", "The department was parted from the name", ""),
    "TSK-2507": Text(
        "法人格が名前の途中にあるため、そのままにしました",
        "会社名を確かめてください",
        "A legal form stands inside the name; it was left there",
        "Check the company's name",
    ),
    "TSK-2508": Text(
        "この略語が表す法人格は一つに決まりません",
        "正式な法人格を確かめてください",
        "This abbreviation stands for more than one legal form",
        "Check the full legal form",
    ),
    "TSK-2509": Text(
        "会社名の欄にある人の名前を外しました",
        "担当者の欄に移してください",
        "A person named in the company's cell was left out",
        "Move the person to a column of its own",
    ),
    "TSK-2510": Text(
        "見出しや旧社名など、名前でない書き添えを外しました",
        "",
        "A label, a former name or a remark was left out",
        "",
    ),
    "TSK-2511": Text("役職や部署を外しました", "", "The title or department was left out", ""),
    "TSK-2512": Text("かっこ内の読みを外しました", "", "The reading in brackets was left out", ""),
    "TSK-2513": Text(
        "空白のない名前を姓の一覧で分けました",
        "姓と名の境を確かめてください",
        "A name without a blank was divided by a list of family names",
        "Check where the family name ends",
    ),
    "TSK-2521": Text("内線番号があります", "", "There is an extension", ""),
    "TSK-2522": Text("先頭の0を補いました", "", "The leading zero was restored", ""),
    "TSK-2523": Text("電話番号が二つ以上あります", "", "There is more than one number", ""),
    "TSK-2524": Text("省略された番号を補いました", "", "A shortened number was completed", ""),
    "TSK-2525": Text("電話番号の見出しを外しました", "", "The label of the number was left out", ""),
    "TSK-2526": Text("FAX番号を外しました", "", "The fax number was left out", ""),
    "TSK-2531": Text("先頭の0を補いました", "", "The leading zero was restored", ""),
    "TSK-2541": Text(
        "Excelの日付の通し番号を日付にしました", "", "Excel's day number was read as a date", ""
    ),
    "TSK-2542": Text(
        "その元号はもう終わっています",
        "新しい元号で書き直してください",
        "The era had ended before that day",
        "Write it in the era that followed",
    ),
    "TSK-2543": Text("時刻を外しました", "", "The time of day was left out", ""),
    "TSK-2544": Text("月末を日付にしました", "", "The end of the month was read as its last day", ""),
    "TSK-2545": Text("元号を西暦にしました", "", "The era was read as a Western year", ""),
    "TSK-2551": Text("△やかっこをマイナスとして読みました", "", "△ or brackets were read as minus", ""),
    "TSK-2552": Text(
        "末尾の横線は金額の締めとして外しました", "", "The dash that closes the figure was left out", ""
    ),
    "TSK-2553": Text(
        "漢数字や万・千などの単位を数字にしました", "", "Kanji numerals or units were read as figures", ""
    ),
    "TSK-2555": Text("税込・税抜などの注記を外しました", "", "The remark about tax was left out", ""),
    "TSK-2561": Text(
        "12桁の会社法人等番号に検査数字を付けました",
        "国税庁の公表サイトの法人番号と同じか確かめてください",
        "The check digit was put before a 12-digit registry number",
        "Compare it with the corporate number on the National Tax Agency's site",
    ),
    "TSK-2562": Text("先頭のTを補いました", "", "The leading T was added", ""),
    "TSK-2571": Text("アドレスの前の表示名を外しました", "", "The display name was left out", ""),
    "TSK-2572": Text(
        "規格に合わない古い携帯メールアドレスです",
        "届かない相手先があることに注意してください",
        "It is an old mobile address that breaks the mail standard",
        "Some mail systems will not deliver to it",
    ),
    "TSK-2573": Text("メールアドレスが二つ以上あります", "", "There is more than one address", ""),
    "TSK-2574": Text("アドレスの前後の記号を外しました", "", "Marks around the address were left out", ""),
    "TSK-2581": Text("小さいカナを大きいカナにしました", "", "Small kana were made large", ""),
    "TSK-2582": Text(
        "法人格を振込の略語にしました", "", "The legal form was abbreviated as in transfers", ""
    ),
}

MESSAGES: dict[str, Text] = {**_REFUSED, **_CHANGED}
