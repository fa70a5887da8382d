"""What stands in both languages: the statuses of a document, the units of its figures, where a word comes from."""

from dataclasses import dataclass

from mengkeju.kernel.words import word


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages; as text it is the one of the reader, at that moment. Empty is false."""

    label: str
    label_en: str = ""

    def __str__(self) -> str:
        """The reader's language."""
        return word(self)

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.label)


NOTHING = Words("")
STATUSES = {
    "verified": Words("已核对", "Verified"),
    "secondary": Words("二手来源", "Secondary source"),
    "draft": Words("征求意见稿", "Draft for comments"),
}
"""How far a figure can be relied on: read in the issuer's own text, told by somebody else, not yet enacted."""
BASES = {
    "seen": Words("见于来源", "Seen in the source"),
    "general": Words("一般了解，待核对", "General knowledge, to be checked"),
    "own": Words("平台自定的归类", "This platform's own class"),
}
"""Where one entry of a list comes from."""
NUMBERS = {
    "yuan": Words("元", "CNY"),
    "ratio": Words("比例", "Share"),
    "working_day": Words("个工作日", "working days"),
    "day": Words("日", "days"),
    "month": Words("个月", "months"),
    "year": Words("年", "years"),
    "point": Words("分", "points"),
    "per_year": Words("项／年", "a year"),
}
"""Units whose values are Decimal. A ratio is written as a decimal fraction: 10 % is 0.10."""
UNITS = NUMBERS | {
    "yes_no": Words("是否", "Yes or no"),
    "text": Words("文字", "Words"),
    "window": Words("每年期间", "Yearly period"),
    "list": Words("清单", "List"),
}
