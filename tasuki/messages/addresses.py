"""Messages about addresses: why one is refused (TSK-2035…), what should be looked at in one (TSK-2535…)."""

from tasuki.messages.text import Text

MESSAGES: dict[str, Text] = {
    "TSK-2035": Text(
        "住所として読めません",
        "都道府県か市区町村から入力してください",
        "It can't be read as an address",
        "Enter it from the prefecture or the city on",
    ),
    "TSK-2036": Text(
        "番地が日付に変わっています",
        "元の番地を調べ、セルの書式を文字列にして入れ直してください",
        "A date stands where the block was",
        "Look the original up, make the cell a text cell and enter it again",
    ),
    "TSK-2535": Text(
        "同じ名前の場所が二つ以上あり、どれか決められません",
        "都道府県・市区町村か郵便番号を入力してください",
        "There is more than one place of this name, and nothing tells which one is meant",
        "Enter the prefecture and the city, or the postal code",
    ),
    "TSK-2536": Text(
        "郵便番号が別の市区町村のものです",
        "郵便番号か住所を確かめてください",
        "The postal code belongs to another city",
        "Check the postal code and the address",
    ),
    "TSK-2537": Text(
        "町名の一覧にない部分があります",
        "小字や新しい町名でなければ、書き方を確かめてください",
        "A part of it is in no list of towns",
        "Check how it is written, unless it is a 小字 or a new town",
    ),
    "TSK-2538": Text(
        "住所の後の電話番号を外しました",
        "電話番号の欄に移してください",
        "A telephone number behind the address was left out",
        "Move it to the column of telephone numbers",
    ),
}
