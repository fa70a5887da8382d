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
    ),
)
