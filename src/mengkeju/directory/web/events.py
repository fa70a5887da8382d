"""What happened, in words, for the auditor's pages and files."""

from django.utils.translation import gettext_lazy

from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.timeline import word_of

# Words of the events that stand on no timeline.
WORDS = {
    "account.locked": gettext_lazy("锁定账号"),
    "account.unlocked": gettext_lazy("解除锁定"),
    "account.suspended": gettext_lazy("暂停账号"),
    "account.suspension_lifted": gettext_lazy("恢复账号"),
    "account.lockout_reset": gettext_lazy("清除登录锁定"),
    "area.added": gettext_lazy("增加区划"),
    "export.made": gettext_lazy("导出清单"),
    "file.stored": gettext_lazy("存入文件"),
    "person.signed_up": gettext_lazy("注册"),
    "person.published": gettext_lazy("按公开来源收录人员"),
    "person.edited": gettext_lazy("修改个人资料"),
    "person.exported": gettext_lazy("导出个人信息"),
    "person.erased": gettext_lazy("删除个人信息"),
    "role.granted": gettext_lazy("授予角色"),
    "role.revoked": gettext_lazy("收回角色"),
    "term.retired": gettext_lazy("停用词条"),
    "term.restored": gettext_lazy("恢复词条"),
}


def event_word(event: Event) -> str:
    """What happened in words; the event's own name when there are none."""
    subject = subject_types.get(event.subject_type)
    word = word_of(event.type, subject.workflow if subject else None) or WORDS.get(event.type)
    return str(word or event.type)
