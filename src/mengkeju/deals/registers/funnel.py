"""The last stages of the funnel of listings: signed, registered, landed."""

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.queries import stages
from mengkeju.kernel import funnel

for _stage in (
    funnel.Stage(
        "signed",
        "签约",
        "Signed",
        "file-certificate",
        60,
        _("已签约的合作项目里的需求和成果，含后来终止的"),
        of=stages.signed,
        source=_("合作项目"),
    ),
    funnel.Stage(
        "registered",
        "认定登记",
        "Registered",
        "rosette-discount-check",
        70,
        _("技术合同已认定登记的需求和成果"),
        of=stages.registered,
        source=_("登记信息"),
    ),
    funnel.Stage(
        "landed",
        "落地",
        "Landed",
        "building-factory-2",
        80,
        _("已有落地的需求和成果：在建、投产或者停产，不含只有计划的"),
        of=stages.landed,
        source=_("落地情况"),
    ),
):
    funnel.stages.register(_stage.key, _stage)
