"""专业特色: what a university or college is strong in, and what can be asked of it."""

# fmt: off
from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import AREA, CLUSTER, FIELD, LICENCE, MODES, SUMMARY_HEADINGS, TITLE

STRENGTH = kinds.register("strength", ListingKind(
    key="strength", label="专业特色", label_en="University strength", verb=mark("发布专业特色"), position=40,
    number_prefix="MK-S", icon="school", side="achievement", seeks="need", facets=("modes",),
    body_fields=("summary", "disciplines", "asked"), ask=mark("请这个团队帮忙"),
    sections=(
        Section("what", "强在哪里", "What it is strong in", (
            TITLE,
            FieldSpec("summary", FieldType.LONG_TEXT, "一段话说明", "Summary", column=True, max_length=5000,
                      help=mark("所有人可见。先说能帮企业解决什么，再说凭什么。"),
                      headings=(*SUMMARY_HEADINGS, "专业特色", "特色简介")),
            FieldSpec("disciplines", FieldType.TEXT, "学科和专业", "Disciplines", max_length=300,
                      example=mark("例：矿物加工工程、化学工艺"), headings=("学科", "专业", "学科专业", "学科方向")),
            FieldSpec("keywords", FieldType.TEXT, "关键词", "Keywords", max_length=300,
                      help=mark("企业会怎么说就怎么写，用顿号隔开"), headings=("主题词", "关键字")),
            FIELD, CLUSTER, AREA, LICENCE,
        ), fixed_tier=True),
        Section("means", "凭什么", "Labs and teams", (
            FieldSpec("labs", FieldType.LONG_TEXT, "实验室和平台", "Laboratories", max_length=1500,
                      help=mark("名称、级别、主要条件"), headings=("实验室", "科研平台", "平台", "研究平台")),
            FieldSpec("teams", FieldType.LONG_TEXT, "团队和方向", "Teams and directions", max_length=1500,
                      help=mark("写团队和研究方向；个人的联系方式不要写在这里"),
                      headings=("团队", "科研团队", "研究方向")),
            FieldSpec("proof", FieldType.LONG_TEXT, "做成过什么", "What was done before", max_length=1500,
                      headings=("典型案例", "代表性成果", "服务案例")),
        )),
        Section("terms", "可以请我们做什么", "What can be asked", (
            FieldSpec("asked", FieldType.LONG_TEXT, "能承接的事", "What we take on", max_length=1500,
                      example=mark("例：配方优化、机理分析、中试方案设计、人员培训"),
                      headings=("服务内容", "可承接内容", "服务项目")),
            MODES,
        )),
    ),
))
