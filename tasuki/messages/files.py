"""Messages about files, sheets, rows and keys (TSK-1…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-1001": Text(
        "{column}が空です",
        "この行の{column}を入力してください",
        "{column} is empty",
        "Fill in {column} of this row",
    ),
    "TSK-1002": Text(
        "{column}が{count}行で重複しています",
        "どの行が正しいか決め、ほかの行の{column}を直してください",
        "{column} is the same in {count} rows",
        "Decide which row is right and change {column} in the others",
    ),
    "TSK-1003": Text(
        "列「{column}」がありません",
        "見出しを元に戻すか、マッピングの列名を直してください{suggestion}",
        "Column {column} is missing",
        "Restore the header, or change the column in the mapping{suggestion}",
    ),
    "TSK-1004": Text(
        "シート「{sheet}」がありません",
        "シート名を元に戻すか、マッピングの sheet を直してください{suggestion}",
        "Sheet {sheet} is missing",
        "Restore the sheet's name, or change sheet in the mapping{suggestion}",
    ),
    "TSK-1005": Text(
        "見出し「{column}」が二つ以上あります",
        "見出しを一つずつ別の名前にしてください",
        "The header {column} stands more than once",
        "Give each column a name of its own",
    ),
    "TSK-1006": Text(
        "ファイルがありません",
        "ファイルの場所を確かめるか、マッピングの path を直してください",
        "The file does not exist",
        "Check where the file is, or change path in the mapping",
    ),
    "TSK-1007": Text(
        "ファイルが空です(見出しもありません)",
        "ファイルを書き出し直してください",
        "The file is empty, without even a header",
        "Export the file again",
    ),
    "TSK-1008": Text(
        "ファイルが壊れているか、保存の途中です",
        "保存が終わるのを待つか、バックアップから戻してください",
        "The file is damaged or only half saved",
        "Wait until it is saved, or restore it from a backup",
    ),
    "TSK-1009": Text(
        "文字コード{encoding}として読めません",
        "マッピングの encoding を直すか、{encoding}で書き出し直してください",
        "The text is not {encoding}",
        "Change encoding in the mapping, or export the file as {encoding}",
    ),
    "TSK-1010": Text(
        "パスワードで保護されているため開けません",
        "パスワードを外して保存するか、接続のパスワードを直してください",
        "The file is protected by a password",
        "Save it without a password, or correct the connection's password",
    ),
    "TSK-1011": Text(
        "{holder}さんが開いています({since}から)",
        "閉じてもらってください。次の実行で書き込みます",
        "{holder} has it open (since {since})",
        "Ask for it to be closed; the next run writes",
    ),
    "TSK-1012": Text(
        "展開すると大きすぎます({size})",
        "ファイルの出所を確かめてください。正しければ不要なシートや画像を減らしてください",
        "It is too large when unpacked ({size})",
        "Check where the file came from; if it is genuine, remove unused sheets and pictures",
    ),
    "TSK-1013": Text(
        "{column}に入りません(上限{limit}、値は{size})",
        "短くするか、書き込み先の列を広げてください",
        "Too long for {column} (limit {limit}, value {size})",
        "Shorten it, or widen the column in the target",
    ),
    "TSK-1014": Text(
        "{column}の文字コード{encoding}で書けない文字があります: {characters}",
        "別の文字に替えるか、マッピングの encoding を直してください",
        "{column} has characters that {encoding} can't hold: {characters}",
        "Replace them, or change encoding in the mapping",
    ),
    "TSK-1015": Text(
        "行の列数が見出しと違います",
        "この行の区切り文字と引用符を直してください",
        "The row has another number of columns than the header",
        "Mend the separators and quotes of this row",
    ),
    "TSK-1016": Text(
        "{column}は書き込めない列です",
        "マッピングでこの列を direction: in にしてください",
        "{column} can't be written",
        "Map this column as direction: in",
    ),
    "TSK-1017": Text(
        "書き込む直前に、読んだ後の変更が見つかりました",
        "何もせずにもう一度実行してください",
        "It changed after it was read and before it was written",
        "Just run again",
    ),
    "TSK-1070": Text(
        "今は応答がありません",
        "しばらく待ってください。次の実行で続けます",
        "It does not answer now",
        "Wait a while; the next run goes on",
    ),
    "TSK-1071": Text(
        "ここではこの書き込みはできません",
        "マッピングの direction と on_delete を確かめてください",
        "This kind of write is not possible here",
        "Check direction and on_delete in the mapping",
    ),
    "TSK-1072": Text(
        "この行に読めない制御文字(NUL)があります",
        "書き出したソフトでこの行を入力し直し、ファイルを書き出し直してください",
        "This row has an unreadable control character (NUL)",
        "Enter this row again in the program it came from, and export the file again",
    ),
    "TSK-1073": Text(
        "ファイルを今は使えません({reason})",
        "ほかの人が使い終わるのを待つか、フォルダーの権限と空き容量を確かめてください",
        "The file can't be used now ({reason})",
        "Wait until others have finished, or check the folder's permissions and free space",
    ),
    "TSK-1074": Text(
        "多くの行の列数が違います(設定や見出しでは{expected}列)",
        "書き出した項目と、マッピングの columns・profile・delimiter を見比べてください",
        "Most rows have another number of columns than settings or header say ({expected})",
        "Compare the exported items with columns, profile and delimiter in the mapping",
    ),
}
