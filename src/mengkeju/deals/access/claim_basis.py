"""Who draws up a claim basis and reads it, and who reads what an organisation's contracts come to.

Both are the applicant's own: the other side of the contract sees neither.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access.deal import AUDITOR, PARTIES
from mengkeju.kernel.access import is_active, of_organisation, register


class ClaimBasisPerm(StrEnum):
    """Permissions on claim bases and on the contract account of an organisation."""

    READ = "deals.claim_basis:read"
    READ_PAYMENT = "deals.claimed_payment:read"
    DRAW = "deals.claim_basis:draw"
    WITHDRAW = "deals.claim_basis:withdraw"
    ACCOUNT = "deals.contract_account:read"


applicants = of_organisation("applicant__uid", _("申报单位人员"))

register(
    {
        ClaimBasisPerm.READ: ((applicants,), AUDITOR),
        ClaimBasisPerm.READ_PAYMENT: ((of_organisation("basis__applicant__uid", _("申报单位人员")),), AUDITOR),
        # Asked of the deal; in whose name is asked by the act.
        ClaimBasisPerm.DRAW: PARTIES,
        ClaimBasisPerm.WITHDRAW: ((is_active, applicants),),
        # Asked of the organisation.
        ClaimBasisPerm.ACCOUNT: ((of_organisation("uid", _("本单位人员")),), AUDITOR),
    }
)
