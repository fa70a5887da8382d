"""What every page needs from Python: the form renderer, the navigation, the `mk` template variable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.http import HttpRequest, QueryDict
from django.template import TemplateDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock, notices

Text = str | Promise


class FormRenderer(TemplatesSetting):
    """Forms and fields in our templates, widgets in Django's own, without `django.forms` in INSTALLED_APPS."""

    form_template_name = "mk/form.html"
    field_template_name = "mk/field.html"

    @cached_property
    def _django(self) -> DjangoTemplates:
        return DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """The project's template of that name, else Django's."""
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self._django.get_template(template_name)


def _everyone(_request: HttpRequest) -> bool:
    return True


def _nothing(_request: HttpRequest) -> int | None:
    return None


@dataclass(frozen=True)
class NavEntry:
    """One place to go. An entry whose URL name does not exist (yet) is not shown.

    `visible` decides per request; `count` gives the number shown beside the words (None: none).
    """

    key: str
    label: Text
    url_name: str
    icon: str = ""
    args: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    group: Text = ""
    visible: Callable[[HttpRequest], bool] = _everyone
    count: Callable[[HttpRequest], int | None] = _nothing


@dataclass(frozen=True)
class NavLink:
    """A shown entry: where it leads, and whether the reader is there."""

    key: str
    label: Text
    url: str
    icon: str
    group: Text
    current: bool
    count: int | None


@dataclass(frozen=True)
class NavGroup:
    """Entries under one heading; a folded group shows its heading only."""

    label: str
    links: list[NavLink]
    unfolded: bool


GROUPS: tuple[Text, ...] = (
    _("我的工作"),
    _("审计"),
    _("业务办理"),
    _("安全管理"),
    _("系统管理"),
    _("发布"),
    _("找"),
    _("清单"),
    _("统计"),
    _("资料"),
)
"""The groups of the workbench's side from top to bottom: what waits first, what is looked up last."""
OPEN_ENTRIES = 18
"""Groups that end within so many entries from the top stand open; later ones are folded."""
PORTAL: list[NavEntry] = [
    NavEntry("need", _("找需求"), "search", query={"kind": "need"}),
    NavEntry("achievement", _("找成果"), "search", query={"kind": "achievement"}),
]
BENCH: list[NavEntry] = [
    NavEntry("workbench", _("我的任务"), "workbench", icon="list-check", group=_("我的工作")),
    NavEntry("notices", _("通知"), "notices", icon="bell", group=_("我的工作")),
    NavEntry("review-queue", _("待审核"), "review-queue", icon="clipboard-check", group=_("业务办理")),
    NavEntry("search", _("需求与成果"), "search", icon="search", group=_("找")),
    NavEntry("create-need", _("提交需求"), "listing-create", icon="plus", args=("need",), group=_("发布")),
    NavEntry(
        "create-achievement", _("发布成果"), "listing-create", icon="flask", args=("achievement",), group=_("发布")
    ),
    NavEntry("directory-me", _("我和单位"), "directory-me", icon="building-community", group=_("资料")),
]


def register_portal(entry: NavEntry) -> None:
    """Adds a place to the public navigation; a key that is taken is an error."""
    _register(PORTAL, entry)


def register_bench(entry: NavEntry) -> None:
    """Adds a place to the workbench's side; a key that is taken replaces the default entry in place."""
    for at, known in enumerate(BENCH):
        if known.key == entry.key:
            BENCH[at] = entry
            return
    BENCH.append(entry)


def _register(entries: list[NavEntry], entry: NavEntry) -> None:
    if any(known.key == entry.key for known in entries):
        msg = f"navigation key taken: {entry.key}"
        raise ValueError(msg)
    entries.append(entry)


def _address(entry: NavEntry) -> str:
    """The entry's address, or "" when no such URL exists."""
    try:
        path = reverse(entry.url_name, args=entry.args)
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(entry.query)}" if entry.query else path


def _is_current(url: str, request: HttpRequest) -> bool:
    parts = urlsplit(url)
    wanted = QueryDict(parts.query)
    return parts.path == request.path and all(request.GET.get(key) == value for key, value in wanted.items())


def links(entries: list[NavEntry], request: HttpRequest) -> list[NavLink]:
    """The entries that exist and that this request may see, in order."""
    shown = []
    for entry in entries:
        url = _address(entry)
        if url and entry.visible(request):
            current = _is_current(url, request)
            shown.append(NavLink(entry.key, entry.label, url, entry.icon, entry.group, current, entry.count(request)))
    return shown


@dataclass
class Mk:
    """The template variable `mk`; everything in it is computed when first asked for."""

    request: HttpRequest

    @property
    def demo(self) -> bool:
        """True on a demo site: every page then says so."""
        return bool(getattr(settings, "DEMO", False))

    @property
    def today(self) -> date:
        """The date in Asia/Shanghai."""
        return clock.today()

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in; error pages may come before the actor is known."""
        person = getattr(self.request, "actor", None) or getattr(self.request, "user", None)
        return bool(getattr(person, "is_authenticated", False))

    @cached_property
    def unread(self) -> int:
        """How many notices the reader has not read; 0 before the actor is known."""
        actor = getattr(self.request, "actor", None)
        return notices.unread_count(actor) if actor is not None and actor.is_authenticated else 0

    @cached_property
    def nav(self) -> list[NavLink]:
        """The public navigation."""
        return links(PORTAL, self.request)

    @cached_property
    def bench(self) -> list[NavLink]:
        """The workbench's side: groups in the order of `GROUPS`, unknown ones last, entries as registered."""
        groups = list(dict.fromkeys(str(group) for group in (*GROUPS, *(entry.group for entry in BENCH))))
        return sorted(links(BENCH, self.request), key=lambda link: groups.index(str(link.group)))


def grouped(entries: list[NavLink], nav_key: str = "") -> list[NavGroup]:
    """The side's groups; the reader's own place is marked and its group never folded."""
    found: list[NavGroup] = []
    at = 0
    for label, members in groupby(entries, key=lambda link: str(link.group)):
        shown = [replace(link, current=link.key == nav_key if nav_key else link.current) for link in members]
        at += len(shown)
        found.append(NavGroup(label, shown, at <= OPEN_ENTRIES or any(link.current for link in shown)))
    return found


def mk(request: HttpRequest) -> dict[str, Mk]:
    """Context processor."""
    return {"mk": Mk(request)}
