"""The picture: drawn without a warning (warnings are errors here), in both kinds of file, with and without fonts."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from mengkeju.matching.engine.evaluation import plots, report
from mengkeju.matching.engine.evaluation.report import Asked, Report
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError

drawn = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed")


@pytest.fixture(scope="module")
def whole(needs: list[NeedRow], pairs: list[PairRow]) -> Report:
    return report.measured(needs, pairs, Asked("default", "pair", folds=2, seeds=1, recall=True, curve=True))


@drawn
def test_a_png_and_an_svg_are_written(whole: Report, tmp_path: Path) -> None:
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        plots.draw(whole, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
        assert (tmp_path / name).stat().st_size > 20_000


@drawn
def test_an_svg_is_the_same_each_time(whole: Report, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        plots.draw(whole, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@drawn
def test_without_a_chinese_font_the_labels_are_english(
    whole: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "FONTS", ())
    said: list[str] = []
    monkeypatch.setattr(plots, "ENGLISH", _Noting(plots.ENGLISH, said))
    plots.draw(whole, tmp_path / "a.png")
    assert {"title", "reliability", "recall", "curve", "measures"} <= set(said)


class _Noting(dict[str, str]):
    def __init__(self, words: dict[str, str], said: list[str]) -> None:
        super().__init__(words)
        self._said = said

    def __getitem__(self, key: str) -> str:
        self._said.append(key)
        return super().__getitem__(key)


@drawn
def test_what_was_not_measured_leaves_its_panel_empty(whole: Report, tmp_path: Path) -> None:
    plots.draw(replace(whole, recall=None, curve=None), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size > 10_000


def test_both_languages_have_the_same_words() -> None:
    assert list(plots.CHINESE) == list(plots.ENGLISH)


def test_without_matplotlib_it_says_what_to_install(whole: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    with pytest.raises(ProtocolError, match=r"pip install 'mengkeju\[plots\]'"):
        plots.draw(whole, Path("never.png"))
