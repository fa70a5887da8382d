"""Every address and every operation, found by themselves: from the URL table and from the API."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern

from mengkeju.config.api import PREFIX, operations
from mengkeju.kernel.web.request import VIEW_PERMISSION

API = PREFIX.strip("/") + "/"
SIGN_IN = "accounts/"


@dataclass(frozen=True)
class Route:
    """One address: how it is written, what it says of itself. `permission` None: it says none."""

    name: str
    path: str
    parameters: tuple[str, ...]
    permission: str | None
    methods: frozenset[str]

    @property
    def head(self) -> str:
        """The first part of the address, which tells what it is about."""
        first = self.path.removeprefix(API).partition("/")[0]
        return first.partition("<")[0] or first

    def filled(self, values: dict[str, str]) -> str:
        """The address with the parameters."""
        path = self.path
        for name, value in values.items():
            start = next(i for i in _opens(path) if path[i:].partition(">")[0].rpartition(":")[2].lstrip("<") == name)
            path = path[:start] + value + path[path.index(">", start) + 1 :]
        return "/" + path


def _opens(path: str) -> Iterator[int]:
    return (i for i, character in enumerate(path) if character == "<")


def _methods(view: Callable[..., Any]) -> frozenset[str]:
    """What the view's decorator says it answers; all when it says nothing."""
    found: Any = view
    while found is not None:
        said = inspect.getclosurevars(found).nonlocals.get("request_method_list") if inspect.isfunction(found) else None
        if said is not None:
            return frozenset(said)
        found = getattr(found, "__wrapped__", None)
    return frozenset({"GET", "HEAD", "POST"})


def _written(pattern: RoutePattern | RegexPattern | LocalePrefixPattern) -> str:
    """A regular expression as a route: `^confirm/(?P<key>…)/$` → `confirm/<key>/`."""
    text = str(pattern)
    if isinstance(pattern, RoutePattern):
        return text
    text = text.removeprefix("^").removesuffix("$")
    while (start := text.find("(?P<")) >= 0:
        depth, end = 0, start
        for end in range(start, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if not depth:
                break
        name = text[start + 4 :].partition(">")[0]
        text = f"{text[:start]}<{name}>{text[end + 1 :]}"
    return text


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Route]:
    """Every address of the site; those of the API are in `operations`."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + _written(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern) and not path.startswith(API):
            names = tuple(entry.pattern.regex.groupindex)
            said = getattr(entry.callback, VIEW_PERMISSION, None)
            yield Route(entry.name or path, path, names, said, _methods(entry.callback))


def api_names(resolver: URLResolver | None = None, prefix: str = "") -> set[str]:
    """What the URL table has below the API, to be compared with what the API says it has."""
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + _written(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= api_names(entry, path)
        elif path.startswith(API):
            found.add(str(entry.name))
    return found


__all__ = ["API", "SIGN_IN", "Route", "api_names", "operations", "routes"]
