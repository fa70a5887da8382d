"""The mail about a meeting: the notice, when and where, and the calendar file once a time stands."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from mengkeju.events import queries
from mengkeju.events.models import Meeting
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account, Notice
from mengkeju.kernel.notices import spoken


def mail_meeting(uid: str, *, now: datetime) -> bool:
    """Mail one notice once, with what its reader may see of the meeting; False when there is nobody to mail."""
    notice = Notice.objects.filter(uid=uid, mailed_at=None).first()
    if notice is None:
        return False
    account = Account.objects.filter(uid=notice.account, is_active=True).exclude(email="").first()
    meeting = Meeting.objects.filter(uid=notice.subject_uid, archived_at=None).first()
    if account is None or meeting is None:
        return False
    with spoken(account):
        seen = queries.find_meeting(provider().actor_for(account), meeting.uid)
        compose(notice.title, account, seen).send()
    Notice.objects.filter(pk=notice.pk).update(mailed_at=now)
    return True


def compose(title: str, account: Account, meeting: Meeting | None) -> EmailMessage:
    """The mail to one reader, in his language."""
    title = " ".join(title.split())
    parts = [title]
    entry = None
    if meeting is not None:
        entry = queries.entry_for(provider().actor_for(account), meeting)
        if entry is not None:
            parts.append(
                _("时间：%(when)s（北京时间）") % {"when": queries.span_in_words(entry.starts_at, entry.ends_at)}
            )
            where = entry.where or entry.link
            parts += [_("地点或链接：%(where)s") % {"where": where}] if where else []
        parts.append(settings.SITE_URL + meeting.get_absolute_url())
    mail = EmailMessage(_("【蒙科聚】%(title)s") % {"title": title}, "\n\n".join(parts) + "\n", None, [account.email])
    if entry is not None:
        mail.attach("meeting.ics", queries.calendar_file(entry), "text/calendar")
    return mail
