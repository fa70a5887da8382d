"""What a registrar's ledger registers with the kernel: its importer, the merge desk, their events."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import LedgerPerm
from mengkeju.deals.models import PartyAlias
from mengkeju.deals.web.ledger.imports import LEDGER
from mengkeju.kernel.exchange.importers import importers
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels, inside_events

importers.register(LEDGER.key, LEDGER)
register(
    SubjectType(
        "party_alias",
        PartyAlias,
        _("单位归并"),
        LedgerPerm.READ,
        url=lambda alias: alias.get_absolute_url(),
        title=str,
    )
)
for _type, _word in (
    ("party_alias.noticed", _("单位名称待认")),
    ("party_alias.decided", _("单位名称已定")),
    ("party_alias.undone", _("撤销单位归并")),
    ("deal.party_linked", _("归并合同一方的单位")),
    ("deal.party_unlinked", _("撤销合同一方的归并")),
):
    event_labels.register(_type, _word)
inside_events.update({"deal.party_linked", "deal.party_unlinked"})
