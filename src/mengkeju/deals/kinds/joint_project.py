"""产学研合作项目: a joint project of several parties, with packages of work and shares of IP; may carry contracts."""

from mengkeju.deals.engine.steps import Ask, Step
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
        paper="项目合同",
        paper_en="Project agreement",
        scope="研究内容",
        scope_en="What is researched",
        about="几家一起攻关：分任务、列经费、约定知识产权份额；其中的技术合同另建，挂在项目下面。",
        about_en="Several parties research together: packages, funding, shares of IP; its contracts hang below it.",
        asks=frozenset({Ask.IP_SHARES}),
        within=("agreement",),
        order=20,
    ),
)
