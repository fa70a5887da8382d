"""Who may read and keep webhook endpoints. One without organisation is the platform's own, kept by the operator."""

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.access import actor_only, has_role, is_active, is_system, of_organisation, register, where
from mengkeju.kernel.webhooks.workflow import BLOCK, FAIL, MANAGE, READ, READ_ALL

manages = of_organisation("organisation", _("地址所属单位的管理员"), "managed_organisations")
manages_any = actor_only("manages_any", _("单位管理员"), lambda actor: bool(actor.managed_organisations))
platform_wide = where("platform_wide", _("平台自己的地址"), organisation=None)
operator, security_admin, auditor = has_role("operator"), has_role("security_admin"), has_role("auditor")

register(
    {
        READ: (
            (is_active, manages),
            (is_active, platform_wide, operator),
            (is_active, security_admin),
            (is_active, auditor),
        ),
        READ_ALL: tuple((is_active, who) for who in (manages_any, operator, security_admin, auditor)),
        MANAGE: ((is_active, manages), (is_active, platform_wide, operator)),
        BLOCK: ((is_active, security_admin),),
        FAIL: ((is_system,),),
    }
)
