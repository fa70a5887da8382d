"""Which stated fact a line of “what is missing” is about.

The engine sees public text and facts only, so that “没写” in its answer means: not stated **publicly**. A page
that shows the line to a reader must look again: the fact may be stated in a section he may, or may not, read.
"""

from dataclasses import dataclass

from mengkeju.kernel.words import mark
from mengkeju.matching.engine.documents import Side


@dataclass(frozen=True, slots=True)
class Gap:
    """Whose fact is absent, its word for the reader of both sides, and its fields; none: those of the body."""

    side: Side
    label: str
    fields: tuple[str, ...] = ()


GAPS: dict[str, Gap] = {
    mark("需求没有正文"): Gap(Side.NEED, mark("需求的正文")),
    mark("成果没有正文介绍"): Gap(Side.ACHIEVEMENT, mark("成果的正文介绍")),
    mark("需求没写期望完成时间"): Gap(Side.NEED, mark("需求的期望完成时间"), ("deadline",)),
    mark("成果没写成熟度"): Gap(Side.ACHIEVEMENT, mark("成果的成熟度"), ("maturity",)),
    mark("需求没写投入预算"): Gap(Side.NEED, mark("需求的投入预算"), ("price_low", "price_high")),
    mark("成果没写报价"): Gap(Side.ACHIEVEMENT, mark("成果的报价"), ("price_low", "price_high")),
    mark("需求没写技术领域"): Gap(Side.NEED, mark("需求的技术领域"), ("field",)),
    mark("成果没写技术领域"): Gap(Side.ACHIEVEMENT, mark("成果的技术领域"), ("field",)),
    mark("需求没写产业集群"): Gap(Side.NEED, mark("需求的产业集群"), ("cluster",)),
    mark("成果没写产业集群"): Gap(Side.ACHIEVEMENT, mark("成果的产业集群"), ("cluster",)),
    mark("需求没写合作方式"): Gap(Side.NEED, mark("需求的合作方式"), ("modes",)),
    mark("成果没写合作方式"): Gap(Side.ACHIEVEMENT, mark("成果的合作方式"), ("modes",)),
    mark("需求没写地区"): Gap(Side.NEED, mark("需求的地区"), ("area",)),
    mark("成果没写地区"): Gap(Side.ACHIEVEMENT, mark("成果的地区"), ("area",)),
    mark("岗位没写专业类"): Gap(Side.NEED, mark("岗位的专业类"), ("majors",)),
    mark("毕业生与实习生没写专业类"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的专业类"), ("majors",)),
    mark("岗位没写类型"): Gap(Side.NEED, mark("岗位的类型"), ("work",)),
    mark("毕业生与实习生没写类型"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的类型"), ("work",)),
    mark("岗位没写学历要求"): Gap(Side.NEED, mark("岗位的学历要求"), ("degree",)),
    mark("毕业生与实习生没写学历"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的学历"), ("degree",)),
    mark("岗位没写从哪天起"): Gap(Side.NEED, mark("岗位的起始日期"), ("begins",)),
    mark("毕业生与实习生没写从哪天起"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的起始日期"), ("begins",)),
    mark("岗位没写人数"): Gap(Side.NEED, mark("岗位的人数"), ("number",)),
    mark("毕业生与实习生没写人数"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的人数"), ("number",)),
    mark("岗位没写待遇"): Gap(Side.NEED, mark("岗位的待遇"), ("pay_low", "pay_high")),
    mark("毕业生与实习生没写希望的待遇"): Gap(
        Side.ACHIEVEMENT, mark("毕业生与实习生希望的待遇"), ("pay_low", "pay_high")
    ),
    mark("岗位没写技术领域"): Gap(Side.NEED, mark("岗位的技术领域"), ("field",)),
    mark("毕业生与实习生没写技术领域"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的技术领域"), ("field",)),
    mark("岗位没写地区"): Gap(Side.NEED, mark("岗位的地区"), ("area",)),
    mark("毕业生与实习生没写地区"): Gap(Side.ACHIEVEMENT, mark("毕业生与实习生的地区"), ("area",)),
}
"""By the engine's own words, which are stored with a proposal. Lines not here speak of no field of a listing."""

OFFERED: dict[str, str] = {
    mark("成果没有标题"): mark("%(offer)s没有标题"),
    mark("成果没有正文介绍"): mark("%(offer)s没有正文介绍"),
    mark("成果没写成熟度"): mark("%(offer)s没写成熟度"),
    mark("成果没写报价"): mark("%(offer)s没写报价"),
    mark("成果没写技术领域"): mark("%(offer)s没写技术领域"),
    mark("成果没写产业集群"): mark("%(offer)s没写产业集群"),
    mark("成果没写合作方式"): mark("%(offer)s没写合作方式"),
    mark("成果没写地区"): mark("%(offer)s没写地区"),
    mark("成果的正文介绍"): mark("%(offer)s的正文介绍"),
    mark("成果的成熟度"): mark("%(offer)s的成熟度"),
    mark("成果的报价"): mark("%(offer)s的报价"),
    mark("成果的技术领域"): mark("%(offer)s的技术领域"),
    mark("成果的产业集群"): mark("%(offer)s的产业集群"),
    mark("成果的合作方式"): mark("%(offer)s的合作方式"),
    mark("成果的地区"): mark("%(offer)s的地区"),
    mark("成果正文"): mark("%(offer)s的正文"),
    mark("成果正文与需求主题相近"): mark("%(offer)s的正文与需求主题相近"),
    mark("成果正文与需求主题不相近"): mark("%(offer)s的正文与需求主题不相近"),
    mark("成果处于%(stage)s，距期望完成时间约%(months)s个月，%(time)s"): mark(
        "%(offer)s处于%(stage)s，距期望完成时间约%(months)s个月，%(time)s"
    ),
    mark("成果持有方核验情况不详"): mark("供方核验情况不详"),
    mark("成果持有方已核验"): mark("供方已核验"),
    mark("成果持有方未核验"): mark("供方未核验"),
    mark("平台上没有成果持有方的签约记录"): mark("平台上没有供方的签约记录"),
    mark("成果持有方已签技术合同%(count)s份"): mark("供方已签技术合同%(count)s份"),
}
"""What the engine says of an achievement, said of another kind of offer; `offer` is the word of that kind."""

BOTH: dict[frozenset[str], str] = {
    frozenset((mark("需求没写技术领域"), mark("成果没写技术领域"))): mark("双方都没写技术领域"),
    frozenset((mark("需求没写产业集群"), mark("成果没写产业集群"))): mark("双方都没写产业集群"),
    frozenset((mark("需求没写合作方式"), mark("成果没写合作方式"))): mark("双方都没写合作方式"),
    frozenset((mark("需求没写地区"), mark("成果没写地区"))): mark("双方都没写地区"),
    frozenset((mark("岗位没写专业类"), mark("毕业生与实习生没写专业类"))): mark("双方都没写专业类"),
    frozenset((mark("岗位没写学历要求"), mark("毕业生与实习生没写学历"))): mark("双方都没写学历"),
    frozenset((mark("岗位没写从哪天起"), mark("毕业生与实习生没写从哪天起"))): mark("双方都没写从哪天起"),
    frozenset((mark("岗位没写人数"), mark("毕业生与实习生没写人数"))): mark("双方都没写人数"),
    frozenset((mark("岗位没写待遇"), mark("毕业生与实习生没写希望的待遇"))): mark("双方都没写待遇"),
    frozenset((mark("岗位没写技术领域"), mark("毕业生与实习生没写技术领域"))): mark("双方都没写技术领域"),
}
"""Two lines about the same fact, said as one."""
