"""The model card of the cold model: numbers about the fit, never its texts or labels."""

from collections import Counter
from collections.abc import Mapping, Sequence

from mengkeju.matching.engine.cold import ColdModel
from mengkeju.matching.engine.likeness import SIMILARITIES
from mengkeju.matching.engine.metrics import shown
from mengkeju.matching.engine.protocol import Evaluation
from mengkeju.matching.engine.protocol_files import PairRow

_MEASURES = {
    "contest_score": "1/(1+MAE)",
    "macro_f1": "macro-F1",
    "concordance": "level 4 outranks level 1 (same need)",
    "ndcg10": "nDCG@10",
}


def write(
    model: ColdModel,
    pairs: Sequence[PairRow],
    scores: Mapping[str, Evaluation],
    recall: Mapping[int, float],
) -> str:
    """The card in Markdown. `scores` by split name, `recall` by depth."""
    lines = [
        *_head(model, pairs, next(iter(scores.values()))),
        "| measure | " + " | ".join(scores) + " |",
        "|---|" + "---|" * len(scores),
    ]
    for name, label in _MEASURES.items():
        row = [shown(score.measures[name]) for score in scores.values()]
        lines.append(f"| {label} | " + " | ".join(row) + " |")
    lines += [
        "",
        "Share of known level ≥ 3 titles found (four retrievers, ranks fused, out-of-fold order):",
        "",
    ]
    lines += [f"- in the first {depth}: {share:.3f}" for depth, share in recall.items()]
    lines += ["", "## Coefficients", "", "| similarity | mean | scale | weight (log-odds) | what it is |",
              "|---|---|---|---|---|"]  # fmt: skip
    fitted = model.ordinal
    for at, kind in enumerate(SIMILARITIES):
        numbers = f"{fitted.means[at]:.4f} | {fitted.scales[at]:.4f} | {fitted.weights[at]:+.4f}"
        lines.append(f"| {kind.label} `{kind.name}` | {numbers} | {kind.meaning} |")
    lines += ["", "Cuts: " + ", ".join(f"{cut:.4f}" for cut in fitted.cuts), "", *_LIMITS]
    return "\n".join(lines) + "\n"


def _head(model: ColdModel, pairs: Sequence[PairRow], some: Evaluation) -> list[str]:
    """Title, data, size and how the scores below were taken."""
    counts = Counter(pair.level for pair in pairs)
    titled = [pair for pair in pairs if pair.title.strip()]
    size = (
        f"- Size: {len(pairs)} labelled pairs ({len(pairs) - len(titled)} without a title), "
        f"{some.needs} needs in {some.clusters} clusters, "
        f"{len({pair.title for pair in titled})} distinct titles"
    )
    command = (
        f"- Command: `mengkeju fit-cold NEEDS.csv PAIRS.csv --date {model.fitted_on} "
        f"--version {model.version} --source … --out cold.json --card CARD.md`"
    )
    return [
        f"# Model card: {model.version}",
        "",
        "Cumulative logistic regression on sixteen text similarities of a need and an achievement",
        "title. Written by `mengkeju fit-cold`; do not edit by hand.",
        "",
        f"- Fitted on: {model.fitted_on}",
        f"- Data: {model.source or 'not stated'}",
        size,
        "- Levels: " + ", ".join(f"{level}: {counts[level]}" for level in (1, 2, 3, 4)),
        command,
        "- Contains coefficients only. No title, text or label of the data is in this project.",
        "",
        "## Cross-validated scores",
        "5 folds × 4 seeds, refitted on the training folds; 95 % intervals over need clusters.",
        "Document frequencies and latent directions see all texts, no labels (transductive).",
        "`cluster` is a new need without any label (what the platform meets); `pair` is warm.",
        "",
    ]


_LIMITS = (
    "## Limits",
    "- Fitted on achievement titles from one national platform; other texts may score differently.",
    "- Two professionals gave the same level in 65 % of repeated cases: no model can be surer.",
    "- Similarities overlap: a weight of zero means that others already say it, not that it is useless.",
    "- The structured signals (field, budget …) have expert weights of their own and are not fitted.",
)
