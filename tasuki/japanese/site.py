"""Branches and departments behind a firm's name: 東京支店, 営業部, Osaka Branch."""

import re
from collections.abc import Sequence

from tasuki.japanese.surnames import SURNAMES


def is_site(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern in (_BRANCH, _DEPARTMENT, _PLACED))


def is_department(word: str) -> bool:
    return bool(_DEPARTMENT.fullmatch(word)) and not _BRANCH.fullmatch(word)


def is_above_department(word: str) -> bool:
    """財政局, which holds 税務部; 薬局 and 郵便局 hold none."""
    return bool(_BUREAU.fullmatch(word))


def is_desk(word: str) -> bool:
    """経理, as in 経理ご担当者様; Sales Department."""
    return word in _DESKS or word.endswith(("Department", "Dept.", "Dept", "Division", "Div."))


def follows_form(text: str) -> bool:
    """Behind a form between blanks, where no name goes on, more words tell a site: 伊丹製作所."""
    return bool(_BEHIND_FORM.fullmatch(text))


def attached(name: str) -> tuple[str, list[str]]:
    """山田商店東京支店: split only before the name of a place, and before 本社."""
    sites: list[str] = []
    while name.endswith(_ENDS) and (start := _start(name)):
        sites.insert(0, name[start:])
        name = name[:start].rstrip(" ・")
    return name, sites


def english(words: Sequence[str]) -> int:
    """How many of the words tell a site at most: Osaka Branch."""
    return min(len(words) - 1, _LONGEST_ENGLISH) if _ENGLISH.fullmatch(words[-1]) else 0


def parted(sites: Sequence[str]) -> tuple[str, str]:
    """Branch and department, each "" when there is none."""
    branches: list[str] = []
    departments: list[str] = []
    for site in sites:
        m = _BRANCH.fullmatch(site)
        if _PLACED.fullmatch(site):
            branches.append(site)
        elif m:
            branches.append(m["branch"])
            departments += [m["department"]] if m["department"] else []
        elif any(is_part(site) for is_part in (_DEPARTMENT.fullmatch, is_above_department, is_desk)):
            departments.append(site)
        else:
            branches.append(site)
    return " ".join(branches), " ".join(departments)


def _start(name: str) -> int:
    """Where the site begins; 0 when the name proper may reach to the end."""
    if _HEAD_OFFICE.search(name):
        return len(name) - 2
    m = _BEHIND_PLACE.search(name)
    if not m:
        return 0
    known = _NO_OWNERS if m["kind"] in _OFTEN_NAMES else _KNOWN
    start = _before_place(name, m.start("kind"), known) or _before_place(name, m.start(), known)
    return start if start >= 2 else 0


def _before_place(name: str, end: int, known: frozenset[str]) -> int:
    """関西大阪支店 has two places; 西大阪 and 新大阪 are one."""
    lengths = (n for n in range(min(_LONGEST_PLACE, end - 2), 0, -1) if name[end - n : end] in known)
    start = end - next(lengths, end)
    if start > 2 and name[start - 1] in "東西南北新":
        return start - 1
    return start


_KINDS = (
    "支店|支社|本社|本店|営業所|出張所|事業所|支所|支局|支部|分室|工場|センター"
    "|シテン|シシヤ|エイギヨウシヨ|シユツチヨウシヨ|コウジヨウ|ホンシヤ|ホンテン|ジギヨウシヨ"
)
# 営業部, 管理室; not a club (倶楽部), a class room (教室) or a pharmacy (薬局).
_UNITS = "(?<!楽)部|課|(?<!教)室|係|事務局|管理局|グループ|チーム|担当"
# 新宿店 is a branch; 商店, 書店, 工務店 … are trades.
_BRANCH = re.compile(
    rf"(?P<branch>[^ ]*?(?:{_KINDS})|[^ ]+(?<![商書酒薬貨食理務門茶質服品子計肉花器物具米総])店)"
    rf"(?P<department>[^ ]+?(?:{_UNITS}))?"
)
_BEHIND_FORM = re.compile(
    r"(?:\([^)]*\)|[^ ]{4}) [^ ]*(?:[所場店社部課室係園館]|病院|センター|オフィス|ホテル|キャンパス)"
)
_DEPARTMENT = re.compile(rf"[^ ]+(?:{_UNITS})|事務局|第[一二三四五六七八九十0-9]+[部課]")
_BUREAU = re.compile("[^ ]{2,}(?<!薬)(?<!郵便)(?<!放送)局")
_DESKS = frozenset(
    {"経理", "総務", "人事", "営業", "購買", "資材", "業務", "企画", "広報"}
    | {"法務", "財務", "労務", "会計", "庶務", "管理", "技術", "仕入", "調達"}
)
_ENGLISH = re.compile("(?:Branch|Office|Factory|Plant|Department|Dept\\.?|Division|Div\\.)(?: Office)?")
_LONGEST_ENGLISH = 3

_BEHIND_PLACE = re.compile(
    "(?:駅前|駅?[東西南北]口|空港|中央|第[一二三123]|[東西南北])?"
    "(?P<kind>支店|支社|本社|営業所|出張所|支所|支局|事業所|工場|事務所|オフィス)"
    "(?:[^ ]*?(?:部|課|室|係|グループ|チーム))?$"
)
_OFTEN_NAMES = frozenset({"本社", "事業所", "工場", "事務所", "オフィス"})
"""Ends of firms' names too, so that a family name before them may be the owner's: 小林事務所."""
# Not 日本社 or 絵本社.
_HEAD_OFFICE = re.compile(".(?:[ァ-ヺーa-zA-Z0-9]|[店会業事設舗所院園庫器機具械品産務送輸])本社$")
_ENDS = (*"店社所場局部課室係", "オフィス", "グループ", "チーム")

_LARGE = """
北海道 青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 東京 神奈川 新潟 富山 石川
福井 山梨 長野 岐阜 静岡 愛知 三重 滋賀 京都 大阪 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口
徳島 香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄 札幌 函館 旭川 盛岡 仙台 水戸
宇都宮 前橋 高崎 さいたま 大宮 横浜 川崎 金沢 甲府 名古屋 浜松 神戸 姫路 松江 高松 松山
北九州 那覇 新宿 渋谷 池袋 品川 銀座 梅田 難波 博多 関東 関西 東北 中部 近畿 中国 四国 九州
首都圏
"""
_SMALLER = """
堺 柏 むつ 一宮 一関 七尾 三原 三好 三宮 三島 三木 三条 三次 三沢 三浦 三田 三笠 三豊 三郷
三鷹 上尾 上山 上田 上越 上野 下呂 下妻 下松 下田 下野 下関 与野 中津 中野 中間 串間 丸亀
丹波 久喜 久慈 亀山 亀岡 二戸 五島 五條 五泉 井原 交野 京橋 京浜 京阪 人吉 今治 仙北 伊丹
伊予 伊佐 伊勢 伊東 伊豆 伊賀 伊達 伊那 伏見 佐久 佐伯 佐倉 佐渡 佐野 信越 倉吉 倉敷 備前
元町 入間 八代 八女 八尾 八幡 八戸 八潮 八街 出水 出雲 刈谷 別府 加東 加茂 加西 加賀 加須
勝山 勝浦 北上 北斗 北本 北杜 北見 北陸 匝瑳 千曲 千歳 半田 南丹 南国 南城 南砺 南陽 印西
厚木 取手 古河 古賀 可児 台東 合志 吉川 名取 名寄 名張 名護 向日 君津 吹田 周南 和光 和泉
唐津 嘉麻 四条 国東 国立 土佐 土岐 土浦 坂井 坂出 坂戸 坂東 垂水 城北 城南 城東 城西 城陽
堂島 塩尻 塩竈 境港 墨田 士別 壱岐 夕張 多久 多摩 大仙 大和 大垣 大崎 大川 大府 大月 大村
大東 大津 大洲 大田 大町 大竹 大通 大野 大館 天理 天神 天童 天草 太田 奄美 奥州 妙高 姶良
嬉野 宇佐 宇土 宇城 宇治 宇部 宇陀 守口 守山 守谷 安中 安城 安来 安芸 宍粟 宗像 宝塚 室戸
室蘭 宮古 宮津 宮若 宿毛 富士 富岡 富津 富谷 富里 対馬 射水 小倉 小城 小山 小平 小松 小林
小樽 小浜 小牧 小諸 小郡 小野 尼崎 尾道 尾鷲 山武 山県 山陰 山陽 山鹿 岡崎 岡谷 岩倉 岩出
岩国 岩槻 岩沼 島原 島田 川口 川西 川越 市原 市川 帯広 常滑 常総 平塚 平川 平戸 幸手 庄原
府中 座間 延岡 弘前 弥富 彦根 御坊 御所 志摩 志木 恵庭 恵那 愛西 成田 戸塚 戸田 戸畑 所沢
指宿 掛川 摂津 播磨 敦賀 文京 新城 新宮 新庄 新座 新橋 新見 日光 日南 日向 日田 日立 日置
日進 日野 日高 明石 春日 昭島 曽於 有田 朝倉 朝来 朝霞 本宮 本巣 本庄 杉並 村上 村山 東御
東根 東海 東温 東金 杵築 松原 松戸 松本 松浦 松阪 板橋 枕崎 枚方 柏原 柏崎 柳井 柳川 栗原
栗東 根室 桐生 桑名 桜井 桜川 桶川 横手 橋本 橿原 武雄 水俣 氷見 江別 江南 江東 江津 池田
沼津 沼田 泉南 泉州 津山 津島 洲本 流山 浅口 浅草 浜田 浦和 浦安 浦添 海南 海津 淡路 深川
深谷 清水 清瀬 清須 渋川 港北 湖南 湖西 湘南 湯沢 滑川 滝川 滝沢 潟上 潮来 瀬戸 烏丸 焼津
熊谷 熊野 熱海 牛久 犬山 狛江 狭山 玉名 玉野 珠洲 瑞浪 瑞穂 生駒 田原 田川 田村 田辺 由布
甲州 甲斐 甲賀 男鹿 町田 留萌 登別 登米 白井 白山 白岡 白河 白石 益田 目白 目黒 直方 相生
相馬 真岡 真庭 矢板 知多 知立 石垣 石岡 石巻 石狩 砂川 砺波 碧南 磐田 神埼 神栖 神田 福山
福津 福生 秦野 秩父 稚内 稲城 稲敷 稲沢 立川 竹原 竹田 笛吹 笠岡 笠間 筑後 筑西 箕面 米原
米子 米沢 糸島 糸満 紋別 結城 網走 綾瀬 綾部 総社 練馬 美作 美唄 美濃 美祢 美馬 羽咋 羽島
羽村 羽生 羽田 胎内 能代 能美 臼杵 舞鶴 船橋 芦別 芦屋 花巻 若松 茂原 茅野 茨木 草加 草津
荒尾 荒川 菊川 菊池 葛城 葛飾 蒲田 蒲郡 蓮田 藤岡 藤枝 藤沢 行方 行橋 行田 袋井 裾野 西予
西宮 西尾 西条 西海 西脇 西都 見附 角田 調布 諏訪 諫早 豊中 豊前 豊岡 豊島 豊川 豊明 豊橋
豊田 貝塚 赤坂 赤平 赤磐 赤穂 越前 越谷 足利 足立 輪島 逗子 道北 道南 道央 道東 遠野 那珂
郡上 郡山 都城 都留 都筑 酒田 野洲 野田 釜石 釧路 鈴鹿 鉾田 銚子 鎌倉 長井 長岡 長浜 長門
門司 門真 関内 関越 阪南 阪神 防府 阿南 阿波 阿蘇 雲仙 雲南 霧島 青山 青梅 韮崎 須坂 須崎
飛騨 飯塚 飯山 飯田 飯能 養父 館山 館林 香南 香取 香美 香芝 高山 高岡 高島 高梁 高槻 高浜
高石 高砂 高萩 魚沼 魚津 鯖江 鳥栖 鳥羽 鳴門 鴨川 鴻巣 鶴岡 鶴見 鹿屋 鹿島 鹿嶋 鹿沼 鹿角
黒崎 黒石 黒部 あわら いすみ いなべ いわき うきは うるま えびの かほく さくら さぬき たつの
つがる つくば にかほ みどり みやま みよし 三多摩 上天草 上野原 世田谷 中津川 丸の内 久留米
二本松 五反田 京丹後 京田辺 伊万里 伊勢原 伊勢崎 佐世保 八千代 八幡平 八幡浜 八王子 六本木
加古川 北千住 北大阪 北広島 北秋田 北茨城 北関東 十和田 十日町 千代田 南九州 南大阪 南島原
南房総 南相馬 南足柄 南関東 南魚沼 各務原 吉祥寺 吉野川 善通寺 喜多方 四万十 四日市 四條畷
四街道 国分寺 多治見 多賀城 大手町 大牟田 大田原 大船渡 大野城 天王寺 太宰府 宇和島 安曇野
宜野湾 宮古島 富士宮 富士見 富田林 富良野 寒河江 寝屋川 小千谷 小松島 小田原 小矢部 小美玉
小金井 尾張旭 尾花沢 岩見沢 岸和田 廿日市 御前崎 御殿場 心斎橋 志布志 恵比寿 我孫子 新大阪
新居浜 新横浜 新発田 日本橋 春日井 春日部 木更津 木津川 東大和 東大阪 東広島 東村山 東松山
東松島 東近江 横須賀 歌志内 武蔵野 気仙沼 江戸川 江田島 泉佐野 泉大津 津久見 海老名 淀屋橋
溝の口 瀬戸内 牧之原 甲信越 相模原 福知山 秋葉原 筑紫野 糸魚川 紀の川 羽曳野 習志野 苫小牧
茅ヶ崎 藤井寺 虎ノ門 袖ケ浦 西之表 西東京 観音寺 豊見城 那珂川 野々市 錦糸町 鎌ケ谷 長久手
長岡京 阿久根 阿賀野 須賀川 駒ヶ根 鶴ヶ島 龍ケ崎 あきる野 すすきの ふじみ野 丹波篠山 五所川原
伊豆の国 会津若松 北名古屋 南あわじ 南さつま 四国中央 土佐清水 大和郡山 大和高田 大網白里 大阪狭山
安芸高田 富士吉田 常陸大宮 常陸太田 東かがわ 東久留米 武蔵小杉 武蔵村山 河内長野 由利本荘 美濃加茂
薩摩川内 豊後大野 豊後高田 近江八幡 那須塩原 那須烏山 陸前高田 高田馬場 ひたちなか 南アルプス
山陽小野田 いちき串木野 かすみがうら つくばみらい みなとみらい
"""
_PLACES, _CITIES = frozenset(_LARGE.split()), frozenset(_SMALLER.split())
_KNOWN = _PLACES | _CITIES
_NO_OWNERS = _PLACES | (_CITIES - SURNAMES)
_LONGEST_PLACE = max(map(len, _KNOWN))
_PLACED = re.compile(
    rf"[東西南北新]?(?:{'|'.join(sorted(_PLACES))})"
    "(?:[^ ]*(?:オフィス|事務所|研究所|ショールーム|スタジオ|倉庫)|本部)"
)
