"""What the screens of the guided form show. Nothing here writes."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel.forms import FieldType
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.completeness import Completeness
from mengkeju.listings.kinds import ListingKind, Topic
from mengkeju.listings.models import Listing
from mengkeju.listings.web.guide_forms import TopicForm

GUIDED_STATES = ("draft", "returned")


def topic_of(kind: ListingKind, key: str) -> Topic | None:
    """One screen of a kind."""
    return next((topic for topic in kind.topics if topic.key == key), None)


def address(listing: Listing, topic: Topic) -> str:
    """Where a screen of a listing stands."""
    return reverse("listing-guide", args=[listing.uid, topic.key])


def after(listing: Listing, topic: Topic) -> str:
    """Where the screen leads: to the next one, from the last to the check of all answers."""
    topics = listing.kind_spec.topics
    at = topics.index(topic) + 1
    if at < len(topics):
        return address(listing, topics[at])
    # What is published is changed at once: there is nothing to hand in.
    return reverse("listing-submit" if listing.state in GUIDED_STATES else "listing", args=[listing.uid])


def topic_of_field(listing: Listing) -> dict[str, str]:
    """Field → address of its screen, while the listing can be filled screen by screen."""
    if listing.state not in GUIDED_STATES:
        return {}
    return {key: address(listing, topic) for topic in listing.kind_spec.topics for key in topic.fields}


def screen_context(request: Request, form: TopicForm) -> dict[str, Any]:
    """One screen: where I am, how complete it is, what to write next."""
    kind, topic, listing = form.kind, form.topic, form.listing
    at = kind.topics.index(topic)
    measured = completeness.measure(kind.key, listing.values if listing is not None else {})
    contact = form.form["contact"] if "contact" in form.form.fields else None
    tiers = [form.form[name] for name in form.form.fields if name == "tier" or name.startswith("tier_")]
    return {
        "form": form,
        "kind": kind,
        "topic": topic,
        "listing": listing,
        "number": at + 1,
        "total": len(kind.topics),
        "steps": steps(kind, topic, listing, measured),
        "meter": meter(listing, measured, topic),
        "contact": contact,
        "has_table": any(f.type is FieldType.TABLE for section in form.sections for f in section.fields),
        "tiers": tiers if topic.sharing else [],
        "back_url": address(listing, kind.topics[at - 1]) if listing is not None and at else "",
        "all_url": f"{reverse('listing-create', args=[kind.key])}?all=1"
        if listing is None
        else reverse("listing-edit", args=[listing.uid]),
        "last": at + 1 == len(kind.topics),
    }


def steps(
    kind: ListingKind, now: Topic | None, listing: Listing | None, measured: Completeness | None
) -> list[dict[str, str]]:
    """The screens and the check at the end; each a link once the draft is there."""
    values = listing.values if listing is not None else {}
    open_topics = {part.topic for part in measured.advice} if measured is not None else set()
    made = []
    for topic in kind.topics:
        begun = any(values.get(key) not in (None, "", []) for key in topic.fields) or (
            listing is not None and not topic.fields
        )
        state = "now" if topic == now else "done" if begun and topic.key not in open_topics else ""
        url = address(listing, topic) if listing is not None and topic != now else ""
        made.append({"label": word(topic), "note": "", "state": state, "url": url})
    ready = listing is not None and now is not None and listing.state in GUIDED_STATES
    url = reverse("listing-submit", args=[listing.uid]) if ready and listing is not None else ""
    made.append({"label": _("核对"), "note": "", "state": "" if now is not None else "now", "url": url})
    return made


def meter(listing: Listing | None, measured: Completeness | None, topic: Topic | None = None) -> dict[str, Any] | None:
    """The completeness with its parts, and advice: first what belongs to this screen. None for kinds without rules."""
    if measured is None:
        return None
    urls = {}
    if listing is not None and listing.state in GUIDED_STATES:
        urls = {t.key: address(listing, t) for t in listing.kind_spec.topics if t != topic}
    here = topic.key if topic is not None else ""
    advice = sorted(measured.advice, key=lambda part: part.topic != here)
    return {
        "percent": measured.percent,
        "threshold": measured.threshold,
        "enough": measured.is_enough,
        "ahead": listing is None or listing.state in GUIDED_STATES,
        "parts": measured.parts,
        "advice": [{"text": part.advice, "url": urls.get(part.topic, "")} for part in advice[:4]],
        "missing": [part for part in measured.parts if not part.is_done],
    }


def numbers_in(listing: Listing) -> list[dict[str, str]]:
    """Fields whose personal numbers others will not see, with the way to mend them."""
    hidden, urls = queries.masked_fields(listing), topic_of_field(listing)
    return [{"label": label, "what": what, "url": urls.get(key, "")} for key, label, what in hidden]
