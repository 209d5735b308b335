"""Messages about configuration (TSK-4…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-4001": Text(
        "設定ファイルがありません",
        "名前を確かめるか、tasuki init で作ってください",
        "The configuration file does not exist",
        "Check its name, or create it with tasuki init",
    ),
    "TSK-4002": Text(
        "YAMLとして読めません: {problem}",
        "この行の字下げ・コロン・引用符を直してください",
        "Not valid YAML: {problem}",
        "Mend the indent, colon or quotes on this line",
    ),
    "TSK-4003": Text(
        "「{key}」が二度書かれています",
        "どちらか一つにしてください",
        "{key} is written twice",
        "Keep one of them",
    ),
    "TSK-4004": Text(
        "「項目: 値」の形になっていません",
        "docs/mapping.md の例に合わせてください",
        "The file is not a list of key: value",
        "Follow the example in docs/mapping.md",
    ),
    "TSK-4005": Text(
        "「{key}」という項目はありません{suggestion}",
        "つづりを直すか、行を消してください",
        "There is no key {key}{suggestion}",
        "Mend the spelling, or remove the line",
    ),
    "TSK-4006": Text(
        "「{key}」の値が正しくありません: {problem}",
        "docs/mapping.md の説明に合わせてください",
        "The value of {key} is wrong: {problem}",
        "See docs/mapping.md for what it may be",
    ),
    "TSK-4010": Text(
        "接続「{connection}」が登録されていません",
        "Airflowの接続に登録するか、環境変数 AIRFLOW_CONN_… に設定してください",
        "The connection {connection} is not defined",
        "Add it to Airflow's connections, or set AIRFLOW_CONN_…",
    ),
    "TSK-4011": Text(
        "接続「{connection}」の内容が読めません",
        'JSON({{"conn_type": …}})かURIの形で書いてください',
        "The connection {connection} can't be read",
        'Write it as JSON ({{"conn_type": …}}) or as a URI',
    ),
    "TSK-4020": Text(
        "モデル「{model}」はありません{suggestion}",
        "customer, contact, staff, activity のどれかにしてください",
        "There is no model {model}{suggestion}",
        "Use customer, contact, staff or activity",
    ),
    "TSK-4021": Text(
        "項目「{field}」はこのモデルにありません{suggestion}",
        "つづりを直すか、独自の項目なら custom: に書いてください",
        "The model has no field {field}{suggestion}",
        "Mend the spelling; a field of your own belongs under custom:",
    ),
    "TSK-4022": Text(
        "独自項目の名前「{field}」は使えません",
        "モデルにない、半角英字の名前にしてください",
        "The custom field name {field} can't be used",
        "Choose an ASCII name that the model does not have",
    ),
    "TSK-4023": Text(
        "項目「{field}」に column か columns のどちらか一つが要ります",
        "列名を書いてください",
        "Field {field} needs either column or columns",
        "Name the column",
    ),
    "TSK-4024": Text(
        "項目「{field}」の values で、同じ値が二つの言葉に対応しています",
        "一対一にしてください",
        "The values of field {field} are not one to one",
        "Give each word a value of its own",
    ),
    "TSK-4025": Text(
        "項目「{field}」に「{value}」という値はありません{suggestion}",
        "docs/mapping.md にある値にしてください",
        "Field {field} has no value {value}{suggestion}",
        "Use one of the values in docs/mapping.md",
    ),
    "TSK-4026": Text(
        "参照の項目「{field}」に by がありません",
        "相手のモデルのどの項目で探すかを by: に書いてください",
        "The reference {field} has no by",
        "Say with by: which field of the other model to look up",
    ),
    "TSK-4027": Text(
        "「{name}」という変換はありません{suggestion}",
        "docs/mapping.md にある名前にしてください",
        "There is no cleaner or writer {name}{suggestion}",
        "Use a name from docs/mapping.md",
    ),
    "TSK-4028": Text(
        "マッピングの tests の{number}番目が合いません(項目「{field}」)",
        "tasuki check で期待値と結果を見て、どちらかを直してください",
        "Test {number} of the mapping fails (field {field})",
        "Compare expected and actual with tasuki check, then mend one of them",
    ),
    "TSK-4030": Text(
        "sync: の名前「{sync}」がファイル名「{file}」と違います",
        "どちらかに合わせてください",
        "sync: {sync} differs from the file's name {file}",
        "Make them the same",
    ),
    "TSK-4031": Text(
        "mappings/{system}.yaml がありません",
        "マッピングを作るか、名前を直してください",
        "mappings/{system}.yaml does not exist",
        "Write the mapping, or mend the name",
    ),
    "TSK-4032": Text(
        "システム「{system}」のマッピングは {theirs} のもので、この同期は {model} です",
        "同じモデルのマッピングを使ってください",
        "The mapping of {system} is for {theirs}, this sync is for {model}",
        "Use a mapping of the same model",
    ),
    "TSK-4033": Text(
        "「{system}」はこの同期のシステムではありません{suggestion}",
        "systems: にある名前にしてください",
        "{system} is not a system of this sync{suggestion}",
        "Use a name listed under systems:",
    ),
    "TSK-4034": Text(
        "システム「{system}」は同期「{other}」にも入っています",
        "一つのシステムは一つの同期だけに入れてください",
        "System {system} is also part of sync {other}",
        "Let a system take part in one sync only",
    ),
    "TSK-4035": Text(
        "システム「{system}」は新規を受け取りますが、キー「{column}」を誰も発行しません",
        "キーを code に対応させるか、issued_by: tasuki にしてください",
        "System {system} receives new rows, but nobody issues its key {column}",
        "Map the key to code, or set issued_by: tasuki",
    ),
    "TSK-4036": Text(
        "コネクタ「{connector}」はありません{suggestion}",
        "connectors/ にある名前か、追加したパッケージの名前にしてください",
        "There is no connector {connector}{suggestion}",
        "Use a name found in connectors/, or install its package",
    ),
    "TSK-4037": Text(
        "システム「{system}」は on_delete: archive ですが、active の列がありません",
        "active に列を対応させるか、unlink にしてください",
        "System {system} says on_delete: archive, but maps no active column",
        "Map active to a column, or use unlink",
    ),
    "TSK-4038": Text(
        "同期「{sync}」はありません{suggestion}",
        "dags/ にある名前にしてください",
        "There is no sync {sync}{suggestion}",
        "Use a name found in dags/",
    ),
    "TSK-4039": Text(
        "ワークスペースではありません(mappings/ と dags/ がありません)",
        "--home でフォルダを指定するか、tasuki init で作ってください",
        "Not a workspace: it has no mappings/ and dags/",
        "Name the folder with --home, or create one with tasuki init",
    ),
}
