"""The demo region."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Loads the demo region through the same actions people use."""

    name = "mengkeju.demo"
    label = "demo"
    verbose_name = "演示"
