"""招才与实习岗位: whom a firm, a laboratory or an institute is looking for."""

# fmt: off
from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import TALENT, ListingKind, Topic, kinds
from mengkeju.listings.kinds.fields import AREA, FIELD, LICENCE, SUMMARY_HEADINGS
from mengkeju.listings.kinds.people import (
    BEGINS,
    CONTACTED,
    DEGREES,
    ENDS,
    MAJORS,
    NUMBER,
    PAY_HELP,
    POST_TITLE,
    SHARED,
    SKILLS,
    WORK,
)

TOPICS = (
    Topic("what", "岗位", "The post", ("title", "summary", "work", "field", "area"), mark("要人来做什么？"),
          mark("先说做什么、跟谁做、能学到什么。这一屏所有人可见。")),
    Topic("whom", "要什么人", "Who", ("majors", "degree", "number", "skills"), mark("要什么专业、会做什么的人？"),
          mark("平台按专业类、学历和技能去找学校的学生；写得越准，推荐越准。")),
    Topic("when", "时间和待遇", "Time and pay", ("begins", "ends", "deadline", "pay_low", "pay_high", "board"),
          mark("什么时候来，给什么待遇？"), mark("实习写清起止；待遇写一个范围就行，说不准可以先空着。")),
    Topic("asked", "具体要求", "Requirements", ("requirements", "tutor"), mark("还有什么要求，谁来带？"),
          mark("只写与工作有关的条件。有人带，学校才放心让学生来。")),
    SHARED, CONTACTED,
)

POST = kinds.register("post", ListingKind(
    key="post", label="招才与实习岗位", label_en="Post or internship", verb=mark("发布招才或实习岗位"), position=60,
    number_prefix="MK-J", icon="briefcase", side="need", seeks="achievement", market=TALENT,
    signals=("work", "majors", "degree", "number", "begins", "ends", "pay_low", "pay_high"),
    facets=("work", "majors"), asks_outcome=True, ask=mark("推荐学生来这个岗位"),
    topics=TOPICS,
    body_fields=("summary", "skills", "requirements"),
    sections=(
        Section("what", "要什么人", "Who is wanted", (
            POST_TITLE,
            FieldSpec("summary", FieldType.LONG_TEXT, "来了做什么", "Summary", column=True, max_length=5000,
                      help=mark("所有人可见。先说做什么课题或活、跟谁做、能学到什么，再说条件。"),
                      example=mark("例：跟着研发组做水煤浆气化细渣的浮选试验，整理数据，写一份报告……"),
                      headings=(*SUMMARY_HEADINGS, "岗位职责", "工作内容", "岗位说明", "职责")),
            WORK, MAJORS,
            FieldSpec("degree", FieldType.CHOICE, "最低学历", "Least degree", choices=DEGREES,
                      headings=("学历", "学历要求", "学历层次")),
            NUMBER, SKILLS, FIELD, AREA, LICENCE,
        ), fixed_tier=True),
        Section("terms", "时间和待遇", "Time and pay", (
            BEGINS, ENDS,
            FieldSpec("deadline", FieldType.DATE, "报名截止", "Apply by", column=True,
                      headings=("截止日期", "截止时间", "招聘截止日期")),
            FieldSpec("pay_low", FieldType.MONEY, "每月待遇下限", "Monthly pay from", help=PAY_HELP,
                      example=mark("例：3000元"), headings=("最低薪酬", "薪资下限", "月薪下限")),
            FieldSpec("pay_high", FieldType.MONEY, "每月待遇上限", "Monthly pay to",
                      headings=("最高薪酬", "薪资上限", "月薪上限")),
            FieldSpec("board", FieldType.TEXT, "食宿和保险", "Board and insurance", max_length=300,
                      example=mark("例：提供宿舍和午餐；实习期间买意外伤害保险"),
                      headings=("福利", "福利待遇", "食宿")),
        )),
        Section("asked", "具体要求", "Requirements", (
            FieldSpec("requirements", FieldType.LONG_TEXT, "具体要求", "Requirements", max_length=1500,
                      help=mark("只写与工作有关的条件；不得写性别、民族、婚育、户籍等限制"),
                      headings=("岗位要求", "任职要求", "任职条件", "要求")),
            FieldSpec("tutor", FieldType.TEXT, "谁来带", "Tutor", max_length=200,
                      help=mark("写岗位或团队；个人的联系方式不要写在这里"),
                      example=mark("例：研发中心高级工程师一对一带教"), headings=("带教", "企业导师", "指导老师")),
        )),
    ),
))
