"""合作协议: scope and term of a cooperation; projects and contracts depend on it, it ends or is renewed."""

from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import DealKind, Side, kinds

kinds.register(
    "agreement",
    DealKind(
        key="agreement",
        label="合作协议",
        label_en="Cooperation agreement",
        number_prefix="MK-DA",
        icon="writing",
        sides={"seller": Side("高校院所方", "Research side"), "buyer": Side("企业方", "Firm side")},
        steps=frozenset({Step.TEXT, Step.TERM, Step.YEARLY}),
    ),
)
