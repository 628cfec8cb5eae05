"""Embedding by ONNX Runtime: a BERT model without PyTorch, quicker to load and to ask."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ai.retrieval.bert_graph import export
from ai.retrieval.embedding import SPEAKS, Absent, Vectors, model_folder, part

AT_ONCE = 16
"""Texts of much the same length in one run; more of them only fill the processor's cache."""


class OnnxEmbedder:
    """Loads its model when it is made; writes it into `place` if it is not there yet."""

    def __init__(self, model: str, threads: int, place: Path, *, int8: bool = False) -> None:
        folder = model_folder(model)
        if folder is None:
            raise Absent(f"{model} is no folder on this machine")
        runtime, tokenizers = part("onnxruntime"), part("tokenizers")
        file = place / f"{Path(model).name}-{'int8' if int8 else 'fp32'}.onnx"
        if not file.exists():
            export(folder, file, int8=int8)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Else every thread turns in place for a while after each question.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = runtime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_most_tokens(folder))
        self._tokenizer.enable_padding()
        self.name = f"{model}-int8" if int8 else model
        self.languages = SPEAKS.get(model)
        self.dimensions = self.embed(["How long is it?"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        order = sorted(range(len(texts)), key=lambda each: len(texts[each]))
        parts = [order[at : at + AT_ONCE] for at in range(0, len(order), AT_ONCE)]
        vectors = np.concatenate([self._run([texts[each] for each in part]) for part in parts])
        back = np.empty(len(order), np.intp)
        back[order] = np.arange(len(order))
        return vectors[back]

    def _run(self, texts: list[str]) -> Vectors:
        read = self._tokenizer.encode_batch(texts)
        tokens = {
            "input_ids": np.array([each.ids for each in read], np.int64),
            "attention_mask": np.array([each.attention_mask for each in read], np.int64),
        }
        (vectors,) = self._session.run(["vectors"], tokens)
        return vectors


def _most_tokens(folder: Path) -> int:
    """How much of a text the model reads."""
    settings = folder / "sentence_bert_config.json"
    if settings.exists():
        return json.loads(settings.read_text())["max_seq_length"]
    return json.loads((folder / "config.json").read_text())["max_position_embeddings"]
