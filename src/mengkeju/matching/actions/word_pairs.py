"""A person judges a pair of words: accepted, its words enter the vocabularies; refused, it is not proposed again.

Nothing else brings a mined word into a search or a match: accepted words are terms like those the operator writes.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import actions as directory
from mengkeju.directory.actions.vocabularies import TermInput
from mengkeju.directory.models import Term, Vocabulary
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, lock, refuse_stale
from mengkeju.kernel.jobs import defer
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.access import Perm
from mengkeju.matching.models import WordPair
from mengkeju.matching.queries import word_pairs
from mengkeju.search.engine.text import normalise
from mengkeju.search.queries.synonyms import WORDS

TASK, KEY = "mengkeju.matching.tasks.mine_words", "matching.words"
STEPS = ("refuse", "reopen", "withdraw")


def ask_mining(*, by: Actor, now: datetime) -> None:
    """Queue a search for words in the background; asked again while it waits, it is done once."""
    del now  # the task asks the clock when it runs
    require(by, Perm.WORDS_MINE)
    with transaction.atomic():
        defer(TASK, key=KEY)


@transaction.atomic
def accept_words(pair: WordPair, *, by: Actor, now: datetime, into: str = "", revision: int | None = None) -> WordPair:
    """Its words stand for one another from now on, or the lower one counts as the upper one.

    `into`: one of `word_pairs.places`, the term a synonym enters; empty: the first of them. ValidationError when the
    vocabulary does not take it, StaleRevisionError, TransitionRefusedError.
    """
    fresh = lock(pair)
    require(by, Perm.WORDS_JUDGE, fresh)
    refuse_stale(fresh, revision)
    places = word_pairs.places(fresh)
    chosen = next((place for place in places if into in {"", place.key}), None)
    if chosen is None:
        raise ValidationError({"into": _("请从列出的词条里选一个")})
    advance(fresh, "accept", by=by, now=now, data={"words": [fresh.one, fresh.other], "into": chosen.key})
    enter = _enter_below if fresh.kind == "narrower" else _enter_same
    fresh.term, added = enter(fresh, chosen.term, by, now)
    fresh.evidence = {**fresh.evidence, "added": added}
    fresh.save(update_fields=["term", "evidence"])
    pair.refresh_from_db()
    return pair


@transaction.atomic
def move_words(
    pair: WordPair, step: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> WordPair:
    """Refuse it, consider a refused one again, or take an acceptance back: what it added leaves the vocabulary."""
    if step not in STEPS:
        raise TransitionRefusedError(_("没有“%(step)s”这一步") % {"step": step}, "unknown")
    advance(pair, step, by=by, now=now, note=note, revision=revision)
    if step == "withdraw":
        fresh = lock(pair)
        _leave(fresh, by, now)
        fresh.term = None
        fresh.evidence = {name: value for name, value in fresh.evidence.items() if name != "added"}
        fresh.save(update_fields=["term", "evidence"])
    pair.refresh_from_db()
    return pair


def _of(term: Term, **changed: Any) -> TermInput:
    """A term as it stands, with changes."""
    kept = {
        "label": term.label,
        "label_en": term.label_en,
        "source": term.source,
        "parent": term.parent.key if term.parent else "",
        "synonyms": tuple(s.text for s in term.synonyms.all()),
        "position": term.position,
    }
    return TermInput(**{**kept, **changed})


def _enter_same(pair: WordPair, term: Term | None, by: Actor, now: datetime) -> tuple[Term, dict[str, Any]]:
    words = [pair.one, pair.other]
    if term is None:
        label = max(words, key=lambda word: (not word.isascii(), len(word)))
        other = next(word for word in words if word != label)
        made = _new(label, by, now, synonyms=(other,), english=other if other.isascii() else "")
        return made, {"synonyms": [other], "new": True}
    spoken = {normalise(word) for word in word_pairs.words_of(term)}
    added = [word for word in words if normalise(word) not in spoken]
    given = _of(term, synonyms=(*(s.text for s in term.synonyms.all()), *added))
    return directory.edit_term(term, given, by=by, now=now), {"synonyms": added, "new": False}


def _enter_below(pair: WordPair, upper: Term | None, by: Actor, now: datetime) -> tuple[Term, dict[str, Any]]:
    upper = upper or _new(pair.one, by, now)
    top = upper.parent or upper  # the vocabulary has two levels
    lower = word_pairs.technical(pair.other)
    if lower is not None and lower.pk == top.pk:
        raise ValidationError(_("“%(word)s”已是上位词，不能放到自己下面") % {"word": pair.other})
    if lower is None:
        return _new(pair.other, by, now, parent=top.key), {"parent": top.key}
    if lower.parent_id == top.pk:
        return lower, {}
    if lower.parent is not None:
        text = _("“%(word)s”已在“%(upper)s”之下；要换上位词，请在“技术用语”词表里改")
        raise ValidationError(text % {"word": lower.label, "upper": lower.parent.label})
    return directory.edit_term(lower, _of(lower, parent=top.key), by=by, now=now), {"parent": top.key}


def _new(
    label: str, by: Actor, now: datetime, *, synonyms: tuple[str, ...] = (), parent: str = "", english: str = ""
) -> Term:
    """A technical word; one that was retired is offered again."""
    vocabulary = Vocabulary.objects.get(key=WORDS)
    key = "w" + hashlib.sha256(normalise(label).encode()).hexdigest()[:16]
    source = _("从公开的供需信息里找出，由系统管理员确认")
    given = TermInput(label, english or label, source, parent=parent, synonyms=synonyms)
    term = directory.add_term(vocabulary, key, given, by=by, now=now)
    if term.retired_on is not None:
        directory.retire_term(term, by=by, now=now, retired=False)
        term = directory.edit_term(Term.objects.get(pk=term.pk), given, by=by, now=now)
    return term


def _leave(pair: WordPair, by: Actor, now: datetime) -> None:
    """What the acceptance added goes; what people wrote since stays. A word left with nothing is retired."""
    term, added = pair.term, pair.evidence.get("added", {})
    if term is None:
        return
    gone = set(added.get("synonyms", ()))
    kept = tuple(s.text for s in term.synonyms.all() if s.text not in gone)
    upper = term.parent.key if term.parent else ""
    if added.get("parent") == upper:
        upper = ""
    term = directory.edit_term(term, _of(term, synonyms=kept, parent=upper), by=by, now=now)
    if added.get("new") and not kept and term.parent_id is None and not term.children.exists():
        directory.retire_term(term, by=by, now=now)
