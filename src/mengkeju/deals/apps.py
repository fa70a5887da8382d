"""From intention to contract; this far: intentions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    """What two sides do with each other."""

    name = "mengkeju.deals"
    label = "deals"
    verbose_name = _("合作")
