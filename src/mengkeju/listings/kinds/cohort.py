"""毕业生与实习生供给: a group of students a school speaks for. Never a single student: no name, no number, no CV."""

# fmt: off
from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import TALENT, ListingKind, Topic, kinds
from mengkeju.listings.kinds.fields import AREA, FIELD, LICENCE, SUMMARY_HEADINGS, TITLE
from mengkeju.listings.kinds.people import (
    BEGINS,
    CONTACTED,
    ENDS,
    LEVELS,
    MAJORS,
    NUMBER,
    PAY_HELP,
    SHARED,
    SKILLS,
    WORK,
)

TOPICS = (
    Topic("what", "学生", "The students", ("title", "summary", "work", "field", "area"), mark("是哪一批学生？"),
          mark("只写整批的情况。这一屏所有人可见，不写任何一名学生的姓名、学号或联系方式。")),
    Topic("whom", "学什么", "Majors", ("majors", "major_names", "class_of", "degree", "number", "skills"),
          mark("学什么专业，有多少人，会做什么？"), mark("平台按专业类、学历和技能去找岗位；写得越准，推荐越准。")),
    Topic("when", "时间", "Time", ("begins", "ends", "away", "pay_low"), mark("什么时候能来？"),
          mark("实习写清起止；毕业生写从哪天起可以到岗。")),
    Topic("asked", "意向和安排", "Arrangement", ("directions", "arrangement"), mark("想去做什么，学校怎么安排？"),
          mark("学分、带队老师、保险由谁管，写在前面，企业好准备。")),
    SHARED, CONTACTED,
)

COHORT = kinds.register("cohort", ListingKind(
    key="cohort", label="毕业生与实习生", label_en="Graduates and interns", verb=mark("发布毕业生与实习生"),
    position=70, number_prefix="MK-G", icon="users", side="achievement", seeks="need", market=TALENT,
    owners=("university", "vocational", "institute"),
    signals=("work", "majors", "degree", "number", "begins", "ends", "pay_low", "away"),
    facets=("work", "majors"), asks_outcome=True, ask=mark("请这些学生来"),
    topics=TOPICS,
    body_fields=("summary", "skills", "directions"),
    sections=(
        Section("what", "是哪些学生", "Who they are", (
            TITLE,
            FieldSpec("summary", FieldType.LONG_TEXT, "一段话说明", "Summary", column=True, max_length=5000,
                      help=mark("所有人可见。说这一批学生学什么、做过什么、想去做什么。"
                                "只写整批的情况，不写任何一名学生的姓名、学号、成绩或联系方式。"),
                      example=mark("例：矿物加工工程 2027 届本科生，做过浮选和磁选课程设计，想去选矿厂实习……"),
                      headings=(*SUMMARY_HEADINGS, "情况说明", "学生情况")),
            WORK, MAJORS,
            FieldSpec("major_names", FieldType.TEXT, "专业名称", "Names of the majors", max_length=300,
                      example=mark("例：矿物加工工程、化学工艺"), headings=("专业", "所学专业")),
            FieldSpec("class_of", FieldType.TEXT, "届别", "Class of", max_length=60, example=mark("例：2027 届"),
                      headings=("毕业年份", "毕业时间", "年级")),
            FieldSpec("degree", FieldType.CHOICES, "学历", "Degrees", choices=LEVELS,
                      headings=("学历层次", "培养层次")),
            NUMBER, SKILLS, FIELD, AREA, LICENCE,
        ), fixed_tier=True),
        Section("terms", "什么时候能来", "When they can come", (
            BEGINS, ENDS,
            FieldSpec("away", FieldType.YES_NO, "可以去外地", "May go elsewhere",
                      help=mark("能不能去学校所在盟市以外")),
            FieldSpec("pay_low", FieldType.MONEY, "希望每月待遇不低于", "Monthly pay hoped for", help=PAY_HELP,
                      headings=("期望薪酬", "期望月薪", "期望待遇")),
        )),
        Section("asked", "怎么安排", "Arrangement", (
            FieldSpec("directions", FieldType.LONG_TEXT, "想去做什么", "Directions", max_length=1500,
                      example=mark("例：选矿厂工艺岗、检测岗、煤化工中控"),
                      headings=("就业意向", "实习方向", "意向岗位")),
            FieldSpec("arrangement", FieldType.LONG_TEXT, "学校的安排", "What the school arranges", max_length=1500,
                      help=mark("学分、带队老师、保险、往返；双方商定后按规定签实习协议"),
                      headings=("实习安排", "学校安排", "组织方式")),
        )),
    ),
))
