"""Models: which one is live, the others with their states, what hinders one from going live. Reads no numbers."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing
from mengkeju.matching.access import Perm
from mengkeju.matching.engine import gate, model_files, origin, structured
from mengkeju.matching.engine.origin import Origin
from mengkeju.matching.engine.outcomes import settings
from mengkeju.matching.models import MatchModel

DEFERRED = ("content", "card")


def models(actor: Actor) -> QuerySet[MatchModel]:
    """The models the actor may read, the newest first, without their files."""
    return visible_to(MatchModel.objects.order_by("-created_at", "-pk"), actor, Perm.MODEL_READ).defer(*DEFERRED)


def live() -> MatchModel | None:
    """The model that is live, without its file; None: the shipped one."""
    return MatchModel.objects.filter(state="live").defer(*DEFERRED).first()


@dataclass(frozen=True)
class InUse:
    """What matching computes with now. `hindrance`: why the live model is not used, in words; then the shipped one is.

    `model` is the live row, also when it cannot be used.
    """

    version: str
    model: MatchModel | None
    hindrance: str = ""

    @property
    def is_shipped(self) -> bool:
        """Whether the shipped model computes."""
        return self.model is None or bool(self.hindrance)


def in_use() -> InUse:
    """The model in use. One query; a process looks at a live file once."""
    model = live()
    if model is None:
        return InUse(origin.shipped().version, None)
    hindrance = _hindrance(model.uid, model.sha256)
    return InUse(origin.shipped().version if hindrance else model.version, model, hindrance)


@lru_cache(maxsize=4)
def _hindrance(uid: UUID, _sha256: str) -> str:
    """Why this program cannot use a stored file; its content never changes, nor does the program while it runs."""
    return model_files.refuse(bytes(MatchModel.objects.values_list("content", flat=True).get(uid=uid)))


def hindrances(model: MatchModel, live_version: str) -> list[str]:
    """Why a candidate may not go live by itself, in words; [] when it may."""
    unreadable = model_files.refuse(bytes(model.content))
    return [unreadable] if unreadable else gate.hindrances(model.facts, live_version, settings().gate)


def labels_of_last() -> int:
    """How many labels the last training found; 0 before the first."""
    last = MatchModel.objects.exclude(trained_at=None).order_by("-trained_at", "-pk").values_list("facts", flat=True)
    return int((last.first() or {}).get("found", 0))


def listings_there(uids: Collection[str]) -> int:
    """How many of these listings this site has."""
    wanted = sorted(uids)
    return sum(Listing.objects.filter(uid__in=wanted[at : at + 500]).count() for at in range(0, len(wanted), 500))


LEARNED_FROM = mark("本站的结果：意向、签约、暂不考虑")
BROUGHT = mark("从别的站点收下的模型文件")


def described(using: InUse) -> Origin:
    """Version, date and data of the model in use, for the page that says how proposals are made."""
    if using.is_shipped or using.model is None:
        return origin.shipped()
    day = clock.today(using.model.trained_at or using.model.created_at).isoformat()
    return Origin(using.version, day, LEARNED_FROM if using.model.trained_at else BROUGHT)


def signal_settings(using: InUse) -> structured.Settings:
    """The signals with what each weighs in the model in use.

    A model from elsewhere says its weights in its file only: those of the expert are shown.
    """
    known = structured.settings()
    learned = {} if using.is_shipped or using.model is None else using.model.facts.get("numbers", {}).get("signals", {})
    kinds = tuple(replace(k, weight=round(learned[k.key][1], 2)) if k.key in learned else k for k in known.kinds)
    return replace(known, kinds=kinds)
