"""Where people meet; this far: one-to-one meetings and remote pitches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Meetings of two sides, and teams from elsewhere that present by a remote session."""

    name = "mengkeju.events"
    label = "events"
    verbose_name = _("会面与路演")
