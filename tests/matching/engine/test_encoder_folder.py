import shutil
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mengkeju.matching.engine import encoder_folder
from mengkeju.matching.engine.encoder import EncoderUnfitError
from mengkeju.matching.engine.encoder_folder import FolderEncoder
from tests.matching.engine import model_folder as tiny


@pytest.fixture(params=tiny.LIBRARIES)
def _libraries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in always; the real libraries too where they are installed."""
    if request.param == "stand-in":
        tiny.stand_in(monkeypatch)


def unit(row: list[float]) -> np.ndarray:
    made = np.array(row)
    return np.asarray(made / np.linalg.norm(made))


@pytest.mark.usefixtures("_libraries")
@pytest.mark.parametrize("inside", ["", "onnx"])
def test_a_text_is_the_mean_of_its_tokens_whatever_it_is_batched_with(tmp_path: Path, inside: str) -> None:
    encoder = FolderEncoder(tiny.write(tmp_path / "tiny", inside=inside))
    together = encoder.encode(["气化", "气化细渣", "马"])
    assert together.dtype == np.float32
    assert together[0] == pytest.approx(unit([1, 1, 0]), abs=1e-6)
    assert together[1] == pytest.approx(unit([2, 2, 1]), abs=1e-6)
    assert together[2] == pytest.approx(unit([1, 1, 1]), abs=1e-6)
    assert encoder.encode(["气化"])[0] == pytest.approx(together[0], abs=1e-6)
    assert encoder.encode([]).shape[0] == 0
    assert len(encoder.encode(["气"] * 70)) == 70
    assert not encoder.is_remote


@pytest.mark.usefixtures("_libraries")
def test_pooling_and_length_are_read_from_the_folder(tmp_path: Path) -> None:
    first = FolderEncoder(tiny.write(tmp_path / "first", pooling={"pooling_mode_cls_token": True}))
    assert first.encode(["乳清气"])[0] == pytest.approx([-1, 0, 0], abs=1e-6)
    short = FolderEncoder(tiny.write(tmp_path / "short", length={"max_seq_length": 2}))
    assert short.encode(["气化细渣"])[0] == pytest.approx(unit([1, 1, 0]), abs=1e-6)


@pytest.mark.usefixtures("_libraries")
def test_a_model_that_does_not_run_is_refused_and_named(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "broken")
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(EncoderUnfitError, match="broken 里的模型不能运行"):
        FolderEncoder(folder).encode(["气"])
    (folder / "sentence_bert_config.json").write_text("{", encoding="utf-8")
    with pytest.raises(EncoderUnfitError, match="不是 JSON"):
        FolderEncoder(folder).encode(["气"])
    with pytest.raises(EncoderUnfitError, match="全零"):
        FolderEncoder(tiny.write(tmp_path / "zero")).encode(["气乳"])


@pytest.mark.usefixtures("_libraries")
def test_the_name_is_the_model_not_the_place(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "bge-small-zh")
    name = FolderEncoder(folder).name
    assert name.startswith("bge-small-zh@")
    moved = shutil.copytree(folder, tmp_path / "elsewhere" / "bge-small-zh")
    assert FolderEncoder(moved).name == name
    (moved / "model.onnx").write_bytes(b"another")
    assert FolderEncoder(moved).name != name


def test_a_missing_library_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny.write(tmp_path / "tiny")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(
        EncoderUnfitError, match=r"onnxruntime。安装：\.venv/bin/python -m pip install onnxruntime tokenizers"
    ):
        FolderEncoder(folder)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    (folder / "model.onnx").unlink()
    (folder / "modules.json").write_text("[]", encoding="utf-8")
    with pytest.raises(EncoderUnfitError, match="pip install sentence-transformers"):
        FolderEncoder(folder)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnfitError, match="没有编码器文件夹"):
        FolderEncoder(tmp_path / "none")
    with pytest.raises(EncoderUnfitError, match=r"里没有 model\.onnx"):
        FolderEncoder(tmp_path)
    folder = tiny.write(tmp_path / "tiny")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderUnfitError, match=r"里没有 tokenizer\.json"):
        FolderEncoder(folder)


def test_without_an_onnx_file_sentence_transformers_runs_it_and_downloads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")

    class SentenceTransformer:
        def __init__(self, path: str, *, local_files_only: bool) -> None:
            assert Path(path) == tmp_path
            assert local_files_only

        def encode(self, texts: list[str]) -> np.ndarray:
            return np.array([[len(text), 1.0] for text in texts])

    stand_in = SimpleNamespace(SentenceTransformer=SentenceTransformer)
    monkeypatch.setitem(sys.modules, "sentence_transformers", stand_in)
    assert FolderEncoder(tmp_path).encode(["气化"])[0] == pytest.approx(unit([2, 1]), abs=1e-6)


def test_the_extra_names_the_libraries() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    extra = project["project"]["optional-dependencies"]["encoder"]
    assert tuple(one.split(">")[0] for one in extra) == encoder_folder.LIBRARIES
