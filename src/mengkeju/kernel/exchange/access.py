"""Who may read and move an import batch."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    register,
)
from mengkeju.kernel.import_states import CANCEL, CHANGE, RUN

READ, UPLOAD = "kernel.import:read", "kernel.import:upload"


def _sent_it(actor: Actor, batch: Any) -> bool:
    return actor.account_id is not None and batch.created_by_id == actor.account_id


sent_it = Predicate(
    "sent_the_file",
    _("上传者本人"),
    _sent_it,
    lambda actor: Q(created_by_id=actor.account_id) if actor.account_id is not None else NOTHING,
)
colleague = of_organisation("organisation", _("上传单位的人员"))

register(
    {
        READ: ((sent_it,), (colleague,), (has_role("auditor"),)),
        UPLOAD: ((is_signed_in, is_active),),
        CHANGE: ((is_active, sent_it), (is_active, colleague)),
        CANCEL: ((is_active, sent_it), (is_active, colleague), (is_system,)),
        RUN: ((is_system,),),
    }
)
