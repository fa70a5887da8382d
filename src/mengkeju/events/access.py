"""Who may see and arrange a meeting or a remote pitch.

A meeting: the two sides and the broker who arranged it read everything; officers over either side's area and the
auditor read that it takes place, not what is said there nor where. A pitch: whoever invited the team and the officers
over the area read everything; members read it once the team has accepted, the link when they have registered.
"""

from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.events.engine.meeting import MEETING
from mengkeju.events.engine.pitch import OPEN_PITCHES
from mengkeju.events.models import Listener
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    actor_only,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    over_area,
    register,
    where,
)


class Perm(StrEnum):
    """Permissions on meetings and remote pitches."""

    REQUEST = "events.meeting:request"
    ARRANGE = "events.intention:meet"
    READ = "events.meeting:read"
    READ_INSIDE = "events.meeting:read_inside"
    CHOOSE = "events.meeting:choose"
    ANSWER = "events.meeting:answer"
    CANCEL = "events.meeting:cancel"
    RECORD = "events.meeting:record"
    FINISH = "events.meeting:finish"
    TEND = "events.meeting:tend"
    PITCHES = "events.pitches:read"
    PITCH_INVITE = "events.pitches:invite"
    PITCH_ORIGINS = "events.origins:read"
    PITCH_READ = "events.pitch:read"
    PITCH_INSIDE = "events.pitch:read_inside"
    PITCH_LINK = "events.pitch:read_link"
    PITCH_MANAGE = "events.pitch:manage"
    PITCH_ANSWER = "events.pitch:answer"
    PITCH_TEND = "events.pitch:tend"
    PITCH_LISTEN = "events.pitch:listen"
    PITCH_FOLLOW = "events.pitch:follow"


requests = of_organisation("requesting__uid", _("发起会面一方"))
invited = of_organisation("invited__uid", _("被邀请一方"))


def _arranged(actor: Actor, meeting: Any) -> bool:
    return meeting.broker is not None and meeting.broker.uid == actor.person_uid


arranged = Predicate(
    "arranged_by_me",
    _("引荐双方、安排会面的经纪人"),
    _arranged,
    lambda actor: Q(broker__uid=actor.person_uid) if actor.person_uid else NOTHING,
)
over_sides = tuple(
    over_area(Role.OFFICER, area=f"{side}__area", zone=f"{side}__zone") for side in ("requesting", "invited")
)
by_requesting = where("next_by_requesting", _("由发起一方办"), next_by="requesting")
by_invited = where("next_by_invited", _("由被邀请一方办"), next_by="invited")
# Times are chosen by the side they were proposed to; what is over says so itself.
TURN = _("轮到自己选时间")
not_countered = where("not_countered", TURN, state=tuple(s for s in MEETING.states if s != "countered"))
not_requested = where("not_requested", TURN, state=tuple(s for s in MEETING.states if s != "requested"))
PARTIES = ((requests,), (invited,), (arranged,))
ACTIVE_PARTIES = tuple((is_active, *one) for one in PARTIES)

is_host = Predicate(
    "is_host",
    _("发出邀请的本人"),
    lambda actor, pitch: actor.account_id is not None and pitch.created_by_id == actor.account_id,
    lambda actor: Q(created_by_id=actor.account_id) if actor.account_id is not None else NOTHING,
)
is_open = where("pitch_is_open", _("外部团队已接受"), state=OPEN_PITCHES)
is_coming = where("pitch_is_coming", _("外部团队已接受、还没有开始"), state="accepted")
is_past = where("pitch_is_past", _("路演时间已过"), state=("over", "held"))
has_organisation = actor_only("has_organisation", _("有单位的人员"), lambda actor: bool(actor.organisations))
over_host = over_area(Role.OFFICER)


def _listens(actor: Actor, pitch: Any) -> bool:
    return (
        actor.person_uid is not None and pitch.listeners.filter(person__uid=actor.person_uid, archived_at=None).exists()
    )


listens = Predicate(
    "listens",
    _("已报名旁听"),
    _listens,
    lambda actor: (
        Q(Exists(Listener.objects.filter(pitch=OuterRef("pk"), person__uid=actor.person_uid, archived_at=None)))
        if actor.person_uid
        else NOTHING
    ),
)
HOSTS = ((is_active, is_host), (is_active, over_host))
INVITERS = has_role(Role.OFFICER, Role.BROKER, Role.OPERATOR)

register(
    {
        Perm.REQUEST: ((is_signed_in, is_active),),
        Perm.ARRANGE: (
            (is_active, of_organisation("declaring__uid", _("表意向一方"))),
            (is_active, of_organisation("answering__uid", _("答复一方"))),
            (is_active, arranged),
        ),
        Perm.READ: (*PARTIES, *((over,) for over in over_sides), (has_role(Role.AUDITOR),)),
        Perm.READ_INSIDE: PARTIES,
        # The broker who brought them together may arrange for both sides.
        Perm.ANSWER: ((is_active, invited), (is_active, arranged)),
        Perm.CHOOSE: ((is_active, invited, not_countered), (is_active, requests, not_requested), (is_active, arranged)),
        Perm.CANCEL: ACTIVE_PARTIES,
        Perm.RECORD: ((is_active, requests), (is_active, arranged)),
        Perm.FINISH: (
            (is_active, requests, by_requesting),
            (is_active, invited, by_invited),
            (is_active, arranged),
        ),
        Perm.TEND: ((is_system,),),
        Perm.PITCHES: ((is_signed_in,),),
        Perm.PITCH_INVITE: ((is_active, INVITERS),),
        Perm.PITCH_ORIGINS: ((is_active, INVITERS), (is_active, has_role(Role.AUDITOR))),
        Perm.PITCH_READ: ((is_host,), (has_role(Role.OFFICER, Role.AUDITOR),), (is_signed_in, is_open), (listens,)),
        Perm.PITCH_INSIDE: HOSTS,
        Perm.PITCH_LINK: (*HOSTS, (is_active, listens, is_open)),
        Perm.PITCH_MANAGE: HOSTS,
        Perm.PITCH_ANSWER: ((is_system,),),
        Perm.PITCH_TEND: ((is_system,),),
        Perm.PITCH_LISTEN: ((is_active, has_organisation, is_coming),),
        Perm.PITCH_FOLLOW: ((is_active, has_organisation, is_past),),
    }
)
