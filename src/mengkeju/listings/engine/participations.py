"""Who takes part in a listing and in which part; what a person who was asked can answer."""

from dataclasses import dataclass

from mengkeju.kernel.words import mark


@dataclass(frozen=True)
class Part:
    """A part people or organisations have in a listing; `people`: only people can have it."""

    key: str
    label: str
    label_en: str
    people: bool = False


PARTS = {
    part.key: part
    for part in (
        Part("holder", "权利人或持有单位", "Holder"),
        Part("completer_unit", "完成单位", "Completing organisation"),
        Part("completer", "完成人", "Completer", people=True),
        Part("inventor", "发明人", "Inventor", people=True),
        Part("team", "团队成员", "Team member", people=True),
    )
}
ANSWERS = {"asked": mark("已请本人确认"), "agreed": mark("本人已同意"), "objected": mark("本人有异议")}
MOST = 60
"""The most names a list may hold."""
