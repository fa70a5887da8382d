import pytest

from mengkeju.matching.engine.encoder_address import address, is_address, is_here


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example", "https://", "https://user:word@a.example/v1", "https://a.example/v1?x=1", "https://a.example/#x",
     "https://a.example/路径", "https://a.example/a b", "https://a.example:many/"],
)  # fmt: skip
def test_an_unfit_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own words for a port
        address(url)


def test_folder_and_address_are_told_apart() -> None:
    assert is_address("https://a.example/v1")
    assert not is_address("models/bge-small-zh")
    assert address("http://10.0.0.1:8080/v1").port == 8080
    assert [is_here(host) for host in ("localhost", "127.0.0.1", "::1", "10.0.0.1", "a.example")] == [True] * 3 + [
        False
    ] * 2
