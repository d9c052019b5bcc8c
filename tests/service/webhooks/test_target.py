"""Where a webhook may lead: half of the table is what an attacker would write."""

import asyncio
from typing import Any

import pytest

from service.webhooks.post import Post
from service.webhooks.target import TargetRefused, address_of, read_target


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://example.cn/hook", False),
        ("https://example.cn:8443/hook?a=b", False),
        ("https://xn--fiqs8s/", False),
        ("https://[2606:4700::1111]/", False),
        ("https://10.0.0.1/hook", True),
        ("http://localhost:9000/hook", True),
    ],
)
def test_a_url_that_may_be_told(url: str, *, private: bool) -> None:
    assert read_target(url, private=private).host


@pytest.mark.parametrize(
    "url",
    [
        "", "example.cn", "http://example.cn/", "ftp://example.cn/", "https://", "https:///hook", "https://u:p@example.cn/",
        "https://example.cn/#x", "https://example.cn/ x", "https://example.cn/\nHost: y", "https://例子.cn/",
        "https://example.cn:99999/", "https://[::1/", "file:///etc/passwd", "https://example.cn\\@evil.cn/",
        "https://example.cn/" + "x" * 1024, "javascript:alert(1)",
    ],
)  # fmt: skip
def test_a_url_that_may_not(url: str) -> None:
    with pytest.raises(TargetRefused):
        read_target(url, private=False)


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def found(*_: Any, **__: Any) -> list[Any]:  # noqa: ANN401 - as the loop's own
        return [(0, 0, 0, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)


def look_up(url: str, *, private: bool = False) -> str:
    return asyncio.run(address_of(read_target(url, private=private), private=private))


PUBLIC = ["8.8.8.8", "223.5.5.5", "2606:4700::1111", "2400:3200::1"]
INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",  # noqa: S104 - not bound to, refused
    "192.0.0.170", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:a00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    leads_to(monkeypatch, address)
    assert look_up("https://example.cn/") == address


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for found in ((address,), ("8.8.8.8", address)):  # not even beside a public one
        leads_to(monkeypatch, *found)
        with pytest.raises(TargetRefused, match="not public"):
            look_up("https://example.cn/")


def test_where_private_ones_may_be_told_plain_http_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "10.0.0.1")
    assert look_up("https://inside/", private=True) == "10.0.0.1"
    with pytest.raises(TargetRefused, match="beyond this machine"):
        look_up("http://inside/", private=True)
    leads_to(monkeypatch, "127.0.0.1")
    assert look_up("http://localhost/", private=True) == "127.0.0.1"


def test_a_name_that_leads_inside_is_refused_when_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "169.254.169.254")
    answer = asyncio.run(Post(private=False).send("https://metadata.example.cn/", b"{}", {}))
    assert (answer.accepted, answer.told) == (False, "refused: the name leads to an address that is not public")


def test_the_host_header_names_the_host_and_its_port() -> None:
    assert read_target("https://example.cn/", private=False).authority == "example.cn"
    assert read_target("https://example.cn:8443/", private=False).authority == "example.cn:8443"
    target = read_target("https://[2606:4700::1111]:8443/a?b", private=False)
    assert (target.authority, target.at("2606:4700::1111")) == (
        "[2606:4700::1111]:8443",
        "https://[2606:4700::1111]:8443/a?b",
    )
