"""Which encoder the site is set to, for a page that says so. Nothing here asks it."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mengkeju.matching.engine import meaning_figures
from mengkeju.matching.engine.encoder_address import address, is_address, is_here


@dataclass(frozen=True)
class InUse:
    """Its model, and the host that texts are sent to (empty: none leave this machine). Figures of its line."""

    model: str
    host: str
    figures: meaning_figures.Settings


def in_use() -> InUse | None:
    """The encoder of the settings; None without one."""
    named = settings.ENCODER
    if not named:
        return None
    figures = meaning_figures.settings()
    if not is_address(named):
        return InUse(Path(named).name, "", figures)
    host = str(address(named).hostname)
    return InUse(settings.ENCODER_MODEL, "" if is_here(host) else host, figures)
