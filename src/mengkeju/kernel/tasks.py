"""Tasks of the kernel: load by uid, call one action. All may run twice."""

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django_tasks import task

from mengkeju.kernel import clock, subjects
from mengkeju.kernel.actors import provider
from mengkeju.kernel.bundles import place_of
from mengkeju.kernel.exchange import batches, leftovers, running
from mengkeju.kernel.models import Account, ImportBatch, Notice
from mengkeju.kernel.notices import spoken


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
    url = subjects.subject_types[notice.subject_type].url(obj) if obj else ""
    address = settings.SITE_URL + place_of(notice, url)
    with spoken(account):
        heading = _("【蒙科聚】%(title)s") % {"title": notice.title}
    send_mail(heading, f"{notice.title}\n\n{address}\n", None, [account.email])
    Notice.objects.filter(pk=notice.pk).update(mailed_at=clock.now())
    return "已发送"


@task()
def check_import(uid: str, revision: int) -> str:
    """Check the rows of a large import as mapped at `revision`; an older mapping's answer is dropped."""
    batch = ImportBatch.objects.filter(uid=uid, revision=revision, state="draft", stage="checking").first()
    if batch is None or batch.acted_by is None:
        return "已更改或已取消"
    with spoken(batch.acted_by):
        batches.check(batch, by=provider().actor_for(batch.acted_by), now=clock.now())
    return "已核对"


@task()
def run_import(uid: str) -> str:
    """Write or hand in what waits in a batch; goes on where an earlier run stopped."""
    batch = ImportBatch.objects.filter(uid=uid).first()
    return running.run(batch).state if batch else "已删除"


@task()
def discard_imports() -> int:
    """Nightly: delete the rows of imports whose time is over."""
    return leftovers.discard(now=clock.now())
