"""Reasons of a full model: each level of a pair has parts of its own, and one level decides.

Stored are `levels` {level: {key: log-odds}}, `named` [[need, achievement, group, log-odds for levels 2, 3, 4]] (judged
pairs that say most), `owners` {group: how many owners' needs}. A reader is told of a judged pair by name only where the
judgement is his own; what near-duplicates' or other needs' judgements add stands by itself only where enough owners are
behind it that none can be made out, and what was said on a need only on the need's own list. The rest is one sum.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing
from mengkeju.matching.access import LISTING_READ
from mengkeju.matching.engine import judged
from mengkeju.matching.engine.full_words import BASE, BY_KEY, GROUPS, JUDGED, NAMED, TEXT
from mengkeju.matching.engine.levels import deciding
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.models import Outcome, Proposal
from mengkeju.matching.queries import judgements

LEVELS = ("2", "3", "4")
RECORD = ("process", "around", *(JUDGED + group for group in GROUPS))
FOR, AGAINST = mark("此前的判断和结果支持这一对"), mark("此前的判断和结果不看好这一对")
ONLY_NUMBER = mark("与这一对无关的底数")
Pair = tuple[str, str]
Heard = Mapping[Pair, tuple[str, str]]
"""Of judged pairs that are the reader's own: the sentence and the title to say."""


def standing_of(why: Mapping[str, Any], common: float) -> dict[str, Any]:
    """Score of the level that decides, and cuts such that P(level ≥ k) = σ(score − cut) for all three."""
    sums = level_sums(why, common)
    at = deciding(sums) - 2
    return {"score": round(sums[at], 9), "cuts": [round(sums[at] - each, 9) for each in sums]}


def level_sums(why: Mapping[str, Any], common: float) -> list[float]:
    """What the parts of each level add up to."""
    named = [sum(line[3 + at] for line in why["named"]) for at in range(len(LEVELS))]
    return [common + sum(why["levels"].get(level, {}).values()) + named[at] for at, level in enumerate(LEVELS)]


def common(why: Mapping[str, Any]) -> float:
    """What adds to every level alike: signals, judgements on this list, the encoder."""
    return float(sum(line[1] for line in why["signals"]) + sum(line[3] for line in why["common"]))


def decided(why: dict[str, Any], side: str = "", heard: Heard | None = None) -> dict[str, Any]:
    """The reasons with the parts of the level that decides; those of another family as they are.

    `side`: whose list it is, empty for neither; `heard`: the reader's own words among the judged pairs.
    """
    if not why["levels"]:
        return why
    told = {**why, "reader": [side, dict(heard or {})]}
    standing = standing_of(why, common(why))
    level = deciding(level_sums(why, common(why)))
    text, lines = of_level(told, level)
    return {**told, **standing, "decides": level, "text": text, "extra": [*why["common"], *lines]}


def of_level(why: Mapping[str, Any], level: int) -> tuple[dict[str, float], list[list[Any]]]:
    """The parts of one level for its reader: those of the texts, and lines [key, label, label_en, log-odds, reason]."""
    side, heard = why["reader"]
    parts = why["levels"].get(str(level), {})
    text = {key: value for key, value in parts.items() if key in NAMES or (key in BY_KEY and BY_KEY[key].group == TEXT)}
    part = BY_KEY[NAMED]
    record, own = {key: parts.get(key, 0.0) for key in RECORD}, []
    for need, achievement, group, *values in why["named"]:
        said = heard.get((need, achievement))
        if said is None:
            record[JUDGED + group] += values[level - 2]
        elif values[level - 2]:
            own.append([part.label, part.label_en, values[level - 2], [said[0], {"title": said[1]}]])
    for key in _hidden(why["owners"], side):
        record[JUDGED + GROUPS[-1]] += record.pop(key)
    lines = [[f"{NAMED}:{at}", *line] for at, line in enumerate(own, 1)]
    lines += [_line(key, value, FOR if value > 0 else AGAINST) for key, value in record.items() if value]
    return text, [*lines, _line(BASE, parts.get(BASE, 0.0), ONLY_NUMBER)]


def _hidden(owners: Mapping[str, int], side: str) -> list[str]:
    """Groups that would let a reader guess what one other organisation said."""
    least = judged.settings().sharing.organisations
    few = [JUDGED + group for group in ("near", "same") if owners.get(group, 0) < least]
    foreign = [JUDGED + "own"] if side != "need" else []
    return [*few, *foreign, *(["around"] if foreign or JUDGED + "near" in few else [])]


def _line(key: str, value: float, reason: str) -> list[Any]:
    part = BY_KEY[key]
    return [key, part.label, part.label_en, value, reason]


def heard(actor: Actor, rows: Iterable[Proposal]) -> dict[Pair, tuple[str, str]]:
    """Which judged pairs behind some proposals are the reader's own, with titles he may read. Three queries or none."""
    pairs = {(line[0], line[1]): line[2] for row in rows for line in row.reasons.get("named", ())}
    if not pairs or not actor.is_authenticated:
        return {}
    ends = {
        f"proposal__{name}__uid__in": sorted({p[at] for p in pairs}) for at, name in ((0, "need"), (1, "achievement"))
    }
    found: dict[Pair, tuple[str, Listing]] = {}
    words = judgements.own_words(actor).filter(**ends).select_related("proposal__need", "proposal__achievement")
    for said in words.order_by("pk"):
        acts = "suits" if said.verdict == "suits" else REASONS[said.reason].acts_on
        if acts in judgements.TITLED:
            _note(found, pairs, said.proposal, judgements.TITLED[acts])
    done = Outcome.objects.filter(step__in=judgements.STEPS, **ends)
    for step in done.select_related("proposal__need__owner", "proposal__achievement__owner").order_by("pk"):
        if judgements.owner_among(actor, step.proposal) is not None:
            _note(found, pairs, step.proposal, judgements.TITLED[step.step])
    readable = visible_to(Listing.objects.filter(pk__in={x.pk for _s, x in found.values()}), actor, LISTING_READ)
    there = set(readable.values_list("pk", flat=True)) if found else set()
    return {pair: (sentence, x.title) for pair, (sentence, x) in found.items() if x.pk in there}


def _note(found: dict[Pair, tuple[str, Listing]], pairs: Mapping[Pair, str], row: Proposal, sentence: str) -> None:
    """The last word on a pair; of the same achievement elsewhere the need's title says which it was."""
    pair = (str(row.need.uid), str(row.achievement.uid))
    if pair in pairs:
        found[pair] = (sentence, row.need if pairs[pair] == "same" else row.achievement)
