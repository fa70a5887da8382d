"""An encoder in a folder of this machine, as sentence-embedding models are handed round.

With `tokenizer.json` and `model.onnx` (or `onnx/model.onnx`) it runs on onnxruntime; pooling and length are read from
the folder's own files. Without an ONNX file it is left to sentence_transformers, where that is installed. The
libraries are the optional extra `encoder`; nothing is ever downloaded.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from mengkeju.matching.engine.encoder import EncoderUnfitError, Floats, checked, figures, short_name

LIBRARIES = ("onnxruntime", "tokenizers")
MODELS = ("model.onnx", "onnx/model.onnx")
LENGTH = 512  # tokens, where the folder does not say
THREADS = 1  # matching shares two cores with the site
POOLING = "1_Pooling/config.json"
INSTALL = ".venv/bin/python -m pip install"
Run = Callable[[Sequence[str]], Any]


class FolderEncoder:
    """Runs the model of a folder. It is loaded when it is first asked."""

    is_remote = False

    def __init__(self, path: Path) -> None:
        """EncoderUnfitError when there is no model in the folder or a library is missing."""
        if not path.is_dir():
            raise EncoderUnfitError(f"没有编码器文件夹 {path}")
        self._path = path
        self._model = next((path / name for name in MODELS if (path / name).is_file()), None)
        if self._model is not None and not (path / "tokenizer.json").is_file():
            raise EncoderUnfitError(f"编码器文件夹 {path} 里没有 tokenizer.json")
        if self._model is None and not (path / "modules.json").is_file():
            raise EncoderUnfitError(f"编码器文件夹 {path} 里没有 {'、'.join(MODELS)} 或 modules.json")
        self._libraries = [_library(name) for name in (LIBRARIES if self._model else ("sentence_transformers",))]
        self._run: Run | None = None
        self.name = short_name(path.resolve().name, _digest(path))

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit row per text. EncoderUnfitError when the model does not run."""
        try:
            run = self._run = self._run or self._loaded()
            batch = figures().batch
            found = [checked(run(texts[at : at + batch]), len(texts[at : at + batch]))
                     for at in range(0, len(texts), batch)]  # fmt: skip
            return np.concatenate(found) if found else np.zeros((0, 0), dtype=np.float32)
        except EncoderUnfitError:
            raise
        except Exception as error:  # the libraries raise whatever they like
            raise EncoderUnfitError(f"编码器文件夹 {self._path} 里的模型不能运行：{error}") from error

    def _loaded(self) -> Run:
        if self._model is None:
            made = self._libraries[0].SentenceTransformer(str(self._path), local_files_only=True)
            return lambda texts: made.encode(list(texts))
        runtime, tokenizers = self._libraries
        tokenizer = tokenizers.Tokenizer.from_file(str(self._path / "tokenizer.json"))
        tokenizer.enable_truncation(max_length=_length(self._path))
        tokenizer.enable_padding()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = runtime.InferenceSession(str(self._model), options, providers=["CPUExecutionProvider"])
        asked, first_only = {one.name for one in session.get_inputs()}, _first_token_only(self._path)

        def run(texts: Sequence[str]) -> Any:
            encoded = tokenizer.encode_batch(list(texts))
            mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
            given = {
                "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
                "attention_mask": mask,
                "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
            }
            answer = np.asarray(session.run(None, {name: given[name] for name in given if name in asked})[0])
            return answer if answer.ndim == 2 else _pooled(answer, mask, first_only=first_only)

        return run


def _pooled(tokens: Any, mask: Any, *, first_only: bool) -> Any:
    """One row per text: the mean over its tokens without the padding, or its first token."""
    if first_only:
        return tokens[:, 0]
    weights = mask[:, :, None].astype(np.float64)
    return (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        wanted = " ".join(LIBRARIES) if name in LIBRARIES else "sentence-transformers"
        raise EncoderUnfitError(f"没有安装编码器要用的程序包 {name}。安装：{INSTALL} {wanted}") from error


def _settings(path: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads((path / name).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise EncoderUnfitError(f"编码器文件夹里的 {name} 不是 JSON") from error
    return found if isinstance(found, dict) else {}


def _length(path: Path) -> int:
    return int(_settings(path, "sentence_bert_config.json").get("max_seq_length") or LENGTH)


def _first_token_only(path: Path) -> bool:
    return bool(_settings(path, POOLING).get("pooling_mode_cls_token"))


def _digest(path: Path) -> str:
    """Over every file of the model: another model in the same folder has another name."""
    made = hashlib.sha256()
    for one in sorted(p for p in path.rglob("*") if p.is_file()):
        made.update(str(one.relative_to(path)).encode())
        with one.open("rb") as opened:
            made.update(hashlib.file_digest(opened, "sha256").digest())
    return made.hexdigest()
