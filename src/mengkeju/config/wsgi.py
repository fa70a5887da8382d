"""The WSGI door. Behind a reverse proxy the visitor's address and scheme are those the proxy tells."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from mengkeju.config.env import env, parts

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def behind(proxies: list[str], app: Application) -> Application:
    """The application behind these proxies: only what they say about the visitor is believed; behind none, nothing."""
    return wrap_wsgi_with_proxy_headers(app, proxies) if proxies else app


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mengkeju.config.settings")
application = behind(parts(env().trusted_proxies), get_wsgi_application())
