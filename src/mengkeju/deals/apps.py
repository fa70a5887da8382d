"""From intention to contract: intentions, the board, deals and their registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    """What two sides do with each other."""

    name = "mengkeju.deals"
    label = "deals"
    verbose_name = _("合作")

    def ready(self) -> None:
        """Load the kinds folder."""
        from mengkeju.deals import kinds
        from mengkeju.kernel.kinds import load_folder

        load_folder(kinds)
