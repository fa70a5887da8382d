"""What the parts of the full stack are called where they are shown, and to which of them a feature goes."""

from dataclasses import dataclass

from mengkeju.matching.engine.likeness import NAMES

BASE, JUDGED = "base", "judged:"
NAMED = "judged:named"
"""Lines for judged pairs of the reader's own; each has a number after a colon."""
GROUPS = ("own", "near", "same", "rest")
OWN, NEAR, SAME, REST = range(4)
TEXT, RECORD = "text", "record"


@dataclass(frozen=True, slots=True)
class FullPart:
    """A part that is no similarity: `group` says whether it comes of the texts or of earlier judgements."""

    key: str
    group: str
    label: str
    label_en: str


PARTS = (
    FullPart("cosines", TEXT, "各段文字与题目的相近", "Likeness of each text with the title"),
    FullPart("places", TEXT, "在全部成果里排第几", "Place among all achievements"),
    FullPart("against", TEXT, "比这项成果与其他需求更近多少", "Nearer than the achievement is to other needs"),
    FullPart("fused", TEXT, "九种相近合起来", "All nine likenesses together"),
    FullPart("nearest", TEXT, "与最相近成果的共同说法相近", "Likeness with what the nearest achievements say"),
    FullPart("sizes", TEXT, "文字长短与共有词", "Lengths and words in common"),
    FullPart("cold", TEXT, "只看文字的可能性", "Probability by the texts alone"),
    FullPart("process", RECORD, "由全部判断推算的可能性", "Probability inferred from all judgements"),
    FullPart("around", RECORD, "这条与相近需求的判断个数、高低", "Judgements of this and near-duplicate needs"),
    FullPart(JUDGED + "own", RECORD, "这条需求此前的判断", "Earlier judgements of this need"),
    FullPart(JUDGED + "near", RECORD, "相近需求此前的判断", "Earlier judgements of near-duplicate needs"),
    FullPart(JUDGED + "same", RECORD, "这项成果在别处的判断", "Judgements of this achievement elsewhere"),
    FullPart(JUDGED + "rest", RECORD, "平台上其他判断", "Other judgements on the platform"),
    FullPart(NAMED, RECORD, "判断记录", "Judgement"),
    FullPart(BASE, BASE, "起点", "Starting point"),
)
BY_KEY = {part.key: part for part in PARTS}
_FAMILIES = {
    "cosine": "cosines", "place": "places", "against": "against", "nearest": "nearest",
    "cold": "cold", "process": "process", "around": "around", "fused": "fused", "fused_mean": "fused",
}  # fmt: skip


def family(feature: str) -> str:
    """The key under which a feature of the trees is shown; a similarity keeps its own name."""
    if feature in NAMES:
        return feature
    return _FAMILIES.get(feature.partition(":")[0], "sizes")
