"""Tasks of the kernel: load by uid, call one action. All may run twice."""

from django.conf import settings
from django.core.mail import send_mail
from django_tasks import task

from mengkeju.kernel import clock, subjects
from mengkeju.kernel.models import Account, Notice


@task()
def mail_notice(uid: str) -> str:
    """Mail one notice once; accounts without address keep it in the application only."""
    notice = Notice.objects.filter(uid=uid, mailed_at=None).first()
    if notice is None:
        return "已发送或已删除"
    account = Account.objects.filter(uid=notice.account, is_active=True).exclude(email="").first()
    if account is None:
        return "没有邮箱"
    obj = subjects.find(notice.subject_type, notice.subject_uid)
    address = settings.SITE_URL + subjects.subject_types[notice.subject_type].url(obj) if obj else settings.SITE_URL
    send_mail(f"【蒙科聚】{notice.title}", f"{notice.title}\n\n{address}\n", None, [account.email])
    Notice.objects.filter(pk=notice.pk).update(mailed_at=clock.now())
    return "已发送"
