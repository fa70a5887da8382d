"""What policies say: dated figures with where they come from."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    """Figures of policy documents."""

    name = "mengkeju.policy"
    label = "policy"
    verbose_name = _("政策数据")
