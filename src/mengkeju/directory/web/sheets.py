"""The lists of the directory as files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Model, Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries
from mengkeju.directory.engine.bodies import service_words
from mengkeju.directory.engine.regions import is_outside
from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models import (
    ORGANISATION_KINDS,
    Area,
    Membership,
    Organisation,
    Person,
    RoleGrant,
    Term,
    Vocabulary,
)
from mengkeju.directory.web.events import event_word
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word


def _organisation_columns() -> list[Column]:
    return [
        Column("name", _("单位"), width=36),
        Column("kind", _("类型")),
        Column("code", _("统一社会信用代码")),
        Column("area", _("所在地")),
        Column("outside", _("区外单位"), Kind.YES_NO),
        Column("zone", _("功能区")),
        Column("industry", _("行业")),
        Column("founded", _("成立日期"), Kind.DATE),
        Column("state", _("核验状态")),
        Column("at", _("提交或变动时间"), Kind.DATETIME),
        Column("sourced", _("据公开报道收录"), Kind.YES_NO),
        Column("parent", _("上级机构"), width=30),
        Column("services", _("服务内容"), width=40),
        Column("summary", _("单位简介"), width=48),
        Column("url", _("网址"), Kind.LINK),
    ]


def _organisation_rows(_actor: Actor, portion: Sequence[Organisation]) -> Iterable[Row]:
    names = queries.area_names({code for o in portion for code in (o.area, o.zone) if code})
    prefetch_related_objects(list(portion), "parent")
    for o in portion:
        yield {
            "name": o.name,
            "kind": str(ORGANISATION_KINDS.get(o.kind, o.kind)),
            "code": o.credit_code,
            "area": names.get(o.area, o.area),
            "outside": is_outside(o.area),
            "zone": names.get(o.zone, o.zone),
            "industry": o.industry,
            "founded": o.founded_on,
            "state": word(ORGANISATION.states[o.state]),
            "at": o.state_at,
            "sourced": bool(o.source),
            "parent": o.parent.name if o.parent else o.parent_name,
            "services": _("、").join(service_words(o.services, o.services_other)),
            "summary": o.summary,
            "url": absolute(o.get_absolute_url()),
        }


def _member_columns() -> list[Column]:
    return [
        Column("name", _("姓名")),
        Column("position", _("职务或职称")),
        Column("manager", _("管理员"), Kind.YES_NO),
        Column("since", _("加入时间"), Kind.DATE),
    ]


def _member_rows(_actor: Actor, portion: Sequence[Membership]) -> Iterable[Row]:
    for m in portion:
        yield {"name": m.person.name, "position": m.person.position, "manager": m.manager, "since": m.began_at}


def _people_columns() -> list[Column]:
    return [
        Column("name", _("姓名")),
        Column("username", _("用户名")),
        Column("email", _("电子邮箱"), width=30),
        Column("active", _("账号可登录"), Kind.YES_NO),
        Column("suspended", _("已暂停"), Kind.YES_NO),
    ]


def _people_rows(_actor: Actor, portion: Sequence[Person]) -> Iterable[Row]:
    for p in portion:
        account = p.account
        yield {
            "name": p.name,
            "username": account.username if account else "",
            "email": account.email if account else "",
            "active": bool(account and account.is_active),
            "suspended": bool(account and account.suspended_at),
        }


def _grant_columns() -> list[Column]:
    return [
        Column("name", _("人员")),
        Column("role", _("角色")),
        Column("scope", _("范围")),
        Column("at", _("授予时间"), Kind.DATETIME),
        Column("by", _("授予人")),
    ]


def _grant_rows(_actor: Actor, portion: Sequence[RoleGrant]) -> Iterable[Row]:
    areas = queries.area_names({g.area for g in portion if g.area})
    people = provider().names({g.granted_by.uid for g in portion if g.granted_by is not None})
    for g in portion:
        yield {
            "name": g.person.name,
            "role": word(ROLES[g.role]),
            "scope": areas.get(g.area, g.area) if g.area else _("全平台"),
            "at": g.granted_at,
            "by": people.get(g.granted_by.uid, "") if g.granted_by is not None else _("平台"),
        }


def _record_columns() -> list[Column]:
    return [
        Column("at", _("时间"), Kind.DATETIME),
        Column("what", _("事项")),
        Column("type", _("事项代码")),
        Column("subject", _("对象")),
        Column("subject_uid", _("对象编号"), width=38),
        Column("by", _("办理人")),
        Column("organisation", _("办理人单位"), width=32),
        Column("area", _("地区代码")),
        Column("seal", _("封条序号"), Kind.NUMBER),
        Column("digest", _("内容摘要值"), width=40),
        Column("uid", _("事件编号"), width=38),
    ]


def _record_rows(_actor: Actor, portion: Sequence[Event]) -> Iterable[Row]:
    employers = provider().organisation_names({e.actor_organisation for e in portion if e.actor_organisation})
    people = provider().names({e.actor_account for e in portion if e.actor_account})
    subjects = {key: str(s.label) for key, s in subject_types.items()}
    for e in portion:
        yield {
            "at": e.at,
            "what": event_word(e),
            "type": e.type,
            "subject": subjects.get(e.subject_type, e.subject_type),
            "subject_uid": str(e.subject_uid),
            "by": people.get(e.actor_account, "") if e.actor_account else _("平台"),
            "organisation": employers.get(e.actor_organisation, "") if e.actor_organisation else "",
            "area": e.area,
            "seal": e.seal.sequence if hasattr(e, "seal") else None,
            "digest": e.digest,
            "uid": str(e.uid),
        }


def _vocabulary_columns() -> list[Column]:
    return [
        Column("key", _("代码")),
        Column("label", _("词表")),
        Column("label_en", _("英文")),
        Column("size", _("在用词条"), Kind.NUMBER),
        Column("source", _("出处"), width=48),
    ]


def _vocabulary_rows(_actor: Actor, portion: Sequence[Vocabulary]) -> Iterable[Row]:
    rows = Vocabulary.objects.filter(pk__in=[v.pk for v in portion])
    in_use = Count("terms", filter=Q(terms__retired_on=None))
    sizes = dict(rows.annotate(size=in_use).values_list("pk", "size"))
    for v in portion:
        yield {"key": v.key, "label": v.label, "label_en": v.label_en, "size": sizes[v.pk], "source": v.source}


def _term_columns() -> list[Column]:
    return [
        Column("key", _("代码")),
        Column("label", _("词条")),
        Column("label_en", _("英文")),
        Column("parent", _("上级词条")),
        Column("synonyms", _("同义词"), Kind.LIST),
        Column("retired", _("停用日期"), Kind.DATE),
        Column("source", _("出处"), width=48),
    ]


def _term_rows(_actor: Actor, portion: Sequence[Term]) -> Iterable[Row]:
    _with(portion, "synonyms", "parent")
    for t in portion:
        yield {
            "key": t.key,
            "label": t.label,
            "label_en": t.label_en,
            "parent": t.parent.label if t.parent else "",
            "synonyms": [s.text for s in t.synonyms.all()],
            "retired": t.retired_on,
            "source": t.source,
        }


def _area_columns() -> list[Column]:
    return [
        Column("code", _("代码")),
        Column("name", _("名称")),
        Column("name_en", _("英文")),
        Column("parent", _("上级")),
        Column("valid_from", _("启用"), Kind.DATE),
        Column("valid_to", _("停用"), Kind.DATE),
        Column("source", _("出处"), width=48),
    ]


def _area_rows(_actor: Actor, portion: Sequence[Area]) -> Iterable[Row]:
    _with(portion, "parent")
    for a in portion:
        yield {
            "code": a.code,
            "name": a.name,
            "name_en": a.name_en,
            "parent": a.parent.name if a.parent else "",
            "valid_from": a.valid_from,
            "valid_to": a.valid_to,
            "source": a.source,
        }


def _job_columns() -> list[Column]:
    return [
        Column("task", _("任务"), width=44),
        Column("at", _("失败时间"), Kind.DATETIME),
        Column("uid", _("编号"), width=38),
        Column("traceback", _("出错详情"), width=60),
    ]


def _job_rows(_actor: Actor, portion: Sequence[Any]) -> Iterable[Row]:
    for job in portion:
        yield {"task": job.task_path, "at": job.finished_at, "uid": str(job.id), "traceback": job.traceback}


def _with(portion: Sequence[Model], *names: str) -> None:
    prefetch_related_objects(list(portion), *names)


ORGANISATIONS = register(
    Sheet("directory.organisations", gettext_lazy("单位"), _organisation_columns, _organisation_rows)
)
VERIFICATION = register(
    Sheet("directory.verification", gettext_lazy("单位核验"), _organisation_columns, _organisation_rows)
)
MEMBERS = register(Sheet("directory.members", gettext_lazy("单位人员"), _member_columns, _member_rows))
PEOPLE = register(Sheet("directory.people", gettext_lazy("人员"), _people_columns, _people_rows))
GRANTS = register(Sheet("directory.roles", gettext_lazy("授权"), _grant_columns, _grant_rows))
RECORD = register(Sheet("directory.record", gettext_lazy("操作记录"), _record_columns, _record_rows))
VOCABULARIES = register(
    Sheet("directory.vocabularies", gettext_lazy("分类词表"), _vocabulary_columns, _vocabulary_rows)
)
TERMS = register(Sheet("directory.terms", gettext_lazy("词条"), _term_columns, _term_rows))
AREAS = register(Sheet("directory.areas", gettext_lazy("地区"), _area_columns, _area_rows))
JOBS = register(Sheet("directory.jobs", gettext_lazy("失败的后台任务"), _job_columns, _job_rows))
