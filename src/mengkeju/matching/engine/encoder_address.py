"""The address of an encoder as the operator writes it."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def is_address(named: str) -> bool:
    """Whether the encoder named is behind an address; else it is a folder."""
    return "://" in named


def address(url: str) -> SplitResult:
    """The parts of an endpoint's address. ValueError says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("编码器的地址应是 http:// 或 https:// 开头的网址，不含用户名和密码")
    if parts.query or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("编码器的地址里不能有 ?、# 部分、空格和非英文字符")
    _ = parts.port  # ValueError for one that is no number
    return parts


def is_here(host: str) -> bool:
    """Whether a host is this machine by its name."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
