"""In which order a deal's page shows its parts, and what on them waits for the reader. Nothing here writes."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.models import Deal
from mengkeju.kernel.panels import Shown

WORK = frozenset(
    f"deals.{name}"
    for name in ("milestones", "payments", "acceptance", "years", "landings", "benefits", "arrivals", "packages")
)
"""What a signed deal is opened for."""
PAST = frozenset({"deals.talk", "deals.gaps"})
"""What is over once it is signed."""


def arranged(deal: Deal, mains: Sequence[Shown], *, inside: bool) -> dict[str, list[Shown]]:
    """The main parts as `firsts` (before parties and particulars), `mains` (after them) and `past` (folded).

    While it is talked about, and for those outside, everything stands in the registered order.
    """
    if deal.state == "talking" or not inside:
        return {"firsts": [], "mains": list(mains), "past": []}
    return {
        "firsts": [part for part in mains if part.key in WORK],
        "mains": [part for part in mains if part.key not in WORK | PAST],
        "past": [part for part in mains if part.key in PAST],
    }


def waiting(mains: Sequence[Shown]) -> list[dict[str, Any]]:
    """What the other side did and the reader confirms or sends back, as parameters of mk/next.html. No query."""
    rows = {part.key: part.context.get("rows", ()) for part in mains}
    reached = [row["m"].title for row in rows.get("deals.milestones", ()) if row["judged"]]
    paid = sum(bool(row["confirmable"]) for row in rows.get("deals.payments", ()))
    found = []
    if reached:
        said = ngettext("确认 %(n)s 项里程碑完成", "确认 %(n)s 项里程碑完成", len(reached)) % {"n": len(reached)}
        found.append(_asked(said, _("；").join(reached), "milestones"))
    if paid:
        said = ngettext("确认 %(n)s 笔付款", "确认 %(n)s 笔付款", paid) % {"n": paid}
        found.append(_asked(said, _("对方登记的金额和凭证，请核对后确认；不对的请对方撤回重登。"), "payments"))
    return found


def _asked(title: str, text: str, anchor: str) -> dict[str, Any]:
    there = {"url": f"#{anchor}", "label": _("去核对"), "id": f"next-{anchor}"}
    return {"title": title, "text": text, "tone": "wait", **there}


def hindrance(deal: Deal, mains: Sequence[Shown]) -> dict[str, str]:
    """Why it cannot be signed yet and where that is mended: said, url, label; empty when only the day is missing."""
    for guard in DEAL.transitions["sign"].guards:
        said = guard.check(deal, {"signed_on": "given"})
        if said:
            url, label = _remedy(deal, guard.name, mains)
            return {"said": said, "url": url, "label": label}
    return {}


def _remedy(deal: Deal, guard: str, mains: Sequence[Shown]) -> tuple[str, str]:
    """Address and words of the page on which a hindrance is removed."""
    if guard == "sides_are_filled":
        return reverse("deal-parties", args=[deal.uid]), _("加一方")
    if guard == "term_is_set":
        return f"{reverse('deal-edit', args=[deal.uid])}#id_effective_until", _("去写有效期")
    if guard == "shares_are_settled":
        return "#parties", _("到各方的“约定”里写")
    if any(part.key == "deals.texts" and part.context["groups"] for part in mains):
        return "#texts", _("看文本和确认情况")
    return reverse("deal-text-upload", args=[deal.uid]), _("上传文本")
