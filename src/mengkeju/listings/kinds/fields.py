"""Fields that several kinds share."""

from mengkeju.kernel.forms import FieldSpec, FieldType
from mengkeju.kernel.words import mark

TITLE = FieldSpec("title", FieldType.TEXT, "题目", "Title", required=True, column=True, max_length=120)
FIELD = FieldSpec(
    "field",
    FieldType.TAXONOMY,
    "技术领域",
    "Field",
    column=True,
    vocabulary="field",
    help=mark("国家重点支持的高新技术领域"),
)
CLUSTER = FieldSpec("cluster", FieldType.TAXONOMY, "产业集群或产业链", "Cluster", column=True, vocabulary="cluster")
AREA = FieldSpec("area", FieldType.AREA, "所在地区", "Area", required=True, column=True)
MODES = FieldSpec(
    "modes", FieldType.TAXONOMY, "合作方式", "Cooperation modes", vocabulary="cooperation_mode", many=True
)
