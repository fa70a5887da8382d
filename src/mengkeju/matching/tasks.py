"""Background work of matching. All of it may run twice."""

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute, deeper, mining, rerank, training, vectors
from mengkeju.matching.engine import families
from mengkeju.matching.engine.protocol_files import ProtocolError
from mengkeju.matching.models import MatchModel


@task()
def compute_waiting() -> str:
    """Match the listings that wait."""
    return f"匹配了 {compute.compute_waiting(now=clock.now())} 条"


@task()
def prune_showings() -> str:
    """Delete showings older than a year."""
    return f"删除了 {actions.prune_showings(now=clock.now())} 条展示记录"


@task()
def share_judgement(uid: str) -> str:
    """Search a judged list deeper if it lost too many, and let the judgement teach the lists of near-duplicates."""
    listing = Listing.objects.filter(uid=uid).first()
    if listing is None:
        return "没有这一条"
    added = deeper.deepen(listing, now=clock.now())
    alike = vectors.link(listing)
    for other in Listing.objects.filter(pk__in=alike):
        rerank.rerank(other)
        added += deeper.deepen(other, now=clock.now())
    return f"调整了 {len(alike)} 条相近的清单，补充了 {added} 项"


@task()
def train(family: str = families.COLD) -> str:
    """Train a candidate model: an operator asked for it."""
    try:
        return _said(training.train(by=SYSTEM, now=clock.now(), family=family))
    except ProtocolError as error:  # the worker's installation lacks what the web's has
        return str(error)


@task()
def train_when_due() -> str:
    """Train candidates when enough new labels came. None goes live by itself."""
    made = training.train_when_due(by=SYSTEM, now=clock.now())
    return "。".join(map(_said, made)) or "新的标注还不够，没有训练"


def _said(made: training.Trained) -> str:
    if made.model is None:
        few = bool(made.facts["labels"])
        return "供需对太少，训练不出完整模型" if few else "没有可用的标注，没有训练出模型"
    ready = "达到上线的条件" if not made.hindrances else f"还不能上线：{'；'.join(made.hindrances)}"
    return f"{'与已有的相同：' if made.again else '训练出候选 '}{made.version}，{ready}"


@task()
def compare(uid: str) -> str:
    """Measure a candidate beside the model that is live now."""
    model = MatchModel.objects.filter(uid=uid, state="candidate").first()
    if model is None:
        return "这个模型已不是候选，没有比较"
    try:
        found = training.compare(model, by=SYSTEM, now=clock.now())
    except TransitionRefusedError as refused:  # somebody was quicker
        return refused.reason
    return "；".join(found) or "达到上线的条件"


@task()
def mine_words() -> str:
    """Look for words that mean the same, and for upper and lower terms, in what is published."""
    made = mining.mine_words(by=SYSTEM, now=clock.now())
    return f"读了 {made.texts} 条公开信息，找到 {made.found} 对词，其中新的 {made.new} 对"
