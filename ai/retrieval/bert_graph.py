"""A BERT encoder as an ONNX graph, written from its weights: nothing of PyTorch is needed.

Read beside `config.json` and `model.safetensors` as Hugging Face keeps them. The graph ends where
sentence embeddings begin: the mean of a text's tokens, at length 1.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ai.retrieval.embedding import Absent, part

ModelProto: TypeAlias = Any
"""Of a package that may not be there."""
OPSET, IR_VERSION = 20, 10


def export(folder: Path, to: Path, *, int8: bool) -> None:
    """Write the model in `folder` as an ONNX file, its weights as bytes if `int8`."""
    onnx = part("onnx")

    config = json.loads((folder / "config.json").read_text())
    if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
        raise Absent(f"{folder.name} is no BERT encoder: sentence-transformers can load it")
    graph = _Graph(config, _weights(folder / "model.safetensors")).build()
    to.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=to.parent) as place:
        made = Path(place) / "model.onnx"
        onnx.save(graph, str(made))
        if int8:
            made = _with_bytes(made)
        os.replace(made, to)  # Whole or not at all, whoever else makes it meanwhile.


def _weights(file: Path) -> Mapping[str, Any]:
    return part("safetensors.numpy").load_file(file)


def _with_bytes(model: Path) -> Path:
    quantization = part("onnxruntime.quantization")
    small = model.with_name("int8.onnx")
    quantization.quantize_dynamic(
        str(model),
        str(small),
        weight_type=quantization.QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
    )
    return small


class _Graph:
    """Nodes in the order in which they are computed; a method answers with its output's name."""

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Any]) -> None:
        self._config = config
        self._weights = {name.removeprefix("bert."): each for name, each in weights.items()}
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def build(self) -> ModelProto:
        helper, kinds = part("onnx.helper"), part("onnx").TensorProto
        hidden = self._embeddings()
        mask = self._mask()
        for layer in range(self._config["num_hidden_layers"]):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, mask)
        self._pool(hidden)
        ids = [
            helper.make_tensor_value_info(name, kinds.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        size = self._config["hidden_size"]
        vectors = helper.make_tensor_value_info("vectors", kinds.FLOAT, ["texts", size])
        constants = [
            part("onnx.numpy_helper").from_array(each, name)
            for name, each in self._constants.items()
        ]
        graph = helper.make_graph(self._nodes, "sentences", ids, [vectors], constants)
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def _embeddings(self) -> str:
        words = self._do("Gather", self._weight("embeddings.word_embeddings.weight"), "input_ids")
        length = self._do("Gather", self._do("Shape", "input_ids"), self._ints(1))
        places = self._do("Range", self._ints(0), length, self._ints(1))
        stands = self._do("Gather", self._weight("embeddings.position_embeddings.weight"), places)
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]  # One text, no pair.
        kinds = self._constant(np.ascontiguousarray(kind))
        both = self._do("Add", self._do("Add", words, stands), kinds)
        return self._norm("embeddings.LayerNorm", both)

    def _mask(self) -> str:
        """0 where there is a token, and far below where there is none."""
        there = self._do("Cast", "attention_mask", to=1)
        away = self._do("Sub", self._floats(1.0), there)
        spread = self._do("Unsqueeze", away, self._constant(np.array([1, 2])))
        return self._do("Mul", spread, self._floats(-1e4))

    def _layer(self, at: str, hidden: str, mask: str) -> str:
        attended = self._attention(f"{at}.attention.self", hidden, mask)
        attended = self._linear(f"{at}.attention.output.dense", attended)
        hidden = self._norm(f"{at}.attention.output.LayerNorm", self._do("Add", attended, hidden))
        wide = self._do("Gelu", self._linear(f"{at}.intermediate.dense", hidden))
        narrow = self._linear(f"{at}.output.dense", wide)
        return self._norm(f"{at}.output.LayerNorm", self._do("Add", narrow, hidden))

    def _attention(self, at: str, hidden: str, mask: str) -> str:
        heads = self._config["num_attention_heads"]
        width = self._config["hidden_size"] // heads
        split = self._shape(heads, width)
        query, key, value = (
            self._do(
                "Transpose",
                self._do("Reshape", self._linear(f"{at}.{name}", hidden), split),
                perm=[0, 2, 3, 1] if name == "key" else [0, 2, 1, 3],
            )
            for name in ("query", "key", "value")
        )
        likeness = self._do("MatMul", query, key)
        likeness = self._do("Mul", likeness, self._floats(1 / math.sqrt(width)))
        weights = self._do("Softmax", self._do("Add", likeness, mask), axis=-1)
        mixed = self._do("Transpose", self._do("MatMul", weights, value), perm=[0, 2, 1, 3])
        return self._do("Reshape", mixed, self._shape(heads * width))

    def _pool(self, hidden: str) -> None:
        there = self._do("Cast", "attention_mask", to=1)
        there = self._do("Unsqueeze", there, self._constant(np.array([2])))
        # A sum is as good as a mean: the length becomes 1.
        total = self._do("ReduceSum", self._do("Mul", hidden, there), self._constant(np.array([1])))
        flat = self._do("Squeeze", total, self._constant(np.array([1])))
        self._do("LpNormalization", flat, output="vectors", axis=-1, p=2)

    def _linear(self, at: str, hidden: str) -> str:
        weight = self._constant(np.ascontiguousarray(self._weights[f"{at}.weight"].T))
        return self._do("Add", self._do("MatMul", hidden, weight), self._weight(f"{at}.bias"))

    def _norm(self, at: str, hidden: str) -> str:
        weight, bias = self._weight(f"{at}.weight"), self._weight(f"{at}.bias")
        epsilon = self._config["layer_norm_eps"]
        return self._do("LayerNormalization", hidden, weight, bias, axis=-1, epsilon=epsilon)

    def _weight(self, name: str) -> str:
        self._constants[name] = self._weights[name]
        return name

    def _shape(self, *last: int) -> str:
        return self._constant(np.array([0, 0, *last]))  # 0 keeps what is there.

    def _ints(self, value: int) -> str:
        return self._constant(np.array(value))

    def _floats(self, value: float) -> str:
        return self._constant(np.array(value, np.float32))

    def _constant(self, value: NDArray[Any]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants[name] = value
        return name

    def _do(
        self, operator: str, *inputs: str, output: str = "", **attributes: float | list[int]
    ) -> str:
        made = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(
            part("onnx.helper").make_node(operator, list(inputs), [made], **attributes)
        )
        return made
