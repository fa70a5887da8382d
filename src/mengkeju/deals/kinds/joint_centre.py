"""联合研究中心: a centre that a university and a firm keep together; every year it says what it brought."""

from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import DealKind, Side, kinds

kinds.register(
    "joint_centre",
    DealKind(
        key="joint_centre",
        label="联合研究中心",
        label_en="Joint research centre",
        number_prefix="MK-DC",
        icon="building-community",
        sides={"seller": Side("高校院所方", "Research side"), "buyer": Side("企业方", "Firm side")},
        steps=frozenset({Step.TEXT, Step.FUNDING, Step.TERM, Step.YEARLY}),
        paper="共建协议",
        paper_en="Founding agreement",
        scope="研究方向和建设内容",
        scope_en="Field and plan",
        about="高校院所和企业共同建的中心，每年写明做了什么。",
        about_en="A centre that a university and a firm keep together; every year it says what it did.",
        within=("agreement",),
        leaves_out=frozenset({"ip_kind", "plan_source"}),
        order=40,
    ),
)
