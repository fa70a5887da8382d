"""What the demo tells on the terminal: counts, the matches of a real need with their reasons, the logins."""

from datetime import datetime

from mengkeju.demo import sources
from mengkeju.demo.cast import logins as login_rows
from mengkeju.demo.load import Loaded
from mengkeju.demo.passwords import PASSWORD
from mengkeju.kernel import duties
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import SOURCE_NOTE
from mengkeju.matching.actions.compute import Answer, rank_listing

SHOWN_NEED = "n-slag"
TOP = 5
REASONS = 3


def counts(loaded: Loaded) -> str:
    """How much of what is there, real and invented apart."""
    return (
        f"真实（{SOURCE_NOTE}）：单位与平台 {loaded.organisations_real}，技术需求 {loaded.needs_real}，"
        f"科技成果 {loaded.achievements_real}\n"
        f"虚构（演示）：企业 {loaded.firms}，单位共 {loaded.organisations_fictional}，"
        f"技术需求 {loaded.needs_fictional}，科技成果 {loaded.achievements_fictional}，合作意向 {loaded.intentions}\n"
        f"等人办理（演示）：待审核需求 {loaded.needs_waiting}，"
        f"待凝练和长期跟踪的需求 {loaded.needs_refining}，待核验单位 {loaded.organisations_waiting}"
    )


def matches_of(external_id: str, *, now: datetime, top: int = TOP) -> str:
    """The best achievements for a real need, with the reasons the engine gives."""
    need = Listing.objects.get(source=sources.SOURCE, external_id=external_id, kind="need")
    lines = [f"\n真实需求：{need.title}（{need.owner.name if need.owner else need.owner_note}）"]
    for place, answer in enumerate(rank_listing(need.uid, now=now, top=top), 1):
        lines += _answer(place, answer)
    return "\n".join(lines)


def _answer(place: int, answer: Answer) -> list[str]:
    ranked = answer.ranked
    owner = Listing.objects.select_related("owner").get(uid=ranked.id).owner
    band = ranked.band.label if ranked.band else "关联较弱"
    lines = [f"  {place}. [{band} {ranked.expected:.2f}] {answer.title}" + (f" — {owner.name}" if owner else "")]
    if ranked.shared_terms:
        lines.append("     共同的词：" + "、".join(term.text for term in ranked.shared_terms))
    strongest = sorted((c for c in ranked.contributions if c.value > 0), key=lambda c: -c.value)[:REASONS]
    reasons = [c.reason or c.label for c in strongest]
    if reasons:
        lines.append("     理由：" + "；".join(reasons))
    if ranked.missing:
        lines.append("     还缺：" + "；".join(ranked.missing[:REASONS]))
    return lines


def logins() -> str:
    """The logins with their common password, and for each in a line what waits for him."""
    lines = [f"\n演示登录名（口令均为 {PASSWORD}，只在演示站点有效；演示中不要求二次验证）："]
    for row in login_rows():
        lines += [f"  {row['username']:<16}{row['note']}", f"  {'':<16}→ {_duties(row['username'])}{row['waiting']}"]
    return "\n".join([*lines, ""])


def _duties(username: str) -> str:
    """How much he has to do now."""
    account = Account.objects.get(username=username)
    count = duties.open_for(provider().actor_for(account)).count()
    return f"待办 {count} 件：" if count else ""
