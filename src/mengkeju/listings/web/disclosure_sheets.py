"""Requests to see closed content, and downloads, as files."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import gettext as translated
from mengkeju.listings.engine.disclosure import MODES
from mengkeju.listings.models import TIERS, AccessRequest, FileRead
from mengkeju.listings.web.disclosure_pages import badge, reader_name


def _request_columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("题目"), width=40),
        Column("asking", _("申请单位"), width=32),
        Column("owner", _("所有者"), width=32),
        Column("purpose", _("查看的用途"), width=60),
        Column("mode", _("开放方式"), width=32),
        Column("undertaking", _("接受的保密承诺")),
        Column("state", _("状态"), width=16),
        Column("at", _("状态日期"), Kind.DATE),
        Column("asked_at", _("申请时间"), Kind.DATETIME),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _request_rows(actor: Actor, portion: Sequence[AccessRequest]) -> Iterable[Row]:
    for one in portion:
        yield {
            "number": one.listing.number,
            "title": one.listing.title,
            "asking": one.organisation.name,
            "owner": one.listing.owner.name if one.listing.owner is not None else "",
            "purpose": one.purpose,
            "mode": translated(MODES[one.mode]),
            "undertaking": one.undertaking_version,
            "state": badge(one, actor)["label"],
            "at": one.state_at,
            "asked_at": one.created_at,
            "url": absolute(one.get_absolute_url()),
        }


def _download_columns() -> list[Column]:
    return [
        Column("at", _("时间"), Kind.DATETIME),
        Column("number", _("编号"), width=18),
        Column("file", _("附件"), width=40),
        Column("who", _("谁下载"), width=32),
        Column("person", _("人员（经本人同意）")),
        Column("tier", _("公开范围")),
        Column("copy", _("副本编号"), width=16),
        Column("complete", _("已下载完"), Kind.YES_NO),
    ]


def _download_rows(_actor: Actor, portion: Sequence[FileRead]) -> Iterable[Row]:
    people = provider().names({r.account for r in portion if r.account})
    for r in portion:
        yield {
            "at": r.at,
            "number": r.file.listing.number,
            "file": r.file.file.name,
            "who": reader_name(r),
            "person": people.get(r.account, "") if r.account else "",
            "tier": str(TIERS[r.file.tier]),
            "copy": r.uid.hex[-12:],
            "complete": r.complete is True,
        }


REQUESTS = register(Sheet("listings.access_requests", gettext_lazy("查看申请"), _request_columns, _request_rows))
DOWNLOADS = register(Sheet("listings.downloads", gettext_lazy("受限附件的下载"), _download_columns, _download_rows))
