"""How the import of a ledger shows on the pages of imports."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import actions, queries
from mengkeju.deals.access import LedgerPerm
from mengkeju.deals.web.ledger import sheets as ledger_sheets
from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.exchange.importers import Importer, Link, Pages
from mengkeju.kernel.exchange.values import organisation_key
from mengkeju.kernel.models import ImportBatch

KEY = "registration"
WORDS = {
    "change": gettext_lazy("与平台不同，不改"),
    "same": gettext_lazy("平台上已有"),
    "title": gettext_lazy("合同名称"),
    "unchanged": gettext_lazy("平台上已有，没有再写"),
    "hint": gettext_lazy("每一行记成一条已登记的技术合同；平台上已有的不会再写，也不会改。有误的行可以下载改好再传。"),
}


def owners(actor: Actor) -> Sequence[tuple[str, str]]:
    """The registrar's own organisations."""
    if not may(actor, LedgerPerm.IMPORT):
        return ()
    return [(str(one.uid), one.name) for one in directory.my_organisations(actor)]


def shown(values: Mapping[str, Any], field: str) -> str | None:
    """A cell as it was understood, in words."""
    stated = values.get(field)
    return None if stated in (None, "") else actions.ledger_value(field, queries.ledger_typed(field, stated))


def titles(actor: Actor, uids: Iterable[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Registrations the reader may open."""
    found = queries.registrations(actor).filter(uid__in=list(uids))
    return {row.uid: (row.deal.title, row.get_absolute_url()) for row in found}


def links(actor: Actor, batch: ImportBatch) -> Sequence[Link]:
    """The merge desk and the differences, for the registrar, where the batch has such rows."""
    if not may(actor, LedgerPerm.IMPORT):
        return ()
    made = []
    decided = queries.decided_keys(actor)
    doubtful = sum(_waits(values or {}, decided) for values in _values(batch))
    if doubtful:
        said = _("%(count)s 行的单位名称要您来认，定过一次，同样写法的都算数。") % {"count": doubtful}
        made.append(Link(reverse("party-merge"), _("单位归并"), said))
    differing = batch.rows.filter(verdict="change").count()
    if differing:
        said = _("%(count)s 行与平台上的登记不同。导入不改它们；要改，逐条看过再办变更。") % {"count": differing}
        made.append(Link(reverse("ledger-differences", args=[batch.uid]), _("台账差异"), said))
    return made


def _waits(values: Mapping[str, Any], decided: set[str]) -> bool:
    return any(organisation_key(values[side]) not in decided for side in values.get("doubtful", ()))


def _values(batch: ImportBatch) -> Iterable[dict[str, Any] | None]:
    return batch.rows.filter(warned=True, verdict="create").values_list("values", flat=True)


LEDGER = Importer(
    KEY,
    "技术合同登记台账",
    "Ledger of registered contracts",
    "registration",
    columns=actions.ledger_columns,
    may=actions.may_import_ledger,
    judge=actions.judge_ledger,
    write=actions.write_ledger_row,
    may_act=actions.may_act_on_ledger,
    acts={},
    pages=Pages(owners, shown, titles, ledger_sheets.template, links, WORDS),
    private=True,
)
