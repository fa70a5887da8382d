"""Technology-transfer bodies: recognised, evaluated, with services and a parent."""

from dataclasses import replace
from datetime import date
from typing import Any

from mengkeju.directory import actions
from mengkeju.directory.actions import EvaluationInput, ServicesInput, TitleInput
from mengkeju.directory.models import BodyEvaluation, Organisation, Title
from tests import factories as f

RECOGNISED = TitleInput("transfer_body", "region", "演示科技厅", "演示〔2022〕8号，2022年5月1日", date(2022, 5, 1))
JUDGED = EvaluationInput(2025, "passed", "演示〔2026〕2号，2026年3月1日", date(2026, 3, 1))


def recognised(organisation: Organisation, **changes: Any) -> Title:
    """A title of the register, entered by an officer of the place."""
    by = f.actor(f.officer(organisation.area))
    return actions.grant_title(organisation, replace(RECOGNISED, **changes), by=by, now=f.AT)


def body(name: str = "青山技术转移中心（演示）", *, area: str = f.KUNDULUN, **changes: Any) -> Organisation:
    """A body of the region's level since 2022."""
    made = f.organisation(name, kind="agency", area=area)
    recognised(made, **changes)
    return made


def evaluated(organisation: Organisation, **changes: Any) -> BodyEvaluation:
    """How its year 2025 was judged; it is a body if it was none."""
    if not organisation.titles.filter(kind="transfer_body", withdrawn_at=None).exists():
        recognised(organisation)
    by = f.actor(f.officer(organisation.area))
    return actions.evaluate_body(organisation, replace(JUDGED, **changes), by=by, now=f.AT)


def serving(organisation: Organisation, **given: Any) -> Organisation:
    """What it offers, stated by its manager."""
    said = ServicesInput(**({"services": ("trade", "discovery")} | given))
    return actions.edit_services(organisation, said, by=f.actor(f.manager(organisation)), now=f.AT)
