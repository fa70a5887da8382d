"""What the panels and pages of texts show. Nothing here writes."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import TEXT_LANGUAGES, Deal, DealParty, TextConfirmation
from mengkeju.deals.queries import TextState
from mengkeju.deals.web.texts.forms import role_word
from mengkeju.kernel.access import Actor

STANDINGS = {
    "asked": ("wait", gettext_lazy("等各方确认")),
    "frozen": ("done", gettext_lazy("各方已确认")),
    "superseded": ("calm", gettext_lazy("已有新版")),
    "taken_back": ("calm", gettext_lazy("已撤回")),
}
PAST = ("superseded", "taken_back")


def texts_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a deal, for those inside: every version, who has confirmed which, and what is to be done."""
    if not shown["inside"] or deal.from_source or not deal.kind_spec.has(Step.TEXT):
        return None
    mine = queries.own_sides(actor, deal) if shown["writable"] else []
    groups = []
    for role, states in queries.texts_of(deal).items():
        rows = [_row(deal, one, mine) for one in states]
        groups.append(
            {
                "label": role_word(deal, role),
                "rows": [row for row in rows if not row["past"]],
                "past": [row for row in rows if row["past"]],
            }
        )
    foreign = ", ".join(str(TEXT_LANGUAGES[row.language]) for row in queries.untranslated(deal))
    return {
        "d": deal,
        "groups": groups,
        "paper": deal.paper_word,
        "lacking": queries.lacks_text(deal),
        "writable": shown["writable"],
        "talking": deal.state == "talking",
        "foreign": _("文本是%(language)s的，还没有中文译本；登记时会要求附上") % {"language": foreign}
        if foreign
        else "",
        "bundle": bool(queries.documents(deal)),
    }


def _row(deal: Deal, one: TextState, mine: list[DealParty]) -> dict[str, Any]:
    text, own = one.text, {party.pk for party in mine}
    kind, label = STANDINGS.get(one.standing, ("", ""))
    untouched = not one.confirmations and text.archived_at is None
    return {
        "text": text,
        "title": _("第 %(version)s 版") % {"version": text.version},
        "language": str(TEXT_LANGUAGES[text.language]) if text.language != "zh" else "",
        "state": {"kind": kind, "label": str(label)} if label else None,
        "past": one.standing in PAST,
        "gone": text.archived_at is not None,
        "confirmations": [_said(c) for c in one.confirmations],
        "waiting": _waiting(deal, one, own),
        "take_back": untouched and text.party_id in own and bool(mine),
        "mine": bool(mine),
    }


def _said(one: TextConfirmation) -> dict[str, Any]:
    return {
        "party": one.party.name,
        "person": one.person.name,
        "at": one.created_at,
        "scan": one.scan.file if one.scan is not None else None,
    }


def _waiting(deal: Deal, one: TextState, own: set[int]) -> list[dict[str, Any]]:
    """The parties that are waited for. One query at most."""
    present = queries.with_people(one.waiting) if own and one.waiting else set()
    return [
        _waited(deal, one, party, own, on_paper=bool(own) and party.pk not in own | present) for party in one.waiting
    ]


def _waited(deal: Deal, one: TextState, party: DealParty, own: set[int], *, on_paper: bool) -> dict[str, Any]:
    """A party: may the reader confirm for it, or put its word on paper on record."""
    return {
        "name": party.name,
        "mine": party.pk in own,
        "hidden": [("party", str(party.uid)), ("sm3", one.text.sm3)],
        "question": _("以“%(name)s”的名义确认第 %(version)s 版？") % {"name": party.name, "version": one.text.version},
        "paper_url": reverse("deal-text-paper", args=[deal.uid, one.text.uid, party.uid]) if on_paper else "",
        "absent": on_paper,
    }


def confirm_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """The next step of who is asked to confirm a text."""
    if not shown["writable"] or not deal.kind_spec.has(Step.TEXT):
        return None
    asked = queries.to_confirm(actor, deal, queries.own_sides(actor, deal))
    if not asked:
        return None
    text = asked[0][0]
    said = {"role": role_word(deal, text.role), "version": text.version}
    return {
        "title": _("核对并确认%(role)s第 %(version)s 版") % said,
        "text": _("先打开文件核对，确认的就是这一个文件；有改动请上传新的一版。"),
        "tone": "wait",
        "url": "#texts",
        "label": _("去核对"),
        "id": "next-text",
    }
