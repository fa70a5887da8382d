"""What the pages and panels of deals show. Nothing here writes."""

from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm, Perm
from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import in_order, kinds
from mengkeju.deals.models import DEAL_ORIGINS, DEDUCTIONS, HELPER_ROLES, Deal, DealParty, Intention
from mengkeju.deals.queries import cooperation
from mengkeju.deals.web.deal import order as deal_order
from mengkeju.deals.web.deal.forms import DealFilterForm, NewDealForm, SignForm
from mengkeju.kernel import clock, duties, figures, idempotency, panels
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import chosen, word
from mengkeju.listings.models import Listing

PATH = (
    ("talking", gettext_lazy("商谈"), None),
    ("signed", gettext_lazy("签约"), Step.TEXT),
    ("performing", gettext_lazy("履行"), Step.PERFORMANCE),
    ("accepted", gettext_lazy("验收"), Step.ACCEPTANCE),
    ("landed", gettext_lazy("落地"), Step.LANDING),
    ("closed", gettext_lazy("办结"), None),
)


def deal_badge(deal: Deal) -> dict[str, str]:
    """Kind and word of the state, for mk/state.html."""
    state = DEAL.states[deal.state]
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def kind_of(request: Request) -> str:
    """The kind a form or an address asks for; a technology contract when it asks for none there is."""
    asked = request.POST.get("kind", "") if request.method == "POST" else request.GET.get("kind", "")
    return asked if asked in kinds else "contract"


def new_context(request: Request, form: NewDealForm) -> dict[str, Any]:
    """The page of a deal by hand: the kinds to choose from, and the form of the chosen one."""
    listing = request.GET.get("listing", "")
    tail = "&" + urlencode({"listing": listing}) if listing else ""
    return {
        "form": form,
        "kind": form.spec,
        "about": chosen(form.spec.about, form.spec.about_en),
        "kinds": [
            {"label": word(kind), "url": f"?kind={kind.key}{tail}", "on": kind.key == form.spec.key}
            for kind in in_order()
        ],
        "nav_key": "deals",
    }


def filter_of(request: Request) -> DealFilterForm:
    """The filter the address asks for."""
    return DealFilterForm(request.GET or None)


def between(parties: list[DealParty]) -> str:
    """“A → B”: the leads of the sides, in their order; more on a side are counted."""
    sides: dict[str, list[str]] = {}
    for party in sorted(parties, key=lambda p: (p.role != "lead", p.order)):
        sides.setdefault(party.side, []).append(party.name)
    said = [
        names[0] if len(names) == 1 else _("%(name)s 等 %(n)d 家") % {"name": names[0], "n": len(names)}
        for names in sides.values()
    ]
    return " → ".join(said)


def value_in_words(deal: Deal) -> str:
    """The contract value; why there is none."""
    from_figures = deal_money(deal)
    return from_figures or (_("金额未载") if deal.from_source else "")


def origin_word(deal: Deal) -> str:
    """How the sides found each other, so that it reads as a sentence of its own."""
    said = {"call": _("电话或见面联系"), "listing": _("浏览平台上的条目"), "search": _("在平台上搜索")}
    return said.get(deal.origin) or str(DEAL_ORIGINS[deal.origin])


def deal_money(deal: Deal) -> str:
    """The contract value in the reader's words; empty while it is open."""
    return "" if deal.contract_value is None else figures.amount(deal.contract_value)


def steps_of(deal: Deal) -> list[dict[str, str]]:
    """The steps of the kind with the one being worked on; an ended or disputed deal stands at none."""
    shown = [(key, label) for key, label, step in PATH if step is None or deal.kind_spec.has(step)]
    keys = [key for key, _label in shown]
    at = keys.index(deal.state) if deal.state in keys else -1
    here = word(DEAL.states[deal.state])
    over = deal.state == "closed"
    return [
        {
            "label": str(label),
            "state": "done" if place < at or over else "now" if place == at else "",
            "note": here if place == at and not over else "",
        }
        for place, (_key, label) in enumerate(shown)
    ]


def detail_context(request: Request, deal: Deal, *, sign: SignForm | None = None) -> dict[str, Any]:
    """The page of one deal. A record from a source shows those outside what the source says and nothing else."""
    actor = request.actor
    inside = may(actor, DealPerm.READ_INSIDE, deal)
    duty = duties.open_on(deal).first()
    writable = queries.writable(actor, deal)
    shown = {"request": request, "inside": inside, "writable": writable}
    mains = panels.build(actor, "deal", "main", deal, shown)
    return {
        "d": deal,
        "state": deal_badge(deal),
        "steps": steps_of(deal),
        "inside": inside,
        "writable": writable,
        "talking": queries.unsettled(deal),
        "paper": deal.paper_word,
        "expired": cooperation.has_expired(deal, clock.today()),
        "sides": _sides(deal),
        "facts": _facts(deal, inside=inside),
        "helpers": _helpers(actor, deal, writable=writable),
        "about": _about(actor, deal, inside=inside),
        "moves": queries.moves(actor, deal),
        "signable": writable and deal.state == "talking",
        "hindrance": deal_order.hindrance(deal, mains) if writable and deal.state == "talking" else {},
        "sign": sign or SignForm(initial={"signed_on": clock.today()}),
        "duty": duty,
        "duty_word": duties.word_of(duty) if duty is not None else "",
        "mine_to_do": duty is not None and duties.is_mine(actor, duty),
        **deal_order.arranged(deal, mains, inside=inside),
        "waits": deal_order.waiting(mains),
        "nexts": panels.build(actor, "deal", "next", deal, shown),
        "asides": panels.build(actor, "deal", "aside", deal, shown),
        "timeline": timeline(deal, inside=inside),
        "one_time_key": idempotency.new_key(),
        "nav_key": "deals",
        "face": "bench.html" if actor.is_authenticated else "deals/public.html",
        "crumbs": _crumbs(actor, deal),
    }


def _crumbs(actor: Actor, deal: Deal) -> list[tuple[str, str]]:
    """The list of deals is for the signed-in."""
    listed = [(_("合作项目"), reverse("deals"))] if actor.is_authenticated else []
    return [(_("首页"), reverse("home")), *listed, (deal.number, "")]


def _sides(deal: Deal) -> list[dict[str, Any]]:
    sides = deal.kind_spec.sides
    return [
        {"key": key, "label": word(sides[key]), "parties": [{"p": p, "terms": _terms(p)} for p in parties]}
        for key, parties in queries.sides_of_deal(deal)
    ]


def _terms(party: DealParty) -> str:
    said = []
    if party.ip_share is not None:
        said.append(_("知识产权 %(share)s%%") % {"share": f"{party.ip_share.normalize():f}"})
    if party.deducts:
        said.append(str(DEDUCTIONS[party.deducts]))
    if party.seller_kind:
        said.append(queries.word_of_code("seller_kinds", party.seller_kind))
    return " · ".join(said)


def _helpers(actor: Actor, deal: Deal, *, writable: bool) -> list[dict[str, Any]]:
    """Who helped; `confirmable` for a party other than the one that named him. A constant number of queries."""
    rows = queries.helpers_of(deal)
    confirming = queries.confirming_parties(actor, deal, rows) if rows and writable else {}
    return [
        {
            "row": row,
            "role": str(HELPER_ROLES[row.role]),
            "share": f"{row.share.normalize():f}" if row.share is not None else "",
            "confirmable": row.confirmed_at is None and confirming.get(row.pk) is not None,
        }
        for row in rows
    ]


def _about(actor: Actor, deal: Deal, *, inside: bool) -> list[dict[str, str]]:
    """What the deal came from and is about, as far as the reader may open it: tag, words, address."""
    need, achievement = queries.listings_of(actor, deal)
    found: list[tuple[str, str, Any]] = [
        (_("技术需求"), need.title if need else "", need),
        (_("科技成果"), achievement.title if achievement else "", achievement),
    ]
    if inside and deal.intention is not None and may(actor, Perm.READ, deal.intention):
        found.append((_("合作意向"), deal.intention.number, deal.intention))
    return [{"tag": tag, "words": words, "url": obj.get_absolute_url()} for tag, words, obj in found if obj is not None]


def _facts(deal: Deal, *, inside: bool) -> list[dict[str, Any]]:
    """Particulars that say something; what is not filled in is left to the form. Terms are for those inside."""
    term = ""
    if deal.effective_from or deal.effective_until:
        begins, ends = (figures.full_date(day) if day else "…" for day in (deal.effective_from, deal.effective_until))
        term = f"{begins} – {ends}"
    rows = [
        (_("类型"), word(deal.kind_spec)),
        (_("来源"), origin_word(deal)),
        (_("签约渠道"), deal.channel),
        (_("签订日期"), figures.full_date(deal.signed_on) if deal.signed_on else ""),
        (_("有效期"), term),
        (_("技术领域"), queries.word_of_code("technical_fields", deal.field)),
        (_("涉及的知识产权"), queries.word_of_code("ip_kinds", deal.ip_kind)),
        (_("知识产权归属与成果分享"), deal.ip_terms if inside or deal.from_source else ""),
        (_("科技计划来源"), queries.word_of_code("plan_sources", deal.plan_source)),
        (chosen(deal.kind_spec.scope, deal.kind_spec.scope_en), deal.summary),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def form_context(deal: Deal, form: Form, heading: str, *, multipart: bool = False) -> dict[str, Any]:
    """A page with one form about a deal."""
    return {
        "d": deal,
        "form": form,
        "heading": heading,
        "multipart": multipart,
        "nav_key": "deals",
        "crumbs": [(_("合作项目"), reverse("deals")), (deal.number, deal.get_absolute_url()), (heading, "")],
    }


def intention_panel(actor: Actor, intention: Intention, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On an intention: the deal that runs, or the button that opens it."""
    running = queries.of_intention(actor, intention)
    if running is not None:
        return {"deal": running, "state": deal_badge(running), "value": deal_money(running)}
    if queries.may_open(actor, intention):
        others = [(kind.key, kind) for kind in in_order() if kind.key != "contract"]
        return {"intention": intention, "ready": intention.state == "ready", "others": others}
    return None


def listing_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a listing: the deals about it that the reader may see."""
    rows = list(queries.on_listing_deals(actor, listing)[:5])
    if not rows:
        return None
    parties = queries.parties_of(rows)
    return {"rows": [{"d": d, "state": deal_badge(d), "between": between(parties[d.pk])} for d in rows]}


def me_panel(actor: Actor, _obj: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the workbench: the newest deals I have part in."""
    rows = list(queries.own_deals(actor)[:5])
    return {"rows": [(d, deal_badge(d)) for d in rows]} if rows else None
