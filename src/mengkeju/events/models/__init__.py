"""One-to-one meetings with their proposed times, and remote pitches of teams from elsewhere. No verbs."""

from mengkeju.events.models.meeting import MODES, Meeting, Slot
from mengkeju.events.models.pitch import WISHES, Listener, Pitch, PitchInterest

__all__ = ["MODES", "WISHES", "Listener", "Meeting", "Pitch", "PitchInterest", "Slot"]
