"""技术需求: what a firm wants solved."""

from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import AREA, CLUSTER, FIELD, MODES, TITLE

NEED = kinds.register(
    "need",
    ListingKind(
        key="need",
        label="技术需求",
        label_en="Technology need",
        verb=mark("提交需求"),
        position=10,
        number_prefix="MK-N",
        icon="building-factory-2",
        side="need",
        seeks="achievement",
        facets=("modes",),
        body_fields=("summary", "present", "target", "constraints"),
        sections=(
            Section(
                "problem",
                "要解决什么",
                "The problem",
                (
                    TITLE,
                    FieldSpec(
                        "summary",
                        FieldType.LONG_TEXT,
                        "要点说明",
                        "Summary",
                        column=True,
                        max_length=5000,
                        help=mark(
                            "所有人可见。写清楚卡在哪、想要什么，不写商业秘密。提交审核前，这里、现状、要达到、限制条件至少写一项。"
                        ),
                        example=mark("例：水煤浆气化每年副产细渣 6 万吨，含碳高、持水高，建材厂不收，希望先脱水脱碳……"),
                    ),
                    FIELD,
                    CLUSTER,
                    AREA,
                ),
                fixed_tier=True,
            ),
            Section(
                "targets",
                "现状与目标",
                "Present and target",
                (
                    FieldSpec(
                        "present",
                        FieldType.LONG_TEXT,
                        "现状",
                        "Present value",
                        max_length=1000,
                        help=mark("现在的数值和单位"),
                        example=mark("例：含碳 32%，含水 48%，填埋 80 元/吨"),
                    ),
                    FieldSpec(
                        "target",
                        FieldType.LONG_TEXT,
                        "要达到",
                        "Target",
                        max_length=1000,
                        help=mark("目标要有数值和单位，供方才能判断能不能做到"),
                        example=mark("例：烧失量不高于 8%；处理成本不高于 60 元/吨"),
                    ),
                    FieldSpec("constraints", FieldType.LONG_TEXT, "限制条件", "Constraints", max_length=1000),
                    FieldSpec("tried", FieldType.LONG_TEXT, "试过什么", "What was tried", max_length=1000),
                    FieldSpec(
                        "maturity",
                        FieldType.TAXONOMY,
                        "希望的成熟度",
                        "Maturity wanted",
                        column=True,
                        vocabulary="maturity",
                    ),
                ),
            ),
            Section(
                "terms",
                "投入与时间",
                "Budget and time",
                (
                    FieldSpec(
                        "price_low",
                        FieldType.MONEY,
                        "投入下限",
                        "Budget from",
                        column=True,
                        example=mark("例：800万；面议可不填"),
                    ),
                    FieldSpec(
                        "price_high", FieldType.MONEY, "投入上限", "Budget to", column=True, example=mark("例：1000万")
                    ),
                    FieldSpec("deadline", FieldType.DATE, "什么时候要", "Deadline", column=True),
                    MODES,
                    FieldSpec("ip_wish", FieldType.TEXT, "知识产权意愿", "IP wish", example=mark("例：可共有")),
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
