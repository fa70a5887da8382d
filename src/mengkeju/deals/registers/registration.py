"""What registrations register with the kernel."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.models import Amendment, Registration, RegistrationDocument
from mengkeju.kernel.subjects import SubjectType, register

register(
    SubjectType(
        "registration",
        Registration,
        _("认定登记"),
        RegistrationPerm.READ,
        url=lambda r: r.get_absolute_url(),
        title=lambda r: f"{r.number_here} {r.deal.title}",
        workflow=REGISTRATION,
        related=("deal",),
    )
)
register(
    SubjectType(
        "registration_document",
        RegistrationDocument,
        _("登记材料"),
        RegistrationPerm.READ_PART,
        url=lambda d: d.registration.get_absolute_url(),
        title=str,
        related=("registration",),
    )
)
register(
    SubjectType(
        "amendment",
        Amendment,
        _("登记变更"),
        RegistrationPerm.READ_PART,
        url=lambda row: row.registration.get_absolute_url(),
        title=lambda row: row.registration.number_here,
        related=("registration",),
    )
)
