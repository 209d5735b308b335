"""Messages about systems that do not answer as they should (TSK-3…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    # TSK-3001 … 3019: any system reached over the web.
    "TSK-3001": Text(
        "接続できません",
        "ネットワークと接続先のホスト名を確かめてください。次の実行でやり直します",
        "It can't be reached",
        "Check the network and the connection's host; the next run tries again",
    ),
    "TSK-3002": Text(
        "混み合っているため断られました",
        "そのままお待ちください。次の実行でやり直します",
        "It is too busy and turned us away",
        "Just wait; the next run tries again",
    ),
    "TSK-3003": Text(
        "相手のシステムで障害またはメンテナンスが起きています(状態コード{status})",
        "稼働状況を確かめてください。次の実行でやり直します",
        "The system has a fault or is under maintenance (status {status})",
        "Look at its status page; the next run tries again",
    ),
    "TSK-3004": Text(
        "返ってきた内容がデータではありません(途中で切れたか、案内ページです)",
        "ログイン画面やメンテナンスの案内が出ていないか、ブラウザで確かめてください。次の実行でやり直します",
        "The answer is not data (it was cut short, or is a web page)",
        "Open the system in a browser and look for a login or maintenance page; the next run tries again",
    ),
    "TSK-3005": Text(
        "別の場所へ転送されました",
        "接続のホスト名を、転送先ではなく本来のものに直してください",
        "We were redirected to another place",
        "Correct the connection's host; redirects are never followed",
    ),
    "TSK-3006": Text(
        "相手の証明書を確認できません",
        "ホスト名と、この機械の時計と証明書を確かめてください",
        "The system's certificate can't be verified",
        "Check the host, and this machine's clock and certificates",
    ),
    "TSK-3007": Text(
        "返ってきた内容が大きすぎます(上限{limit}バイト)",
        "一度に読む量を減らせるよう、設定の絞り込み条件を見直してください",
        "The answer is too large (limit {limit} bytes)",
        "Narrow the condition in the settings so that less is read at once",
    ),
    "TSK-3008": Text(
        "接続のホストが使えません",
        "example.cybozu.com のようなホスト名か、https で始まるアドレスを入力してください",
        "The connection's host can't be used",
        "Enter a host name such as example.cybozu.com, or an address that starts with https",
    ),
    "TSK-3009": Text(
        "接続が指定されていません",
        "DAG の connection に接続の名前を書いてください",
        "No connection is named",
        "Name the connection in the DAG",
    ),
    "TSK-3010": Text(
        "認証できません(相手のコード: {reason})",
        "接続のパスワード(APIトークン)を作り直して入力してください。トークンを作った後は設定の反映も必要です",
        "The credentials were refused (its code: {reason})",
        "Enter a new password (API token) in the connection; publish the app's settings after making one",
    ),
    "TSK-3011": Text(
        "この操作の権限がありません(相手のコード: {reason})",
        "接続で使うAPIトークンに、閲覧・追加・編集・削除のうち必要な権限を付けてください",
        "Not permitted to do this (its code: {reason})",
        "Give the connection's API token the rights it needs: view, add, edit, delete",
    ),
    "TSK-3012": Text(
        "接続のパスワード(APIトークン)が空か、使えない文字を含んでいます",
        "半角英数字のAPIトークンを、接続のパスワードに入力し直してください",
        "The connection's password (API token) is empty or has characters it can't have",
        "Enter the API token again, in plain letters and digits, as the connection's password",
    ),
    "TSK-3013": Text(
        "書込{count}件に返事がなく、調べると書かれていませんでした",
        "次の実行でやり直します。続くときは、相手のシステムの稼働状況と接続の権限を確かめてください",
        "{count} writes got no answer and turned out not to be there",
        "The next run tries again; should it go on, look at the system's status and your rights in it",
    ),
    # TSK-3020 … 3049: kintone.
    "TSK-3020": Text(
        "{column}の値を受け付けてもらえませんでした(相手のコード: {reason})",
        "kintoneのフォームの設定で{column}の条件を確かめ、値を直してください",
        "The value of {column} was not accepted (its code: {reason})",
        "Look at the conditions of {column} in the app's form and correct the value",
    ),
    "TSK-3021": Text(
        "{column}は必須ですが、値が空です",
        "{column}を入力してください",
        "{column} is required but blank",
        "Fill in {column}",
    ),
    "TSK-3022": Text(
        "{column}の値が、ほかのレコードと重複しています",
        "どちらのレコードが正しいか決め、もう一方の{column}を直してください",
        "Another record has the same {column}",
        "Decide which record is right and change {column} in the other",
    ),
    "TSK-3023": Text(
        "{column}の選択肢にない値です",
        "kintoneに選択肢を足すか、マッピングの values を直してください",
        "{column} has no such choice",
        "Add the choice in kintone, or correct values in the mapping",
    ),
    "TSK-3024": Text(
        "{column}の値が数値や日付として読めません",
        "値を直してください",
        "The value of {column} is no number or date",
        "Correct the value",
    ),
    "TSK-3025": Text(
        "アプリがありません",
        "設定の app を、kintoneのアプリのURLにある番号に直してください",
        "The app does not exist",
        "Set app to the number in the app's address in kintone",
    ),
    "TSK-3026": Text(
        "設定の query が条件として読めません(相手のコード: {reason})",
        "kintoneのクエリの書き方で条件だけを書いてください(order by や limit は書けません)",
        "The setting query is not a condition (its code: {reason})",
        "Write a condition alone in kintone's query language, without order by or limit",
    ),
    "TSK-3027": Text(
        "{column}は重複禁止の文字列(1行)または数値フィールドではありません",
        "kintoneで{column}の「値の重複を禁止する」を有効にするか、ほかのフィールドを指定してください",
        "{column} is not a text (single line) or number field without duplicates",
        "Turn on 'Prohibit duplicate values' for {column} in kintone, or name another field",
    ),
    "TSK-3028": Text(
        "要求が断られました(相手のコード: {reason})",
        "アプリのフォームや権限が最近変わっていないか確かめてください",
        "The request was refused (its code: {reason})",
        "Check whether the app's form or rights have changed lately",
    ),
    "TSK-3029": Text(
        "{column}の値が、ルックアップの参照先のアプリで見つかりません(相手のコード: {reason})",
        "参照先にその値のレコードが一つだけあるか、接続のパスワードに参照先のAPIトークンもコンマで続けてあるか確かめてください",
        "The app that {column} looks up in does not show the value (its code: {reason})",
        "Is it in one record there, and is that app's API token in the connection's password too?",
    ),
}
