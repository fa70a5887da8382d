"""Fields that several kinds share, and the columns of a file that are no field of a form.

`headings` are what offices write above such a column; the label is always one of them.
"""

from mengkeju.kernel.forms import FieldSpec, FieldType
from mengkeju.kernel.words import mark

TITLE = FieldSpec(
    "title",
    FieldType.TEXT,
    "题目",
    "Title",
    required=True,
    column=True,
    max_length=120,
    headings=(
        "标题",
        "名称",
        "项目名称",
        "需求名称",
        "技术需求",
        "技术需求名称",
        "需求题目",
        "成果名称",
        "科技成果",
        "科技成果名称",
        "专利名称",
        "发明名称",
        "achievement_title",
    ),
)
SUMMARY_HEADINGS = ("简介", "内容", "说明", "摘要", "描述", "简要说明", "内容简介", "content")
FIELD = FieldSpec(
    "field",
    FieldType.TAXONOMY,
    "技术领域",
    "Field",
    column=True,
    vocabulary="field",
    help=mark("国家重点支持的高新技术领域"),
    headings=("所属领域", "领域", "所属技术领域", "高新技术领域", "行业领域", "技术方向"),
)
CLUSTER = FieldSpec(
    "cluster",
    FieldType.TAXONOMY,
    "产业集群或产业链",
    "Cluster",
    column=True,
    vocabulary="cluster",
    headings=("所属产业链", "产业链", "产业集群", "所属产业", "所属产业集群", "重点产业链"),
)
CHAIN_NODE = FieldSpec(
    "chain_node",
    FieldType.TAXONOMY,
    "产业链环节",
    "Node of the chain",
    vocabulary="chain_node",
    help=mark("在链上处于哪一环；写明了，才能按上下游找伙伴"),
    headings=("所处环节", "链上环节", "环节"),
)
AREA = FieldSpec(
    "area",
    FieldType.AREA,
    "所在地区",
    "Area",
    required=True,
    column=True,
    headings=("地区", "所在地", "所在旗县区", "旗县区", "盟市", "所属地区", "属地", "所在区域", "行政区划"),
)
LICENCE = FieldSpec(
    "licence",
    FieldType.CHOICE,
    "使用条件",
    "Conditions of use",
    choices=(
        ("read", mark("仅供查阅")),
        ("match", mark("可用于对接")),
        ("cite", mark("可转载，须注明来源")),
    ),
    help=mark("别的单位看到后能怎么用；不选即仅供查阅"),
)
MODES = FieldSpec(
    "modes",
    FieldType.TAXONOMY,
    "合作方式",
    "Cooperation modes",
    vocabulary="cooperation_mode",
    many=True,
    headings=("合作意向", "拟合作方式", "合作模式", "转化方式", "拟转化方式", "转让方式", "期望合作方式"),
)
MATURITY_HEADINGS = ("成熟度", "技术成熟度", "所处阶段", "成果阶段", "研发阶段", "成熟程度")
MATURITY = FieldSpec(
    "maturity",
    FieldType.TAXONOMY,
    "成熟度",
    "Maturity",
    column=True,
    vocabulary="maturity",
    headings=MATURITY_HEADINGS,
)
PRICE_LOW = FieldSpec(
    "price_low",
    FieldType.MONEY,
    "意向价格下限",
    "Price from",
    column=True,
    example=mark("例：200万；面议可不填"),
    headings=("最低价格",),
)
PRICE_HIGH = FieldSpec(
    "price_high",
    FieldType.MONEY,
    "意向价格上限",
    "Price to",
    column=True,
    headings=("最高价格",),
)

# ---- Columns of a file beside the fields of a kind ----------------------------------------------------

EXTERNAL_ID = FieldSpec(
    "external_id",
    FieldType.TEXT,
    "外部编号",
    "Own number",
    max_length=120,
    help=mark("本单位自己的编号。再次导入时按它认出同一条；没有就按题目认。"),
    headings=("编号", "需求编号", "成果编号", "项目编号", "序列号", "登记号", "need_id", "achievement_id"),
)
PRICE = FieldSpec(
    "price",
    FieldType.MONEY,
    "金额（可写范围）",
    "Amount (or a range)",
    help=mark("一个数、一个范围或“面议”；没有写单位的按“元”读。"),
    headings=(
        "投入",
        "拟投入",
        "投入资金",
        "资金投入",
        "拟投入资金",
        "投入预算",
        "预算",
        "预算金额",
        "经费",
        "经费预算",
        "金额",
        "意向价格",
        "价格",
        "报价",
        "转让价格",
        "拟转让价格",
        "转让费",
        "合作金额",
    ),
)
OWNER = FieldSpec(
    "owner",
    FieldType.ORGANISATION,
    "所属单位",
    "Owner",
    help=mark("只能是您可以代为导入的单位；不填就是上传时选的单位。"),
    headings=(
        "单位名称",
        "单位",
        "企业名称",
        "需求单位",
        "需求方",
        "需求企业",
        "完成单位",
        "成果单位",
        "持有单位",
        "权利人",
        "专利权人",
        "申报单位",
    ),
)
CONTACT = FieldSpec(
    "contact",
    FieldType.PERSON,
    "联系人",
    "Contact",
    help=mark("只认本单位在平台上的同事（姓名或邮箱）；认不出来就留空，不会新建人员。"),
    headings=("联系人姓名", "姓名", "负责人", "项目负责人", "成果联系人", "联络人"),
)
CONTACT_PHONE = FieldSpec(
    "contact_phone",
    FieldType.TEXT,
    "联系电话",
    "Contact phone",
    help=mark("只用来在同名的同事里认出联系人，不写入条目。"),
    headings=("电话", "手机", "手机号", "手机号码", "联系方式", "联系人电话", "电话号码"),
)
CONTACT_EMAIL = FieldSpec(
    "contact_email",
    FieldType.TEXT,
    "联系邮箱",
    "Contact e-mail",
    help=mark("只用来认出联系人，不写入条目。"),
    headings=("邮箱", "电子邮箱", "e-mail", "email", "联系人邮箱", "电子邮件"),
)
BESIDE = (EXTERNAL_ID, OWNER, CONTACT, CONTACT_PHONE, CONTACT_EMAIL)

# Columns beside the fields of one kind, by its key.
RIGHT_STATUS = FieldSpec(
    "right_status",
    FieldType.TEXT,
    "法律状态",
    "Legal status",
    max_length=40,
    help=mark("例：有效、审查中、已终止。写入知识产权登记。"),
    headings=("专利状态", "专利法律状态", "授权状态", "当前法律状态"),
)
APPLIED_ON = FieldSpec("applied_on", FieldType.DATE, "申请日", "Filing date", headings=("申请日期", "专利申请日"))
GRANTED_ON = FieldSpec(
    "granted_on",
    FieldType.DATE,
    "授权公告日",
    "Grant date",
    headings=("授权日", "授权日期", "授权公告日期", "公告日"),
)
ACHIEVEMENT_NAMED = FieldSpec(
    "achievement",
    FieldType.TEXT,
    "对应成果",
    "Achievement",
    max_length=200,
    help=mark("本单位一条成果的编号或题目；这项专利会关联到它。"),
    headings=("关联成果", "所属成果", "成果名称或编号", "对应科技成果"),
)
INVENTORS = FieldSpec(
    "inventors",
    FieldType.TEXT,
    "发明人",
    "Inventors",
    max_length=500,
    help=mark("按先后顺序，用顿号或分号隔开。"),
    headings=("发明人姓名", "设计人", "发明人/设计人", "发明（设计）人"),
)
BESIDE_OF = {"patent": (RIGHT_STATUS, APPLIED_ON, GRANTED_ON, ACHIEVEMENT_NAMED, INVENTORS)}
