"""Full-text search over everything capabilities register."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """The index and the page."""

    name = "mengkeju.search"
    label = "search"
    verbose_name = _("搜索")
