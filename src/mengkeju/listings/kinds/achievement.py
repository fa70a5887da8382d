"""科技成果: what a university, institute or firm can offer."""

from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import AREA, CLUSTER, FIELD, MODES, TITLE

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
        body_fields=("summary", "advantage", "application"),
        sections=(
            Section(
                "what",
                "做什么用",
                "What it does",
                (
                    TITLE,
                    FieldSpec(
                        "summary",
                        FieldType.LONG_TEXT,
                        "一段话说明",
                        "Summary",
                        column=True,
                        max_length=5000,
                        help=mark("所有人可见。先说做什么用，再说怎么做到。"),
                    ),
                    FIELD,
                    CLUSTER,
                    AREA,
                    FieldSpec("maturity", FieldType.TAXONOMY, "成熟度", "Maturity", column=True, vocabulary="maturity"),
                    FieldSpec(
                        "trl",
                        FieldType.CHOICE,
                        "技术就绪度",
                        "TRL",
                        help=mark("GB/T 22900 技术就绪水平 1–9 级"),
                        choices=tuple((str(level), text) for level, text in enumerate(TRL, 1)),
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
                    ),
                    FieldSpec("application", FieldType.LONG_TEXT, "应用情况", "Applications", max_length=1500),
                    FieldSpec(
                        "todo",
                        FieldType.LONG_TEXT,
                        "接手方还要做什么",
                        "What the taker must still do",
                        max_length=1000,
                        example=mark("例：还需 500 吨级中试"),
                    ),
                    FieldSpec("team", FieldType.TEXT, "团队", "Team"),
                ),
            ),
            Section(
                "terms",
                "怎么合作",
                "Terms",
                (
                    FieldSpec(
                        "price_low",
                        FieldType.MONEY,
                        "意向价格下限",
                        "Price from",
                        column=True,
                        example=mark("例：200万；面议可不填"),
                    ),
                    FieldSpec("price_high", FieldType.MONEY, "意向价格上限", "Price to", column=True),
                    MODES,
                    FieldSpec("ip", FieldType.LONG_TEXT, "知识产权", "IP", max_length=1000, help=mark("专利号、状态")),
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
                        help=mark("双方确认意向后才可见"),
                    ),
                ),
                tier="parties",
            ),
        ),
    ),
)
