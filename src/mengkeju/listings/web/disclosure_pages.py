"""What the pages and panels of disclosure show. Nothing here writes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory.engine.roles import ROLES
from mengkeju.kernel import duties, stamping
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import chosen, is_english, word
from mengkeju.kernel.words import gettext as translated
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.disclosure import ACCESS_REQUEST, BY_UNDERTAKING, MODES, Undertaking, undertaking
from mengkeju.listings.engine.files import FILE_KINDS
from mengkeju.listings.engine.reads import CHANNELS
from mengkeju.listings.models import TIERS, AccessRequest, FileRead, Listing, ListingFile, PartyAccess
from mengkeju.listings.web.disclosure_forms import AskForm, FileForm, RuleForm


def badge(request: AccessRequest, actor: Actor) -> dict[str, str]:
    """Word and tone of the state; amber only for the side it waits on."""
    state = ACCESS_REQUEST.states[request.state]
    owner = request.listing.owner
    mine = owner.uid if request.state == "asked" and owner is not None else request.organisation.uid
    tone = "go" if state.tone == "wait" and mine not in actor.organisations else state.tone
    return {"kind": {"idle": "calm"}.get(tone, tone), "label": word(state)}


def undertaking_context(text: Undertaking) -> dict[str, Any]:
    """The text as paragraphs, in the reader's language; the Chinese one binds."""
    words = chosen(text.text, text.text_en)
    return {
        "undertaking": text,
        "undertaking_title": chosen(text.title, text.title_en),
        "undertaking_lines": words.strip().splitlines(),
        "undertaking_translated": is_english(),
        "undertaking_url": reverse("undertaking", args=[text.version]),
    }


def ask_context(request: Request, listing: Listing, form: AskForm) -> dict[str, Any]:
    """The page to ask from: what is closed, how it opens, what happens then."""
    mode = queries.rule_of(listing)
    it = queries.present(listing, request.actor)
    return {
        "listing": listing,
        "it": it,
        "form": form,
        "closed": [hidden.label for hidden in it.hidden if hidden.tier == "parties"],
        "files": queries.readable_files(listing, request.actor)[1].get("parties", 0),
        "at_once": mode == BY_UNDERTAKING,
        "manages": "accepts" in form.fields,
        **undertaking_context(undertaking()),
        "nav_key": listing.kind,
    }


def mine_context(request: Request, page: Page[AccessRequest], side: str) -> dict[str, Any]:
    """Requests my organisations received and sent, as a table."""
    rows, due = [], queries.requests_due(page)
    for one in page:
        owner = one.listing.owner
        received = owner is not None and owner.uid in request.actor.organisations
        cells: list[dict[str, Any]] = [
            {"value": one.listing.title, "url": one.get_absolute_url(), "header": True, "demo": one.listing.fictional},
            {"value": _("收到") if received else _("发出")},
            {"value": one.organisation.name if received or owner is None else owner.name},
            {"state": badge(one, request.actor)},
            {"at": one.state_at, "form": "day"},
            {"at": due[one.uid], "form": "day", "left": due[one.uid]} if one.uid in due else {"value": ""},
        ]
        rows.append({"cells": cells})
    labels = (_("题目"), _("方向"), _("对方"), _("状态"), _("状态日期"), _("期限"))
    tabs = [("", _("全部")), ("received", _("收到的")), ("sent", _("发出的"))]
    return {
        "page": page,
        "rows": rows,
        "columns": [{"label": label} for label in labels],
        "tabs": tabs,
        "side": side,
        "nav_key": "access-mine",
    }


def request_context(request: Request, one: AccessRequest) -> dict[str, Any]:
    """The page of one request, for both sides."""
    actor, owner = request.actor, one.listing.owner
    owning = owner is not None and owner.uid in actor.organisations
    duty = duties.open_on(one).first()
    signers = provider().names({one.undertaking_by.uid}) if one.undertaking_by is not None else {}
    return {
        "one": one,
        "state": badge(one, actor),
        "owner_name": owner.name if owner is not None else "",
        "mode": translated(MODES[one.mode]),
        "duty": duty,
        "mine_to_do": duty is not None and duties.is_mine(actor, duty),
        "may_answer": one.state == "asked" and may(actor, Perm.ACCESS_ANSWER, one),
        "may_sign": one.state == "signing" and may(actor, Perm.ACCESS_SIGN, one),
        "waits_for_manager": one.state == "signing" and not may(actor, Perm.ACCESS_SIGN, one),
        "may_end": one.state == "granted" and may(actor, Perm.ACCESS_ANSWER, one),
        "may_withdraw": one.state in {"asked", "signing", "granted"} and may(actor, Perm.ACCESS_MOVE, one),
        "also_otherwise": one.state != "granted" and queries.is_party(one.listing, [one.organisation.uid]),
        "signer": signers.get(one.undertaking_by.uid, "") if one.undertaking_by is not None else "",
        "seen": seen_rows(one) if owning or may(actor, Perm.READS, one.listing) else None,
        "timeline": timeline(one, inside=True),
        "crumbs": [(_("首页"), reverse("home")), (_("查看申请"), reverse("access-mine")), (one.listing.title, "")],
        "nav_key": "access-mine",
        **undertaking_context(undertaking()),
    }


def seen_rows(one: AccessRequest) -> list[dict[str, Any]]:
    """What the asking organisation has already seen, in words, the newest first."""
    seen = queries.seen_by(one.listing, one.organisation_id)
    rows: list[tuple[Any, str]] = [(r.at, f"{TIERS[r.tier]} · {translated(CHANNELS[r.channel])}") for r in seen.reads]
    rows += [(r.at, download_words(r)) for r in seen.downloads]
    return [{"at": at, "text": text} for at, text in sorted(rows, key=lambda row: row[0], reverse=True)]


def download_words(read: FileRead) -> str:
    """“下载 x.pdf”, and whether it was cut off."""
    said = _("下载 %(name)s") % {"name": read.file.file.name}
    if read.complete is False:
        return _("%(said)s（开放结束，下载中断）") % {"said": said}
    return said


def reader_name(read: FileRead) -> str:
    """The organisation, or the role of a reader who acts for none."""
    if read.organisation is not None:
        return read.organisation.name
    return word(ROLES[read.role]) if read.role in ROLES else _("无单位的账号")


def crumbs(listing: Listing, here: str) -> list[tuple[str, str]]:
    """The way to a page below a listing."""
    return [(_("首页"), reverse("home")), (listing.title, listing.get_absolute_url()), (here, "")]


def manage_context(request: Request, listing: Listing, form: RuleForm, downloads: Page[FileRead]) -> dict[str, Any]:
    """The owner's page: how it opens, who asked, who is in, what was stated, what was downloaded."""
    return {
        "listing": listing,
        "form": form,
        "may_manage": may(request.actor, Perm.DISCLOSE, listing),
        "mode": translated(MODES[queries.rule_of(listing)]),
        "requests": [{"one": one, "badge": badge(one, request.actor)} for one in queries.requests_of(listing)[:50]],
        "accesses": [access_row(a) for a in queries.accesses_of(listing)[:100]],
        "versions": list(queries.versions_of(listing)[:50]),
        "page": downloads,
        **download_table(downloads),
        "may_export": may(request.actor, Perm.EVIDENCE, listing),
        "crumbs": [
            (_("首页"), reverse("home")),
            (listing.title, listing.get_absolute_url()),
            (_("受限内容的开放"), ""),
        ],
        "nav_key": "listing-mine",
    }


def access_row(access: PartyAccess) -> dict[str, Any]:
    """Who is in or was, and by what."""
    origins = {"disclosure": _("查看申请"), "intention": _("合作意向")}
    return {"access": access, "origin": origins.get(access.origin_type, access.origin_type)}


def download_table(reads: Iterable[FileRead]) -> dict[str, Any]:
    """Downloads as a table; the person only by his consent."""
    kept = list(reads)
    people = provider().names({r.account for r in kept if r.account})
    labels = [_("附件"), _("谁下载"), _("时间"), _("副本编号"), _("结果")]
    if people:
        labels.insert(2, _("人员（经本人同意）"))
    ends = {True: _("已下载完"), False: _("开放结束，中断"), None: _("未下载完")}
    rows = []
    for r in kept:
        cells: list[dict[str, Any]] = [
            {"value": r.file.file.name, "header": True},
            {"value": reader_name(r)},
            {"at": r.at, "form": "time"},
            {"value": r.uid.hex[-12:], "code": True},
            {"value": ends[r.complete]},
        ]
        if people:
            cells.insert(2, {"value": people.get(r.account, "") if r.account else ""})
        rows.append({"cells": cells})
    return {"download_columns": [{"label": label} for label in labels], "download_rows": rows}


def files_context(request: Request, listing: Listing, form: FileForm) -> dict[str, Any]:
    """The owner's page of files."""
    return {
        "listing": listing,
        "form": form,
        "files": [file_row(one, request.actor) for one in queries.files_of(listing)],
        "lacks": not stamping.font_file(),
        "crumbs": crumbs(listing, _("附件")),
        "nav_key": "listing-mine",
    }


HOW = {"pdf", "image"}


def file_row(one: ListingFile, actor: Actor) -> dict[str, Any]:
    """One file as a reader gets it, and in which form."""
    form = stamping.form_of(one.file) if queries.is_stamped_for(one, actor) else ""
    how = ""
    if form in HOW:
        how = _("下载的副本带有贵单位名称、时间和编号")
    elif form:
        how = _("下载的是压缩包，内有载明贵单位名称、时间和编号的查看须知")
    return {
        "one": one,
        "name": one.file.name,
        "size": one.file.size,
        "url": reverse("listing-file", args=[one.listing.uid, one.uid]),
        "remove_id": f"remove-{one.uid.hex}",
        "remove_url": reverse("listing-file-remove", args=[one.listing.uid, one.uid]),
        "kind": translated(FILE_KINDS[one.kind]),
        "tier": str(TIERS[queries.tier_of(one)]),
        "caption": one.caption,
        "how": how,
    }


def files_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a listing: the files the reader may download, and how many there are otherwise."""
    open_ones, closed = queries.readable_files(listing, actor)
    owns = may(actor, Perm.DISCLOSE, listing)
    if not open_ones and not closed and not owns:
        return None
    return {
        "files": [file_row(one, actor) for one in open_ones],
        "closed": [(str(TIERS[tier]), count) for tier, count in closed.items()],
        "manage_url": reverse("listing-files", args=[listing.uid]) if may(actor, Perm.EDIT, listing) else "",
    }


def ask_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """Under the closed sections: ask to see them, sign in to ask, or what became of the request."""
    if not actor.is_authenticated:
        closed = listing.state == "published" and not listing.from_source and listing.owner is not None
        return {"sign_in": _sign_in(listing)} if closed and queries.has_closed(listing) else None
    running = queries.running_request(actor, listing)
    if running is not None:
        return {"running": running, "state": badge(running, actor)}
    if not queries.may_ask(actor, listing):
        return None
    return {
        "url": reverse("access-ask", args=[listing.uid]),
        "at_once": queries.rule_of(listing) == BY_UNDERTAKING,
    }


def _sign_in(listing: Listing) -> str:
    return f"{reverse('account_login')}?next={reverse('access-ask', args=[listing.uid])}"


def decide_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On one's own listing: the request that has waited longest."""
    if not may(actor, Perm.DISCLOSE, listing):
        return None
    waiting = queries.requests_of(listing).filter(state="asked").order_by("state_at").first()
    if waiting is None:
        return None
    return {"waiting": waiting, "due": queries.requests_due([waiting]).get(waiting.uid)}


def owner_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For the owner and the auditor: how many can see, how it opens, and the way to the page and the evidence."""
    if not may(actor, Perm.DISCLOSURE_READ, listing) or listing.from_source:
        return None
    return {
        "mode": translated(MODES[queries.rule_of(listing)]),
        "count": queries.accesses_of(listing).filter(ended_at=None).values("organisation").distinct().count(),
        "url": reverse("listing-disclosure", args=[listing.uid]),
    }


def received_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For a member: how many requests wait for his organisations' decision."""
    if not actor.organisations:
        return None
    rows = queries.access_requests(actor).filter(state="asked", listing__owner__uid__in=actor.organisations)
    count = rows.order_by().count()
    if not count:
        return None
    url = f"{reverse('access-mine')}?side=received"
    return {"label": _("待决定的查看申请"), "count": count, "url": url, "tone": "wait"}


def evidence_context(request: Request, listing: Listing, number: int | None) -> dict[str, Any]:
    """The sheet as a page: the same statement, to read and print; not signed."""
    sheet = queries.evidence_of(listing, request.actor, number=number)
    told = sheet.statement
    steps = {step: word(transition) for step, transition in ACCESS_REQUEST.transitions.items()}
    for row in told["decisions"]:
        row["step"] = steps.get(row["step_name"], "")
    for rows in told.values():
        for row in rows:
            row["when"] = datetime.fromisoformat(row["at"])
    for row in told["versions"]:
        row["tiers"] = [(str(TIERS[tier]), row["digests"][tier]) for tier in TIERS if tier in row.get("digests", {})]
    for row in told["openings"]:
        row["channel_label"] = translated(CHANNELS.get(row.get("channel", ""), ""))
    return {
        "listing": listing,
        "told": told,
        "subject": sheet.subject,
        "events": len(sheet.events),
        "number": number,
        "numbers": list(queries.versions_of(listing).values_list("number", flat=True)[:50]),
        "content": may(request.actor, Perm.DISCLOSE, listing),
        "crumbs": crumbs(listing, _("披露证据")),
        "nav_key": "listing-mine",
    }


def evidence_name(listing: Listing, at: Any) -> str:
    """The name of the file."""
    return f"evidence-{listing.number or listing.uid.hex[-12:]}-{at:%Y%m%d%H%M%S}.json"
