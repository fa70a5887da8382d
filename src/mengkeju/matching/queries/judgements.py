"""What people said of proposals: as lessons for a list, and as lines on a card for one reader.

A list is taught by what was said from it, by its owner's people and by brokers, and by what was said of near-duplicates
where `shared` allows it. Stored on a proposal, `base` = {score, cuts, maturity, budget} is the pair without judgements
and `<side>_judged` = [[source, key, acts on, log-odds, shared]] what each word adds on that side's list. The reader
is told which word it was only where it is his own (`lines`).
"""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing
from mengkeju.matching.access import LISTING_READ
from mengkeju.matching.engine import judged
from mengkeju.matching.engine.judged import GOOD, MATURITY, TERMS, TOPIC, Base
from mengkeju.matching.models import Alike, Feedback, Outcome, Proposal

FEEDBACK, OUTCOME = "feedback", "outcome"
KEY = "feedback"
"""Key of the lines on a card; each has a number after a colon."""
OTHER_SIDE = {"need": "achievement", "achievement": "need"}
STEPS = ("intention", "signed")
TITLED = {
    TOPIC: mark("与您暂不考虑的《%(title)s》相近"),
    MATURITY: mark("您认为《%(title)s》阶段过早，这一项同样早，或时间偏紧"),
    TERMS: mark("您认为《%(title)s》预算或时间不合，这一项也偏紧"),
    "suits": mark("与您认可的《%(title)s》相近"),
    "intention": mark("与您表过意向的《%(title)s》相近"),
    "signed": mark("与您签过合同的《%(title)s》相近"),
}
OWN_REST = mark("与您判断过的其他各项略有相近")
SAID_HERE = mark("根据在这一条上已作出的判断")
SAID_NEAR = {
    "need": mark("根据平台上相近需求的办理情况"),
    "achievement": mark("根据平台上相近成果的办理情况"),
}
Judge = tuple[str, int]


@dataclass(frozen=True)
class Word:
    """One judgement. `own`: said from this very list; `listing` and `other`: whose list, and what was judged."""

    source: str
    pk: int
    listing: int
    other: int
    acts_on: str
    strength: float
    judge: Judge
    base: dict[str, Any]
    own: bool = True


def judge_of(actor: Actor, proposal: Proposal) -> Organisation | None:
    """For whom the actor speaks of a proposal: his organisation that owns a side; a broker's own; None: himself."""
    own = owner_among(actor, proposal)
    if own is not None or actor.primary_organisation is None:
        return own
    return Organisation.objects.filter(uid=actor.primary_organisation).first()


def owner_among(actor: Actor, proposal: Proposal) -> Organisation | None:
    """The actor's organisation that owns a side."""
    for listing in (proposal.need, proposal.achievement):
        if listing.owner is not None and listing.owner.uid in actor.organisations:
            return listing.owner
    return None


def may_judge(actor: Actor, proposal: Proposal) -> bool:
    """As `Perm.FEEDBACK`, for one who is known to read the proposal."""
    return owner_among(actor, proposal) is not None or actor.has_role(Role.BROKER)


def by_judge(organisation: Organisation | None, person: int | None) -> QuerySet[Feedback]:
    """The open words of a judge."""
    rows = Feedback.objects.filter(withdrawn_at=None, organisation=organisation)
    return rows if organisation is not None else rows.filter(person=person)


def own_words(actor: Actor) -> QuerySet[Feedback]:
    """The open words of the reader: his organisations', and his own where he acts for none."""
    mine = Q(organisation__uid__in=actor.organisations)
    if actor.person_uid is not None:
        mine |= Q(organisation=None, person__uid=actor.person_uid)
    return Feedback.objects.filter(mine, withdrawn_at=None)


def lessons_for(listing: Listing, side: str) -> list[Word]:
    """All words that teach a listing's list, those of near-duplicates included where the rule allows it."""
    own = words(side, [listing.pk])
    alike = list(Alike.objects.filter(one=listing).values_list("other", flat=True))
    return own + (shared(listing, own, words(side, alike, own=False)) if alike else [])


def words(side: str, listings: Collection[int], *, own: bool = True) -> list[Word]:
    """What was said, or done, from the lists of some listings, in a fixed order; also what acts on nothing else."""
    given = Feedback.objects.filter(**{"side": side, "withdrawn_at": None, f"proposal__{side}__in": listings})
    found = [
        _word((FEEDBACK, f.pk), f.proposal, side, _acts(f), _judge(f))
        for f in given.select_related("proposal").order_by("pk")
    ]
    done = Outcome.objects.filter(Q(step="signed") | Q(side=side), step__in=STEPS)
    strengths = judged.settings().positive
    found += [
        _word((OUTCOME, o.pk), o.proposal, side, (GOOD, strengths[o.step]), ("organisation", owner))
        for o in done.filter(**{f"proposal__{side}__in": listings}).select_related(f"proposal__{side}").order_by("pk")
        for owner in [getattr(o.proposal, side).owner_id]
        if owner is not None
    ]
    return [replace(word, own=own) for word in found]


def _judge(said: Feedback) -> Judge:
    if said.organisation_id is not None:
        return "organisation", said.organisation_id
    return "person", said.person_id or 0


def _acts(said: Feedback) -> tuple[str, float]:
    if said.verdict == "suits":
        return GOOD, judged.settings().positive["suits"]
    return REASONS[said.reason].acts_on, 1.0


def _word(ref: tuple[str, int], pair: Proposal, side: str, acts: tuple[str, float], judge: Judge) -> Word:
    ends = {"need": pair.need_id, "achievement": pair.achievement_id}
    return Word(*ref, ends[side], ends[OTHER_SIDE[side]], *acts, judge, pair.base)


def shared(listing: Listing, own: Sequence[Word], near: Sequence[Word]) -> list[Word]:
    """Of words on near-duplicates those that may teach this list.

    They were said on a listing of the same owner, or by somebody who judges on this list too; all of them count as soon
    as so many organisations gave some (`sharing.organisations`) that none can be made out.
    """
    near = [word for word in near if word.acts_on in judged.ACTING]
    judges = {word.judge for word in own if word.acts_on in judged.ACTING}
    others = {word.judge for word in near} - {("organisation", listing.owner_id)}
    if len(others) >= judged.settings().sharing.organisations:
        return near
    same = set[int]()
    if listing.owner_id is not None:
        rows = Listing.objects.filter(pk__in={word.listing for word in near}, owner=listing.owner_id)
        same = set(rows.values_list("pk", flat=True))
    return [word for word in near if word.listing in same or word.judge in judges]


def taught(side: str, listings: Collection[int] | None = None) -> set[int]:
    """Of these listings (None: of all) those whose list judgements move, moved until now, or may move."""
    own = Proposal.objects.exclude(**{f"{side}_expected": None})
    said = Feedback.objects.filter(side=side, withdrawn_at=None)
    done = Outcome.objects.filter(Q(step="signed") | Q(side=side), step__in=STEPS)
    near = Alike.objects.filter(one__in=listings) if listings is not None else Alike.objects.all()
    if listings is not None:
        own = own.filter(**{f"{side}__in": listings})
        said, done = (rows.filter(**{f"proposal__{side}__in": listings}) for rows in (said, done))  # type: ignore[assignment]  # two models
    return {
        *own.values_list(f"{side}_id", flat=True),
        *said.values_list(f"proposal__{side}_id", flat=True),
        *done.values_list(f"proposal__{side}_id", flat=True),
        *near.values_list("one", flat=True),
    }


def base_of(stored: dict[str, Any]) -> Base | None:
    """A stored `base`; None where an earlier version scored the pair."""
    if not stored:
        return None
    first, second, third = stored["cuts"]
    return Base(stored["score"], (first, second, third), stored["maturity"], stored["budget"])


def as_listed(row: Proposal, side: str) -> Proposal:
    """The proposal as it stands on one side's list: band, level and chances with the judgements made there."""
    base, parts = base_of(row.base), getattr(row, f"{side}_judged")
    if base is None or not parts:
        return row
    seen, moved = copy(row), judged.standing(base, [(at, part[3]) for at, part in enumerate(parts)])
    seen.expected, seen.band = moved.expected, moved.band
    seen.p2, seen.p3, seen.p4 = moved.chances
    return seen


@dataclass(frozen=True)
class Said:
    """The reader's own words among those that moved some cards: (source, key) → (sentence, title)."""

    own: dict[tuple[str, int], tuple[str, str]]


def said_to(actor: Actor, pairs: Iterable[tuple[Proposal, str]]) -> Said:
    """Which of the words behind some cards are the reader's own, with titles he may read. Three queries or fewer."""
    keys: dict[str, set[int]] = {FEEDBACK: set(), OUTCOME: set()}
    for row, side in pairs:
        for source, pk, *_rest in getattr(row, f"{side}_judged"):
            keys[source].add(pk)
    if not any(keys.values()):
        return Said({})
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for f in own_words(actor).filter(pk__in=keys[FEEDBACK]).select_related("proposal"):
        other = f.proposal.achievement_id if f.side == "need" else f.proposal.need_id
        found[FEEDBACK, f.pk] = (TITLED["suits" if f.verdict == "suits" else REASONS[f.reason].acts_on], other)
    done = Outcome.objects.filter(pk__in=keys[OUTCOME]).select_related(
        "proposal__need__owner", "proposal__achievement__owner"
    )
    for o in done if keys[OUTCOME] else []:
        for listing in (o.proposal.need, o.proposal.achievement):
            if listing.owner is not None and listing.owner.uid in actor.organisations:
                found[OUTCOME, o.pk] = (TITLED[o.step], o.proposal.other(listing).pk)
    wanted = {other for _sentence, other in found.values()}
    rows = visible_to(Listing.objects.filter(pk__in=wanted), actor, LISTING_READ) if wanted else Listing.objects.none()
    titles = dict(rows.values_list("pk", "title"))
    return Said({ref: (sentence, titles[other]) for ref, (sentence, other) in found.items() if other in titles})


def lines(row: Proposal, side: str, said: Said) -> list[list[Any]]:
    """What judgements add to a card for its reader, as signals are stored: [key, log-odds, sentence].

    Together they are all that judgements add. Only the reader's own words are told one by one.
    """
    own: list[tuple[float, Any]] = []
    rest = here = near = 0.0
    for source, pk, _acts_on, value, is_shared in getattr(row, f"{side}_judged"):
        sentence = said.own.get((source, pk))
        if sentence is not None:
            own.append((value, [sentence[0], {"title": sentence[1]}]))
        elif is_shared:
            near += value
        else:
            here += value
    own.sort(key=lambda line: -abs(line[0]))
    kept = [line for line in own[: judged.settings().lines] if abs(line[0]) >= judged.settings().noticeable]
    rest = sum(value for value, _sentence in own[len(kept) :])
    found = [*kept, (rest, OWN_REST), (here, SAID_HERE), (near, SAID_NEAR[side])]
    return [[f"{KEY}:{at}", value, sentence] for at, (value, sentence) in enumerate(found, 1) if value]


def with_judgements(why: dict[str, Any], row: Proposal, side: str, said: Said) -> dict[str, Any]:
    """The stored reasons with the lines of judgements and the score that they add up to."""
    added = lines(row, side, said)
    if not added:
        return why
    score = why["score"] + sum(line[1] for line in added) if "score" in why else None
    return {**why, "signals": [*why["signals"], *added], **({} if score is None else {"score": score})}


@dataclass(frozen=True)
class Effect:
    """Of the cards in a band, before or now: from how many a word takes, or to how many it adds, a noticeable part."""

    down: int
    up: int


def effect(said: Feedback) -> Effect:
    """What an open word does to the list it was said from."""
    rows = Proposal.objects.filter(**{said.side: getattr(said.proposal, said.side), f"{said.side}_rank__isnull": False})
    proposed = rows.filter(retired_at=None).exclude(Q(band="") & Q(**{f"{said.side}_band": ""}))
    least = judged.settings().noticeable
    moved = [
        value
        for parts in proposed.values_list(f"{said.side}_judged", flat=True)
        for source, pk, _acts_on, value, _shared in parts
        if (source, pk) == (FEEDBACK, said.pk)
    ]
    return Effect(sum(v <= -least for v in moved), sum(v >= least for v in moved))


def found_unclear(listing: Listing, side: str) -> bool:
    """Whether so many judges found the listing unclear that its owner may be told, and none can be made out."""
    unclear = [key for key, reason in REASONS.items() if reason.acts_on == "description"]
    said = Feedback.objects.filter(side=OTHER_SIDE[side], withdrawn_at=None, reason__in=unclear)
    judges = said.filter(**{f"proposal__{side}": listing}).order_by().values("organisation", "person")
    return (
        len({row["organisation"] or ("person", row["person"]) for row in judges})
        >= judged.settings().hint_organisations
    )
