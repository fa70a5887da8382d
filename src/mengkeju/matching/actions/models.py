"""Models change state: go live, go back, are refused. One at a time; the shelf waits to be matched again after it.

Nothing here computes: what a model is worth was measured when it was trained or compared (`training`).
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, lock
from mengkeju.kernel.jobs import defer
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.access import Perm
from mengkeju.matching.actions import waiting
from mengkeju.matching.engine import model_files
from mengkeju.matching.models import MatchModel
from mengkeju.matching.queries import models as known

TRAIN, COMPARE = "mengkeju.matching.tasks.train", "mengkeju.matching.tasks.compare"
TRAINING = "matching.train"
TO_LIVE = frozenset({"go_live", "confirm_override", "roll_back"})
STEPS = (*sorted(TO_LIVE), "ask_override", "drop_override", "refuse", "retire")
"""What people do; `replace` follows from another model going live."""


def move(
    model: MatchModel, step: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Event:
    """One step of the workflow. Going live replaces the live model and everything published is matched again.

    Raises RefusedError, StaleRevisionError, TransitionRefusedError (also when another operator was quicker).
    """
    if step not in STEPS:
        raise TransitionRefusedError(_("没有“%(step)s”这一步") % {"step": step}, "unknown")
    act = _go_live if step in TO_LIVE else _plain
    try:
        with transaction.atomic():
            return act(model, step, by=by, now=now, note=note, revision=revision)
    except IntegrityError as error:  # the constraint that one is live; the locks below make it a last resort
        raise TransitionRefusedError(_("另一位操作员刚刚让另一个模型上线了，请看过再办"), "raced") from error


def _plain(model: MatchModel, step: str, *, by: Actor, now: datetime, note: str, revision: int | None) -> Event:
    event = advance(model, step, by=by, now=now, note=note, revision=revision)
    if step == "retire":
        waiting.match_again(now=now)
    return event


def _go_live(model: MatchModel, step: str, *, by: Actor, now: datetime, note: str, revision: int | None) -> Event:
    # All rows in one order: of two operators the second sees what the first has done.
    list(MatchModel.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    before = known.in_use()
    fresh = lock(model)
    if before.model is not None and before.model.pk != fresh.pk:
        require(by, Perm.MODEL_ACTIVATE, before.model)
        advance(before.model, "replace", by=by, now=now, data={"by": fresh.version})
    event = advance(model, step, by=by, now=now, note=note, revision=revision, data={"live": before.version})
    waiting.match_again(now=now)
    return event


def ask_training(family: str = model_files.FAMILIES[0], *, by: Actor, now: datetime) -> None:
    """Queue the training of a candidate in the background; asked again while it waits, it is done once.

    TransitionRefusedError for a family this program does not know or lacks the library for.
    """
    del now  # the task asks the clock when it runs
    require(by, Perm.MODEL_TRAIN)
    if family not in model_files.FAMILIES:
        raise TransitionRefusedError(_("没有“%(family)s”这一类模型") % {"family": family}, "unknown")
    lacking = model_files.lacking(family)
    if lacking:
        raise TransitionRefusedError(lacking, "lacking")
    with transaction.atomic():
        defer(TRAIN, family, key=TRAINING if family == model_files.FAMILIES[0] else f"{TRAINING}:{family}")


def ask_comparison(model: MatchModel, *, by: Actor, now: datetime) -> None:
    """Queue the comparison of a candidate with the model that is live now."""
    del now
    require(by, Perm.MODEL_TRAIN, model)
    if model.state != "candidate":
        raise TransitionRefusedError(_("只有候选模型可以重新比较"), "wrong_state")
    with transaction.atomic():
        defer(COMPARE, str(model.uid), key=f"matching.compare:{model.uid}")
