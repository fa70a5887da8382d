"""Why a proposal was made, in words for one reader; what is missing or closed to him."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mengkeju.kernel.words import chosen, gettext, listed, mark, word
from mengkeju.listings.engine.markets import TALENT, Market
from mengkeju.listings.models import TIERS
from mengkeju.listings.queries import Presented
from mengkeju.matching.engine import full_words, likeness, structured
from mengkeju.matching.engine.asking import spoken
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.gaps import BOTH, GAPS, OFFERED
from mengkeju.matching.engine.sentences import of_offer, worded
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import learned

MOST_MISSING = 4
NOTICEABLE = 0.04  # log-odds below which a part is not worth a line
TEXT_LABEL = mark("内容相近")
SHOWN_STRONGEST = 2
MOST_ROWS = 10
# The labels of the likenesses speak of needs and achievements; of posts and students it is said in general.
TALENT_SIGNALS = frozenset(kind.key for kind in structured.settings().markets[TALENT].kinds)
Pieces = tuple[tuple[str, bool], ...]
Line = tuple[str, float, str]


@dataclass(frozen=True)
class Row:
    """One line of the reasons: `percent` is its share of all that counts for or against, 0–100."""

    label: str
    percent: int
    text: str
    tone: str


def read(proposal: Proposal) -> dict[str, Any]:
    """The stored reasons, whatever their version; absent parts are empty.

    score, the sum of all parts · cuts of the model, three · terms [[text, share of all shared words]] · sentence ·
    text {similarity: log-odds} · signals [[key, log-odds, reason]] · extra [[key, label, label_en, log-odds, reason]],
    parts of any other key · missing [text] · raises [[key, fact, side, log-odds, when]].
    A reason and a `when` are read by `sentences.worded`; in version 1 they were always texts. Before version 3 parts
    had four digits, and neither cuts nor shares of terms were kept. From version 4 on a full model's reasons have parts
    for each level (`queries.learned`): what is read is the level that decides, as one sees it who judged nothing.
    """
    return filled(proposal.reasons)


def filled(stored: dict[str, Any]) -> dict[str, Any]:
    """Stored reasons of any version as `read` gives them."""
    lists = ("cuts", "terms", "signals", "extra", "missing", "raises")
    empty: dict[str, Any] = {**{name: [] for name in lists}, "score": None, "sentence": "", "text": {}, "decides": None}
    empty |= {"levels": {}, "named": [], "owners": {}}
    why = {**empty, **stored}
    why["terms"] = [[term, None] if isinstance(term, str) else term for term in why["terms"]]
    why["common"] = why["extra"]
    return learned.decided(why)


def added(why: dict[str, Any], parts: Sequence[list[Any]]) -> dict[str, Any]:
    """The same reasons with more parts for one reader ([key, label, label_en, log-odds, reason]), and their sum."""
    score = None if why["score"] is None else why["score"] + sum(part[3] for part in parts)
    return {**why, "extra": [*why["extra"], *parts], "common": [*why["common"], *parts], "score": score}


def signal_label(key: str, offer: str = "") -> str:
    """The word of a stored signal; `feedback` and `feedback:…` are judgements put in for one reader."""
    if key.partition(":")[0] == "feedback":
        return _("已有判断")
    kind = next((k for k in structured.settings().every if k.key == key), None)
    if kind is None:
        return key
    return in_words(kind.label, offer) if offer and kind.label in OFFERED else word(kind)


def extra_label(line: Sequence[Any]) -> str:
    """The word of a part with its own label."""
    return chosen(gettext(line[1]), line[2])


def text_labels() -> dict[str, str]:
    """The word of every part of the texts by key."""
    return {s.name: word(s) for s in likeness.SIMILARITIES} | {part.key: word(part) for part in full_words.PARTS}


def summary(why: dict[str, Any], market: Market) -> Pieces:
    """Shared terms with their share, then the sentence of the side that asks to quote; pieces for `marked`."""
    pieces: list[tuple[str, bool]] = []
    for at, (term, share) in enumerate(why["terms"]):
        pieces += [(_("、") if at else _("用词相同（百分数：占全部相同用词的分量）："), False), (term, True)]
        if share is not None:
            pieces.append((f" {100 * share:.0f}%", False))
    rest = 100 - sum(round(100 * (share or 0)) for _term, share in why["terms"])
    if rest > 0 and pieces and why["terms"][0][1] is not None:
        pieces.append((_("，其余 %(n)s%% 是没有列出的词和字") % {"n": rest}, False))
    if pieces:
        pieces.append((_("。"), False))
    elif why["cuts"] or why["levels"]:  # else it is stored as it once was, or not at all
        pieces.append((_("除各处都用的词外，没有相同的词。"), False))
    if why["sentence"]:
        pieces.append((_(market.nearest) % {"sentence": why["sentence"]}, False))
    return tuple(pieces)


def offer_word(offered: Presented) -> str:
    """The word of its kind, where it is no achievement, after which the engine calls everything offered; else empty."""
    return "" if offered.kind.key == offered.kind.side else word(offered.kind)


def in_words(stored: Any, offer: str = "") -> str:
    """A sentence of the engine in the reader's language; `offer`: see `offer_word`."""
    return worded(of_offer(stored, OFFERED, offer) if offer else stored)


def rows(why: dict[str, Any], offer: str = "") -> tuple[Row, ...]:
    """The parts of the score, the similarities of the texts as one (they overlap, so a single one is not a cause).

    `offer`: see `offer_word`. Percent is the part's share of the sum of all parts for and against; what is beyond ten
    lines stands in one.
    """
    labels = text_labels()
    text = {key: float(value) for key, value in why["text"].items()}
    seen = [key for key in text if text[key] > NOTICEABLE and key in likeness.NAMES]
    strongest = sorted(seen, key=lambda k: -text[k])[:SHOWN_STRONGEST]
    total = sum(text.values())
    people = any(key in TALENT_SIGNALS for key, _value, _reason in why["signals"])
    measures = [_("用字、用词和主题")] if people or not strongest else [labels.get(k, k) for k in strongest]
    above = _("比多数配对更相近，尤其是%(measures)s") % {"measures": listed(measures)}
    if why["cuts"] and not why["terms"]:
        above = _("用字或主题比多数配对更相近，没有整词相同")
    elif strongest and all(key.partition("_")[2].startswith("latent") for key in strongest):
        above = _("主题比多数配对更相近（按常在一起出现的词推算，不一定有相同的词）")
    parts = [(_(TEXT_LABEL), total, above if total > 0 else _("不如多数配对相近"))]
    parts += [
        (signal_label(key, offer), float(value), in_words(reason, offer)) for key, value, reason in why["signals"]
    ]
    parts += [
        (extra_label(line), float(line[3]), in_words(line[4], offer))
        for line in why.get("extra", ())
        if line[0] != full_words.BASE
    ]
    noticed = [part for part in parts if abs(part[1]) >= NOTICEABLE]
    whole = sum(abs(value) for _label, value, _words in noticed)
    return tuple(
        Row(
            label,
            round(100 * abs(value) / whole),
            words if value > 0 else _("减分：%(reason)s") % {"reason": words},
            "done" if value > 0 else "calm",
        )
        for label, value, words in _at_most(noticed)
    )


def _at_most(parts: list[Line]) -> list[Line]:
    """The ten greatest in their order, the others as one line."""
    if len(parts) <= MOST_ROWS:
        return parts
    least = sorted(parts, key=lambda part: -abs(part[1]))[MOST_ROWS - 1 :]
    rest = sum(value for _label, value, _words in least)
    said = _("另外 %(n)s 项，见“这些加起来是多少”") % {"n": len(least)}
    return [*(part for part in parts if part not in least), (_("其余"), rest, said)]


def missing_in_words(missing: Sequence[str], offer: str = "") -> tuple[str, ...]:
    """What is not stated, both sides' gaps in one line; from the fifth on all in one."""
    found: dict[str, None] = {}
    for text in missing:
        found[next((line for pair, line in BOTH.items() if text in pair and pair <= set(missing)), text)] = None
    lines = [in_words(line, offer) for line in found]
    further = lines[MOST_MISSING:]
    rest = [_("还有：%(facts)s") % {"facts": listed(further)}] if further else []
    return (*lines[:MOST_MISSING], *rest)


def gaps(lines: Sequence[str], seen: dict[str, Presented]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what is missing, what is closed) for one reader, from what the engine found not stated publicly.

    Only what its kind asks for and he may read can be called missing. Of a section he may not read it is said that it
    is closed, never whether anything stands in it.
    """
    offer = offer_word(seen[Side.ACHIEVEMENT.value])
    missing: list[str] = []
    unused: list[str] = []
    closed: dict[str, None] = {}
    for line in lines:
        gap = GAPS.get(line)
        if gap is None:
            missing.append(line)
            continue
        side = seen[gap.side.value]
        wanted = set(gap.fields or side.kind.body_fields)
        if not any(f.key in wanted for f in side.kind.fields):
            continue
        stated = [f for f in side.fields if f.key in wanted and f.value and spoken(str(f.value))]
        hidden = list(_closed_sections(side, wanted))
        if any(f.tier != "public" for f in stated):
            unused.append(in_words(gap.label, offer))
        elif hidden and not stated:
            closed.update(dict.fromkeys(hidden))
        elif not stated:  # what is public by now the next match will use: there is nothing to say
            missing.append(line)
    said = [_("%(facts)s：已填，没有对所有人公开，匹配时没有用到") % {"facts": listed(unused)}] if unused else []
    return missing_in_words(missing, offer), (*said, *closed)


def _closed_sections(seen: Presented, wanted: set[str]) -> Iterator[str]:
    readable = {f.key for f in seen.fields}
    market = seen.kind.words
    said = _(market.asker_closed if seen.kind.side == "need" else market.offerer_closed)
    for section, (label, tier) in zip(seen.kind.sections, seen.tiers, strict=True):
        if any(f.key in wanted and f.key not in readable for f in section.fields):
            yield said % {"section": label, "who": TIERS[tier]}
