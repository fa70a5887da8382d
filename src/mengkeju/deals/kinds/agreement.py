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
        paper="协议",
        paper_en="Agreement",
        scope="合作范围",
        scope_en="Scope",
        about="约定合作范围和期限；其下的项目和合同另建，挂在协议下面，到期续签或者终止。",
        about_en="Scope and term of a cooperation; projects and contracts hang below it; it is renewed or ends.",
        leaves_out=frozenset({"ip_kind", "plan_source"}),
        order=30,
    ),
)
