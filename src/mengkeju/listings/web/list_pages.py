"""What the pages of the lists show. Nothing here writes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import idempotency
from mengkeju.kernel.access import may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings import queries
from mengkeju.listings.access.lists import AgendaPerm, BottleneckPerm, WeakLinkPerm
from mengkeju.listings.engine.agendas import AGENDA, STANDINGS, TONES
from mengkeju.listings.engine.bottlenecks import BOTTLENECK
from mengkeju.listings.engine.weak_links import PRIORITIES, WEAK_LINK
from mengkeju.listings.models import Agenda, Bottleneck, WeakLink
from mengkeju.listings.queries import AttachedListing, Direction
from mengkeju.listings.web.list_forms import AttachForm, BreakForm, SubmitAgendaForm, WeakLinksForm
from mengkeju.listings.web.list_parts import attached_rows, badge, columns, moves, options_of, row

PRIORITY_TONES = {"high": "wait", "middle": "calm", "low": "calm"}


def filters_of(form: forms.Form) -> str:
    """What is filtered, in words, for the head of a file."""
    said = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        options = options_of(field)
        if value and options:
            said.append(_("{label}：{value}").format(label=field.label, value=options.get(str(value), value)))
    return _("；").join(said)


def weak_links_context(
    request: Request, form: WeakLinksForm, rows: "QuerySet[WeakLink]", page: Page[WeakLink]
) -> dict[str, Any]:
    """Coverage by chain, then the gaps themselves, chain by chain."""
    chains = directory.term_labels("cluster")
    heads = columns(
        _("产业链"),
        "#" + _("短板"),
        "#" + _("待补"),
        "#" + _("在补"),
        "#" + _("已补上"),
        "#" + _("有需求"),
        "#" + _("有成果或能力"),
        "#" + _("有意向"),
    )
    summary = [
        row(
            heads,
            {"value": chains.get(chain, chain), "url": f"{reverse('weak-links')}?chain={chain}"},
            *(c.total, c.open, c.working, c.covered, c.with_need, c.with_answer, c.with_intention),
        )
        for chain, c in queries.coverage_by_chain(rows).items()
    ]
    return {
        "form": form,
        "filtered": any(form.cleaned_data.values()),
        "summary_columns": heads,
        "summary": summary,
        "groups": _by_chain(list(page), chains),
        "page": page,
        "may_keep": may(request.actor, WeakLinkPerm.KEEP),
        "nav_key": "lists",
    }


def _by_chain(rows: Sequence[WeakLink], chains: dict[str, str]) -> list[dict[str, Any]]:
    counted, areas = queries.gaps(rows), directory.area_names({r.area for r in rows})
    heads = columns(
        _("短板"), _("环节"), _("优先级"), _("进展"), _("地区"), "#" + _("需求"), "#" + _("成果或能力"), _("意向")
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for link in rows:
        gap = counted[link.pk]
        groups.setdefault(link.chain, []).append(
            row(
                heads,
                {"value": link.title, "url": link.get_absolute_url(), "demo": link.fictional},
                link.node,
                {"state": priority(link)},
                {"state": badge(WEAK_LINK.states[link.state])},
                {"area": link.area, "value": areas.get(link.area, "")},
                gap.needs,
                gap.answers,
                _("有") if gap.intended else _("没有"),
            )
        )
    return [{"label": chains.get(key, key), "columns": heads, "rows": made} for key, made in groups.items()]


def priority(link: WeakLink) -> dict[str, str]:
    """Its priority as a state: word, icon and colour."""
    return {"kind": PRIORITY_TONES[link.priority], "label": _(PRIORITIES[link.priority])}


def weak_link_context(request: Request, link: WeakLink, rows: Sequence[AttachedListing]) -> dict[str, Any]:
    """One weak link."""
    actor = request.actor
    keeps = may(actor, WeakLinkPerm.EDIT, link)
    chains = directory.term_labels("cluster")
    words = {
        "publish": (_("公开列入清单？之后所有人都能看到。"), ""),
        "start": (_("标为在补？"), _("谁在补、怎么补")),
        "cover": (_("标为已补上？"), _("由什么补上、见于何处")),
        "drop": (_("不再列入清单？"), _("理由")),
        "reopen": (_("重新列为待补？"), _("理由")),
    }
    return {
        "link": link,
        "chain": chains.get(link.chain, link.chain),
        "chain_url": f"{reverse('weak-links')}?chain={link.chain}",
        "area_name": directory.area_names([link.area]).get(link.area, ""),
        "state": badge(WEAK_LINK.states[link.state]),
        "priority": priority(link),
        "attached": attached_rows(
            rows, take_off=(lambda uid: reverse("weak-link-detach", args=[link.uid, uid])) if keeps else None
        ),
        "keeps": keeps,
        "attach": AttachForm() if keeps else None,
        "need_url": f"{reverse('listing-create', args=['need'])}?text={link.title}",
        "moves": moves(actor, link, WEAK_LINK, lambda key: reverse("weak-link-move", args=[link.uid, key]), words),
        "timeline": timeline(link, inside=keeps or may(actor, "kernel.record:read"), limit=12),
        "crumbs": [(_("首页"), reverse("home")), (_("产业链短板弱项"), reverse("weak-links")), (link.title, "")],
        "nav_key": "lists",
    }


def bottlenecks_context(request: Request, page: Page[Bottleneck], state: str) -> dict[str, Any]:
    """The items the reader may know of."""
    chains = directory.term_labels("cluster")
    heads = columns(_("技术"), _("进展"), _("产业链"), _("主管部门"), _("提名单位"), _("状态日期"))
    rows = [
        row(
            heads,
            {"value": item.title, "url": item.get_absolute_url(), "demo": item.fictional},
            {"state": badge(BOTTLENECK.states[item.state])},
            chains.get(item.chain, item.chain),
            listed([b.organisation.name for b in item.bureaus.all()]),
            item.nominator.name if item.nominator else "",
            {"at": item.state_at, "form": "day"},
        )
        for item in page
    ]
    return {
        "page": page,
        "columns": heads,
        "rows": rows,
        "state": state,
        "states": [("", _("全部")), *((key, word(s)) for key, s in BOTTLENECK.states.items())],
        "may_nominate": may(request.actor, BottleneckPerm.NOMINATE) and bool(request.actor.memberships),
        "nav_key": "bottlenecks",
    }


def bottleneck_context(request: Request, item: Bottleneck, rows: Sequence[AttachedListing]) -> dict[str, Any]:
    """One item."""
    actor = request.actor
    keeps = may(actor, BottleneckPerm.EDIT, item)
    words = {
        "confirm": (_("确认列入“卡脖子”清单？"), ""),
        "refuse": (_("不列入清单？"), _("理由")),
        "start": (_("开始攻关？"), _("交给谁攻关：项目、单位或联合体")),
        "resume": (_("重新攻关？"), _("理由")),
        "remove": (_("移出清单？"), _("理由")),
    }
    breaks = item.state == "in_progress" and may(actor, BottleneckPerm.MOVE, item)
    own = item.state == "nominated" and keeps and not may(actor, BottleneckPerm.CONFIRM, item)
    return {
        "item": item,
        "state": badge(BOTTLENECK.states[item.state]),
        "chain": directory.term_labels("cluster").get(item.chain, item.chain),
        "bureaus": [b.organisation for b in item.bureaus.all()],
        "attached": attached_rows(
            rows, take_off=(lambda uid: reverse("bottleneck-detach", args=[item.uid, uid])) if keeps else None
        ),
        "keeps": keeps,
        "own_nomination": own,
        "attach": AttachForm() if keeps else None,
        "break_form": BreakForm(initial={"revision": item.revision}) if breaks else None,
        "moves": moves(actor, item, BOTTLENECK, lambda key: reverse("bottleneck-move", args=[item.uid, key]), words),
        "timeline": timeline(item, inside=True),
        "nav_key": "bottlenecks",
    }


def agendas_context(request: Request, page: Page[Agenda], cluster: str) -> dict[str, Any]:
    """Published agendas with their progress; own and waiting ones above."""
    actor = request.actor
    own = [] if page.number > 1 else list(queries.agendas(actor, own=True)[:20]) if actor.organisations else []
    waiting = list(queries.to_review(actor)[:50]) if actor.has_role("officer") else []
    far = queries.progress_of([*page, *own, *waiting])
    labels = directory.term_labels("cluster")

    def shown(rows: Sequence[Agenda]) -> list[dict[str, Any]]:
        return [
            {
                "agenda": a,
                "far": far[a.pk],
                "cluster": labels.get(a.cluster, ""),
                "state": badge(AGENDA.states[a.state]),
            }
            for a in rows
        ]

    return {
        "page": page,
        "rows": shown(list(page)),
        "own": shown([a for a in own if a.state not in {"published", "ended"}]),
        "waiting": shown(waiting),
        "cluster": labels.get(cluster, ""),
        "may_set": bool(queries.may_set(actor)),
        "nav_key": "lists",
    }


def agenda_context(request: Request, agenda: Agenda, rows: Sequence[Direction]) -> dict[str, Any]:
    """One agenda: its directions, each with what has become of it."""
    actor = request.actor
    manages, edits = may(actor, AgendaPerm.MANAGE, agenda), may(actor, AgendaPerm.EDIT, agenda)
    inside = manages or may(actor, AgendaPerm.REVIEW, agenda) or may(actor, "kernel.record:read")
    words = {
        "approve": (_("通过并发布？"), ""),
        "return": (_("退回修改？"), _("退回理由")),
        "end": (_("收尾？收尾后不再改动。"), _("完成情况")),
        "withdraw": (_("撤回？"), _("撤回理由")),
        "reopen": (_("重新编辑？它会回到草稿。"), ""),
    }
    submits = manages and agenda.state in {"draft", "returned"}
    return {
        "agenda": agenda,
        "state": badge(AGENDA.states[agenda.state]),
        "cluster": directory.term_labels("cluster").get(agenda.cluster, "") if agenda.cluster else "",
        "field": directory.term_labels("field").get(agenda.field, "") if agenda.field else "",
        "directions": [_direction(agenda, at, manages=manages) for at in rows],
        "counts": _counts(rows),
        "edits": edits,
        "works": manages and agenda.state == "published",
        "solved": [("solved", "yes")],
        "unsolved": [("solved", "no")],
        "submit": SubmitAgendaForm(initial={"revision": agenda.revision}) if submits else None,
        "moves": moves(actor, agenda, AGENDA, lambda key: _agenda_step(agenda, key), words),
        "timeline": timeline(agenda, inside=inside, limit=12),
        "crumbs": [(_("首页"), reverse("home")), (_("行业攻关方向"), reverse("agendas")), (agenda.title, "")],
        "nav_key": "lists",
    }


def _agenda_step(agenda: Agenda, step: str) -> str:
    name = "agenda-review" if step in {"approve", "return"} else "agenda-move"
    return reverse(name, args=[agenda.uid, step])


def _direction(agenda: Agenda, at: Direction, *, manages: bool) -> dict[str, Any]:
    item = at.item
    return {
        "item": item,
        "state": {"kind": TONES[at.standing], "label": _(STANDINGS[at.standing])},
        "attached": attached_rows(
            at.attached,
            take_off=(lambda uid: reverse("agenda-item-detach", args=[agenda.uid, item.uid, uid])) if manages else None,
        ),
        "attach": AttachForm(auto_id=f"{item.uid}-%s") if manages else None,
        "remove_id": f"remove-{item.uid}",
        "key": idempotency.new_key(),
    }


def _counts(rows: Sequence[Direction]) -> list[dict[str, Any]]:
    """How many directions have come how far, each direction counted once."""
    return [
        {"label": _(text), "count": sum(at.standing == key for at in rows), "kind": TONES[key]}
        for key, text in STANDINGS.items()
    ]
