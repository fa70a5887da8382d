"""Starts the kernel: finds what capabilities register in their own folders."""

from django.apps import AppConfig
from django.utils import translation

from mengkeju.kernel import words


class KernelConfig(AppConfig):
    """The mechanisms every capability stands on."""

    name = "mengkeju.kernel"
    label = "kernel"
    verbose_name = "内核"

    def ready(self) -> None:
        """Import each capability's registering modules; a duplicate key stops the start."""
        from mengkeju.kernel.discovery import discover
        from mengkeju.kernel.forms.messages import speak_plainly

        words.speak(translation.gettext, translation.ngettext, lambda: (translation.get_language() or "")[:2] == "en")
        speak_plainly()
        discover()
