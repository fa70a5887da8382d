"""Whether a model may go live: enough labels, and not worse than the live one where neither was trained."""

from collections.abc import Mapping
from typing import Any

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.matching.engine.outcomes import Gate

MEASURES = {
    "log_loss": mark("对数损失"),
    "concordance": mark("认可的排在否定的之前"),
    "ndcg10": mark("前十的排序（nDCG@10）"),
    "score": mark("1/(1+平均绝对误差)"),
    "calibration": mark("校准误差"),
}
"""What is measured on the held-back slice; those with a margin decide."""
LOWER_IS_BETTER = frozenset({"log_loss", "calibration"})
FULL = "full"
ROOM = 1e-9  # two sums of the same numbers in another order are no difference


def least_labels(facts: Mapping[str, Any], gate: Gate) -> int:
    """How many labels the model's family needs."""
    return gate.least_full if facts.get("family") == FULL else gate.least_labels


def missing(facts: Mapping[str, Any], gate: Gate) -> list[str]:
    """What there is too little of, in words with the numbers. `facts` as the trainer counts them."""
    wanted = (
        ("labels", least_labels(facts, gate), _("可用的标注 %(there)s 个，至少要 %(needed)s 个")),
        ("needs", gate.least_needs, _("有标注的需求 %(there)s 项，至少要 %(needed)s 项")),
        ("held_pairs", gate.least_held, _("留出检验的供需对 %(there)s 个，至少要 %(needed)s 个")),
        ("held_needs", gate.least_held_needs, _("留出检验的需求 %(there)s 项，至少要 %(needed)s 项")),
    )
    return [
        pattern % {"there": int(facts.get(key, 0)), "needed": needed}
        for key, needed, pattern in wanted
        if facts.get(key, 0) < needed
    ]


def worse(
    candidate: Mapping[str, float | None], live: Mapping[str, float | None], margins: Mapping[str, float]
) -> list[str]:
    """The deciding measures by which the candidate is worse than the live model, in words."""
    found = []
    for key, margin in margins.items():
        mine, theirs = candidate.get(key), live.get(key)
        if theirs is None:
            continue
        if mine is None:
            found.append(_("“%(measure)s”没有量出来") % {"measure": _(MEASURES[key])})
            continue
        loss = mine - theirs if key in LOWER_IS_BETTER else theirs - mine
        if loss > margin + ROOM:
            said = {"measure": _(MEASURES[key]), "mine": f"{mine:.4f}", "theirs": f"{theirs:.4f}", "margin": margin}
            found.append(_("“%(measure)s”是 %(mine)s，现行模型是 %(theirs)s，差过了 %(margin)s") % said)
    return found


def hindrances(facts: Mapping[str, Any], live: str, gate: Gate) -> list[str]:
    """Why a model may not go live by itself, in words; [] when it may. `live`: the version that is live now."""
    found = missing(facts, gate)
    against = facts.get("live", {})
    if not facts.get("measures"):
        found.append(_("还没有在留出的需求上与现行模型比较过"))
    elif against.get("version") != live:
        said = {"then": against.get("version", ""), "now": live}
        found.append(_("当时是与 %(then)s 比较的，现行的已经是 %(now)s，请重新比较") % said)
    else:
        found += worse(facts["measures"], against.get("measures", {}), gate.margins)
    return found
