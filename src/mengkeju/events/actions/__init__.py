"""Writes of events: one-to-one meetings, remote pitches, and what the clock does with both."""

from mengkeju.events.actions.clockwork import blank_guests, tend_all, tend_meeting, tend_pitch
from mengkeju.events.actions.mail import mail_meeting
from mengkeju.events.actions.meeting import MeetingInput, arrange_meeting, request_meeting
from mengkeju.events.actions.moves import (
    NoteInput,
    cancel_meeting,
    change_where,
    choose_slot,
    decline_meeting,
    finish_meeting,
    miss_meeting,
    propose_times,
    record_note,
)
from mengkeju.events.actions.pitch import PitchInput, cancel_pitch, invite_team, send_again, settle_pitch
from mengkeju.events.actions.pitch_guest import answer_as_guest, find_by_token
from mengkeju.events.actions.pitch_members import follow_pitch, listen, stop_listening

__all__ = [
    "MeetingInput",
    "NoteInput",
    "PitchInput",
    "answer_as_guest",
    "arrange_meeting",
    "blank_guests",
    "cancel_meeting",
    "cancel_pitch",
    "change_where",
    "choose_slot",
    "decline_meeting",
    "find_by_token",
    "finish_meeting",
    "follow_pitch",
    "invite_team",
    "listen",
    "mail_meeting",
    "miss_meeting",
    "propose_times",
    "record_note",
    "request_meeting",
    "send_again",
    "settle_pitch",
    "stop_listening",
    "tend_all",
    "tend_meeting",
    "tend_pitch",
]
