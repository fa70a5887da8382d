"""Which achievements could answer a need, and the reverse."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    """Proposals, their explanation and what people made of them."""

    name = "mengkeju.matching"
    label = "matching"
    verbose_name = _("匹配")
