"""中试服务: a kind that exists only in a test. Nothing else is written for it."""

# fmt: off
from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.kinds.fields import AREA, FIELD, TITLE

PILOT = kinds.register("pilot", ListingKind(
    key="pilot", label="中试服务", label_en="Pilot service", verb="发布中试服务", number_prefix="MK-T", icon="flask",
    facets=("scale",), body_fields=("summary", "line"),
    sections=(
        Section("what", "能做什么", "What it does", (
            TITLE,
            FieldSpec("summary", FieldType.LONG_TEXT, "说明", "Summary", column=True),
            FIELD, AREA,
            FieldSpec("scale", FieldType.CHOICE, "规模", "Scale", choices=(("ton", "吨级"), ("kilo", "公斤级"))),
        ), fixed_tier=True),
        Section("line", "装置", "The line", (
            FieldSpec("line", FieldType.TEXT, "主要设备", "Equipment"),
            FieldSpec("since", FieldType.MONTH, "投用", "In use since"),
            FieldSpec("fee", FieldType.MONEY, "每批费用", "Fee"),
            FieldSpec("open", FieldType.YES_NO, "对外开放", "Open"),
        ), tier="members"),
    ),
))
