"""Needs, achievements, patents: what is offered and sought."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListingsConfig(AppConfig):
    """One table, small kinds."""

    name = "mengkeju.listings"
    label = "listings"
    verbose_name = _("供需信息")

    def ready(self) -> None:
        """Load the kinds folder."""
        from mengkeju.kernel.kinds import load_folder
        from mengkeju.listings import kinds

        load_folder(kinds)
