"""企业能力: what a firm can make or test for others, e.g. the pilot production of somebody's achievement."""

# fmt: off
from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.kernel.words import mark
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import AREA, CHAIN_NODE, CLUSTER, FIELD, LICENCE, MODES, SUMMARY_HEADINGS, TITLE

# The words are the keys, so that the facet of search can show them. Groups of this platform; no standard sets them.
PROCESSES = tuple((text, text) for text in (
    mark("铸造"), mark("锻造"), mark("机械加工"), mark("焊接与结构件"), mark("热处理与表面处理"),
    mark("粉体与材料制备"), mark("化工反应与分离"), mark("生物发酵与提取"), mark("食品与农畜产品加工"),
    mark("电子与控制装配"), mark("总装与调试"), mark("检测与试验"), mark("其他工艺"),
))
OFFERS = (("pilot", mark("中试生产")), ("small_lot", mark("小批试制")), ("contract", mark("代加工")),
          ("test", mark("检测")), ("trial", mark("试验验证或示范场地")))
PARTNERS = (("suppliers", mark("上游供应方")), ("customers", mark("下游客户")))

CAPABILITY = kinds.register("capability", ListingKind(
    key="capability", label="企业能力", label_en="Enterprise capability", verb=mark("登记企业能力"), position=50,
    number_prefix="MK-C", icon="settings", side="achievement", seeks="need", facets=("modes", "process"),
    body_fields=("summary", "equipment", "capacity"), ask=mark("请求中试生产或检测"),
    sought=("partners", "partner_wish"),
    sections=(
        Section("what", "能做什么", "What it can do", (
            TITLE,
            FieldSpec("summary", FieldType.LONG_TEXT, "一段话说明", "Summary", column=True, max_length=5000,
                      help=mark("所有人可见。先说能替项目团队做哪一步，再说条件。"),
                      headings=(*SUMMARY_HEADINGS, "能力简介", "能力说明")),
            FieldSpec("process", FieldType.CHOICES, "工艺", "Process", choices=PROCESSES,
                      headings=("工艺类型", "工艺能力")),
            FieldSpec("offers", FieldType.CHOICES, "可以提供", "Offer", choices=OFFERS,
                      headings=("服务类型", "可提供服务")),
            FIELD, CLUSTER, CHAIN_NODE, AREA, LICENCE,
        ), fixed_tier=True),
        Section("chain", "想找什么样的上下游", "Partners along the chain", (
            FieldSpec("partners", FieldType.CHOICES, "想找", "Looking for", choices=PARTNERS,
                      headings=("想找的伙伴", "上下游意向")),
            FieldSpec("partner_wish", FieldType.LONG_TEXT, "找什么样的伙伴", "What kind of partner", max_length=1000,
                      help=mark("写产品、工艺和规格，不写公司名；所有人可见时，平台按它替您找"),
                      example=mark("例：能供 0.3 毫米以下薄带的速凝厂；用 35 兆牛以上锻件的减速机厂"),
                      headings=("伙伴要求", "合作伙伴要求")),
        )),
        Section("means", "设备和产能", "Equipment and capacity", (
            FieldSpec("equipment", FieldType.LONG_TEXT, "主要设备", "Equipment", max_length=1500,
                      example=mark("例：80 兆牛压机 1 台；深孔镗床，最大孔深 12 米"), headings=("设备", "设备清单")),
            FieldSpec("capacity", FieldType.NUMBER_UNIT, "产能（写数和单位）", "Capacity with unit",
                      example=mark("例：每年 6 万吨；单件不超过 45 吨"), headings=("产能", "生产能力", "加工能力")),
            FieldSpec("certificates", FieldType.LONG_TEXT, "资质证书", "Certificates", max_length=1000,
                      help=mark("名称、编号、有效期"), headings=("资质", "认证", "证书")),
            FieldSpec("spare", FieldType.TEXT, "什么时候有空档", "When there is room",
                      example=mark("例：每月 10 天；提前 3 周约"), headings=("空闲时间", "可用时间")),
        )),
        Section("terms", "怎么合作", "Terms", (
            FieldSpec("conditions", FieldType.LONG_TEXT, "对方要准备什么", "What the asking side brings",
                      max_length=1000, example=mark("例：图纸、样件、原料不少于 200 公斤"),
                      headings=("合作条件", "来料要求")),
            FieldSpec("price_low", FieldType.MONEY, "费用下限", "Fee from", column=True,
                      example=mark("例：2万；面议可不填")),
            FieldSpec("price_high", FieldType.MONEY, "费用上限", "Fee to", column=True),
            MODES,
        )),
    ),
))
