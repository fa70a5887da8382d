"""Why a need and another city's offer complement each other, in words."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from mengkeju.kernel.words import listed, word
from mengkeju.listings.models import Listing
from mengkeju.matching.engine import bands
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import reasons
from mengkeju.matching.queries.complement import Cities, Offer, Pairing, names_of

Labels = Mapping[str, Mapping[str, str]]


def band_word(key: str) -> str:
    """A band's name for the reader."""
    band = bands.find(key)
    return word(band) if band is not None else ""


def _strength(key: str) -> int:
    """Bands as numbers, the strongest highest."""
    keys = [band.key for band in bands.bands()]
    return len(keys) - keys.index(key) if key in keys else 0


def why(row: Pairing, known: Cities, labels: Labels) -> tuple[str, ...]:
    """What the own city lacks, what the other has, what both texts share. Each sentence follows from what is stored."""
    said = [own_city(row, known)]
    if row.other is not None:
        said += [has(row.other, known), *shared(row.other.proposal, labels)]
    return tuple(sentence for sentence in said if sentence)


def own_city(row: Pairing, known: Cities) -> str:
    """How the need's own city stands."""
    city = known.names.get(row.standing.city, "")
    if row.standing.answer == "unseen":
        return _("%(city)s自己有没有能答的，不在您的查看范围，这里不作比较") % {"city": city}
    if row.own is None:
        return _("%(city)s没有达到推荐档次的成果或能力") % {"city": city}
    parts = {"city": city, "title": row.own.shown.title, "band": band_word(row.own.proposal.band)}
    if row.other is None:
        others = listed(names_of(known.others(row.standing.city), known))
        return _("%(city)s有“%(title)s”（%(band)s），%(others)s没有达到推荐档次的") % {**parts, "others": others}
    difference = _strength(row.other.proposal.band) - _strength(row.own.proposal.band)
    if difference > 0:
        return _("%(city)s只有较弱的：最好的是“%(title)s”，%(band)s") % parts
    if difference < 0:
        return _("%(city)s有更接近的：“%(title)s”，%(band)s；对方的可以作补充") % parts
    return _("%(city)s也有同一档的“%(title)s”，%(band)s，可以比一比") % parts


def has(offer: Offer, known: Cities) -> str:
    """What the other city has."""
    return _("%(city)s有%(band)s的%(kind)s") % {
        "city": known.names.get(known.of(offer.proposal.achievement.area), offer.shown.area_name),
        "band": band_word(offer.proposal.band),
        "kind": word(offer.shown.kind),
    }


def shared(proposal: Proposal, labels: Labels) -> Iterator[str]:
    """The words both texts have, and the field and cluster both stand in."""
    terms = [term for term, _share in reasons.read(proposal)["terms"]]
    if terms:
        yield _("用词相同：%(terms)s") % {"terms": listed(terms)}
    same = same_terms(proposal.need, proposal.achievement, labels)
    if same:
        yield _("同属%(terms)s") % {"terms": listed([f"“{one}”" for one in same])}


def same_terms(one: Listing, other: Listing, labels: Labels) -> list[str]:
    """The clusters and fields in which both listings stand; stated openly by every kind."""
    return [
        words.get(getattr(one, name), getattr(one, name))
        for name, words in labels.items()
        if getattr(one, name) and getattr(one, name) == getattr(other, name)
    ]
