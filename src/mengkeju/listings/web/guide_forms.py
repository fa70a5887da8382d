"""The guided form: one topic a screen, the rest of the listing left as it is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms import Section
from mengkeju.kernel.forms.fields import unmark
from mengkeju.listings.actions import ListingInput
from mengkeju.listings.engine import completeness
from mengkeju.listings.kinds import ListingKind, Topic
from mengkeju.listings.models import Listing
from mengkeju.listings.web.forms import ListingForm

GO = "go"
ONWARD, STAY, LATER = "next", "stay", "later"
"""What the button says: save and go on, save and stay (more rows), save and leave."""

NEEDED = frozenset({"summary", "measures", "target", "price_low", "price_high", "negotiable"})
"""Asked for before the next screen, one or the other, though a draft may be kept without."""


class TopicForm(ListingForm):
    """The fields of one topic, with what belongs beside them."""

    def __init__(
        self,
        kind: ListingKind,
        topic: Topic,
        actor: Actor,
        *,
        data: Any = None,
        initial: dict[str, Any] | None = None,
        listing: Listing | None = None,
    ) -> None:
        """As ListingForm, of one topic of its kind."""
        self.topic = topic
        start = dict(initial or {})
        if listing is not None and listing.contact is not None:
            start["contact"] = str(listing.contact.uid)
        super().__init__(kind, actor, data=data, initial=start, listing=listing)

        for key in NEEDED & self.form.fields.keys():
            unmark(self.form, key)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The kind's sections with the topic's fields only."""
        kept = [replace(s, fields=tuple(f for f in s.fields if f.key in self.topic.fields)) for s in self.kind.sections]
        return tuple(section for section in kept if section.fields)

    @property
    def asks_tiers(self) -> bool:
        """On one screen only."""
        return self.topic.sharing

    def _beside(self) -> dict[str, forms.Field]:
        extra = super()._beside()
        owner = self._owner()
        if self.topic.contact and owner is not None:
            people = [(str(m.person.uid), m.person.name) for m in directory.colleagues(owner)]
            extra["contact"] = forms.ChoiceField(
                label=_("联系人"),
                choices=people,
                help_text=_("只能选本单位在平台上的同事；要加同事，请在单位页邀请。"),
            )
        return extra

    def _owner(self) -> Organisation | None:
        return self.listing.owner if self.listing is not None else None

    def fields(self) -> list[forms.BoundField]:
        """The topic's fields in the order of the topic; a hidden one has no place on the page."""
        return [self.form[key] for key in self.topic.fields if not self.form[key].is_hidden]

    def given(self) -> ListingInput:
        """What the listing states, with this screen's answers in it."""
        stated = self.form.cleaned_data
        before = self.listing.values if self.listing is not None else {}
        tiers = dict(self.listing.details.get("tiers", {})) if self.listing is not None else {}
        tier = self.listing.tier if self.listing is not None else "public"
        if self.asks_tiers:
            tiers |= {s.key: stated[f"tier_{s.key}"] for s in self.adjustable}
            tier = stated["tier"]
        known = {f.key for f in self.kind.fields}
        values = {key: value for key, value in before.items() if key in known}
        answers = {key: stated.get(key) for key in self.topic.fields}
        return ListingInput(values | answers, tiers, tier, secrecy_reviewed=stated.get("secrecy_reviewed", False))

    def contact(self) -> Person | None:
        """Who was chosen to be called."""
        uid, owner = self.form.cleaned_data.get("contact"), self._owner()
        found = directory.colleagues(owner).filter(person__uid=uid).first() if uid and owner is not None else None
        return found.person if found is not None else None

    def ask_to_go_on(self) -> None:
        """What must be answered before the next screen; who leaves and comes back later is not asked."""
        values = self.form.cleaned_data
        problem = ASKED.get(self.topic.key, _nothing)(self.kind.key, values)
        for key, text in problem.items():
            if key in self.form.fields and key not in self.form.errors:
                self.form.add_error(key, text)


def _nothing(_kind: str, _values: dict[str, Any]) -> dict[str, str]:
    return {}


def _problem(kind: str, values: dict[str, Any]) -> dict[str, str]:
    found = {}
    length = len(str(values.get("title") or "").strip())
    if 0 < length < completeness.SHORT_TITLE:
        found["title"] = gettext("题目至少写 %(least)s 个字") % {"least": completeness.SHORT_TITLE}
    rules, text = completeness.RULES.get(kind), str(values.get("summary") or "").strip()
    if not text:
        found["summary"] = gettext("请写清楚卡在哪里；现在写不全，就按“先存着，下次再填”")
    elif rules is not None and len(text) < rules.least:
        said = gettext("只写了 %(length)s 个字，别人看不出难在哪里；至少写 %(least)s 个字")
        found["summary"] = said % {"length": len(text), "least": rules.least}
    return found


def _targets(_kind: str, values: dict[str, Any]) -> dict[str, str]:
    if values.get("measures") or str(values.get("target") or "").strip():
        return {}
    return {"target": gettext("写一个指标，或用一句话说要做到什么；现在说不准，就按“先存着，下次再填”")}


def _budget(_kind: str, values: dict[str, Any]) -> dict[str, str]:
    if any(values.get(key) not in (None, "") for key in ("price_low", "price_high", "negotiable")):
        return {}
    return {"price_low": gettext("写一个范围；现在定不下来，就在“可面议”选“是”")}


ASKED: dict[str, Callable[[str, dict[str, Any]], dict[str, str]]] = {
    "problem": _problem,
    "targets": _targets,
    "budget": _budget,
}
