"""Simulated outcomes in the database, for the tests of models: written as rows, thousands of acts would take long.

The listings are the invented set (演示) of tests/data/matching.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.models.record import new_uid
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import models as steps
from mengkeju.matching.actions import training
from mengkeju.matching.engine import families, outcomes, protocol_files
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow
from mengkeju.matching.models import Feedback, MatchModel, Outcome, Proposal, Showing
from tests import factories
from tests.matching import world

DATA = Path(__file__).parents[1] / "data" / "matching"
AT = factories.AT
LONG_AGO = AT - timedelta(days=40)


def rows() -> tuple[list[NeedRow], list[PairRow]]:
    """The invented set."""
    needs = protocol_files.read_needs(DATA / "needs.csv")
    return needs, protocol_files.read_pairs(DATA / "pairs.csv", {need.need_id for need in needs}, labelled=True)


def shelf(some: int = 30) -> tuple[dict[str, Listing], dict[str, Listing]]:
    """The first needs by id and their achievements by title, published: copies of two that went through the actions."""
    needs, pairs = rows()
    needs = needs[:some]
    firm, institute = factories.organisation(), factories.organisation(kind="institute")
    asking = world.listing("need", needs[0].title, needs[0].content, owner=firm)
    wanted = {need.need_id for need in needs}
    titles = list(dict.fromkeys(pair.title for pair in pairs if pair.need_id in wanted and pair.title.strip()))
    offer = world.listing("achievement", titles[0], "见题目", owner=institute)
    made = _copies(asking, [(need.title, need.content) for need in needs[1:]])
    offered = _copies(offer, [(title, "见题目") for title in titles[1:]])
    return dict(zip([n.need_id for n in needs], [asking, *made], strict=True)), dict(
        zip(titles, [offer, *offered], strict=True)
    )


def _copies(one: Listing, texts: Sequence[tuple[str, str]]) -> list[Listing]:
    values = {f.attname: getattr(one, f.attname) for f in Listing._meta.concrete_fields if f.name not in {"id", "uid"}}
    made = [
        Listing(**{**values, "title": title, "summary": summary, "number": f"{one.number}-{at}"}, uid=new_uid())
        for at, (title, summary) in enumerate(texts)
    ]
    Listing.objects.bulk_create(made)
    return list(Listing.objects.filter(uid__in=[m.uid for m in made]).order_by("pk"))


def proposal(need: Listing, achievement: Listing, *, rank: int = 1, band: str = "good", p3: float = 0.5) -> Proposal:
    """A stored proposal, as the worker writes it."""
    return Proposal.objects.create(
        need=need, achievement=achievement, need_rank=rank, expected=2.5, p2=0.9, p3=p3, p4=0.05, band=band,
        reasons={}, model_version="cold-2026-11-2+signals-2026-11+bands-2026-11", computed_at=AT, created_at=AT,
        area=need.area,
    )  # fmt: skip


def say(row: Proposal, *, step: str = "", reason: str = "", by: Organisation | None = None, at: datetime = AT) -> None:
    """An outcome or a word on a proposal."""
    if step:
        Outcome.objects.get_or_create(proposal=row, step=step, defaults={"at": at})
    if reason:
        owner = by or row.need.owner
        assert owner is not None
        Feedback.objects.create(
            proposal=row, organisation=owner, reason=reason, model_version=row.model_version, given_at=at
        )


def show(row: Proposal, rank: int, *, opened: bool = False, at: datetime = AT, version: str = "") -> Showing:
    """A showing to the need's owner."""
    return Showing.objects.create(
        proposal=row, organisation=row.need.owner, rank=rank, model_version=version or row.model_version,
        day=at.date(), shown_at=at, opened_at=at if opened else None,
    )  # fmt: skip


def simulate(needs: dict[str, Listing], offers: dict[str, Listing], *, upside_down: bool = False) -> int:
    """What the people of the invented set would do: take up levels 3 and 4, set aside the rest as off direction.

    A need a day, so that the last ones are the latest. `upside_down`: the reverse of sense. Returns how many.
    """
    _needs, pairs = rows()
    count = 0
    days = {need_id: AT - timedelta(days=len(needs) - at) for at, need_id in enumerate(needs)}
    for pair in pairs:
        if pair.need_id not in needs or pair.title not in offers or pair.level is None:
            continue
        level = 5 - pair.level if upside_down else pair.level
        row = proposal(needs[pair.need_id], offers[pair.title], rank=1 + count % 10, p3=0.2 * level)
        at = days[pair.need_id]
        say(row, step={4: "signed", 3: "intention"}.get(level, "opened"), at=at)
        if level <= 2:
            say(row, reason="off_direction", at=at)
        count += 1
    return count


def patch_gate(monkeypatch: pytest.MonkeyPatch, **figures: Any) -> None:
    """Small thresholds, for small worlds."""
    known = outcomes.settings()
    small = {"least_labels": 10, "least_needs": 3, "least_held": 3, "least_held_needs": 1} | figures
    changed = replace(known, gate=replace(known.gate, **small))
    for module in ("engine.outcomes", "engine.model_workflow", "queries.models"):
        monkeypatch.setattr(f"mengkeju.matching.{module}.settings", lambda: changed)


def candidate(
    version: str = "", *, text: float = 1.0, signals: float = 1.0, facts: dict[str, Any] | None = None
) -> MatchModel:
    """A stored candidate whose weights are the shipped ones times something; it may go live unless told otherwise."""
    shipped = families.shipped()
    numbers = shipped.cold.ordinal
    made = replace(
        shipped,
        version=version or f"probe-{MatchModel.objects.count()}",
        cold=replace(shipped.cold, ordinal=replace(numbers, weights=tuple(w * text for w in numbers.weights))),
        signals={key: weight * signals for key, weight in shipped.signals.items()},
        signals_version=families.LEARNED,
    )
    good = {"log_loss": 1.0, "concordance": 0.8, "ndcg10": 0.7}
    enough = {"labels": 999, "needs": 99, "held_pairs": 99, "held_needs": 99, "measures": good,
              "live": {"version": shipped.version, "measures": good}}  # fmt: skip
    content = families.pack(made)
    model, _again = training._store(content, enough if facts is None else facts, "# 卡", by=SYSTEM, now=AT)
    return model


def live(model: MatchModel) -> None:
    """It goes live, by the platform."""
    steps.move(model, "go_live", by=SYSTEM, now=AT)
