"""专利: the offer of an intellectual property right. The right itself is a row of IpRight."""

from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import AREA, CLUSTER, FIELD, MODES, TITLE

PATENT = kinds.register(
    "patent",
    ListingKind(
        key="patent",
        label="专利",
        label_en="Patent offer",
        verb=mark("发布专利"),
        position=30,
        number_prefix="MK-P",
        icon="certificate",
        side="achievement",
        seeks="need",
        facets=("modes",),
        body_fields=("summary", "use"),
        sections=(
            Section(
                "what",
                "专利说明",
                "The patent",
                (
                    TITLE,
                    FieldSpec("summary", FieldType.LONG_TEXT, "摘要", "Abstract", column=True, max_length=5000),
                    FieldSpec("patent_number", FieldType.TEXT, "专利号", "Patent number", max_length=40),
                    FieldSpec(
                        "patent_kind",
                        FieldType.CHOICE,
                        "类型",
                        "Type",
                        choices=(
                            ("invention", mark("发明")),
                            ("utility", mark("实用新型")),
                            ("design", mark("外观设计")),
                        ),
                    ),
                    FIELD,
                    CLUSTER,
                    AREA,
                    FieldSpec("maturity", FieldType.TAXONOMY, "成熟度", "Maturity", column=True, vocabulary="maturity"),
                ),
                fixed_tier=True,
            ),
            Section(
                "terms",
                "怎么合作",
                "Terms",
                (
                    FieldSpec("use", FieldType.LONG_TEXT, "能用在哪里", "Where it can be used", max_length=1500),
                    FieldSpec("price_low", FieldType.MONEY, "意向价格下限", "Price from", column=True),
                    FieldSpec("price_high", FieldType.MONEY, "意向价格上限", "Price to", column=True),
                    MODES,
                ),
            ),
        ),
    ),
)
