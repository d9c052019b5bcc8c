"""Settings say what is wrong with them."""

from typing import Any

import pytest
from pydantic import ValidationError

from service import home
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


@pytest.mark.parametrize(
    "url", ["memory://", "redis://h", "redis://u:geheim@h:6379/2", "rediss://h/0?ssl_cert_reqs=required"]
)
def test_a_redis_is_named_by_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ZHENWEI_REDIS_URL", url)
    settings = read_settings({})
    assert settings.redis_url == url
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize("url", ["", "memory", "memory://x", "redis://", "http://u:geheim@h", "unix:///u:geheim@x"])
def test_another_url_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ZHENWEI_REDIS_URL", url)
    with pytest.raises(SettingsInvalid, match=r"^ZHENWEI_REDIS_URL=.*write memory://") as refused:
        read_settings({})
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://u:geheim@h:port/0", "redis://u:geheim@[h/0"])
def test_a_redis_url_that_does_not_parse_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="ZHENWEI_REDIS_URL cannot be read") as refused:
        home.online(Settings(redis_url=url))
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("prefix", ["", "a b", "x" * 65, "键"])
def test_a_prefix_is_plain(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv("ZHENWEI_REDIS_PREFIX", prefix)
    with pytest.raises(SettingsInvalid, match=r"^ZHENWEI_REDIS_PREFIX="):
        read_settings({})


@pytest.mark.parametrize(("workers", "said"), [(1, False), (2, True)])
def test_workers_that_remember_alone_say_so(caplog: pytest.LogCaptureFixture, workers: int, said: bool) -> None:
    home.online(Settings(workers=workers)).close()
    assert ("each worker remembers alone" in [record.getMessage() for record in caplog.records]) is said
