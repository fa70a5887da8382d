"""Reads the mail server out of one address."""

from urllib.parse import unquote, urlsplit


def smtp_settings(url: str) -> tuple[str, int, str, str, bool]:
    """Host, port, user, password and whether STARTTLS is used, from smtp:// or smtps+tls style addresses.

    Raises ValueError for another scheme or a missing host.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtp+tls"} or not parts.hostname:
        msg = "MENGKEJU_EMAIL_URL must look like smtp://user:password@host:port or smtp+tls://…"
        raise ValueError(msg)
    tls = parts.scheme == "smtp+tls"
    return (
        parts.hostname,
        parts.port or (587 if tls else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls,
    )
