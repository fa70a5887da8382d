"""What the pages of listings show: presented values arranged for the templates. Nothing here writes."""

from typing import Any

from django.core.paginator import Page
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, duties, figures, funnel, panels
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.forms.show import shown
from mengkeju.kernel.models import Event
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import TALENT, kinds
from mengkeju.listings.models import TIERS, Listing
from mengkeju.listings.web import refining, sharing
from mengkeju.listings.web.forms import ListingForm, with_revision
from mengkeju.listings.web.guide_pages import GUIDED_STATES, address, meter, numbers_in, topic_of_field
from mengkeju.listings.web.guide_pages import steps as guide_steps

ALL_TIERS = frozenset(TIERS)


def state_label(listing: Listing) -> str:
    """The word of the state."""
    return word(LISTING.states[listing.state])


def state_badge(listing: Listing, actor: Actor) -> dict[str, str]:
    """Word and tone of the state; amber only for the officer it waits on."""
    state = LISTING.states[listing.state]
    tone = state.tone
    if tone == "wait" and not may(actor, Perm.REVIEW, listing):
        tone = "go"
    return {"kind": {"idle": "calm"}.get(tone, tone), "label": word(state)}


def detail_context(request: Request, listing: Listing) -> dict[str, Any]:
    """The object page."""
    shown_listing = queries.present(listing, request.actor)
    public = sharing.public_view(listing, request.actor, shown_listing)
    passed = {"request": request, "shown": shown_listing, "public": public}
    return {
        "listing": listing,
        "it": shown_listing,
        "state": state_badge(listing, request.actor),
        "crumbs": [
            (_("首页"), reverse("home")),
            (word(shown_listing.kind), f"{reverse('search')}?kind={listing.kind}"),
            (listing.number or _("未编号"), ""),
        ],
        "sections": [
            (label, fact_rows(fields, shown_listing.budget)) for label, fields in shown_listing.sections if fields
        ],
        "tier_rows": tier_rows(shown_listing, queries.readable_tiers(listing, request.actor)),
        "timeline": timeline(listing, inside=queries.is_inside(request.actor, listing), limit=8),
        "nexts": panels.build(request.actor, "listing", "next", listing, passed),
        "mains": panels.build(request.actor, "listing", "main", listing, passed),
        "asides": panels.build(request.actor, "listing", "aside", listing, passed),
        "steps": steps(listing),
        "nav_key": listing.kind,
        "own_next": own_next(request, listing),
        "acts": acts(request, listing),
        "social": sharing.head(listing, public),
    }


PRICES = ("price_low", "price_high")
PRICE_ENDS = ("下限", "上限", " from", " to")


def _without_end(label: str) -> str:
    """“投入下限” → “投入”: the word of a price whose two ends are shown as one range."""
    return next((label.removesuffix(end) for end in PRICE_ENDS if label.endswith(end)), label)


def fact_rows(fields: tuple[Any, ...], budget: str = "") -> list[dict[str, str]]:
    """Rows of mk/facts. The area stands in the page's head; the two ends of a price are one row."""
    rows, priced = [], False
    for f in fields:
        if f.key in PRICES:
            if not priced:
                rows.append({"label": _without_end(f.label), "value": budget or f.value})
            priced = True
        elif f.key != "area":
            rows.append({"label": f.label, "value": f.value})
    return rows


def tier_rows(it: queries.Presented, open_tiers: frozenset[str]) -> list[dict[str, Any]]:
    """Who sees what, one row per tier."""
    rows = []
    for tier, words in TIERS.items():
        sections = [label for label, its in it.tiers if its == tier]
        if sections:
            rows.append({"label": str(words), "text": listed(sections), "open": tier in open_tiers})
    rows.append({"label": _("双方同意意向后"), "text": _("联系人"), "open": False})
    return rows


def steps(listing: Listing) -> list[dict[str, str]]:
    """The line from need to landing: the furthest stop reached is where it is now; published means matching."""
    since = funnel.reached(listing.uid)
    line = listing.kind_spec.words.steps
    order = [key for key, _label in line]
    at = max([order.index(key) for key in since if key in order] + [1]) if listing.published_at else 0
    if listing.kind_spec.market == TALENT and queries.settled(Listing.objects.filter(pk=listing.pk)).exists():
        at = len(line)  # they have come
    made = []
    for place, (key, label) in enumerate(line):
        state = "done" if place < at else "now" if place == at else ""
        note = ""
        if place == 0 and listing.published_at:
            day = clock.today(listing.published_at)
            note = _("%(day)s发布") % {"day": figures.day_and_month(day)}
        elif place == 0:
            note = state_label(listing)
        elif state == "now" and listing.published_at:
            days = (clock.today() - clock.today(since.get(key, listing.published_at))).days
            note = ngettext("已 %(days)s 天", "已 %(days)s 天", days) % {"days": days} if days else _("今天")
        words = _own_word(listing) if key == "need" else _(label)
        made.append({"label": words, "note": note, "state": state})
    return made


def _own_word(listing: Listing) -> str:
    """What the line begins with on a page: a need, an achievement, or the word of another kind."""
    return {"need": _("需求"), "achievement": _("成果")}.get(listing.kind) or word(listing.kind_spec)


def own_next(request: Request, listing: Listing) -> dict[str, Any] | None:
    """The one next step of owner or officer from the open duty or the state; None for everybody else."""
    actor = request.actor
    duty = duties.open_on(listing).first()
    if listing.state in refining.STATES:
        return refining.own_next(actor, listing)
    if listing.state == "draft" and may(actor, Perm.SUBMIT, listing):
        return {
            "tone": "wait",
            "title": _("核对内容，提交审核"),
            "url": reverse("listing-submit", args=[listing.uid]),
            "label": _("去提交"),
            "after": _("提交后先由技术经纪人帮您问清楚，公开的文字您确认后才送审。")
            if is_rough(listing)
            else _("提交后由当地科技管理人员审核，通过即发布。"),
        }
    if listing.state == "held" and queries.is_inside(actor, listing):
        return held_next(actor, listing)
    if duty is None:
        return None
    if listing.state == "returned" and duties.is_mine(actor, duty):
        return {
            "tone": "wait",
            "title": _("按退回意见修改"),
            "text": returned_note(listing),
            "url": reverse("listing-edit", args=[listing.uid]),
            "label": _("去修改"),
            "after": _("改好后重新提交。"),
        }
    if listing.state == "submitted" and may(actor, Perm.REVIEW, listing):
        return {
            "tone": "wait",
            "title": _("审核这条信息"),
            "due": duty.due_on,
            "url": reverse("review", args=[listing.uid]),
            "label": _("去审核"),
            "after": _("退回须写明理由。"),
        }
    if listing.state == "submitted" and queries.is_inside(request.actor, listing):
        return {
            "tone": "go",
            "kicker": _("等科技管理人员审核"),
            "title": _("已提交，等待审核"),
            "due": duty.due_on,
            "after": _("通过后发布并开始匹配；退回会写明理由。"),
        }
    return None


def held_next(actor: Actor, listing: Listing) -> dict[str, Any]:
    """Reviewed and waiting for a joint release: what its owner knows, and what its officer may still do."""
    decides = may(actor, Perm.REVIEW, listing)
    return {
        "tone": "go",
        "kicker": _("等联合发布"),
        "title": _("已审核通过，联合发布时公开"),
        "url": reverse("review", args=[listing.uid]) if decides else "",
        "label": _("改为现在发布或退回"),
        "after": _("公开之前内容不能改；要改请先撤回。"),
    }


def returned_note(listing: Listing) -> str:
    """Why it was sent back."""
    event = Event.objects.filter(type="listing.return", subject_uid=listing.uid).select_related("payload").last()
    payload = getattr(event, "payload", None)
    return str(payload.body.get("note", "")) if payload is not None else ""


def acts(request: Request, listing: Listing) -> list[dict[str, Any]]:
    """What else the reader may do, as confirming buttons or links."""
    found: list[dict[str, Any]] = []
    if may(request.actor, Perm.EDIT, listing):
        guided = listing.kind_spec.topics if listing.state in GUIDED_STATES else ()
        if guided:
            found.append({"label": _("一屏一问地修改"), "url": address(listing, guided[0])})
        found.append({"label": _("修改"), "url": reverse("listing-edit", args=[listing.uid])})
    words = {
        "close": (_("办结这条信息？"), _("说明怎么解决的")),
        "withdraw": (_("撤回这条信息？"), _("撤回理由")),
        "reopen": (_("重新编辑？它会回到草稿。"), ""),
        "take_back": (_("取回自己改？经纪人的诊断会取消。"), ""),
    }
    asks = listing.kind_spec.asks_outcome
    if asks and listing.state in queries.OPEN_NEEDS and may(request.actor, Perm.CLOSE, listing):
        found.append({"label": _("办结，说明结果"), "url": reverse("listing-close", args=[listing.uid])})
    for key, step in LISTING.leaving(listing.state):
        if key == "close" and asks:
            continue
        if key in words and may(request.actor, step.permission, listing):
            question, reason = words[key]
            found.append(
                {
                    "label": word(step),
                    "url": reverse("listing-move", args=[listing.uid, key]),
                    "question": question,
                    "reason_label": reason,
                    "id": key,
                }
            )
    return found


def history_context(request: Request, listing: Listing) -> dict[str, Any]:
    """The whole timeline; inside also the differences of each edit."""
    return {
        "listing": listing,
        "items": timeline(listing, inside=queries.is_inside(request.actor, listing)),
        "edits": [(edit.at, edit.changes) for edit in queries.edits(request.actor, listing)],
        "crumbs": [(_("首页"), reverse("home")), (listing.title, listing.get_absolute_url()), (_("全部记录"), "")],
    }


def state_word(state: str) -> str:
    """The filter of my listings in words."""
    return word(LISTING.states[state]) if state in LISTING.states else state


def stage_word(stage: funnel.Stage, place: str) -> str:
    """The filter of a list behind the 转化线 in words."""
    places = {"none": _("只列未载明城市的"), "other": _("只列在两市以外的")}
    return _("；").join(part for part in (word(stage), places.get(place, "")) if part)


def mine_context(request: Request, page: Page[Listing], state: str) -> dict[str, Any]:
    """My listings as a table."""
    rows = [
        {
            "cells": [
                {"value": row.title, "url": row.get_absolute_url(), "header": True, "demo": row.fictional},
                {"value": word(kinds[row.kind])},
                {"state": state_badge(row, request.actor)},
                {"value": row.number or "—"},
                {"at": row.state_at, "form": "day"},
            ]
        }
        for row in page
    ]
    columns = [{"label": label} for label in (_("题目"), _("类型"), _("状态"), _("编号"), _("状态日期"))]
    states = [("", _("全部")), *((key, word(s)) for key, s in LISTING.states.items())]
    return {
        "page": page,
        "rows": rows,
        "columns": columns,
        "states": states,
        "state": state,
        "kinds": queries.publishable(request.actor),
    }


def starting_values(request: Request) -> dict[str, Any]:
    """A new form starts from the pasted search text and the own organisation's area."""
    mine = directory.my_organisations(request.actor)
    return {"summary": request.GET.get("text", "")[:3000], "area": mine[0].area if mine else ""}


def submit_field(code: str) -> str | None:
    """At which field a refused guard belongs."""
    return "secrecy_level" if code == "secrecy_reviewed" else None


def is_rough(listing: Listing) -> bool:
    """Whether a broker asks first when it is handed in now."""
    measured = completeness.measure(listing.kind, listing.values)
    return measured is not None and not measured.is_enough and not queries.was_refined(listing)


def submit_context(request: Request, listing: Listing, form: Any) -> dict[str, Any]:
    """The check-answers page."""
    it = queries.present(listing, request.actor)
    urls = topic_of_field(listing)
    rows = [
        {"label": f.label, "value": f.value, "change_url": urls.get(f.key, ""), "change_label": _("修改")}
        for f in it.fields
    ]
    measured = completeness.measure(listing.kind, listing.values)
    return {
        "listing": listing,
        "it": it,
        "rows": rows,
        "form": form,
        "meter": meter(listing, measured),
        "rough": is_rough(listing),
        "steps": guide_steps(listing.kind_spec, None, listing, measured) if urls else [],
        "numbers": numbers_in(listing),
        "alike": queries.alike(listing, request.actor) if measured is not None else [],
        "edit_url": reverse("listing-edit", args=[listing.uid]),
    }


def stale_context(form: ListingForm, sent: QueryDict, current: Listing, url: str = "") -> dict[str, Any]:
    """Both versions, field by field, and the reader's own values to send again."""
    labels = queries.label_sources(areas=True)
    theirs = shown(form.sections, queries.values_of(current), labels)
    yours = {f.key: f.value for f in shown(form.sections, form.form.cleaned_data, labels)}
    given = form.given()
    rows = [
        {"label": f.label, "theirs": f.value, "yours": yours.get(f.key, ""), "changed": f.value != yours.get(f.key, "")}
        for f in theirs
    ]
    stated = {"tier": current.tier, "tiers": current.details.get("tiers", {})}
    wanted = {"tier": given.tier, "tiers": given.tiers}
    rows += [
        {"label": label, "theirs": a, "yours": b, "changed": True}
        for label, a, b in queries.tier_changes(form.kind, stated, wanted)
    ]
    data = with_revision(sent, current.revision)
    hidden = [(k, v) for k, values in data.lists() if k != "csrfmiddlewaretoken" for v in values]
    url = url or reverse("listing-edit", args=[current.uid])
    return {
        "title": current.title,
        "url": current.get_absolute_url(),
        "edit_url": url,
        "retry_url": url,
        "hidden": hidden,
        "rows": rows,
    }
