import pytest

from mengkeju.config.mail import smtp_settings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", False)),
        ("smtp+tls://u%40x:p%2Fw@mail.example", ("mail.example", 587, "u@x", "p/w", True)),
        ("smtp+tls://u:p@mail.example:2525", ("mail.example", 2525, "u", "p", True)),
    ],
)
def test_an_address_is_taken_apart(url: str, expected: tuple[str, int, str, str, bool]) -> None:
    assert smtp_settings(url) == expected


@pytest.mark.parametrize("url", ["mail.example:25", "https://mail.example", "smtp://"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MENGKEJU_EMAIL_URL"):
        smtp_settings(url)
