"""Which addresses the platform connects to for others: never into its own network (server-side request forgery)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.webhooks.figures import FIGURES

Address = IPv4Address | IPv6Address
LONGEST_URL = 500
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
REASONS = {
    "form": _("地址应是 https:// 开头的完整网址，不含用户名、密码和 # 部分"),
    "scheme": _("只接受 https"),
    "port": _("这个端口不开放"),
    "address": _("不向内网、本机、链路本地等非公网地址发送"),
}


class UnfitAddressError(ValueError):
    """The platform does not connect there. `code`: a key of REASONS."""

    def __init__(self, code: str) -> None:
        """The code only; words come from REASONS."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """A checked URL. `host` in ASCII without brackets, `path` with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Host, with the port where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.scheme == "https" else 80) else f"{name}:{self.port}"


def _embedded(address: Address) -> Address:
    """The IPv4 address an IPv6 one stands for (mapped, 6to4, Teredo, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def is_loopback(address: str) -> bool:
    """Whether an address is this machine."""
    return _embedded(ip_address(address.partition("%")[0])).is_loopback


def check_address(found: str) -> None:
    """UnfitAddressError unless the address is public, or loopback where a test or demo setting allows that."""
    address = _embedded(ip_address(found.partition("%")[0]))
    if settings.WEBHOOK_LOOPBACK and address.is_loopback:
        return
    private = not address.is_global or address.is_multicast or address.is_reserved
    if private or any(address in network for network in FIGURES.forbidden):
        raise UnfitAddressError("address")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def check_url(url: str) -> Target:
    """The parts of a URL the platform may send to, before its name is looked up. Raises UnfitAddressError."""
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise UnfitAddressError("form")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode().rstrip(".")
    except ValueError as error:  # UnicodeError too: a name that is none
        raise UnfitAddressError("form") from error
    if not host or "@" in parts.netloc or parts.fragment or not parts.path.isascii() or not parts.query.isascii():
        raise UnfitAddressError("form")
    literal = _literal(host)
    here = settings.WEBHOOK_LOOPBACK and (host == "localhost" or (literal is not None and is_loopback(host)))
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise UnfitAddressError("scheme")
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in settings.WEBHOOK_PORTS and not here:
        raise UnfitAddressError("port")
    if literal is not None:
        check_address(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)
