"""The queue of diagnoses as a file."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS
from mengkeju.listings.models import Diagnosis


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("题目"), width=40),
        Column("owner", _("单位"), width=32),
        Column("area", _("所在地区")),
        Column("round", _("第几次诊断"), Kind.NUMBER),
        Column("state", _("状态"), width=14),
        Column("broker", _("经纪人")),
        Column("at", _("状态日期"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[Diagnosis]) -> Iterable[Row]:
    rows = list(portion)
    needs = queries.present_many([row.listing for row in rows], actor)
    people = provider().names({row.broker.uid for row in rows if row.broker is not None})
    for row, need in zip(rows, needs, strict=True):
        made: dict[str, Any] = {
            "number": need.number,
            "title": need.title,
            "owner": need.owner_name,
            "area": need.area_name,
            "round": row.round,
            "state": word(DIAGNOSIS.states[row.state]),
            "broker": people.get(row.broker.uid, "") if row.broker is not None else "",
            "at": row.state_at,
            "url": absolute(row.get_absolute_url()),
        }
        yield made


DIAGNOSES = register(Sheet("listings.diagnoses", gettext_lazy("需求诊断"), _columns, _rows))
