"""Chinese text as the engines see it: folding, words with offsets, character n-grams, synonyms.

Everything here works on plain strings and knows nothing of the index or the database. Offsets
always count characters of the text **as the caller gave it**, so a page can mark a hit in what
the reader sees although the comparison ran on the folded form.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import category, normalize

from rjieba import Jieba

MAX_GRAM = 3
_SENTENCE_ENDS = frozenset("。！？；!?;\n\r")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its folded text and its place [start, end) in the original text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `origin[i]` is the original position that folded character i came from."""

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original [start, end) behind a non-empty folded range."""
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    if category(char) == "Cs":  # a lone surrogate cannot be passed on as UTF-8
        return _REPLACEMENT
    return normalize("NFKC", char).casefold()


def fold(text: str) -> Folded:
    """Bring width and case to one form (Ａ → a, ㎏ → kg), keeping the way back to the original.

    Characters are folded one by one, so a sequence with combining marks is not composed.
    """
    parts = [_fold_char(char) for char in text]
    folded = "".join(parts)
    if len(folded) == len(parts) and all(parts):
        return Folded(folded, range(len(folded)))
    return Folded(folded, [index for index, part in enumerate(parts) for _ in part])


def normalise(text: str) -> str:
    """The folded text alone, with runs of blanks made one blank and the ends trimmed."""
    return " ".join(fold(text).text.split())


_normalised = lru_cache(maxsize=8192)(normalise)  # words of the vocabularies, asked again for every text


def is_wordy(text: str) -> bool:
    """Whether a token holds anything but blanks, marks and punctuation."""
    return any(char.isalnum() for char in text)


@cache
def stop_words() -> frozenset[str]:
    """Words too common to say what a text is about, from `stop_words.txt` (folded)."""
    lines = files(__package__).joinpath("stop_words.txt").read_text("utf-8").splitlines()
    return frozenset(normalise(line) for line in lines if line and not line.startswith("#"))


class Tokeniser:
    """Search-mode words: a long word comes with the shorter words inside it.

    `user_words` (cluster names, product terms) are kept whole wherever they occur. A tokeniser
    with the same words should be made once and shared: loading the dictionary takes about 0.1 s.
    """

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        """`user_words` are folded first; blank ones are left out."""
        self._jieba = Jieba()
        for word in user_words:
            folded = normalise(word)
            if folded:
                self._jieba.add_word(folded, None, None)

    def tokens(self, text: str, *, keep_stop_words: bool = False) -> list[Token]:
        """Words of `text` in reading order, without punctuation; repeated words stay repeated."""
        folded = fold(text)
        stops = frozenset[str]() if keep_stop_words else stop_words()
        return [
            Token(word, *folded.span(start, end))
            for word, start, end in self._jieba.tokenize(folded.text, "search")
            if word not in stops and is_wordy(word)
        ]

    def words(self, text: str) -> list[str]:
        """The same words without their places: the form the vector and BM25 models count."""
        stops = stop_words()
        return [word for word in self._jieba.cut_for_search(fold(text).text) if word not in stops and is_wordy(word)]


@cache
def default_tokeniser() -> Tokeniser:
    """The tokeniser without user words, made at first use and shared."""
    return Tokeniser()


def _runs(text: str) -> Iterator[str]:
    """Unbroken stretches of letters, digits and characters of the folded text."""
    return iter("".join(char if char.isalnum() else " " for char in fold(text).text).split())


def char_ngrams(text: str, low: int = 1, high: int = MAX_GRAM) -> list[str]:
    """All character n-grams of length low…high, in no n-gram crossing a blank or punctuation."""
    grams: list[str] = []
    for run in _runs(text):
        for size in range(low, high + 1):
            grams.extend(run[start : start + size] for start in range(len(run) - size + 1))
    return grams


def bigrams(text: str) -> list[str]:
    """Character bigrams in reading order; a stretch of a single character gives that character.

    The index keeps them beside the words so that a term the dictionary cuts wrongly (a rare
    material, a firm's name) is still found.
    """
    found: list[str] = []
    for run in _runs(text):
        found.extend(run[i : i + 2] for i in range(len(run) - 1))
        if len(run) == 1:
            found.append(run)
    return found


def sentences(text: str, *, shortest: int = 4) -> list[tuple[int, int]]:
    """[start, end) of each sentence of the original text, trimmed, at least `shortest` long."""
    spans: list[tuple[int, int]] = []
    start = 0
    for index, char in enumerate(text + "\n"):
        if char in _SENTENCE_ENDS:
            left, right = start, index
            while left < right and text[left].isspace():
                left += 1
            while right > left and text[right - 1].isspace():
                right -= 1
            if right - left >= shortest:
                spans.append((left, right))
            start = index + 1
    return spans


def expand(text: str, groups: Iterable[Sequence[str]]) -> list[str]:
    """Synonyms for what `text` mentions: the other members of every group with a member in it.

    `groups` are sets of words for one thing (e.g. a cluster's label and synonyms). The answer is
    folded, without repetition, in the order of the groups, and never contains what is there.
    """
    folded = normalise(text)
    added: dict[str, None] = {}
    for group in groups:
        members = [member for word in group if (member := _normalised(word))]
        if any(member in folded for member in members):
            added.update(dict.fromkeys(m for m in members if m not in folded))
    return list(added)
