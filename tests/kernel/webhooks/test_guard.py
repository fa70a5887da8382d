from typing import Any

import pytest

from mengkeju.kernel.webhooks.guard import UnfitAddressError, check_address, check_url

UNFIT = [
    "127.0.0.1",
    "127.8.9.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", UNFIT)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(UnfitAddressError, match="address"):
        check_address(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_public_addresses_are_fit(address: str) -> None:
    check_address(address)


def test_the_setting_opens_loopback_and_nothing_else(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True
    for address in UNFIT:
        if address in {"127.0.0.1", "127.8.9.1", "::1", "2002:7f00:1::"}:
            check_address(address)
        else:
            with pytest.raises(UnfitAddressError):
                check_address(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hook.example.org/", "scheme"),
        ("ftp://hook.example.org/", "scheme"),
        ("http://127.0.0.1:9000/", "scheme"),
        ("https://127.0.0.1/", "address"),
        ("https://[::1]/", "address"),
        ("https://hook.example.org:22/", "port"),
        ("https://user:password@hook.example.org/", "form"),
        ("https://hook.example.org/#part", "form"),
        ("https://hook.example.org/a b", "form"),
        ("https://hook.example.org/\r\nHost: x", "form"),
        ("https://hook.example.org:99999/", "form"),
        ("https:///path", "form"),
        ("https://hook.example.org/路", "form"),
        ("hook.example.org", "form"),
        ("https://hook.example.org/" + "a" * 500, "form"),
    ],
)
def test_unfit_urls(url: str, code: str) -> None:
    with pytest.raises(UnfitAddressError) as caught:
        check_url(url)
    assert caught.value.code == code


def test_a_fit_url_in_parts() -> None:
    target = check_url("https://推送.example.org:8443/a/b?c=1")
    assert (target.scheme, target.port, target.path) == ("https", 8443, "/a/b?c=1")
    assert target.host == "推送".encode("idna").decode() + ".example.org"
    assert target.host_header == f"{target.host}:8443"
    assert check_url("https://hook.example.org").host_header == "hook.example.org"


def test_http_is_open_to_this_machine_only_by_the_setting(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True
    assert check_url("http://127.0.0.1:9000/x").port == 9000
    assert check_url("http://[::1]:9000/x").host_header == "[::1]:9000"
    with pytest.raises(UnfitAddressError, match="scheme"):
        check_url("http://hook.example.org/")
