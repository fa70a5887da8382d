"""From intention to contract; this far: intentions."""

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """What two sides do with each other."""

    name = "mengkeju.deals"
    label = "deals"
    verbose_name = "合作"
