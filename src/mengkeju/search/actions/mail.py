"""The mail of an alert: what is new, why it was found, and the link that stops it."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account, Notice
from mengkeju.kernel.notices import spoken
from mengkeju.kernel.words import word
from mengkeju.search import queries
from mengkeju.search.actions.saved import stop_token
from mengkeju.search.engine.saved import FIGURES
from mengkeju.search.models import SavedSearch
from mengkeju.search.queries import Found


def mail_news(uid: str, *, now: datetime) -> bool:
    """Mail what a notice tells of, as the reader may see it at this moment; False when there is nothing to send."""
    notice = Notice.objects.filter(uid=uid, mailed_at=None).first()
    if notice is None:
        return False
    saved = SavedSearch.objects.filter(uid=notice.subject_uid, archived_at=None).first()
    account = Account.objects.filter(uid=notice.account, is_active=True).exclude(email="").first()
    asked = queries.kept_by(saved) if saved is not None else None
    if saved is None or account is None or asked is None:
        return False
    hits = list(queries.told_hits(saved, account.uid).filter(told_at=notice.created_at))
    with spoken(account):
        found = [one for _hit, one in queries.told(provider().actor_for(account), asked, hits)]
        if found:
            compose(notice.title, saved, account, found).send()
    Notice.objects.filter(pk=notice.pk).update(mailed_at=now)
    return bool(found)


def compose(title: str, saved: SavedSearch, account: Account, found: list[Found]) -> EmailMessage:
    """The mail to one reader of what he may see."""
    stop = settings.SITE_URL + reverse("saved-search-stop", args=[stop_token(saved, account.uid)])
    here = settings.SITE_URL + saved.get_absolute_url()
    lines = [" ".join(title.split()), ""]
    for one in found[: FIGURES.listed]:
        lines += [
            "{kind} · {title}".format(kind=word(one.row["kind"]), title=" ".join(str(one.row["title"]).split())),
            _("单位：%(name)s") % {"name": one.row["owner"]},
            one.why,
            settings.SITE_URL + one.row["url"],
            "",
        ]
    more = len(found) - FIGURES.listed
    if more > 0:
        said = ngettext("还有 %(count)d 条，在清单里看。", "还有 %(count)d 条，在清单里看。", more)
        lines += [said % {"count": more}, ""]
    lines += [
        _("全部提醒过的：%(address)s") % {"address": here},
        _("不想再收到这个提醒：%(address)s") % {"address": stop},
    ]
    heading = _("【蒙科聚】%(title)s") % {"title": lines[0]}
    return EmailMessage(
        heading,
        "\n".join(lines),
        None,
        [account.email],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
