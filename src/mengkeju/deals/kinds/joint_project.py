"""产学研合作项目: a joint project of several parties, with packages of work and shares of IP; may carry contracts."""

from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import DealKind, Side, kinds

kinds.register(
    "joint_project",
    DealKind(
        key="joint_project",
        label="产学研合作项目",
        label_en="Joint research project",
        number_prefix="MK-DP",
        icon="users-group",
        sides={"seller": Side("高校院所方", "Research side"), "buyer": Side("企业方", "Firm side")},
        steps=frozenset(
            {
                Step.TALKS,
                Step.TEXT,
                Step.FUNDING,
                Step.PACKAGES,
                Step.PERFORMANCE,
                Step.ACCEPTANCE,
                Step.LANDING,
                Step.BENEFIT,
            }
        ),
    ),
)
