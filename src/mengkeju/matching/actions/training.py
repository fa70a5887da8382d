"""Training a candidate on the site's own outcomes, and measuring it beside the live model where neither was trained.

For the worker and the command line: it computes. A candidate never goes live by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import actions as kernel
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.access import Perm
from mengkeju.matching.actions import examples, live
from mengkeju.matching.engine import (
    families,
    full_train,
    gate,
    heldout,
    learning,
    model_files,
    outcomes,
    protocol,
    site_card,
    structured,
)
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.families import Model
from mengkeju.matching.engine.full import require_library
from mengkeju.matching.engine.full_train import Taught
from mengkeju.matching.engine.learning import Numbers
from mengkeju.matching.engine.outcomes import Label, Settings
from mengkeju.matching.engine.protocol_files import NeedRow
from mengkeju.matching.models import MatchModel
from mengkeju.matching.queries import models as known
from mengkeju.matching.queries import outcomes as record

FACTS_SCHEMA, FACTS_VERSION = "matching.model_facts", 1
WEAK = frozenset({"opened", outcomes.SUITS_OWN})
"""Labels of these sources train, weakly, but do not count towards “enough”."""


@dataclass(frozen=True)
class Trained:
    """What training gave.

    `model` is None after a dry run or when there was nothing to train on; `hindrances` say why it may not go live
    by itself. `again`: the same numbers were stored before.
    """

    model: MatchModel | None
    version: str
    facts: Mapping[str, Any]
    card: str
    hindrances: tuple[str, ...]
    again: bool = False


def train(
    *, by: Actor, now: datetime, store: bool = True, settings: Settings | None = None, family: str = families.COLD
) -> Trained:
    """Train on all outcomes but those of the latest needs, compare there with the live model, store a candidate.

    Deterministic: the same record gives the same numbers, and the same numbers are stored once. `family` `full` learns
    judged pairs and trees on top of the weights. ProtocolError when it lacks LightGBM.
    """
    require(by, Perm.MODEL_TRAIN)
    if family == families.FULL:
        require_library()
    settings = settings or outcomes.settings()
    start, using = families.shipped(), live.in_use()
    labels = outcomes.labels(record.histories(), today=clock.today(now), rules=settings.rules)
    corpus = examples.corpus_for(labels, start.cold)
    usable = examples.known(labels, corpus)
    held = _held_back(usable, corpus, settings)
    facts = _counted(labels, usable, held, settings)
    facts["family"] = family
    kept = [x for x, out in zip(usable, held, strict=True) if not out]
    made, learned = _learn(start, kept, corpus, settings, facts)
    if family == families.FULL:
        made = _learn_full(made, kept, corpus, settings, facts)
    test = _tested(usable, held)
    facts |= compared(made, using, test, corpus)
    facts["numbers"] = _numbers_told(start, learned)
    version = _free_version(now, family)
    made = replace(made, version=version)
    hindrances = tuple(gate.hindrances(facts, using.version, settings.gate))
    card = site_card.write(version, facts, clock.today(now).isoformat(), hindrances, settings)
    if not store or not facts["labels"] or (family == families.FULL and made.full is None):
        return Trained(None, version, facts, card, hindrances)
    stored, again = _store(families.pack(made), facts, card, by=by, now=now)
    return Trained(stored, stored.version, facts, card, hindrances, again)


def _held_back(labels: Sequence[Label], corpus: Corpus, settings: Settings) -> list[bool]:
    needs = examples.needs_of(labels, corpus)
    if not needs:
        return []
    numbers = protocol.clusters([NeedRow(need.id, need.title, need.body) for need in needs])
    clusters = {need.id: int(number) for need, number in zip(needs, numbers, strict=True)}
    return heldout.latest(labels, clusters, settings.held_share)


def _tested(labels: Sequence[Label], held: Sequence[bool]) -> list[Label]:
    """What models are measured on: what speaks of the whole pair, but no supplier's word for what is his own."""
    return [x for x, out in zip(labels, held, strict=True) if out and not x.teaches and x.source != outcomes.SUITS_OWN]


def _counted(
    labels: Sequence[Label], usable: Sequence[Label], held: Sequence[bool], settings: Settings
) -> dict[str, Any]:
    """What there is to learn from; the gate and the card read it."""
    said = [x for x in usable if x.source not in WEAK]
    test = _tested(usable, held)
    return {
        "schema": FACTS_SCHEMA,
        "version": FACTS_VERSION,
        "settings": settings.version,
        "sources": outcomes.counts(usable),
        "unreadable": len(labels) - len(usable),
        "found": sum(x.source not in WEAK for x in labels),
        "labels": len(said),
        "needs": len({x.need for x in said}),
        "held_pairs": len(test),
        "held_needs": len({x.need for x in test}),
        "held": sorted({x.need for x, out in zip(usable, held, strict=True) if out}),
        "held_from": min((x.on.isoformat() for x in test), default=""),
    }


def _learn(
    start: Model, labels: Sequence[Label], corpus: Corpus, settings: Settings, facts: dict[str, Any]
) -> tuple[Model, Numbers]:
    """The model learned from the labels that were not held back."""
    pull = learning.propensities(record.seen(), settings.position)
    facts["position"] = [round(float(p), 4) for p in pull[:10]] if (pull != 1).any() else []
    rows = examples.build(labels, corpus, start.cold)
    rows = replace(rows, weights=learning.weigh(labels, pull, settings.position))
    found = learning.fit(examples.numbers_of(start), rows, model_files.signal_keys(), settings)
    numbers = replace(
        start.cold.ordinal,
        weights=tuple(found.text.tolist()),
        cuts=(float(found.cuts[0]), float(found.cuts[1]), float(found.cuts[2])),
    )
    weights = dict(zip(model_files.signal_keys(), found.signals.tolist(), strict=True))
    made = Model("", "cold", replace(start.cold, ordinal=numbers), weights, families.LEARNED)
    return made, found


def _learn_full(
    made: Model, labels: Sequence[Label], corpus: Corpus, settings: Settings, facts: dict[str, Any]
) -> Model:
    """The same model with judged pairs and trees on top; as it is when there are too few pairs for any."""
    pull = learning.propensities(record.seen(), settings.position)
    counts = learning.weigh(labels, pull, settings.position)
    chosen = full_train.latest(labels, settings.full.most_pairs)
    taught = [labels[at] for at in chosen]
    rows, (left, right) = examples.build(taught, corpus, made.cold), examples.places(taught, corpus)
    facts["full"] = {"pairs": len(taught), "needs": len({x.need for x in taught})}
    if not full_train.enough(rows.levels):
        return made
    limit, weights = structured.settings().limit, examples.numbers_of(made).signals
    added = np.clip(rows.signals @ weights, -limit, limit)
    pairs = Taught(left.astype(np.int64), right.astype(np.int64), rows.levels, counts[chosen], added)
    stored = full_train.fit(corpus, pairs, made.cold.ordinal)
    facts["full"] |= {"achievements": len(stored.achievements), "gain": dict(full_train.gains(stored))}
    return replace(made, family=families.FULL, full=stored)


def compared(made: Model, using: Model, labels: Sequence[Label], corpus: Corpus) -> dict[str, Any]:
    """The measures of a model and of the live one on the same labels."""
    if not labels:
        return {"measures": {}, "live": {"version": using.version, "measures": {}}}
    return {
        "measures": _measured(made, labels, corpus),
        "live": {"version": using.version, "measures": _measured(using, labels, corpus)},
    }


def _measured(model: Model, labels: Sequence[Label], corpus: Corpus) -> dict[str, float | None]:
    if model.cold.reference != corpus.reference:  # fitted against another background: it needs its own
        corpus = examples.corpus_for(labels, model.cold)
    chances = examples.chances(labels, corpus, model)
    return {key: None if value is None else round(value, 6) for key, value in heldout.measure(labels, chances).items()}


def _numbers_told(start: Model, learned: Numbers) -> dict[str, Any]:
    """Each learned number beside the one it started from, for the card and the page."""
    before = examples.numbers_of(start)

    def beside(names: Sequence[str], old: Any, new: Any) -> dict[str, list[float]]:
        return {name: [round(float(a), 4), round(float(b), 4)] for name, a, b in zip(names, old, new, strict=True)}

    return {
        "text": beside(start.cold.ordinal.names, before.text, learned.text),
        "signals": beside(model_files.signal_keys(), before.signals, learned.signals),
        "cuts": beside(("2", "3", "4"), before.cuts, learned.cuts),
    }


def _free_version(now: datetime, family: str) -> str:
    """“site-2026-11-21”, “site-2026-11-21-full”, with a number from the second of a day on."""
    day = f"site-{clock.today(now).isoformat()}" + (f"-{family}" if family != families.COLD else "")
    taken = set(MatchModel.objects.filter(version__startswith=day).values_list("version", flat=True))
    return next(name for name in (day, *(f"{day}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


@transaction.atomic
def _store(
    content: bytes, facts: dict[str, Any], card: str, *, by: Actor, now: datetime, trained: bool = True
) -> tuple[MatchModel, bool]:
    """A candidate. The same numbers that wait, live or were replaced are the model that is there already."""
    head, body = model_files.read(content)
    digests = model_files.digest(content), model_files.digest(body)
    same = MatchModel.objects.filter(body_sha256=digests[1]).exclude(state="refused").first()
    if same is not None:
        return same, True
    model = MatchModel(
        version=head.version, family=head.family, engine=head.engine, content=content, sha256=digests[0],
        body_sha256=digests[1], facts=facts, card=card, trained_at=now if trained else None,
    )  # fmt: skip
    told = {"version": head.version, "sha256": digests[0], "labels": facts.get("labels", 0)}
    return kernel.begin(model, by=by, now=now, payload=told), False


def compare(model: MatchModel, *, by: Actor, now: datetime, settings: Settings | None = None) -> list[str]:
    """Measure a candidate anew beside the model that is live now; returns what hinders it from going live.

    On the needs that were held back when it was trained; a model from elsewhere on those that would be today.
    """
    require(by, Perm.MODEL_TRAIN, model)
    settings = settings or outcomes.settings()
    mine, using = live.load(model), live.in_use()
    labels = outcomes.labels(record.histories(), today=clock.today(now), rules=settings.rules)
    corpus = examples.corpus_for(labels, families.shipped().cold)
    usable = examples.known(labels, corpus)
    kept = set(model.facts.get("held", ()))
    held = [x.need in kept for x in usable] if kept else _held_back(usable, corpus, settings)
    test = _tested(usable, held)
    fresh = _counted(labels, usable, held, settings) if not kept else {}
    facts = {**model.facts, **fresh, **compared(mine, using, test, corpus)}
    hindrances = gate.hindrances(facts, using.version, settings.gate)
    card = site_card.write(model.version, facts, clock.today(now).isoformat(), hindrances, settings)
    with transaction.atomic():
        row = kernel.lock(model)
        if row.state != "candidate":
            raise TransitionRefusedError(_("只有候选模型可以重新比较"), "wrong_state")
        row.facts, row.card, row.revision = facts, card, row.revision + 1
        row.save(update_fields=["facts", "card", "revision"])
        audit.record("match_model.compared", row, by=by, now=now, payload={"live": using.version})
    return hindrances


def bring(content: bytes, *, by: Actor, now: datetime) -> MatchModel:
    """Store a model file from elsewhere as a candidate and compare it. ModelFileError when it cannot be used.

    The same file a second time is the model that is there.
    """
    require(by, Perm.MODEL_TRAIN)
    made = families.load(content)
    _belongs_here(made)
    if MatchModel.objects.filter(version=made.version).exclude(sha256=model_files.digest(content)).exists():
        raise model_files.ModelFileError(_("已有另一个叫“%(version)s”的模型，内容不同") % {"version": made.version})
    facts = {"schema": FACTS_SCHEMA, "version": FACTS_VERSION, "labels": 0}
    model, again = _store(content, facts, "", by=by, now=now, trained=False)
    if not again:
        compare(model, by=by, now=now)
        model.refresh_from_db()
    return model


def _belongs_here(made: Model) -> None:
    """ModelFileError for a full model of another site: it knows judged pairs by the ids of their listings."""
    if made.full is None:
        return
    there = known.listings_there({*made.full.needs, *made.full.achievements})
    if 2 * there < len(made.full.needs) + len(made.full.achievements):
        raise model_files.ModelFileError(_("完整模型只在训练它的站点上有用：它记的供需对，这里多半没有。请在本站训练"))


def train_when_due(*, by: Actor, now: datetime) -> tuple[Trained, ...]:
    """Train candidates when enough labels came since the last training and there are enough in all; else none.

    The full model too, where there are as many labels as it needs and LightGBM is installed.
    """
    settings = outcomes.settings()
    labels = outcomes.labels(record.histories(), today=clock.today(now), rules=settings.rules)
    said = sum(label.source not in WEAK for label in labels)
    if said < settings.gate.least_labels or said - known.labels_of_last() < settings.gate.retrain_from:
        return ()
    chosen = [families.COLD]
    if said >= settings.gate.least_full and not model_files.lacking(families.FULL):
        chosen.append(families.FULL)
    return tuple(train(by=by, now=now, family=family) for family in chosen)
