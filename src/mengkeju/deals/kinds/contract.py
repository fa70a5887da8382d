"""技术合同: the full path, from the first talk to registration, performance and the yearly benefit."""

from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import DealKind, Side, kinds

kinds.register(
    "contract",
    DealKind(
        key="contract",
        label="技术合同",
        label_en="Technology contract",
        number_prefix="MK-D",
        icon="file-certificate",
        # 卖方: developer, transferor, licensor or service provider; it applies (draft of the 办法, art. 11).
        sides={"seller": Side("卖方（技术提供方）", "Seller"), "buyer": Side("买方（技术受让方）", "Buyer")},
        steps=frozenset(
            {
                Step.TALKS,
                Step.PRICE,
                Step.TEXT,
                Step.REGISTRATION,
                Step.PERFORMANCE,
                Step.ACCEPTANCE,
                Step.LANDING,
                Step.BENEFIT,
            }
        ),
        paper="合同",
        paper_en="Contract",
        scope="技术内容",
        scope_en="Technical content",
        about="技术开发、转让、许可、咨询、服务，有价款，办认定登记。",
        about_en="Development, transfer, licence, consulting or service, with a price; it is registered.",
        within=("joint_project", "agreement"),
        order=10,
    ),
)
