"""Full-text search over everything capabilities register."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The index and the page."""

    name = "mengkeju.search"
    label = "search"
    verbose_name = "搜索"
