"""Settings say what is wrong with them."""

from typing import Any

import pytest
from pydantic import ValidationError

from service.settings import Settings, SettingsInvalid, read_settings

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what must be refused


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ZHENWEI_{name.upper()}", raising=False)


def test_defaults_listen_on_this_machine_with_the_active_bundle() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.bundle) == ("127.0.0.1", 8080, None)
    assert (settings.max_body_bytes, settings.max_batch_bytes, settings.max_batch) == (1 << 20, 8 << 20, 1000)


def test_options_go_before_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENWEI_PORT", "9001")
    assert read_settings({"port": None}).port == 9001
    assert read_settings({"port": 9002}).port == 9002


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_this_machine_is_this_machine(host: str) -> None:
    assert read_settings({"host": host}).on_loopback


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.2", "example.cn", "127.0.0.1.example.cn"])
def test_other_addresses_are_not_this_machine(host: str) -> None:
    assert not read_settings({"host": host}).on_loopback


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ZHENWEI_PROT", "ZHENWEI_PORT"),
        ("ZHENWEI_MAX_BATCHES", "ZHENWEI_MAX_BATCH"),
        ("zhenwei_bundel", "ZHENWEI_BUNDLE"),
    ],
)
def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, nearest: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsInvalid, match=f"{name} is not a setting; did you mean {nearest}\\?"):
        read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "65536"), ("MAX_BATCH", "0"), ("LOG_LEVEL", "loud"), ("HOST", "")],
)
def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ZHENWEI_{name}", value)
    with pytest.raises(SettingsInvalid, match=f"^ZHENWEI_{name}={value}: "):
        read_settings({})


@pytest.mark.parametrize(
    "url", ["sqlite", "off", "sqlite:////a/b.sqlite3", "postgresql://u@h/d", "postgresql+psycopg:///d"]
)
def test_a_ledger_is_named(url: str) -> None:
    assert read_settings({"ledger_url": url}).ledger_url == url


@pytest.mark.parametrize("url", ["", "on", "mysql://u:geheim@h/d", "postgresql+asyncpg://u:geheim@h/d", "sqlite://"])
def test_another_ledger_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ZHENWEI_LEDGER_URL", url)
    with pytest.raises(SettingsInvalid, match=r"^ZHENWEI_LEDGER_URL=.*postgresql\+psycopg://user@host") as refused:
        read_settings({})
    assert "geheim" not in str(refused.value)


def test_variables_of_tests_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENWEI_TEST_POSTGRES_URL", "postgresql://u@h/d")
    assert read_settings({}).port == 8080


def test_settings_do_not_change() -> None:
    settings: Any = read_settings({})
    with pytest.raises(ValidationError):
        settings.port = 1
