"""What the kintone connector says when kintone, the network or a setting is wrong."""

import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from connectors.kintone import KintoneConnector, KintoneSettings
from tasuki.errors import Retry, UserError
from tasuki.messages import CATALOGUE
from tasuki.sandbox.kintone import KintoneSandbox
from tasuki.settings import Connection
from tests.connectors.kintone_customers import (
    NAMES,
    SECRET,
    company,
    create,
    keys,
    kintone,
    opened,
    pauses,
    read,
    system,
)

pytestmark = pytest.mark.integration

# The fixtures come by import, so that they stand beside the app they serve.
__all__ = ["kintone", "pauses", "system"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("reset", "TSK-3001"),
        ("reply_lost", "TSK-3001"),
        ("429", "TSK-3002"),
        ("GAIA_DA02", "TSK-3002"),
        ("GAIA_TO04", "TSK-3002"),
        ("500", "TSK-3003"),
        ("502", "TSK-3003"),
        ("503", "TSK-3003"),
        ("520", "TSK-3003"),
        ("html", "TSK-3004"),
        ("reply_cut", "TSK-3004"),
    ],
)
def test_a_system_that_stays_away_is_for_later(
    kintone: KintoneSandbox, system: KintoneConnector, fault: str, code: str
) -> None:
    kintone.fail(fault, times=3)
    with pytest.raises(Retry) as error:
        read(system)
    assert (error.value.code, error.value.place) == (code, "kintone app 12")


@pytest.mark.parametrize("fault", ["reset", "429", "502", "503", "html", "reply_cut", "GAIA_TO04"])
def test_a_read_is_tried_again(
    kintone: KintoneSandbox, system: KintoneConnector, pauses: list[float], fault: str
) -> None:
    kintone.put(12, company(1))
    kintone.fail(fault, times=2)
    assert keys(read(system)[0]) == ["C001"]
    assert pauses == [1.0, 2.0]


def test_a_read_waits_as_long_as_kintone_asks(
    kintone: KintoneSandbox, system: KintoneConnector, pauses: list[float]
) -> None:
    kintone.fail("429", after=12)
    read(system)
    assert pauses == [12.0]


def test_a_long_wait_is_left_to_the_schedule(
    kintone: KintoneSandbox, system: KintoneConnector, pauses: list[float]
) -> None:
    kintone.fail("429", after=600)
    with pytest.raises(Retry) as error:
        read(system)
    assert (error.value.after, pauses) == (600, [])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("CB_AU01", "TSK-3010"),
        ("GAIA_IA02", "TSK-3010"),
        ("GAIA_NO01", "TSK-3011"),
        ("CB_NO02", "TSK-3011"),
        ("GAIA_AP01", "TSK-3025"),
        ("CB_IL02", "TSK-3028"),
        ("redirect", "TSK-3005"),
    ],
)
def test_a_wrong_connection_stops_before_anything(
    kintone: KintoneSandbox, system: KintoneConnector, fault: str, code: str
) -> None:
    kintone.fail(fault)
    with pytest.raises(UserError) as error:
        system.write(NAMES, [create(1)])
    assert (error.value.code, error.value.place) == (code, "kintone app 12")
    assert not kintone.rows(12)


def test_a_wrong_token_is_known_by_its_code_whatever_the_status(
    kintone: KintoneSandbox, system: KintoneConnector
) -> None:
    """Older kintone said [520] [GAIA_IA02], as cli-kintone's features of that time show."""
    system.describe()
    kintone.fail("GAIA_IA02", status=520)
    with pytest.raises(UserError) as error:
        system.write(NAMES, [create(1)])
    assert error.value.code == "TSK-3010"


def test_a_field_that_the_app_lacks_is_named_with_its_likeness(system: KintoneConnector) -> None:
    with pytest.raises(UserError) as error:
        read(system, ["会社"])
    assert error.value.code == "TSK-1003"
    assert error.value.details == {"column": "会社", "suggestion": "会社名"}


def test_a_field_the_token_may_not_see_is_missing(kintone: KintoneSandbox, system: KintoneConnector) -> None:
    kintone.put(12, company(1))
    system.describe()
    del kintone.apps[12].fields["TEL"]
    with pytest.raises(UserError) as error:
        read(system)
    assert (error.value.code, error.value.details["column"]) == ("TSK-1003", "TEL")


@pytest.mark.parametrize("settings", [{"key": "会社名"}, {"key": "$id", "upsert_key": "備考"}])
def test_a_key_that_can_be_double_is_refused(kintone: KintoneSandbox, settings: dict[str, Any]) -> None:
    with pytest.raises(UserError) as error:
        opened(kintone, **settings).describe()
    assert error.value.code == "TSK-3027"


@pytest.mark.parametrize(
    "query", ["区分 ===", '区分 = "既存"', 'ない項目 = "x"', "TEL != 1 order by $id asc"]
)
def test_a_condition_kintone_cannot_read_is_a_setting_to_mend(kintone: KintoneSandbox, query: str) -> None:
    with pytest.raises(UserError) as error:
        read(opened(kintone, query=query))
    assert error.value.code == "TSK-3026"


@pytest.mark.parametrize(
    "host",
    ["http://example.cybozu.com", "ftp://127.0.0.1", "", "https://user@example.com", "https://a/b", "a:b:c"],
)
def test_only_https_and_this_machine_are_reached(host: str) -> None:
    connection = Connection("kintone", host=host, password=SecretStr(SECRET))
    with pytest.raises(UserError) as error:
        KintoneConnector(KintoneSettings(app=12), key="$id", home=Path(), connection=connection)
    assert error.value.code == "TSK-3008"


def test_a_host_that_nobody_answers_at_is_for_later(kintone: KintoneSandbox) -> None:
    with KintoneSandbox([]) as gone:
        pass
    connection = Connection("kintone", host=gone.url, password=SecretStr(SECRET))
    settings = KintoneSettings(app=12)
    system = KintoneConnector(settings, key="$id", home=Path(), connection=connection, pause=[].append)
    with pytest.raises(Retry) as error:
        read(system, ["会社名"])
    assert error.value.code == "TSK-3001"


def test_a_missing_connection_or_token_is_said(kintone: KintoneSandbox) -> None:
    with pytest.raises(UserError) as error:
        KintoneConnector(KintoneSettings(app=12), key="$id", home=Path())
    assert error.value.code == "TSK-3009"
    for token in ("", "a\nX-Header: b", "全角"):
        with pytest.raises(UserError) as error:
            opened(kintone, token=token)
        assert error.value.code == "TSK-3012"


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        KintoneSettings.model_validate({"app": 12, "apps": 13})


@pytest.mark.invariant("I11")
def test_no_secret_and_no_value_reaches_errors_and_logs(
    kintone: KintoneSandbox, system: KintoneConnector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kintone.put(12, company(1))
    for fault in ("GAIA_IA02", "reset", "html", "429", "redirect"):
        kintone.fail(fault, times=3)
        with pytest.raises((Retry, UserError)) as error:
            opened(kintone, pauses=[]).fetch(NAMES, ["C001"])
        assert SECRET not in f"{error.value} {error.value!r} {error.value.__cause__}"
        assert error.value.message("ja").hint
        assert error.value.message("en").hint
        kintone.mend()
    assert SECRET not in caplog.text
    system.fetch(NAMES, ["C001"])
    assert "C001" not in caplog.text


def test_a_guest_space_has_its_own_address(kintone: KintoneSandbox) -> None:
    read(opened(kintone, guest_space=7))
    assert {one.path for one in kintone.exchanges} == {
        "/k/guest/7/v1/records.json",
        "/k/guest/7/v1/app/form/fields.json",
    }


def test_every_message_of_kintone_has_both_languages() -> None:
    for code, text in CATALOGUE.items():
        if "TSK-3001" <= code <= "TSK-3049":
            assert all(text), code
