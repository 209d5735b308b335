"""Messages about plans, limits, guards, the store and the ledger (TSK-5…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-5001": Text(
        "計画「{plan}」が見つかりません",
        "tasuki plan で作り直すか、tasuki runs で番号を確かめてください",
        "There is no plan {plan} to act on",
        "Make one with tasuki plan, or look its number up with tasuki runs",
    ),
    "TSK-5002": Text(
        "「{plan}」で始まる計画が二つ以上あります",
        "もっと長く書いてください",
        "More than one plan starts with {plan}",
        "Write more of its digits",
    ),
    "TSK-5003": Text(
        "計画「{plan}」は承認を待っています",
        "tasuki approve {plan} --reason 理由 で承認してください",
        "Plan {plan} waits for approval",
        "Approve it with tasuki approve {plan} --reason …",
    ),
    "TSK-5004": Text(
        "計画のファイルが読めないか、書き換えられています",
        "tasuki plan --out で作り直してください",
        "The plan file can't be read, or was altered",
        "Make it again with tasuki plan --out",
    ),
    "TSK-5010": Text(
        "未解決の競合「{conflict}」がありません",
        "tasuki conflicts で番号を確かめてください",
        "There is no open conflict {conflict}",
        "Look its number up with tasuki conflicts",
    ),
    "TSK-5011": Text(
        "競合「{conflict}」の選択肢は {choices} です",
        "そのどれかを --take で選んでください",
        "The choices of conflict {conflict} are {choices}",
        "Choose one of them with --take",
    ),
    "TSK-5012": Text(
        "未回答の名寄せ確認「{review}」がありません",
        "tasuki review list で番号を確かめてください",
        "There is no open review {review}",
        "Look its number up with tasuki review list",
    ),
    "TSK-5020": Text(
        "{system}に作るための番号がまだありません",
        "番号を発行するシステムで登録されるのを待ちます",
        "No key has been issued yet to create this in {system}",
        "It waits until the issuing system has registered it",
    ),
    "TSK-5022": Text(
        "{system}にだけある行です。このシステムは顧客を新しく作りません",
        "元のシステムに登録するか、originates: yes にしてください",
        "This row stands in {system} alone, which originates no customers",
        "Register it where customers begin, or set originates: yes",
    ),
    "TSK-5023": Text(
        "参照先がまだ見つかりません",
        "参照先が登録されると自動で進みます",
        "What this row refers to is not known yet",
        "It goes on by itself once that is registered",
    ),
    "TSK-5101": Text(
        "{rows}行あったデータが空になっています",
        "元のファイルを戻してください。本当に空なら tasuki acknowledge で理由を残してください",
        "There were {rows} rows, now there are none",
        "Restore the source; if it is meant to be empty, say why with tasuki acknowledge",
    ),
    "TSK-5102": Text(
        "{rows}行のうち{missing}行がなくなっています",
        "元のファイルを確かめてください。正しければ tasuki acknowledge で理由を残してください",
        "{missing} of {rows} rows are gone",
        "Check the source; if it is right, say why with tasuki acknowledge",
    ),
    "TSK-5103": Text(
        "{rows}行すべてが一度に変わっています(列のずれ・並べ替え・時差?)",
        "元のファイルを確かめてください。正しければ tasuki acknowledge で理由を残してください",
        "All {rows} rows changed at once (shifted columns, a sort, a time zone?)",
        "Check the source; if it is right, say why with tasuki acknowledge",
    ),
    "TSK-5104": Text(
        "最後まで読めたことを確かめられませんでした",
        "もう一度実行してください",
        "The read did not prove that it reached the end",
        "Run again",
    ),
    "TSK-5105": Text(
        "{rows}行のキーが付け替えられています",
        "キーを元に戻すか、正しければ tasuki acknowledge で理由を残してください",
        "{rows} rows have been given other keys",
        "Restore the keys; if it is right, say why with tasuki acknowledge",
    ),
    "TSK-5106": Text(
        "古い控えで上書きされたようです: 置き換え済みの値が{cells}か所で戻っています(前回 {before}、今回 {now})",
        "新しいファイルを戻してください。正しければ tasuki acknowledge で理由を残してください",
        "An old copy seems to be back: {cells} cells show values replaced before (then {before}, now {now})",
        "Restore the newer file; if it is right, say why with tasuki acknowledge",
    ),
    "TSK-5107": Text(
        "同じ名前ですが別のファイルです: {file}",
        "元のファイルを戻してください。正しければ tasuki acknowledge で理由を残してください",
        "Another file stands under the same name: {file}",
        "Restore the file; if it is right, say why with tasuki acknowledge",
    ),
    "TSK-5108": Text(
        "{rows}行のうち{held}行が読めません(列のずれ?)",
        "元のファイルを確かめてください。正しければ tasuki acknowledge で理由を残してください",
        "{held} of {rows} rows can't be read (shifted columns?)",
        "Check the source; if it is right, say why with tasuki acknowledge",
    ),
    "TSK-5110": Text(
        "前回の実行が安全のため止まっています({system}、{because})",
        "原因を確かめ、tasuki acknowledge 同期名 --reason 理由 のあとで実行してください",
        "An earlier run stopped for safety ({system}, {because})",
        "Look into it, then run tasuki acknowledge SYNC --reason … first",
    ),
    "TSK-5301": Text(
        "データベースが新しい版({version})で作られています",
        "新しい版のTasukiを使ってください",
        "The database was made by a newer version ({version})",
        "Use that version of Tasuki",
    ),
    "TSK-5302": Text(
        "台帳の鍵がこのデータベースのものと違います",
        "var/ledger.key か TASUKI_LEDGER_KEY を元に戻してください",
        "The ledger's key is not the one of this database",
        "Restore var/ledger.key or TASUKI_LEDGER_KEY",
    ),
    "TSK-5310": Text(
        "別の実行({run})が進んでいます",
        "終わるのを待ってください",
        "Another run ({run}) is at work",
        "Wait until it has finished",
    ),
}
