"""The demo region."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Loads the demo region through the same actions people use."""

    name = "mengkeju.demo"
    label = "demo"
    verbose_name = _("演示")
