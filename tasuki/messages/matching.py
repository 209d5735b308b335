"""Words of matching: what two rows have in common, and what a matching run can't use (TSK-60…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-6001": Text(
        "名前や住所、電話番号の列が見つかりません",
        "--fields で列の種類を指定してください(例: 得意先名: name)",
        "No column tells a name, an address or a telephone number",
        "Name the kinds of the columns with --fields (得意先名: name)",
    ),
    "TSK-6002": Text(
        "列「{column}」がファイルにありません{suggestion}",
        "--fields のファイルの列名を、見出しと同じにしてください",
        "The file has no column {column}{suggestion}",
        "Spell the columns of the --fields file as in the header",
    ),
    "TSK-6003": Text(
        "名寄せに必要な部品がありません({package})",
        "pip install 'tasuki[match]' を実行してください",
        "A package that matching needs is missing ({package})",
        "Run pip install 'tasuki[match]'",
    ),
    "TSK-6004": Text(
        "この種類のファイルは読めません",
        "CSV、Excel(.xlsx)、Parquet のどれかにしてください",
        "Files of this kind can't be read",
        "Save it as CSV, Excel (.xlsx) or Parquet",
    ),
    "TSK-6006": Text(
        "結果のファイルが、元の一覧かもう一つの結果と同じです",
        "元の一覧は書き換えません。別の名前にしてください",
        "The result would take the place of a list, or of the other result",
        "Lists are never overwritten: give another name",
    ),
    "TSK-6007": Text(
        "この種類のファイルには書けません",
        ".csv か .xlsx で終わる名前にしてください",
        "Files of this kind can't be written",
        "Give a name that ends in .csv or .xlsx",
    ),
    "TSK-6008": Text(
        "この行から始まる引用符が閉じていません",
        "この行の引用符を直してください。下の行がすべて一つのセルになってしまいます",
        "A quote that begins in this row is never closed",
        "Mend the quotes of this row: all rows below would be one cell",
    ),
    "TSK-6010": Text(
        "名寄せ確認の一覧ではありません",
        "tasuki review export で作ったファイルに回答を書いてください",
        "This is not a list of reviews",
        "Answer in a file that tasuki review export wrote",
    ),
    "TSK-6011": Text(
        "列「{column}」の回答が読めません",
        "同一 か 別人 と書くか、空欄にしてください",
        "The answer in {column} can't be read",
        "Write same or different, or leave it blank",
    ),
    "TSK-6012": Text(
        "列「{column}」の確認「{review}」には、前に別の回答がありました",
        "変えるときは tasuki review merge か separate を使ってください",
        "Review {review} (column {column}) was answered otherwise before",
        "To change it, use tasuki review merge or separate",
    ),
    "TSK-6013": Text(
        "列「{column}」の確認「{review}」がありません",
        "tasuki review export をやり直してください",
        "There is no review {review} (column {column})",
        "Run tasuki review export again",
    ),
    "TSK-6005": Text(
        "この名寄せモデルは読めません({problem})",
        "tasuki が書き出したモデルか、Splink の設定を指定してください",
        "This matching model can't be read ({problem})",
        "Give a model that tasuki wrote, or settings of Splink",
    ),
}

FIELDS: dict[str, tuple[str, str]] = {
    "name": ("名称", "name"),
    "kana": ("フリガナ", "reading"),
    "name_kana": ("フリガナ", "reading"),
    "given_name": ("名", "given name"),
    "family_name": ("姓", "family name"),
    "phone": ("電話番号", "telephone"),
    "mobile": ("携帯電話", "mobile"),
    "fax": ("FAX", "fax"),
    "email": ("メール", "email"),
    "address": ("住所", "address"),
    "postal_code": ("郵便番号", "postal code"),
    "birth_date": ("生年月日", "date of birth"),
    "corporate_number": ("法人番号", "corporate number"),
}
"""Other fields are called as their column is."""

LEVELS: dict[str, tuple[str, str]] = {
    "same": ("が一致", "agrees"),
    "same_core": ("が法人格を除いて一致", "agrees but for the legal form"),
    "order": ("が語順を除いて一致", "agrees but for the order of words"),
    "numbered": ("が番号だけ違う", "differs by its number only"),
    "typo": ("が一字違い", "differs by one letter"),
    "extends": ("の一方が他方を含む", "is contained in the other"),
    "near": ("がよく似ている", "is very similar"),
    "similar": ("が似ている", "is similar"),
    "script": ("の一方がかな書き", "is in kana on one side"),
    "relative": ("が同姓で別の名", "has the same family, another given name"),
    "same_block": ("が番地まで一致", "agrees to the block"),
    "near_block": ("の番地が一致", "has the same block number"),
    "same_town": ("が町まで一致", "agrees to the town"),
    "near_town": ("の町が似ている", "is in a similar town"),
    "domain": ("のドメインが一致", "has the same domain"),
    "year": ("の年が一致", "has the same year"),
    "day": ("の月日が一致", "has the same day"),
    "else": ("が違う", "differs"),
}

RELATIONS: dict[str, tuple[str, str]] = {
    "same": ("", ""),
    "neighbour": (
        "同じ所在の別の相手(グループ会社や家族)かもしれません",
        "perhaps neighbours: a group firm, a family",
    ),
    "namesake": ("同名の別の相手かもしれません", "perhaps namesakes"),
    "stranger": ("偶然の一致かもしれません", "perhaps by chance"),
}

ZONES: dict[str, tuple[str, str]] = {
    "same": ("同一", "same"),
    "review": ("要確認", "review"),
    "different": ("別人", "different"),
}

REASONS: dict[str, tuple[str, str]] = {
    "code": ("コードが一致", "same code"),
    "corporate": ("法人番号が一致", "same corporate number"),
    "email+name": ("メールと名称が一致", "same mail address and name"),
    "phone+name": ("電話番号と名称が一致", "same telephone and name"),
    "message_id": ("同じメール", "the same message"),
    "jan": ("JANコードが一致", "same JAN code"),
    "serial+product": ("製造番号と商品が一致", "same serial number and product"),
    "serial": ("製造番号だけが一致", "same serial number only"),
    "email": ("メールが一致", "same mail address"),
    "mail": ("メールだけが一致", "same mail address only"),
    "name": ("名称だけが一致", "same name only"),
    "person": ("人の判断", "a person's word"),
    "model": ("似ている", "alike"),
}
"""Why a question is asked, or two rows were joined, by the kinds of keys."""

SHEETS: dict[str, tuple[str, str]] = {
    "file": ("ファイル", "file"),
    "row": ("行", "row"),
    "cluster": ("名寄せID", "cluster"),
    "canonical_name": ("代表名称", "canonical_name"),
    "probability": ("確率", "probability"),
    "verdict": ("判定", "verdict"),
    "reasons": ("理由", "reasons"),
    "answer": ("回答(同一/別人)", "answer (same/different)"),
    "review": ("確認", "review"),
    "system": ("システム", "system"),
    "key": ("キー", "key"),
    "name": ("名称", "name"),
}
