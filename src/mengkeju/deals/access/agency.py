"""Who sees the year of a technology-transfer body, and who states what only the body knows."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import has_role, is_active, of_organisation, over_area, register


class AgencyPerm(StrEnum):
    """Permissions on the year sheet: READ and WRITE are asked on the Organisation, SHEET_READ on a saved sheet."""

    READ = "deals.agency:read_sheet"
    WRITE = "deals.agency:write_sheet"
    SHEET_READ = "deals.agency_sheet:read"


in_it = of_organisation("uid", _("本机构人员"))
AUDITOR = (has_role(Role.AUDITOR),)

register(
    {
        AgencyPerm.READ: ((is_active, in_it), (is_active, over_area(Role.OFFICER, zone="zone")), AUDITOR),
        AgencyPerm.WRITE: ((is_active, in_it),),
        AgencyPerm.SHEET_READ: (
            (is_active, of_organisation("organisation__uid", _("本机构人员"))),
            (is_active, over_area(Role.OFFICER, area="organisation__area", zone="organisation__zone")),
            AUDITOR,
        ),
    }
)
