"""Fields of posts and of groups of students. What both sides state alike, matching compares."""

from mengkeju.kernel.forms import FieldSpec, FieldType
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import Topic
from mengkeju.listings.kinds.fields import TITLE

# The words are the keys, so that the facet of search can show them. Groups of this platform; no standard sets them.
WORKS = tuple(
    (text, text)
    for text in (
        mark("全职"),
        mark("实习"),
        mark("毕业设计（论文）"),
        mark("项目合作"),
        mark("博士后"),
        mark("假期实践"),
    )
)
ANY_DEGREE = "any"
# In rising order: whoever has a later one fulfils an earlier one.
LEVELS = (
    ("college", mark("专科（高职）")),
    ("bachelor", mark("本科")),
    ("master", mark("硕士")),
    ("doctor", mark("博士")),
)
DEGREES = ((ANY_DEGREE, mark("不限")), *LEVELS)
PAY_HELP = mark("按月，税前；实习补贴也写在这里。面议可不填")
WORK = FieldSpec(
    "work",
    FieldType.CHOICES,
    "类型",
    "Type",
    required=True,
    choices=WORKS,
    headings=("岗位类型", "用工类型", "实习或就业", "意向类型"),
)
MAJORS = FieldSpec(
    "majors",
    FieldType.TAXONOMY,
    "专业类",
    "Majors",
    vocabulary="major",
    many=True,
    help=mark("按本科专业目录的专业类选，可以多选；高职专业选最接近的一类"),
    headings=("专业要求", "需求专业", "专业类别", "所属专业类"),
)
NUMBER = FieldSpec(
    "number",
    FieldType.NUMBER_UNIT,
    "人数",
    "How many",
    example=mark("例：3 人"),
    headings=("招聘人数", "需求人数", "学生人数", "可安排人数"),
)
SKILLS = FieldSpec(
    "skills",
    FieldType.TEXT,
    "会做什么",
    "Skills",
    max_length=300,
    help=mark("软件、仪器、工艺、语言，用顿号隔开；对方按这些词找"),
    example=mark("例：浮选试验、X 射线衍射、Python"),
    headings=("技能", "技能要求", "掌握技能", "专业技能"),
)
BEGINS = FieldSpec(
    "begins", FieldType.DATE, "从哪天起", "From", headings=("开始日期", "到岗时间", "开始时间", "可到岗日期")
)
ENDS = FieldSpec(
    "ends",
    FieldType.DATE,
    "到哪天止",
    "Until",
    help=mark("长期的不填"),
    headings=("结束日期", "结束时间"),
)
POST_TITLE = FieldSpec(
    "title",
    FieldType.TEXT,
    "题目",
    "Title",
    required=True,
    column=True,
    max_length=120,
    headings=(*TITLE.headings, "岗位名称", "职位名称", "招聘岗位"),
)
SHARED = Topic(
    "sharing",
    "谁能看",
    "Who may see",
    ("licence",),
    mark("哪些只给该看的人看？"),
    mark("题目和说明所有人可见；其余每一部分由您定。不公开的内容匹配时不用。"),
    sharing=True,
)
CONTACTED = Topic(
    "contact",
    "联系人",
    "Contact",
    (),
    mark("谁来接电话？"),
    mark("写本单位的经办人。联系方式不公开，双方都同意意向以后平台才给对方。"),
    contact=True,
)
