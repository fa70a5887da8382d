"""How two listings can belong together."""

from dataclasses import dataclass

from mengkeju.kernel.words import mark


@dataclass(frozen=True)
class LinkRole:
    """What each end of a link is called on the page of the other; to be translated where it is shown."""

    source: str
    target: str


ALIKE = ("similar", "same_as")
"""What an owner may state of his own need and another that existed before."""
BETWEEN_OWNERS = ("output_of",)
"""What only the owners of the two ends read: that they worked together is theirs to tell."""
# Read from source to target: an achievement answers a need, a need was solved by an achievement (its owner says so),
# of a post and a group of students each may say that the
# other filled it, a listing is part of another, an achievement came out of a cooperation on a listing.
LINK_ROLES = {
    "answers": LinkRole(mark("对应的成果"), mark("对应的需求")),
    "solved_by": LinkRole(mark("由它解决的需求"), mark("解决它的成果")),
    "placed_with": LinkRole(mark("已落实的岗位或学生"), mark("已落实的岗位或学生")),
    "output_of": LinkRole(mark("合作产生的成果"), mark("由这一项的合作产生")),
    "part_of": LinkRole(mark("其中一部分"), mark("属于这一项")),
    "similar": LinkRole(mark("相似的需求"), mark("相似的需求")),
    "same_as": LinkRole(mark("同一项需求"), mark("同一项需求")),
}
