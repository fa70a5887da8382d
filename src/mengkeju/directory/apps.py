"""Organisations, people, rights, areas, vocabularies."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Who is who, and where."""

    name = "mengkeju.directory"
    label = "directory"
    verbose_name = "主体库"
