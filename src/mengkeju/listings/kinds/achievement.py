"""科技成果: what a university, institute or firm can offer."""

from typing import Any

from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import (
    AREA,
    CLUSTER,
    FIELD,
    LICENCE,
    MATURITY,
    MODES,
    PRICE_HIGH,
    PRICE_LOW,
    SUMMARY_HEADINGS,
    TITLE,
)

MOST_PURPOSE = 80
TRL = (
    mark("1 级"),
    mark("2 级"),
    mark("3 级"),
    mark("4 级"),
    mark("5 级"),
    mark("6 级"),
    mark("7 级"),
    mark("8 级"),
    mark("9 级"),
)

COMPARISON = (
    FieldSpec("measure", FieldType.TEXT, "指标", "Measure", required=True, max_length=60, example=mark("例：能耗")),
    FieldSpec("present", FieldType.TEXT, "现有办法", "Present way", max_length=60, example=mark("例：120")),
    FieldSpec("this", FieldType.TEXT, "本成果", "This one", required=True, max_length=60, example=mark("例：98")),
    FieldSpec("unit", FieldType.TEXT, "单位", "Unit", max_length=30, example=mark("例：kWh/t")),
)


def _from_1(values: dict[str, Any]) -> dict[str, Any]:
    """Version 2 adds fields and moves none: what one section closes must not open in another.

    Only a mode of cooperation that a source gave as one text becomes the list the form gives.
    """
    modes = values.get("modes")
    return {**values, "modes": [modes]} if isinstance(modes, str) and modes else values


ACHIEVEMENT = kinds.register(
    "achievement",
    ListingKind(
        key="achievement",
        label="科技成果",
        label_en="Achievement",
        verb=mark("发布成果"),
        position=20,
        number_prefix="MK-A",
        icon="flask",
        side="achievement",
        seeks="need",
        facets=("modes",),
        version=2,
        upgrades=(_from_1,),
        body_fields=("summary", "purpose", "advantage", "application"),
        sections=(
            Section(
                "what",
                "做什么用",
                "What it does",
                (
                    TITLE,
                    FieldSpec(
                        "purpose",
                        FieldType.TEXT,
                        "一句话：做什么用",
                        "What it is for",
                        max_length=MOST_PURPOSE,
                        help=mark("给谁用、解决什么，一句话说完，不写原理"),
                        example=mark("例：把煤气化细渣变成塑料填料，替代碳酸钙"),
                        headings=("用途", "主要用途", "一句话简介", "成果用途"),
                    ),
                    FieldSpec(
                        "summary",
                        FieldType.LONG_TEXT,
                        "一段话说明",
                        "Summary",
                        column=True,
                        max_length=5000,
                        help=mark("所有人可见。先说做什么用，再说怎么做到。"),
                        headings=(*SUMMARY_HEADINGS, "成果简介", "成果介绍", "成果内容", "成果描述", "主要内容"),
                    ),
                    FIELD,
                    CLUSTER,
                    AREA,
                    LICENCE,
                    MATURITY,
                    FieldSpec(
                        "trl",
                        FieldType.CHOICE,
                        "技术就绪度",
                        "TRL",
                        help=mark("GB/T 22900 技术就绪水平 1–9 级"),
                        choices=tuple((str(level), text) for level, text in enumerate(TRL, 1)),
                        headings=("技术就绪水平", "TRL", "就绪度"),
                    ),
                    FieldSpec(
                        "policy_goals",
                        FieldType.TAXONOMY,
                        "服务的政策目标",
                        "Goals of policy it serves",
                        vocabulary="policy_goal",
                        many=True,
                        help=mark("确实服务于哪一项才选；每一项有一张汇总页"),
                        headings=("政策目标", "服务目标"),
                    ),
                ),
                fixed_tier=True,
            ),
            Section(
                "better",
                "好在哪里",
                "Advantage",
                (
                    FieldSpec(
                        "advantage",
                        FieldType.LONG_TEXT,
                        "比现有办法好多少",
                        "Advantage",
                        max_length=1500,
                        help=mark("最好有数值"),
                        example=mark("例：能耗降低 18%，单线 2 万吨/年"),
                        headings=("创新点", "技术优势", "先进性", "技术特点", "主要技术指标", "优势"),
                    ),
                    FieldSpec(
                        "comparison",
                        FieldType.TABLE,
                        "用数字比一比",
                        "Compared in numbers",
                        columns=COMPARISON,
                        help=mark("同一指标，现有办法多少、本成果多少，写清单位"),
                    ),
                    FieldSpec(
                        "application",
                        FieldType.LONG_TEXT,
                        "应用情况",
                        "Applications",
                        max_length=1500,
                        help=mark("能用在哪里；已经有单位在用的，保存后在成果页上逐个添加应用案例"),
                        headings=("应用领域", "应用范围", "应用前景", "推广应用情况", "市场前景"),
                    ),
                    FieldSpec(
                        "todo",
                        FieldType.LONG_TEXT,
                        "接手方还要做什么",
                        "What the taker must still do",
                        max_length=1000,
                        example=mark("例：还需 500 吨级中试"),
                        headings=("转化条件", "后续工作"),
                    ),
                    FieldSpec(
                        "team",
                        FieldType.TEXT,
                        "团队",
                        "Team",
                        headings=("完成人", "主要完成人", "成果完成人", "研发团队", "科研团队"),
                    ),
                ),
            ),
            Section(
                "terms",
                "怎么合作",
                "Terms",
                (
                    PRICE_LOW,
                    PRICE_HIGH,
                    MODES,
                    FieldSpec(
                        "price_idea",
                        FieldType.LONG_TEXT,
                        "价格想法",
                        "Idea of the price",
                        max_length=500,
                        example=mark("例：普通许可 50 万元加销售额 2%；作价入股另议"),
                        headings=("定价方式", "价格说明", "付款方式"),
                    ),
                    FieldSpec(
                        "ip",
                        FieldType.LONG_TEXT,
                        "知识产权",
                        "IP",
                        max_length=1000,
                        help=mark("概括说明；有号码的，保存后在成果页上按号码关联"),
                        headings=("专利号", "知识产权情况", "知识产权状态", "专利情况", "专利状态", "授权专利"),
                    ),
                ),
            ),
            Section(
                "private",
                "补充资料",
                "More for parties",
                (
                    FieldSpec(
                        "confidential",
                        FieldType.LONG_TEXT,
                        "技术细节",
                        "Technical details",
                        max_length=5000,
                        headings=("详细技术资料", "保密内容"),
                        help=mark("双方确认意向后才可见"),
                    ),
                ),
                tier="parties",
            ),
        ),
    ),
)
