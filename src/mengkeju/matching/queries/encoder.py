"""Which encoder the site is set to, for a page that says so. Nothing here asks it."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mengkeju.matching.engine import meaning_figures
from mengkeju.matching.engine.encoder_address import address, is_address, is_here


@dataclass(frozen=True)
class InUse:
    """Its model, the host whose service texts are sent to (empty: a folder), whether that is this machine."""

    model: str
    host: str
    is_here: bool
    figures: meaning_figures.Settings


def in_use() -> InUse | None:
    """The encoder of the settings; None without one."""
    named = settings.ENCODER
    if not named:
        return None
    figures = meaning_figures.settings()
    if not is_address(named):
        return InUse(Path(named).name, "", is_here=True, figures=figures)
    host = str(address(named).hostname)
    return InUse(settings.ENCODER_MODEL, host, is_here=is_here(host), figures=figures)
