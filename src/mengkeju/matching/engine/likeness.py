"""The similarities by name: what a page and a model file call them. Counting is in `similarity`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Similarity:
    """Name in the model file, labels on the page, and what is measured."""

    name: str
    label: str
    label_en: str
    meaning: str


SIMILARITIES = (
    Similarity("title_chars", "标题用字", "Title characters",
               "character 1–3-gram TF-IDF cosine, need title × achievement title"),
    Similarity("body_chars", "正文用字", "Text characters",
               "the same, need content × achievement title"),
    Similarity("title_latent", "标题主题", "Title topic",
               "cosine in the latent space (LSA-300), need title × achievement title"),
    Similarity("body_latent", "正文主题", "Text topic",
               "the same, need content × achievement title"),
    Similarity("whole_chars", "全文用字", "Characters of the whole",
               "character 1–3-gram cosine, title and content together × achievement title"),
    Similarity("whole_latent", "全文主题", "Topic of the whole",
               "LSA cosine, title and content together × achievement title"),
    Similarity("title_words", "标题词语", "Title words",
               "word TF-IDF cosine, need title × achievement title"),
    Similarity("body_words", "正文词语", "Text words",
               "word TF-IDF cosine, need content × achievement title"),
    Similarity("near_latent", "相近标题的主题", "Topic of the nearest titles",
               "LSA cosine, middle of the 50 titles nearest to the need × achievement title"),
    Similarity("common_run", "连续相同用字", "Common run of characters",
               "length of the longest run of characters both titles contain"),
    Similarity("rarest_word", "共有专业词", "Rarest shared word",
               "inverse document frequency of the rarest word of the whole need that the "
               "achievement title has"),
    Similarity("best_sentence", "最相近的一句", "Best sentence",
               "best character 1–3-gram cosine of a sentence of the need with the title"),
    Similarity("title_share", "标题覆盖", "Share of the need title",
               "share of the need title's n-grams (by squared IDF) found in the achievement title"),
    Similarity("title_chars_apart", "标题用字高于平常", "Title characters beyond the usual",
               "character 1–3-gram cosine of the titles, above the achievement's mean over all needs"),
    Similarity("title_latent_apart", "标题主题高于平常", "Title topic beyond the usual",
               "LSA cosine of the titles, above the achievement's mean over all needs"),
    Similarity("whole_latent_apart", "全文主题高于平常", "Topic of the whole beyond the usual",
               "LSA cosine, title and content together × achievement title, above its mean over all needs"),
)  # fmt: skip
NAMES = tuple(similarity.name for similarity in SIMILARITIES)
COSINES = NAMES[:9]
"""Counted above the need's background over achievements."""
APART = NAMES[-3:]
"""Counted above the achievement's background over needs."""
