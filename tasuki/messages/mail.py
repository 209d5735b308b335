"""Messages about mail (TSK-7…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-7001": Text(
        "メールの構造をたどれません",
        "メールソフトで開いて、必要なら内容を手で記録してください",
        "The structure of the mail can't be followed",
        "Open it in a mail program and record its content by hand if it matters",
    ),
    "TSK-7002": Text(
        "メールのヘッダーか本文が長すぎます",
        "メールソフトで開いて、必要なら内容を手で記録してください",
        "The headers or the text of the mail are too long",
        "Open it in a mail program and record its content by hand if it matters",
    ),
    "TSK-7010": Text(
        "メールサーバーがユーザー名かパスワードを受け付けません",
        "接続のユーザー名とパスワードを直してください",
        "The mail server refuses the user name or the password",
        "Correct the connection's login and password",
    ),
    "TSK-7011": Text(
        "メールサーバーの証明書を信頼できません",
        "接続のホスト名を確かめるか、証明書をサーバーの管理者に確かめてください",
        "The mail server's certificate can't be trusted",
        "Check the connection's host, or ask the server's administrator about the certificate",
    ),
    "TSK-7012": Text(
        "メールの読み先が決まっていません",
        "マッピングの settings に path(メールのフォルダー)を書くか、接続を指定してください(どちらか一つ)",
        "It isn't settled where the mails are read",
        "Give path (a folder of mails) in the mapping's settings, or a connection: one of the two",
    ),
    "TSK-7013": Text(
        "暗号化されない接続になります",
        "接続の security を ssl か starttls にしてください(none はこのコンピューターの中だけ)",
        "The connection would not be encrypted",
        "Set the connection's security to ssl or starttls (none only within this computer)",
    ),
    "TSK-7014": Text(
        "メールフォルダー「{folder}」がありません",
        "マッピングの folders をサーバーでの名前に合わせてください",
        "The mail folder {folder} is missing",
        "Write folders in the mapping as the server names them",
    ),
    "TSK-7015": Text(
        "メールサーバーの応答が IMAP4rev1 に合いません",
        "サーバーの管理者に確かめてください",
        "The mail server does not answer as IMAP4rev1 asks",
        "Ask the server's administrator",
    ),
    "TSK-7016": Text(
        "メールの行の名前は message_id です",
        "マッピングの key を message_id にしてください",
        "A mail is named by message_id",
        "Set key to message_id in the mapping",
    ),
    "TSK-7017": Text(
        "認証サービスがアクセストークンを出しません({reason})",
        "接続の client_id と、パスワードの欄のトークンを確かめ、期限が切れていれば同意し直してください",
        "The sign-in service gives no access token ({reason})",
        "Check the connection's client_id and the token in its password; consent again if it has expired",
    ),
    "TSK-7018": Text(
        "token_url が https ではありません",
        "接続の token_url に認証サービスの https のアドレスを書いてください",
        "token_url is not https",
        "Write the sign-in service's https address in the connection's token_url",
    ),
    "TSK-7020": Text(
        "メールサーバーにつながりません",
        "サーバーと回線を確かめてください。次の実行で続きから読みます",
        "The mail server can't be reached",
        "Check the server and the line; the next run goes on from here",
    ),
    "TSK-7021": Text(
        "メールを読んでいる間にメールサーバーが応答を変えました",
        "何もせずにもう一度実行してください",
        "The mail server changed its answer while mails were read",
        "Just run again",
    ),
    "TSK-7022": Text(
        "メールのフォルダーを読めません",
        "ディスクやネットワークの接続と、フォルダーを読む権限を確かめてください",
        "The folder of mails can't be read",
        "Check the disk or network drive, and the right to read the folder",
    ),
    "TSK-7023": Text(
        "認証サービスにつながりません",
        "回線と token_url を確かめ、もう一度実行してください",
        "The sign-in service can't be reached",
        "Check the line and token_url, then run again",
    ),
    "TSK-7030": Text(
        "メールサーバーが差出人か内容を受け付けません",
        "差出人のアドレスと、サーバーの送信の決まりを確かめてください",
        "The mail server refuses the sender or the content",
        "Check the sender's address and the server's rules for sending",
    ),
    "TSK-7031": Text(
        "メールサーバーが宛先{count}件を受け付けません",
        "宛先のアドレスを直してください。ほかの宛先には送られています",
        "The mail server refuses {count} recipients",
        "Correct their addresses; the others have been sent to",
    ),
    "TSK-7032": Text(
        "メールに宛先がありません",
        "宛先を設定してください",
        "The mail has no recipient",
        "Set a recipient",
    ),
    # Notes of tasuki.japanese.encoding: what was met while bytes were read as text.
    "TSK-7081": Text(
        "読めないバイトが{detail}個あります",
        "\\x で示した箇所を元のファイルやメールで確かめてください",
        "{detail} bytes can't be read",
        "Look at the places shown as \\x in the original file or mail",
    ),
    "TSK-7082": Text(
        "宣言された文字コードと違い、{detail}として読みました",
        "文字化けがなければ、そのままで構いません",
        "Read as {detail}, not as declared",
        "Nothing to do if the text reads well",
    ),
    "TSK-7083": Text(
        "宣言された文字コードの名前を知りません",
        "文字化けがなければ、そのままで構いません",
        "The declared character code is unknown",
        "Nothing to do if the text reads well",
    ),
    "TSK-7084": Text(
        "文字コードを決めきれません({detail}としても読めます)",
        "文字化けしていれば、文字コードを指定してください",
        "The character code is not certain ({detail} fits as well)",
        "If the text is garbled, name its character code",
    ),
    "TSK-7085": Text(
        "外字があります({detail})",
        "どの文字かを確かめ、一般の文字に置き換えてください",
        "There are characters of a firm's own ({detail})",
        "Find out which they are and replace them by standard characters",
    ),
}
