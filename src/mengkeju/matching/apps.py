"""Which achievements could answer a need, and the reverse."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Proposals, their explanation and what people made of them."""

    name = "mengkeju.matching"
    label = "matching"
    verbose_name = "匹配"
