"""What claim bases, tax hints and the contract account register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.models import ClaimBasis, ClaimedPayment
from mengkeju.deals.web.claim_basis import pages as claim_basis_pages
from mengkeju.deals.web.claim_basis import tax_pages
from mengkeju.deals.web.contract_account import pages as contract_account_pages
from mengkeju.kernel import panels
from mengkeju.kernel.panels import Panel
from mengkeju.kernel.subjects import SubjectType, register
from mengkeju.kernel.timeline import event_labels

register(
    SubjectType(
        "claim_basis",
        ClaimBasis,
        _("申报依据"),
        ClaimBasisPerm.READ,
        url=lambda row: row.get_absolute_url(),
        title=lambda row: f"{row.deal.number} {row.deal.title}",
        related=("deal",),
    )
)
register(
    SubjectType(
        "claimed_payment",
        ClaimedPayment,
        _("计入申报依据的付款"),
        ClaimBasisPerm.READ_PAYMENT,
        url=lambda row: row.basis.get_absolute_url(),
        title=str,
        related=("basis",),
    )
)
event_labels.register("claim_basis.drawn", _("出具申报依据"))
event_labels.register("claim_basis.withdrawn", _("撤回申报依据"))
panels.register(Panel("deals.claim_basis", "deal", "main", 80, "deals/panel_claim_basis.html", claim_basis_pages.panel))
panels.register(Panel("deals.tax", "deal", "main", 85, "deals/panel_tax.html", tax_pages.panel))
panels.register(
    Panel(
        "deals.contract_account",
        "organisation",
        "aside",
        20,
        "deals/panel_contract_account.html",
        contract_account_pages.organisation_panel,
    )
)
