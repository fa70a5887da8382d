"""专利: the offer of an intellectual property right. The right itself is a row of IpRight."""

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
                    FieldSpec(
                        "summary",
                        FieldType.LONG_TEXT,
                        "摘要",
                        "Abstract",
                        column=True,
                        max_length=5000,
                        headings=(*SUMMARY_HEADINGS, "专利摘要", "专利简介"),
                    ),
                    FieldSpec(
                        "patent_number",
                        FieldType.TEXT,
                        "专利号",
                        "Patent number",
                        max_length=40,
                        headings=("申请号", "专利申请号", "授权号", "公开号", "专利号/申请号"),
                    ),
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
                        headings=("专利类型", "专利种类", "专利类别"),
                    ),
                    FIELD,
                    CLUSTER,
                    AREA,
                    LICENCE,
                    MATURITY,
                ),
                fixed_tier=True,
            ),
            Section(
                "terms",
                "怎么合作",
                "Terms",
                (
                    FieldSpec(
                        "use",
                        FieldType.LONG_TEXT,
                        "能用在哪里",
                        "Where it can be used",
                        max_length=1500,
                        headings=("应用领域", "应用范围", "用途", "应用场景", "应用前景"),
                    ),
                    PRICE_LOW,
                    PRICE_HIGH,
                    MODES,
                ),
            ),
        ),
    ),
)
