"""The register of technology-transfer bodies as a file, as of its day."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db.models import CharField, DateField, QuerySet, Value, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries
from mengkeju.directory.engine.bodies import BODIES, service_words
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Organisation
from mengkeju.directory.queries import bodies as reads
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word

if TYPE_CHECKING:
    from typing import Any


def annotated(rows: QuerySet[Organisation], asked: reads.RegisterFilter) -> "QuerySet[Any]":
    """The rows with the register and the day they were asked for, which their file needs too."""
    return rows.annotate(
        as_of=Value(asked.on, output_field=DateField()), register=Value(asked.kind, output_field=CharField())
    )


def _columns() -> list[Column]:
    return [
        Column("name", _("机构"), width=36),
        Column("kind", _("类别"), width=18),
        Column("level", _("级别"), width=16),
        Column("since", _("认定日期"), Kind.DATE),
        Column("day_known", _("认定日期有记载"), Kind.YES_NO),
        Column("until", _("有效期至"), Kind.DATE),
        Column("number", _("编号"), width=18),
        Column("issued_by", _("认定单位"), width=30),
        Column("basis", _("认定依据"), width=48),
        Column("area", _("所在地")),
        Column("parent", _("上级机构"), width=30),
        Column("services", _("服务内容"), width=40),
        Column("year", _("最近一次评价年度"), Kind.NUMBER),
        Column("result", _("评价结果")),
        Column("as_of", _("截至"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: "Sequence[Any]") -> Iterable[Row]:
    """One line a body: of several levels the highest is described, all are named."""
    if not portion:
        return
    prefetch_related_objects(list(portion), "parent")
    asked = reads.RegisterFilter(portion[0].as_of, portion[0].register)
    keys = [body.pk for body in portion]
    levels, judged = reads.levels_of(actor, asked, keys), reads.latest_evaluations(actor, keys, asked.on)
    names = queries.area_names({body.area for body in portion})
    for body in portion:
        titles, evaluation = levels[body.pk], judged.get(body.pk)
        first = titles[0]
        yield {
            "name": body.name,
            "kind": word(TITLES.kinds[asked.kind]),
            "level": _("、").join(word(TITLES.levels[title.level]) for title in titles),
            "since": first.valid_from,
            "day_known": first.day_known,
            "until": first.valid_to,
            "number": first.number,
            "issued_by": first.issued_by,
            "basis": first.basis,
            "area": names.get(body.area, body.area),
            "parent": body.parent.name if body.parent else body.parent_name,
            "services": _("、").join(service_words(body.services, body.services_other)),
            "year": evaluation.year if evaluation else None,
            "result": word(BODIES.results[evaluation.result]) if evaluation else "",
            "as_of": asked.on,
            "url": absolute(body.get_absolute_url()),
        }


BODIES_SHEET = register(Sheet("directory.bodies", gettext_lazy("技术转移服务机构名录"), _columns, _rows))
