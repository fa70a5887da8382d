"""Who may read and keep the lists: 短板弱项, “卡脖子”清单, 攻关方向."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    EVERYTHING,
    NOTHING,
    Actor,
    Predicate,
    actor_only,
    has_role,
    is_active,
    is_system,
    of_organisation,
    outside_organisation,
    over_area,
    register,
    where,
)
from mengkeju.listings.engine.agendas import SHOWN
from mengkeju.listings.engine.weak_links import LISTED
from mengkeju.listings.models import Bottleneck, BottleneckBureau


class WeakLinkPerm(StrEnum):
    """Permissions on weak links."""

    READ = "listings.weak_link:read"
    KEEP = "listings.weak_links:keep"
    EDIT = "listings.weak_link:edit"
    MOVE = "listings.weak_link:move"


class BottleneckPerm(StrEnum):
    """Permissions on the 卡脖子 list."""

    READ = "listings.bottleneck:read"
    LIST = "listings.bottlenecks:read"
    NOMINATE = "listings.bottleneck:nominate"
    CONFIRM = "listings.bottleneck:confirm"
    MOVE = "listings.bottleneck:move"
    EDIT = "listings.bottleneck:edit"


class AgendaPerm(StrEnum):
    """Permissions on agendas."""

    READ = "listings.agenda:read"
    CREATE = "listings.agenda:create"
    MANAGE = "listings.agenda:manage"
    EDIT = "listings.agenda:edit"
    REVIEW = "listings.agenda:review"
    PUBLISH_SOURCE = "listings.agenda:publish_source"


is_officer = has_role(Role.OFFICER)
is_auditor = has_role(Role.AUDITOR)
over_it = over_area(Role.OFFICER)
on_the_list = where("on_the_list", _("已公开列入清单"), state=LISTED, archived_at=None)
is_shown = where("is_shown", _("已发布或已收尾"), state=SHOWN, archived_at=None)
past_draft = where("agenda_past_draft", _("已提交"), state=("submitted", "returned", "published", "ended", "withdrawn"))
not_ended = where("agenda_not_ended", _("草稿、退回或已发布"), state=("draft", "returned", "published"))
is_keeper = of_organisation("organisation__uid", _("提出单位人员"))
is_impartial = outside_organisation("organisation__uid", _("不是提出单位的人员（须回避）"))
is_verified_member = actor_only("is_verified_member", _("已核验单位人员"), lambda a: bool(a.verified_organisations))


def _is_named(actor: Actor, item: Bottleneck) -> bool:
    if not actor.has_role(Role.OFFICER) or not actor.organisations:
        return False
    return BottleneckBureau.objects.filter(bottleneck=item, organisation__uid__in=actor.organisations).exists()


def _named_q(actor: Actor) -> Q:
    if not actor.has_role(Role.OFFICER) or not actor.organisations:
        return NOTHING
    named = BottleneckBureau.objects.filter(bottleneck=OuterRef("pk"), organisation__uid__in=actor.organisations)
    return Q(Exists(named))


# An officer of another bureau, and a colleague in the bureau who is no officer, are strangers to the item.
is_named_officer = Predicate("is_named_officer", _("清单所列部门的科技管理人员"), _is_named, _named_q)


def _is_another(actor: Actor, item: Bottleneck) -> bool:
    return item.created_by_id is None or item.created_by_id != actor.account_id


def _another_q(actor: Actor) -> Q:
    if actor.account_id is None:
        return EVERYTHING
    return Q(created_by__isnull=True) | ~Q(created_by_id=actor.account_id)


is_not_nominator = Predicate("is_not_nominator", _("不是提名人本人（须另一人确认）"), _is_another, _another_q)

register(
    {
        WeakLinkPerm.READ: ((on_the_list,), (over_it,), (is_auditor,)),
        WeakLinkPerm.KEEP: ((is_active, is_officer),),
        WeakLinkPerm.EDIT: ((is_active, over_it),),
        WeakLinkPerm.MOVE: ((is_active, over_it),),
        BottleneckPerm.READ: ((is_active, is_named_officer), (is_active, is_auditor)),
        BottleneckPerm.LIST: ((is_active, is_officer), (is_active, is_auditor)),
        BottleneckPerm.NOMINATE: ((is_active, is_officer), (is_active, is_verified_member)),
        BottleneckPerm.CONFIRM: ((is_active, is_named_officer, is_not_nominator),),
        BottleneckPerm.MOVE: ((is_active, is_named_officer),),
        BottleneckPerm.EDIT: ((is_active, is_named_officer),),
        AgendaPerm.READ: ((is_shown,), (is_keeper,), (over_it, past_draft), (is_auditor,)),
        AgendaPerm.CREATE: ((is_active, is_verified_member),),
        AgendaPerm.MANAGE: ((is_active, is_keeper),),
        AgendaPerm.EDIT: ((is_active, is_keeper, not_ended),),
        AgendaPerm.REVIEW: ((is_active, over_it, is_impartial),),
        AgendaPerm.PUBLISH_SOURCE: ((is_active, has_role(Role.OPERATOR)), (is_system,)),
    }
)
