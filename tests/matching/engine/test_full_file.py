"""A full model as a file: it comes back as it was, and what does not fit is refused in words."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mengkeju.matching.engine import families, full_file, model_files
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.model_files import ModelFileError
from tests.matching.engine.full_for_tests import Fitted, fitted


@pytest.fixture(scope="module")
def made() -> Fitted:
    return fitted()


@pytest.fixture(scope="module")
def content(made: Fitted) -> bytes:
    return families.pack(made.model)


def changed(content: bytes, **values: Any) -> bytes:
    """The file with other values in its part `full`, and the digest that goes with them."""
    head, body = model_files.read(content)
    data = json.loads(body)
    data["full"] |= values
    return model_files.pack(head.family, head.version, json.dumps(data).encode())


@pytest.mark.covers("NED-08")
def test_a_model_read_back_ranks_as_before(made: Fitted, content: bytes) -> None:
    again = families.load(content)
    assert (again.family, again.version) == (families.FULL, "probe")
    assert families.pack(again) == content
    need = made.corpus.shelves[Side.NEED].documents[2]
    today = date(2026, 11, 21)
    one, two = (
        families.ranker(made.corpus, m, judged=made.judged()).rank(need, today=today) for m in (made.model, again)
    )
    assert [r.id for r in one] == [r.id for r in two]
    for before, after in zip(one, two, strict=True):
        assert after.probabilities == pytest.approx(before.probabilities, abs=1e-9)


def test_no_text_is_in_the_file_and_no_pickle(made: Fitted, content: bytes) -> None:
    head, _newline, body = content.partition(b"\n")
    assert json.loads(head)["family"] == "full"
    assert isinstance(json.loads(body), dict)
    bodies = [d.body for d in made.documents.values() if len(d.body) > 10]
    assert bodies
    assert not any(text in body.decode() for text in bodies)


def test_what_does_not_fit_is_refused_in_words(made: Fitted, content: bytes) -> None:
    told = json.loads(model_files.read(content)[1])["full"]
    for values, words in (
        ({"reads": told["reads"][1:]}, "特征与本程序不一致"),
        ({"left": told["weights"]}, "对不上|读不出来"),
        ({"needs": told["needs"][:-1]}, "对不上"),
        ({"cuts": [0.0]}, "对不上|读不出来"),
        ({"cuts": [0.0, float("nan"), 1.0]}, "无效的数"),
        ({"spread": [0.0] * len(told["spread"])}, "无效的数"),
        ({"share": 7}, "无效的数"),
        ({"levels": {"type": "<i1", "data": "!!"}}, "读不出来"),
        ({"levels": {"type": "<i1", "data": "AAAA"}}, "解不开"),
        ({"trees": {"warm": full_file._squeeze([["rubbish"]] * 3), "cold": told["trees"]["cold"]}}, "提升树读不出来"),
        ({"trees": {"warm": full_file._squeeze([]), "cold": told["trees"]["cold"]}}, "对不上"),
        ({"trees": {"warm": told["trees"]["cold"], "cold": told["trees"]["cold"]}}, "特征与本程序不一致"),
    ):
        with pytest.raises(ModelFileError, match=words):
            families.load(changed(content, **values))
    assert families.refuse(content) == ""


def test_a_packed_bomb_is_not_unpacked(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_file, "MOST_UNPACKED", 100)
    assert "解不开" in families.refuse(content)


def test_without_the_library_the_first_line_says_what_is_lacking(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "find_spec", lambda _name: None)
    for refusal in (model_files.refuse(content), families.refuse(content), model_files.lacking("full")):
        assert "lightgbm" in refusal
        assert "mengkeju[learning]" in refusal
    assert model_files.lacking("cold") == ""


def test_a_model_without_trees_is_no_file(made: Fitted) -> None:
    stored = made.model.full
    assert stored is not None
    with pytest.raises(ValueError, match="提升树"):
        full_file.to_json(replace(stored, core=replace(stored.core, warm=None)))
